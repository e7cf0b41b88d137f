"""Which kinds of event does a column tell apart, in the whole file, and how many rows have each?"""

import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from gru4rec_core.data.file_format import LogFile, open_log
from gru4rec_core.data.ingest import ReadLimits
from gru4rec_core.data.reading_options import Layout
from gru4rec_core.data.sources.base import ReadRequest, open_duckdb
from gru4rec_core.data.sources.opening import open_source
from gru4rec_core.errors import DataError

MOST_KINDS = 1_000
"""A column with more different values does not hold kinds of event."""


def count_event_kinds(
    path: Path | str,
    column: str,
    *,
    name: str | None = None,
    encoding: str = "utf-8",
    has_header: bool = True,
    layout: Layout | None = None,
) -> dict[str, int]:
    """The values of one column in the whole file and how many rows have each, most frequent first.

    Args:
        path: The file.
        column: The column; nothing else of the file is kept.
        name: What people call the file, for messages; the path's own name when None.
        encoding: Of a text file.
        has_header: Whether the first line names the columns.
        layout: What a row holds; None to recognise it.

    Raises:
        DataError: The file cannot be read, or the column has more than `MOST_KINDS` different values.
    """
    limits = ReadLimits()
    file = open_log(Path(path), name or Path(path).name, encoding, limits.unpacked_bytes)
    counts: dict[str, int] = {}
    with tempfile.TemporaryDirectory(prefix="gru4rec-") as folder:
        source = open_source(file, limits.rows, Path(folder), layout)
        with open_duckdb(limits.memory, folder) as connection:
            for block in source.blocks(ReadRequest(connection, {"event": column}, has_header)):
                for kind, n_rows in _count_values(block).items():
                    counts[kind] = counts.get(kind, 0) + n_rows
                if len(counts) > MOST_KINDS:
                    raise _too_many_kinds(file, column)
    return dict(sorted(counts.items(), key=lambda kind: (-kind[1], kind[0])))


def _count_values(block: pa.Table) -> dict[str, int]:
    values = pc.utf8_trim_whitespace(block["event"].filter(block["fault"].is_null()).cast(pa.string()))
    counts = pc.value_counts(values.filter(pc.fill_null(pc.not_equal(values, ""), False)))
    return {count["values"]: count["counts"] for count in counts.to_pylist()}


def _too_many_kinds(file: LogFile, column: str) -> DataError:
    return DataError(
        f"A column of kinds of event may have at most {MOST_KINDS:,} different values.",
        found="more",
        where=f"{file.name}, column {column}",
        remedy="Choose a column with few words, such as view and purchase; or keep all events.",
    )
