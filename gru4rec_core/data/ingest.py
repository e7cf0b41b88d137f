"""How is a log file read and previewed: `read_log` and `inspect_log`?

A file is read in blocks (sources/), DuckDB parses their fields (row_rules.py), and the events are kept as numbers
(event_builder.py). So memory grows with the kept events, some 20 bytes each, not with the file. Nothing in a file is
executed.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa

from gru4rec_core.data.columns import ColumnMapping, check_mapping, find_candidates, guess_mapping, require_mapping
from gru4rec_core.data.event_builder import EventBuilder
from gru4rec_core.data.file_format import hash_file, open_log
from gru4rec_core.data.import_types import ImportedLog
from gru4rec_core.data.reading_options import ReadingOptions
from gru4rec_core.data.sources.opening import open_source
from gru4rec_core.errors import DataError

Progress = Callable[[int, int], None]
"""Called with the bytes read so far and the size of the file."""


@dataclass(frozen=True)
class ReadLimits:
    """Limits of what is read.

    Attributes:
        rows: Most rows, before any is dropped.
        unpacked_bytes: Largest size of a gzipped or Parquet file once unpacked.
        memory: DuckDB's own limit.
    """

    rows: int = 200_000_000
    unpacked_bytes: int = 8_000_000_000
    memory: str = "1GB"


@dataclass(frozen=True)
class LogPreview:
    """What a form needs to map the columns of a file.

    Attributes:
        columns: Their names, in order.
        types: Column to "whole numbers", "numbers", "dates" or "text", judged by its first values.
        rows: The first rows, all text.
        format: For people, such as "CSV".
        guessed: The mapping that usual names suggest, or None.
        candidates: Role ("session", "timestamp", "item", "user", "event", "item_name") to columns, likeliest first.
        problems: Sentences about what must be solved before the file can be read.
    """

    columns: tuple[str, ...]
    types: dict[str, str]
    rows: pd.DataFrame
    format: str
    guessed: ColumnMapping | None
    candidates: dict[str, tuple[str, ...]]
    problems: tuple[str, ...]


def read_log(
    path: Path | str,
    mapping: ColumnMapping | None = None,
    on_progress: Progress | None = None,
    *,
    name: str | None = None,
    encoding: str = "utf-8",
    options: ReadingOptions | None = None,
    sha256: str | None = None,
    limits: ReadLimits | None = None,
) -> ImportedLog:
    """Reads a log of sessions from CSV, TSV, JSON lines or Parquet, each also gzipped.

    Times are numbers, numbers as text, or ISO dates and times (UTC where they name no zone). The kind that most rows
    have is kept; rows of the other kind are rejected. Dates are kept as whole seconds since 1970, or milliseconds or
    microseconds where seconds do not hold them exactly. Sessions and items are taken as text, without the spaces
    around them.

    Args:
        path: The file.
        mapping: Which column is which; None to go by their names.
        on_progress: Called with the bytes read so far and the size of the file.
        name: What people call the file, for messages; the path's own name when None.
        encoding: Of a text file.
        options: What the file's content does not say; None to recognise all of it.
        sha256: Of the file's bytes, where the caller knows it; else the file is read once more to compute it.
        limits: Limits of what is read.

    Raises:
        DataError: The file is not a log; the message names the rule, what was found, where, and the remedy.
    """
    limits, options = limits or ReadLimits(), options or ReadingOptions()
    file = open_log(Path(path), name or Path(path).name, encoding, limits.unpacked_bytes)
    size = file.path.stat().st_size
    on_bytes = None if on_progress is None else lambda done: on_progress(done, size)
    with tempfile.TemporaryDirectory(prefix="gru4rec-") as folder:
        source = open_source(file, limits.rows, Path(folder))
        if mapping is None:
            mapping = require_mapping(source.columns(True), file.name)
        columns = source.columns(mapping.has_header)
        check_mapping(mapping, columns, file.name)
        builder = EventBuilder(file, sha256 or hash_file(file.path), source.place, mapping, limits.rows)
        with _duckdb(limits, folder) as connection:
            for block in source.blocks(connection, mapping.columns(), columns, mapping.has_header, on_bytes):
                builder.add(connection, block)
    return builder.build()


def inspect_log(
    path: Path | str, *, name: str | None = None, encoding: str = "utf-8", options: ReadingOptions | None = None
) -> LogPreview:
    """Looks at the first rows of a file, for the form that maps its columns.

    Args:
        path: The file.
        name: What people call the file, for messages; the path's own name when None.
        encoding: Of a text file.
        options: What the file's content does not say; None to recognise all of it.

    Raises:
        DataError: The file cannot be read at all.
    """
    limits, options = ReadLimits(), options or ReadingOptions()
    file = open_log(Path(path), name or Path(path).name, encoding, limits.unpacked_bytes)
    with tempfile.TemporaryDirectory(prefix="gru4rec-") as folder, _duckdb(limits, folder) as connection:
        source = open_source(file, limits.rows, Path(folder))
        columns = source.columns(True)
        rows = source.head(columns)
        types = {column: _type_of(connection, rows[column]) for column in columns}
    guessed = guess_mapping(columns)
    problems = []
    if guessed is None:
        try:
            require_mapping(columns, file.name)
        except DataError as error:
            problems.append(str(error))
    elif types[guessed.timestamp] == "text":
        problems.append(f"The first values of {guessed.timestamp} are neither numbers nor ISO dates.")
    if len(rows) == 0:
        problems.append("There is a header, but no row below it.")
    return LogPreview(
        tuple(columns), types, rows.head(20), file.format_name, guessed, find_candidates(columns), tuple(problems)
    )


def _duckdb(limits: ReadLimits, folder: str) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(
        config={
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "memory_limit": limits.memory,
            "temp_directory": folder,
        }
    )
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET enable_external_access = false")  # queries see our blocks, never files
    return connection


def _type_of(connection: duckdb.DuckDBPyConnection, values: pd.Series) -> str:
    filled = pa.table({"v": pa.array(values[values != ""], pa.string())})
    if filled.num_rows == 0:
        return "text"
    numbers, whole, dates = (
        connection.from_arrow(filled)
        .aggregate(
            "count(try_cast(v AS DOUBLE)) = count(*), bool_and(try_cast(v AS DOUBLE) = try_cast(v AS BIGINT)), "
            "count(try_cast(v AS TIMESTAMPTZ)) = count(*)"
        )
        .fetchall()[0]
    )
    if numbers:
        return "whole numbers" if whole else "numbers"
    return "dates" if dates else "text"
