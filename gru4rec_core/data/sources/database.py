"""How are the rows of a table or a query read?"""

import json
import math
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from gru4rec_core.data.addresses import hide_secrets, show_url
from gru4rec_core.data.locations import DatabaseLog
from gru4rec_core.data.log_origin import LogOrigin
from gru4rec_core.data.reading_options import Layout
from gru4rec_core.data.sources.base import MAX_TEXT, PREVIEW_ROWS, ReadRequest, check_columns, sound_block
from gru4rec_core.data.sources.row_stream import list_tables, stream_rows
from gru4rec_core.errors import DataError

_NAMES = {"postgresql": "PostgreSQL", "sqlite": "SQLite", "duckdb": "DuckDB", "mysql": "MySQL", "mariadb": "MariaDB"}


class DatabaseRows:
    """A table, or the rows of a query, in the order in which the database gives them."""

    place = "row"
    layout: Layout = "events"

    def __init__(self, log: DatabaseLog) -> None:
        self._log = log
        self._shown = show_url(log.url)
        self._columns: list[str] = []
        self._head: list[Sequence[Any]] = []

    def origin(self) -> LogOrigin:
        """Where the rows come from, without credentials."""
        log, backend = self._log, self._shown.partition(":")[0]
        what = {"table": log.table} if log.table else {"query": hide_secrets(log.query or "")}
        return LogOrigin(str(log), _NAMES.get(backend, backend), location={"database": self._shown, **what})

    def names_columns(self) -> bool:
        return True

    def columns(self, has_header: bool) -> list[str]:
        if not self._columns:
            self._look()
        return self._columns

    def head(self, has_header: bool) -> pd.DataFrame:
        columns = self.columns(has_header)
        rows = [["" if text is None else text for text in map(as_text, row)] for row in self._head]
        return pd.DataFrame(rows, columns=pd.Index(columns), dtype="str")

    def _look(self) -> None:
        """Reads the columns and the first rows."""
        try:
            with stream_rows(self._log) as stream:
                columns = stream.columns
                self._head = list(next(stream.batches, []))[:PREVIEW_ROWS]
        except DataError as error:
            raise self._with_tables(error) from None
        check_columns(columns, str(self._log))
        self._columns = columns

    def _with_tables(self, error: DataError) -> DataError:
        """The error with the tables that there are, where the one asked for is not among them."""
        try:
            tables = list_tables(self._log.url, self._log.password)
        except DataError:
            return error
        if self._log.table is None or self._log.table in tables:
            return error
        listed = ", ".join(tables[:20]) + (f" and {len(tables) - 20} more" if len(tables) > 20 else "")
        return DataError(
            "There is no such table, or you may not read it.",
            found=f"{self._log.table}; tables there: {listed or 'none'}",
            where=self._shown,
            remedy="Name one of these, with its schema if it is not in the default one: analytics.events.",
        )

    def blocks(self, request: ReadRequest) -> Iterator[pa.Table]:
        done = 0
        with stream_rows(self._log, list(dict.fromkeys(request.roles.values()))) as stream:
            position = {role: stream.columns.index(column) for role, column in request.roles.items()}
            for rows in stream.batches:
                cells = {role: as_texts([row[i] for row in rows]) for role, i in position.items()}
                yield sound_block(np.arange(done + 1, done + 1 + len(rows)), cells)
                done += len(rows)
                request.on_bytes(done)


def as_texts(values: list[Any]) -> pa.Array:
    """A column's values as text."""
    kinds = {type(value) for value in values}
    if kinds <= {int, type(None)}:  # half of the time of the general way
        try:
            return pa.array(values, pa.int64()).cast(pa.string())
        except OverflowError:
            pass
    return pa.array(values if kinds <= {str, type(None)} else [as_text(value) for value in values], pa.string())


def as_text(value: Any) -> str | None:
    """A value as a log file would have it: dates as ISO, whole numbers without a fraction."""
    if value is None or isinstance(value, str):
        return None if value is None else value[: MAX_TEXT + 1]
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float | Decimal):  # ids that a column's type turned into 12.0
        return (
            str(int(value)) if math.isfinite(value) and value == int(value) and abs(int(value)) < 10**15 else str(value)
        )
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return _decode(bytes(value))
    if isinstance(value, dict | list):
        return json.dumps(value, default=str)
    return str(value)


def _decode(value: bytes) -> str:
    """Text where the bytes are UTF-8, else their hexadecimal digits."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.hex()
