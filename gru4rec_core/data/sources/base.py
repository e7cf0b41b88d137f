"""What does every kind of source give: column names, first rows, and all rows in blocks?

Every block is an Arrow table: place (int64, the line or row from 1), the text of each mapped role (`owner`,
`timestamp`, `item`, maybe `event`, `item_name`), `fault` (why the row cannot be read, or null) and `raw` (the row
as it is in the file, where it has a fault). All texts are strings; or dictionaries, where that is quicker to make: the
rules look at each distinct text once (row_rules.py). `timestamp` is always strings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import pandas as pd
import pyarrow as pa

from gru4rec_core.data.reading_options import Layout
from gru4rec_core.errors import DataError

if TYPE_CHECKING:
    import duckdb

PREVIEW_ROWS = 1_000
PREVIEW_BYTES = 1 << 18
MAX_TEXT = 1_000  # characters of a session or an item
MAX_COLUMNS = 2_000
RAW_LENGTH = 200  # characters of a bad row to show


def ignore_bytes(n_bytes: int) -> None:
    """Nobody asked how far reading is."""


@dataclass(frozen=True)
class ReadRequest:
    """What to read of a source.

    Attributes:
        connection: Runs queries on blocks.
        roles: Role to the column that has it; a block has a column of each role's name.
        has_header: Whether a table's first row names the columns. It is not read as an event then.
        order_from: The first number of a source that numbers its events itself.
        on_bytes: Told how many bytes of the stored file are read so far; of a database, how many rows.
    """

    connection: duckdb.DuckDBPyConnection
    roles: Mapping[str, str]
    has_header: bool
    on_bytes: Callable[[int], None] = ignore_bytes
    order_from: int = 0


class Source(Protocol):
    """A file of one format, a folder of such files, or the rows of a database."""

    @property
    def place(self) -> str:
        """What a block's `place` counts: "line" or "row"."""

    @property
    def layout(self) -> Layout:
        """What a row of the file holds; the rows that a source gives are always events."""

    def names_columns(self) -> bool:
        """Whether the file names its columns, as far as one can see; a file that always does says True."""

    def columns(self, has_header: bool) -> list[str]:
        """The columns' names, in order: as the file names them, or "column 1" and so on."""

    def head(self, has_header: bool) -> pd.DataFrame:
        """The first rows, all text, empty where there is no value."""

    def blocks(self, request: ReadRequest) -> Iterator[pa.Table]:
        """All rows, in the order of the source."""


def sound_block(place: Any, texts: Mapping[str, Any]) -> pa.Table:
    """A block of rows that can all be read: where each one is, and the texts of each role."""
    nothing = pa.nulls(len(place), pa.string())
    return pa.table({"place": place, **texts, "fault": nothing, "raw": nothing})


def check_columns(columns: Sequence[str], where: str) -> None:
    """Raises DataError where there are too many columns, or two of one name."""
    if len(columns) > MAX_COLUMNS:
        raise DataError(
            f"A log may have at most {MAX_COLUMNS:,} columns.",
            found=f"{len(columns):,}",
            where=where,
            remedy="Keep the columns for session, time and item, and write them to a file of their own.",
        )
    duplicate = next((name for name, n in Counter(columns).items() if n > 1), None)
    if duplicate is not None:
        raise DataError(
            "Two columns have the same name.",
            found=duplicate,
            where=where,
            remedy="Rename one of the two columns.",
        )


def run_query(connection: duckdb.DuckDBPyConnection, block: pa.Table, query: str) -> pa.Table:
    """The result of a query on a block, which it calls `block`."""
    connection.register("block", block)
    return connection.sql(query).to_arrow_table()


def open_duckdb(memory: str, folder: str) -> duckdb.DuckDBPyConnection:
    """A DuckDB that reads no files and loads nothing; what does not fit into `memory` goes to `folder`."""
    import duckdb  # takes 0.3 s to load, and pages do not need it: files are read in processes of their own

    connection = duckdb.connect(
        config={
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "memory_limit": memory,
            "temp_directory": folder,
        }
    )
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET enable_external_access = false")  # queries see our blocks, never files
    return connection
