"""How is a second file read that says more of a log's items: a row per item, with name, category and more?"""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from gru4rec_core.data.column_words import find_candidates
from gru4rec_core.data.ingest import ReadLimits
from gru4rec_core.data.item_table import CATEGORY, ITEM, NAME, ItemColumns, ItemTable
from gru4rec_core.data.sources.base import MAX_TEXT, ReadRequest, Source, open_duckdb
from gru4rec_core.data.sources.opening import Opening, open_location
from gru4rec_core.errors import DataError

MOST_OTHERS = 20
"""Further columns that are kept."""

_CATEGORY_WORDS = (
    "categor", "kategor", "catégor", "genre", "department", "group", "section", "type", "kind", "class", "brand",
)  # fmt: skip


def guess_item_columns(head: pd.DataFrame, items: Sequence[str]) -> ItemColumns | None:
    """Which columns these probably are; None where no column has any of the items.

    The item column is the one with the most of the log's items, each counted once: the numbers of a few categories are
    often numbers of items too. Name and category are guessed from the columns' names.

    Args:
        head: The first rows of the file, all text.
        items: The log's items.
    """
    known = frozenset(items)
    n_items = {str(column): len(known.intersection(head[column].str.strip())) for column in head}
    best = max(n_items, key=lambda column: n_items[column], default=None)
    if best is None or not n_items[best]:
        return None
    return ItemColumns(best, *guess_described([column for column in n_items if column != best]))


def guess_described(columns: Sequence[str]) -> tuple[str | None, str | None]:
    """Which columns are probably the name and the category of an item, by what they are called; None where none is.

    >>> guess_described(["id", "title", "genre"])
    ('title', 'genre')
    """
    name = next(iter(find_candidates(columns)["item_name"]), None)
    categories = (column for word in _CATEGORY_WORDS for column in columns if word in column.lower())
    return name, next((column for column in categories if column != name), None)


def read_item_table(
    path: Path,
    items: Sequence[str],
    columns: ItemColumns | None = None,
    *,
    name: str | None = None,
    encoding: str = "utf-8",
) -> ItemTable:
    """Reads what a file (CSV, TSV, JSON lines, Parquet, Excel) says of a log's items; other rows are counted only.

    Args:
        path: The file.
        items: The log's items.
        columns: Which column is which; None to recognise them.
        name: What people call the file, for messages.
        encoding: Of a text file.

    Raises:
        DataError: The file cannot be read, or has none of the log's items.
    """
    limits = ReadLimits()
    with TemporaryDirectory(prefix="gru4rec-") as folder:
        opening = Opening(name, encoding, limits.unpacked_bytes, limits.rows, Path(folder), "events")
        source, origin = open_location(path, opening)
        has_header = source.names_columns()
        columns = columns or guess_item_columns(source.head(has_header), items)
        if columns is None:
            raise _no_items(origin.name, f"columns {', '.join(source.columns(has_header))}")
        roles = _roles(source.columns(has_header), columns, origin.name)
        with open_duckdb(limits.memory, folder) as connection:
            request = ReadRequest(connection, {f"c{i}": column for i, column in enumerate(roles.values())}, has_header)
            return _collect(source, request, frozenset(items), columns, list(roles), origin.name)


def _roles(of_file: Sequence[str], columns: ItemColumns, file: str) -> dict[str, str]:
    """What the table's columns are called, each with the file's column: item, name, category, then the others."""
    chosen = {ITEM: columns.item, NAME: columns.name, CATEGORY: columns.category}
    for role, column in chosen.items():
        if column is not None and column not in of_file:
            raise DataError(
                f"The file has no column {column} (chosen as {role}).",
                found="columns " + ", ".join(of_file),
                where=file,
                remedy="Choose one of the file's columns.",
            )
    others = [column for column in of_file if column not in chosen.values()][:MOST_OTHERS]
    used = {role: column for role, column in chosen.items() if column is not None}
    return used | {(f"{column} " if column in chosen else column): column for column in others}


def _collect(
    source: Source,
    request: ReadRequest,
    items: frozenset[str],
    columns: ItemColumns,
    names: Sequence[str],
    file: str,
) -> ItemTable:
    seen: set[str] = set()
    kept, n_other, n_repeated = [], 0, 0
    for block in source.blocks(request):
        frame = block.select(list(request.roles)).to_pandas().fillna("").astype("str")
        frame.columns = pd.Index(names)
        frame = frame.apply(lambda values: values.str.strip().str.slice(0, MAX_TEXT))
        ours = frame[frame[ITEM].isin(items)]
        n_other += len(frame) - len(ours)
        fresh = ours[~ours[ITEM].isin(seen)].drop_duplicates(ITEM)
        n_repeated += len(ours) - len(fresh)
        seen.update(fresh[ITEM])
        kept.append(fresh)
    if not seen:
        raise _no_items(file, f"none of {n_other:,} rows, in the column {columns.item}")
    table = pd.concat(kept, ignore_index=True)
    missing = {name: "" for name in (NAME, CATEGORY) if name not in table}
    ordered = [ITEM, NAME, CATEGORY, *(name for name in names if name not in {ITEM, NAME, CATEGORY})]
    return ItemTable(table.assign(**missing)[ordered], columns, n_other, n_repeated)


def _no_items(file: str, found: str) -> DataError:
    return DataError(
        "No column of this file has the log's items.",
        found=found,
        where=file,
        remedy="Use a file with a row per item, whose ids are written as in the log; or choose the column of the item.",
    )
