"""How is a second file, with the names and categories of items, added to a dataset?"""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from gru4rec_core.data.item_file import read_item_table
from gru4rec_core.data.item_table import CATEGORY, ITEM, NAME, ItemColumns
from gru4rec_core.words import counted, share_text
from gru4rec_core.workspace.store import Workspace


@dataclass(frozen=True)
class AddedItems:
    """What a file told of a dataset's items.

    Attributes:
        columns: which of its columns were read as what.
        others: its further columns.
        n_items: items of the dataset.
        n_known, n_named, n_categorised: those that have a row, a name, a category.
        n_other: rows about items that the dataset does not have.
        n_repeated: rows about an item of an earlier row.
    """

    columns: ItemColumns
    others: tuple[str, ...]
    n_items: int
    n_known: int
    n_named: int
    n_categorised: int
    n_other: int
    n_repeated: int

    def describe(self) -> str:
        """In one or two sentences."""
        parts = [f"{self.n_named:,} with a name" if self.columns.name else "no column of names"]
        parts.append(f"{self.n_categorised:,} with a category" if self.columns.category else "no column of categories")
        text = f"{share_text(self.n_known, self.n_items)} items are in the file, {' and '.join(parts)}."
        left_out = [f"{counted(self.n_other, 'row')} about other items"] if self.n_other else []
        left_out += [f"{counted(self.n_repeated, 'repeated row')}"] if self.n_repeated else []
        return f"{text} Left out: {' and '.join(left_out)}." if left_out else text

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values: what `items --json` prints."""
        return asdict(self)


def add_item_file(
    workspace: Workspace,
    dataset_id: str,
    path: Path,
    columns: ItemColumns | None = None,
    *,
    name: str | None = None,
    encoding: str = "utf-8",
) -> AddedItems:
    """Reads what a file says of a dataset's items and keeps it with the dataset, in place of an earlier such file.

    Args:
        workspace: where the dataset is.
        dataset_id: id or name.
        path: the file.
        columns: which column is which; None to recognise them.
        name: what people call the file.
        encoding: of a text file.

    Raises:
        DataError: the file cannot be read, or has none of the dataset's items.
    """
    record = workspace.dataset(dataset_id)
    items = [str(item) for item in workspace.open_dataset(record.id).vocabulary.items]
    table = read_item_table(path, items, columns, name=name, encoding=encoding)
    workspace.set_item_table(record.id, table.frame)
    return AddedItems(
        columns=table.columns,
        others=tuple(str(column) for column in table.frame.columns if column not in {ITEM, NAME, CATEGORY}),
        n_items=len(items),
        n_known=len(table.frame),
        n_named=_filled(table.frame[NAME]),
        n_categorised=_filled(table.frame[CATEGORY]),
        n_other=table.n_other,
        n_repeated=table.n_repeated,
    )


def _filled(texts: pd.Series) -> int:
    return int((texts != "").sum())
