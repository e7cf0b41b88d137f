"""What is known of the items besides their ids: names, categories and more?"""

from dataclasses import dataclass

import pandas as pd

ITEM, NAME, CATEGORY = "item", "name", "category"
"""The first columns of an item table; the others are called as in the file."""


@dataclass(frozen=True)
class ItemColumns:
    """Which column of a file has the item, its name and its category; None where it has none."""

    item: str
    name: str | None = None
    category: str | None = None


@dataclass(frozen=True)
class ItemTable:
    """The rows of a file that are about a log's items.

    Attributes:
        frame: One row per item, in the order of the file, all text: item (as in the log), name and category ("" where
            there is none), then further columns.
        columns: Where they come from.
        n_other: Rows about items that the log does not have.
        n_repeated: Rows about an item of an earlier row, which counts.
    """

    frame: pd.DataFrame
    columns: ItemColumns
    n_other: int
    n_repeated: int


def as_mapping(frame: pd.DataFrame, column: str) -> dict[str, str]:
    """Item to what a column of an item table says of it; items of which it says nothing are left out."""
    return {item: text for item, text in zip(frame[ITEM], frame[column], strict=True) if text}
