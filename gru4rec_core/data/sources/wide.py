"""How is a table read whose rows hold a session each, with its items in columns of their own?"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from gru4rec_core.data.column_words import find_candidates
from gru4rec_core.data.reading_options import Layout
from gru4rec_core.data.sources.base import ReadRequest, Source, sound_block
from gru4rec_core.data.sources.session_lines import ITEM, ORDER

CELLS = 1 << 20  # of a table, to take apart at once
_NUMBERED = re.compile(r"(?P<stem>.*?)[ _.-]?(?P<number>\d+)")
_STEMS = frozenset(("", "item", "step", "click", "event", "view", "pos", "position", "t"))


def find_item_columns(columns: list[str]) -> list[str]:
    """The last columns, at least two, if they are numbered in steps of one, such as "item1", "item2" or "1", "2"."""
    found: list[str] = []
    stem, number = "", 0
    for column in reversed(columns):
        match = _NUMBERED.fullmatch(column.strip())
        if match is None or (found and (match["stem"], int(match["number"])) != (stem, number - 1)):
            break
        stem, number = match["stem"], int(match["number"])
        found.append(column)
    is_item = stem.lower().strip(" _.-") in _STEMS or bool(find_candidates([stem, f"{stem}id"])["item"])
    others = columns[: len(columns) - len(found)]
    is_wide = len(found) >= 2 and number in (0, 1) and others and is_item and not find_candidates(others)["item"]
    return found[::-1] if is_wide else []


@dataclass(frozen=True)
class WideRows:
    """A session per row. Its items are in the last columns, oldest first; empty cells are none.

    The columns before them are kept. The time of an event is its number in the log, from 0, unless one of them names a
    time.

    Args:
        table: The table, as a source of rows.
    """

    table: Source
    layout: Layout = "wide"

    @property
    def place(self) -> str:
        return self.table.place

    def names_columns(self) -> bool:
        return self.table.names_columns()

    def columns(self, has_header: bool) -> list[str]:
        kept, _ = self._split(has_header)
        return [*kept, *([] if find_candidates(kept)["timestamp"] else [ORDER]), ITEM]

    def _split(self, has_header: bool) -> tuple[list[str], list[str]]:
        """The columns to keep, and those of the items: all but the first where no names say it."""
        columns = self.table.columns(has_header)
        items = find_item_columns(columns) or columns[1:]
        return columns[: len(columns) - len(items)], items

    def head(self, has_header: bool) -> pd.DataFrame:
        kept, items = self._split(has_header)
        rows = self.table.head(has_header)
        texts = {name: pa.array(rows[column], pa.string()) for name, column in _names(kept, items).items()}
        events = _to_events(sound_block(np.arange(len(rows)), texts), kept, len(items), 0)
        shown = {column: events[column].fill_null("").to_pylist() for column in self.columns(has_header)}
        return pd.DataFrame(shown, dtype="str")

    def blocks(self, request: ReadRequest) -> Iterator[pa.Table]:
        kept, items = self._split(request.has_header)
        n_events, n_rows = request.order_from, max(1, CELLS // len(items))
        for block in self.table.blocks(replace(request, roles=_names(kept, items))):
            for start in range(0, block.num_rows, n_rows):
                events = _to_events(block.slice(start, n_rows), kept, len(items), n_events)
                n_events += events.num_rows
                texts = {role: events[column] for role, column in request.roles.items()}
                yield pa.table({"place": events["place"], **texts, "fault": events["fault"], "raw": events["raw"]})


def _names(kept: list[str], items: list[str]) -> dict[str, str]:
    """What the columns are called in a block, so that no name collides with its own."""
    return {f"kept{i}": column for i, column in enumerate(kept)} | {
        f"item{i}": column for i, column in enumerate(items)
    }


def _to_events(rows: pa.Table, kept: list[str], n_items: int, n_before: int) -> pa.Table:
    """One row per cell with an item; one without an item for a row that has none."""
    cells = [pc.fill_null(pc.utf8_trim_whitespace(_strings(rows[f"item{i}"])), "") for i in range(n_items)]
    filled = np.array([pc.not_equal(cell, "").to_numpy(zero_copy_only=False) for cell in cells]).T  # [n_rows, n_items]
    filled[~filled.any(axis=1), 0] = True
    row, column = np.nonzero(filled)
    items = pa.chunked_array(cells).combine_chunks().take(pa.array(column * rows.num_rows + row))
    events = rows.select(["place", "fault", "raw"]).take(row)
    for i, name in enumerate(kept):
        events = events.append_column(name, _strings(rows[f"kept{i}"]).take(pa.array(row)))
    if ORDER not in events.column_names:
        order = pa.array(np.arange(n_before, n_before + len(row))).cast(pa.string())
        events = events.append_column(ORDER, order)
    return events.append_column(ITEM, items)


def _strings(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks().cast(pa.string())
