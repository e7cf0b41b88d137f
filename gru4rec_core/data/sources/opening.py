"""Which kind of source is a file, a folder or a database?"""

from pathlib import Path
from typing import NamedTuple

from gru4rec_core.data.file_format import LogFile, open_log
from gru4rec_core.data.locations import Location
from gru4rec_core.data.log_origin import LogOrigin
from gru4rec_core.data.sources.base import Source
from gru4rec_core.data.sources.delimited import DelimitedText
from gru4rec_core.data.sources.excel import ExcelSheet
from gru4rec_core.data.sources.json_lines import JsonLines
from gru4rec_core.data.sources.parquet import ParquetRows
from gru4rec_core.errors import DataError


class OpenedLog(NamedTuple):
    """Rows to read, and where they come from."""

    source: Source
    origin: LogOrigin


class Opening(NamedTuple):
    """How to open a log.

    Attributes:
        name: What people call a file; None for its own name.
        encoding: Of text.
        max_bytes: Largest size of a packed file once unpacked.
        max_rows: Most rows of a Parquet file, by its metadata.
        folder: Where what must be unpacked first goes.
    """

    name: str | None
    encoding: str
    max_bytes: int
    max_rows: int
    folder: Path


def open_location(location: Location, opening: Opening) -> OpenedLog:
    """The log at a location.

    Raises:
        DataError: There is none, or it cannot be read.
    """
    if not isinstance(location, Path):
        raise DataError("A log is a file.")
    file = open_log(location, opening.name or location.name, opening.encoding, opening.max_bytes)
    is_text = file.format in {"delimited", "jsonl"}
    origin = LogOrigin(file.name, file.format_name, file.encoding if is_text else "", location.stat().st_size)
    return OpenedLog(open_source(file, opening.max_rows, opening.folder), origin)


def open_source(file: LogFile, max_rows: int, folder: Path) -> Source:
    """The file as a source; what must be unpacked first goes to `folder`.

    Raises:
        DataError: A Parquet file or an Excel workbook that is broken or too large.
    """
    if file.format == "delimited":
        return DelimitedText(file)
    if file.format == "jsonl":
        return JsonLines(file)
    if file.format == "xlsx":
        return ExcelSheet(file)
    return ParquetRows(file, max_rows, folder)
