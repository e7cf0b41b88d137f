"""How are lines read that hold a session each: its items, oldest first, and no times?"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from gru4rec_core.data.file_format import LogFile
from gru4rec_core.data.reading_options import Layout
from gru4rec_core.data.sources.base import PREVIEW_BYTES, PREVIEW_ROWS, ReadRequest, sound_block
from gru4rec_core.data.text_records import Records, read_records

LINE, ORDER, ITEM = "line", "order", "item"
BLOCK_BYTES = 4 << 20  # of one-character items, two million


@dataclass(frozen=True)
class SessionLines:
    """A session per line. It is named by its line; the time of an event is its number in the file, from 0.

    Args:
        file: Of text, without quotes.
        delimiter: Between two items; "" for any white space.
    """

    file: LogFile
    delimiter: str = ""
    place: str = "line"
    layout: Layout = "session-per-line"

    def names_columns(self) -> bool:
        return True  # the columns are ours, and no line is a header

    def columns(self, has_header: bool) -> list[str]:
        return [LINE, ORDER, ITEM]

    def head(self, has_header: bool) -> pd.DataFrame:
        records = next(islice(read_records(self.file, block_bytes=PREVIEW_BYTES), 1))
        events = self._events(records, 0).slice(0, PREVIEW_ROWS)
        return pd.DataFrame({column: events[column].to_pylist() for column in self.columns(has_header)}, dtype="str")

    def blocks(self, request: ReadRequest) -> Iterator[pa.Table]:
        n_events = 0
        for records in read_records(self.file, request.on_bytes, BLOCK_BYTES):
            events = self._events(records, n_events)
            n_events += events.num_rows
            yield sound_block(events["place"], {role: events[column] for role, column in request.roles.items()})

    def _events(self, records: Records, n_before: int) -> pa.Table:
        """One row per item, and its line as `place`."""
        if self.delimiter:
            split = pc.split_pattern(records.text, self.delimiter)
        else:
            split = pc.utf8_split_whitespace(records.text)
        items = pc.utf8_trim_whitespace(pc.list_flatten(split)).cast(pa.string())
        is_item = pc.not_equal(items, "")
        items = items.filter(is_item)
        lines = records.lines[pc.list_parent_indices(split).filter(is_item).to_numpy()]
        return pa.table({
            "place": lines,
            LINE: pa.array(lines).cast(pa.string()),
            ORDER: pa.array(np.arange(n_before, n_before + len(lines))).cast(pa.string()),
            ITEM: items,
        })  # fmt: skip
