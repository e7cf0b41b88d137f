"""What does a form need to know about a file: `inspect_log`?"""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa

from gru4rec_core.data.columns import ColumnMapping, find_candidates, guess_mapping, require_mapping
from gru4rec_core.data.ingest import ReadLimits
from gru4rec_core.data.layouts import mapping_of_layout
from gru4rec_core.data.locating import find_location
from gru4rec_core.data.locations import Location
from gru4rec_core.data.reading_options import Layout, ReadingOptions
from gru4rec_core.data.sources.base import open_duckdb
from gru4rec_core.data.sources.opening import Opening, open_location
from gru4rec_core.errors import DataError


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
        has_header: Whether the file names its columns; else they are called "column 1" and so on.
        layout: What a row of the file holds.
    """

    columns: tuple[str, ...]
    types: dict[str, str]
    rows: pd.DataFrame
    format: str
    guessed: ColumnMapping | None
    candidates: dict[str, tuple[str, ...]]
    problems: tuple[str, ...]
    has_header: bool = True
    layout: Layout = "events"


def inspect_log(
    path: Location | str,
    *,
    name: str | None = None,
    encoding: str = "utf-8",
    options: ReadingOptions | None = None,
    has_header: bool | None = None,
) -> LogPreview:
    """Looks at the first rows of a file, for the form that maps its columns.

    Args:
        path: The file, folder or pattern; or a `FolderLog` or a `DatabaseLog`.
        name: What people call the file, for messages; the path's own name when None.
        encoding: Of a text file.
        options: What the file's content does not say; None to recognise all of it.
        has_header: Whether the first line names the columns; None to find out.

    Raises:
        DataError: The file cannot be read at all.
    """
    limits, options = ReadLimits(), options or ReadingOptions()
    location = find_location(path) if isinstance(path, str) else path
    with tempfile.TemporaryDirectory(prefix="gru4rec-") as folder, open_duckdb(limits.memory, folder) as connection:
        opening = Opening(name, encoding, limits.unpacked_bytes, limits.rows, Path(folder), options.layout)
        source, origin = open_location(location, opening)
        has_header = source.names_columns() if has_header is None else has_header
        columns = source.columns(has_header)
        rows = source.head(columns, has_header)
        types = {column: _type_of(connection, rows[column]) for column in columns}
    guessed = mapping_of_layout(source.layout, columns, has_header) or guess_mapping(columns)
    problems = []
    if guessed is None:
        try:
            require_mapping(columns, origin.name)
        except DataError as error:
            problems.append(str(error))
    elif types.get(str(guessed.timestamp)) == "text":
        problems.append(f"The first values of {guessed.timestamp} are neither numbers nor ISO dates.")
    if len(rows) == 0:
        problems.append("There is a header, but no row below it.")
    return LogPreview(
        tuple(columns),
        types,
        rows.head(20),
        origin.format,
        guessed,
        find_candidates(columns),
        tuple(problems),
        has_header,
        source.layout,
    )


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
