"""How is a log of sessions represented in memory?"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
import pandas as pd
import pyarrow as pa

from gru4rec_core.data.blocks import blocks
from gru4rec_core.data.times import guess_unit
from gru4rec_core.data.vocabulary import ItemVocabulary
from gru4rec_core.errors import DataError

SESSION, TIMESTAMP, ITEM = "session", "timestamp", "item"
"""Columns of a log: the visit, the time, the item."""


@dataclass(frozen=True)
class SessionArrays:
    """The arrays of a log; attributes as in `SessionDataset`."""

    items: np.ndarray
    timestamps: np.ndarray
    offsets: np.ndarray
    session_ids: np.ndarray | pa.StringArray
    vocabulary: ItemVocabulary
    time_unit: str | None = None


class SessionDataset:
    """Sessions as flat arrays: session i is `items[offsets[i]:offsets[i + 1]]`, oldest event first.

    Built from a frame with the columns session, timestamp, item, as in the Keras notebook; sorted by
    session, then timestamp; events of equal time keep the frame's order. The frame is never changed.

    Args:
        df: the frame; or arrays that are right already, see `from_arrays`.

    Attributes:
        items: int32 [n_events], ids in [0, n_items); -1 marks an item that `vocabulary` does not know
            (test parts only).
        timestamps: int64 or float64 [n_events], in the log's own unit; datetimes become nanoseconds
            since 1970.
        offsets: int64 [n_sessions + 1], from 0 to n_events.
        session_ids: [n_sessions], the sessions as the frame names them.
        stored_session_ids: The same, or text in Arrow where the log came so: a sixth of the memory of Python's strings.
        vocabulary: items and ids; ids by first appearance in the sorted frame.
        time_unit: unit of the timestamps since 1970 where it is known ("s", "ms", "us", "ns"), else None; see
            `unit_or_guess`.

    Raises:
        DataError: a column is missing, a value is missing, or there is no event.
    """

    def __init__(self, df: pd.DataFrame | SessionArrays) -> None:
        arrays = df if isinstance(df, SessionArrays) else _sort_into_arrays(df)
        self.items = arrays.items.astype(np.int32, copy=False)
        self.timestamps = arrays.timestamps
        self.offsets = arrays.offsets.astype(np.int64, copy=False)
        self.stored_session_ids = arrays.session_ids
        self.vocabulary = arrays.vocabulary
        self.time_unit = arrays.time_unit

    @classmethod
    def from_arrays(
        cls,
        items: np.ndarray,
        timestamps: np.ndarray,
        offsets: np.ndarray,
        session_ids: np.ndarray | pa.StringArray,
        vocabulary: ItemVocabulary,
        time_unit: str | None = None,
    ) -> Self:
        """A dataset over arrays that are sorted and encoded already; memory-mapped ones stay so.

        Raises:
            DataError: shapes that do not fit together.
        """
        if len(items) != len(timestamps) or len(offsets) != len(session_ids) + 1 or offsets[-1] != len(items):
            raise DataError(
                "Arrays of a dataset fit together: n_events items and timestamps, n_sessions + 1 offsets.",
                found=f"{len(items)} items, {len(timestamps)} timestamps, {len(offsets)} offsets that end at"
                f" {offsets[-1]}, {len(session_ids)} sessions",
            )
        return cls(SessionArrays(items, timestamps, offsets, session_ids, vocabulary, time_unit))

    @cached_property
    def session_ids(self) -> np.ndarray:
        ids = self.stored_session_ids
        return ids if isinstance(ids, np.ndarray) else ids.to_numpy(zero_copy_only=False)

    @property
    def n_events(self) -> int:
        return len(self.items)

    @property
    def n_sessions(self) -> int:
        return len(self.offsets) - 1

    @property
    def n_items(self) -> int:
        return len(self.vocabulary)

    @property
    def lengths(self) -> np.ndarray:
        """Events of each session, int64 [n_sessions]."""
        return np.diff(self.offsets)

    @property
    def positions(self) -> np.ndarray:
        """Place of each event in its session, from 0; int64 [n_events]."""
        # The running number of an event less that of its session's first event.
        return np.arange(self.n_events) - np.repeat(self.offsets[:-1], self.lengths)

    @property
    def n_items_used(self) -> int:
        """Items with at least one event."""
        return int((self.counts() > 0).sum())

    @property
    def start_times(self) -> np.ndarray:
        """Timestamp of each session's first event, [n_sessions]; every session has one."""
        return self.timestamps[self.offsets[:-1]]

    def unit_or_guess(self) -> str | None:
        """The unit since 1970: the known one, else a guess from the first and last time; None for plain numbers.

        Ask a whole log only: the guess for a part of it could differ.
        """
        if self.time_unit is not None or self.n_events == 0:
            return self.time_unit
        return guess_unit(self.timestamps.min(), self.timestamps.max())

    @property
    def item_to_id(self) -> dict[Any, int]:
        return self.vocabulary.item_to_id

    @property
    def id_to_item(self) -> dict[int, Any]:
        return self.vocabulary.id_to_item

    @cached_property
    def df(self) -> pd.DataFrame:
        """The sorted log as a frame (session, timestamp, item), built when first asked for."""
        return pd.DataFrame(
            {
                SESSION: np.repeat(self.session_ids, self.lengths),
                TIMESTAMP: self.timestamps,
                ITEM: self.vocabulary.decode(self.items),
            }
        )

    def counts(self) -> np.ndarray:
        """Events of each item, int64 [n_items]."""
        counts = np.zeros(self.n_items + 1, np.int64)  # unknown items, -1, come first
        for block in blocks(len(self.items)):
            counts += np.bincount(self.items[block] + 1, minlength=self.n_items + 1)
        return counts[1:]

    def session(self, i: int) -> np.ndarray:
        """Item ids of session i, int32 [length], a view.

        Raises:
            DataError: no such session.
        """
        if not 0 <= i < self.n_sessions:
            raise DataError(f"Sessions are numbered 0 to {self.n_sessions - 1}.", found=str(i))
        return self.items[self.offsets[i] : self.offsets[i + 1]]

    def item_to_one_hot(self, item: Any) -> np.ndarray:
        """The item as the notebook feeds it: float32 [n_items], 1 at its id.

        Raises:
            DataError: the item is not in the vocabulary.
        """
        return self._one_hot(self.vocabulary.encode([item]), [item])[0]

    def extract_session(self, i: int, one_hot_encoded: bool = True) -> list[Any]:
        """Items of session i, oldest first: one-hot vectors (float32 [n_items]) or the items themselves.

        Raises:
            DataError: no such session, or a one-hot vector of an unknown item.
        """
        ids = self.session(i)
        items = self.vocabulary.decode(ids)
        return list(self._one_hot(ids, items)) if one_hot_encoded else items.tolist()

    def _one_hot(self, ids: np.ndarray, items: Any) -> np.ndarray:
        if (ids < 0).any():
            unknown = items[int(np.argmax(ids < 0))]
            raise DataError(
                f"Only the {self.n_items} items of the vocabulary have a one-hot vector.", found=repr(unknown)
            )
        vectors = np.zeros((len(ids), self.n_items), dtype=np.float32)
        vectors[np.arange(len(ids)), ids] = 1.0
        return vectors


def _sort_into_arrays(df: pd.DataFrame) -> SessionArrays:
    # A stable sort by both keys keeps file order among ties.
    frame = _require_columns(df).sort_values([SESSION, TIMESTAMP], kind="stable", ignore_index=True)
    sessions = frame[SESSION].to_numpy()
    starts = np.flatnonzero(np.r_[True, sessions[1:] != sessions[:-1]])
    vocabulary, ids = ItemVocabulary.from_values(frame[ITEM])
    times = _as_numbers(frame[TIMESTAMP])
    unit = "ns" if pd.api.types.is_datetime64_any_dtype(frame[TIMESTAMP]) else None
    return SessionArrays(ids, times, np.r_[starts, len(frame)], sessions[starts], vocabulary, unit)


def _require_columns(df: pd.DataFrame) -> pd.DataFrame:
    missing = [name for name in (SESSION, TIMESTAMP, ITEM) if name not in df.columns]
    if missing:
        raise DataError(
            "A log needs the columns session, timestamp and item.",
            found="columns " + ", ".join(map(str, df.columns)),
            where="column " + ", ".join(missing),
            remedy="Rename your columns, or read the file with gru4rec_core.read_log and a mapping.",
        )
    if df.empty:
        raise DataError("A log needs at least one event.", found="a frame without rows")
    frame = df[[SESSION, TIMESTAMP, ITEM]]
    for name in frame.columns:
        empty = frame[name].isna().to_numpy()
        if empty.any():
            raise DataError(
                "Every event needs a session, a timestamp and an item.",
                found=f"{int(empty.sum())} rows without a {name}",
                where=f"column {name}, first at row {int(np.argmax(empty))}",
                remedy=f"Fill or drop the rows without a {name}.",
            )
    return frame


def _as_numbers(timestamps: pd.Series) -> np.ndarray:
    if pd.api.types.is_datetime64_any_dtype(timestamps):
        # Naive UTC: NumPy's datetimes have no zone.
        if timestamps.dt.tz is not None:
            timestamps = timestamps.dt.tz_convert("UTC").dt.tz_localize(None)
        return timestamps.astype("datetime64[ns]").astype(np.int64).to_numpy()
    if pd.api.types.is_integer_dtype(timestamps) or pd.api.types.is_bool_dtype(timestamps):
        return timestamps.to_numpy().astype(np.int64)
    try:
        return timestamps.to_numpy().astype(np.float64)
    except (TypeError, ValueError):
        bad = pd.to_numeric(timestamps, errors="coerce").isna().to_numpy()
        raise DataError(
            "Timestamps of a frame must be numbers or datetimes.",
            found=repr(timestamps.iloc[int(np.argmax(bad))]),
            where="column timestamp",
            remedy="Convert the column, for example with pandas.to_datetime.",
        ) from None
