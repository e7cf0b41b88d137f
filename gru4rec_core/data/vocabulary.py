"""Which number represents which item?"""

import json
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, Self

import numpy as np
import pandas as pd

from gru4rec_core.data.blocks import blocks
from gru4rec_core.errors import DataError

_IDS_AT_ONCE = 1 << 20

UNKNOWN = -1
"""Item id of a value that is not in the vocabulary."""


class ItemVocabulary:
    """A one-to-one map between items and ids.

    Items are the values as they stand in the frame (files give strings); ids are int32 in [0, n_items).

    Args:
        items: distinct items; the position of each is its id.

    Raises:
        DataError: an item comes twice.
    """

    def __init__(self, items: Sequence[Any] | np.ndarray) -> None:
        self.items = np.empty(len(items), dtype=object)
        self.items[:] = items
        self._index = pd.Index(self.items)
        if not self._index.is_unique:
            duplicate = self.items[int(np.argmax(self._index.duplicated()))]
            raise DataError("Items of a vocabulary are distinct.", found=f"{duplicate!r} twice")

    @classmethod
    def from_values(cls, values: Any) -> tuple[Self, np.ndarray]:
        """The vocabulary of a column, ids by first appearance, and the column as int32 ids."""
        ids, items = pd.factorize(values)
        return cls(np.asarray(items, dtype=object)), ids.astype(np.int32)

    def __len__(self) -> int:
        return len(self.items)

    def __contains__(self, item: object) -> bool:
        return item in self._index

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ItemVocabulary) and np.array_equal(self.items, other.items)

    __hash__ = None  # type: ignore[assignment]

    def encode(self, values: Iterable[Any]) -> np.ndarray:
        """Ids of the values, int32 [n]; `UNKNOWN` (-1) for those not in the vocabulary."""
        return self._index.get_indexer(pd.Index(list(values), dtype=object)).astype(np.int32)

    def decode(self, ids: Any) -> np.ndarray:
        """Items of the ids, object array of the ids' shape; None for `UNKNOWN`.

        Raises:
            DataError: an id outside [-1, n_items).
        """
        ids = np.asarray(ids)
        if ids.size and (ids.min() < UNKNOWN or ids.max() >= len(self)):
            raise DataError(f"Item ids lie in [0, {len(self)}).", found=f"{ids.min()} to {ids.max()}")
        out = np.empty(ids.shape, dtype=object)
        known = ids >= 0
        out[known] = self.items[ids[known]]
        return out

    @cached_property
    def item_to_id(self) -> dict[Any, int]:
        return {item: i for i, item in enumerate(self.items)}

    @cached_property
    def id_to_item(self) -> dict[int, Any]:
        return dict(enumerate(self.items))

    def to_json(self) -> str:
        """Items in id order as a JSON list.

        Raises:
            DataError: an item is neither text nor a number nor a truth value.
        """
        items = [item.item() if isinstance(item, np.generic) else item for item in self.items]
        for i, item in enumerate(items):
            if not isinstance(item, str | int | float):  # bool is an int
                raise DataError(
                    "Items that are stored are text, numbers or truth values.",
                    found=f"{item!r} of type {type(item).__name__}",
                    where=f"item {i} of the vocabulary",
                    remedy="Convert the item column, for example with .astype(str).",
                )
        return json.dumps(items)

    @classmethod
    def from_json(cls, text: str) -> Self:
        return cls(json.loads(text))


def number_by_appearance(ids: np.ndarray, n_ids: int) -> tuple[np.ndarray, np.ndarray]:
    """Numbers the ids that occur in a log by first appearance.

    Args:
        ids: int [n_events], in [0, n_ids).
        n_ids: how many ids there are.

    Returns:
        The ids that occur, in order of first appearance, int64 [n_used]; and the number of each id,
        int32 [n_ids + 1], -1 where it does not occur. The last entry is -1, too, so that `UNKNOWN` stays `UNKNOWN`.
    """
    first = np.full(n_ids, len(ids), np.int64)
    for block in reversed(list(blocks(len(ids)))):
        # the last one written is the first event
        first[ids[block][::-1]] = np.arange(block.start, block.stop)[::-1]
    used = np.argsort(first, kind="stable")[: np.count_nonzero(first < len(ids))]
    numbers = np.full(n_ids + 1, UNKNOWN, np.int32)
    numbers[used] = np.arange(len(used), dtype=np.int32)
    return used, numbers
