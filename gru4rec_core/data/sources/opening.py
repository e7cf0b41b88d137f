"""Which kind of source is a file, a folder or a database?"""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

from gru4rec_core.data.file_format import DELIMITERS, LogFile, open_log
from gru4rec_core.data.layouts import LAYOUT_LABELS, recognise_layout
from gru4rec_core.data.locations import DatabaseLog, FolderLog, Location
from gru4rec_core.data.log_origin import LogOrigin
from gru4rec_core.data.reading_options import Layout
from gru4rec_core.data.sources.base import Source
from gru4rec_core.data.sources.delimited import DelimitedText
from gru4rec_core.data.sources.excel import ExcelSheet
from gru4rec_core.data.sources.folder import FolderRows
from gru4rec_core.data.sources.json_lines import JsonLines, first_objects
from gru4rec_core.data.sources.nested_json import NestedJson, find_event_list
from gru4rec_core.data.sources.parquet import ParquetRows
from gru4rec_core.data.sources.session_lines import SessionLines
from gru4rec_core.data.sources.wide import WideRows
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
        layout: What a row of a file holds; None to recognise it.
    """

    name: str | None
    encoding: str
    max_bytes: int
    max_rows: int
    folder: Path
    layout: Layout | None = None


def open_location(location: Location, opening: Opening) -> OpenedLog:
    """The log at a location.

    Raises:
        DataError: There is none, or it cannot be read.
    """
    if isinstance(location, DatabaseLog):
        from gru4rec_core.data.sources.database import DatabaseRows  # SQLAlchemy takes a third of a second

        rows = DatabaseRows(location)
        return OpenedLog(rows, rows.origin())
    if isinstance(location, FolderLog):
        files = FolderRows(location, opening.folder, partial(_open_one_of, opening))
        return OpenedLog(files, files.origin())
    file = open_log(location, opening.name or location.name, opening.encoding, opening.max_bytes)
    is_text = file.format in {"delimited", "jsonl"}
    source = open_source(file, opening.max_rows, opening.folder, opening.layout)
    form = replace(file, layout=source.layout).format_name
    origin = LogOrigin(file.name, form, file.encoding if is_text else "", location.stat().st_size)
    if isinstance(source, ExcelSheet):
        origin = replace(origin, notes=source.notes)
    return OpenedLog(source, origin)


def _open_one_of(opening: Opening, path: Path, name: str, folder: Path) -> OpenedLog:
    return open_location(path, opening._replace(name=name, folder=folder))


def open_source(file: LogFile, max_rows: int, folder: Path, layout: Layout | None = None) -> Source:
    """The file as a source of events.

    Args:
        file: The file.
        max_rows: Most rows of a Parquet file.
        folder: For what must be unpacked first.
        layout: What a row holds; None to recognise it.

    Raises:
        DataError: A Parquet file or an Excel workbook that is broken or too large, or a layout that the file cannot
            have.
    """
    table = _open_table(file, max_rows, folder)
    layout = layout or recognise_layout(file, table)
    if layout == "events":
        return table
    if layout == "wide" and file.format != "jsonl":
        if len(table.columns(True)) < 2:
            raise _unlike(layout, file, "a single column")
        return WideRows(table)
    if layout == "session-per-line" and file.format == "delimited":
        return _open_session_lines(file)
    key = find_event_list(first_objects(file)) if file.format == "jsonl" else None
    if layout == "nested" and key is not None:
        return NestedJson(file, key)
    raise _unlike(layout, file, "no list of objects" if file.format == "jsonl" else file.format_name)


def _open_table(file: LogFile, max_rows: int, folder: Path) -> Source:
    if file.format == "delimited":
        return DelimitedText(file)
    if file.format == "jsonl":
        return JsonLines(file)
    if file.format == "xlsx":
        return ExcelSheet(file)
    return ParquetRows(file, max_rows, folder)


def _open_session_lines(file: LogFile) -> SessionLines:
    """Items are separated by the file's delimiter where it has one, else by white space; quotes are part of them."""
    with file.open() as reader:
        head = reader.read(1 << 16).decode(file.encoding, errors="replace")
    delimiter = file.delimiter if any(sign in head for sign in DELIMITERS) else ""
    return SessionLines(replace(file, delimiter=""), delimiter)


def _unlike(layout: Layout, file: LogFile, found: str) -> DataError:
    return DataError(
        f"The file cannot be read as {LAYOUT_LABELS[layout]}.",
        found=found,
        where=file.name,
        remedy="Choose what was recognised under “What does a row hold?” (with the command: leave out --layout).",
    )
