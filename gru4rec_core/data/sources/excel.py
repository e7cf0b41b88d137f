"""How are the rows of an Excel workbook (.xlsx) read?"""

import datetime as dt
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from itertools import islice

import pandas as pd
import pyarrow as pa

from gru4rec_core.data.file_format import LogFile
from gru4rec_core.data.reading_options import Layout
from gru4rec_core.data.size_estimates import OVERRIDE
from gru4rec_core.data.sources.base import PREVIEW_ROWS, ReadRequest, sound_block
from gru4rec_core.data.sources.header import is_header, name_columns
from gru4rec_core.errors import DataError

BLOCK_ROWS = 1 << 16
ERRORS = frozenset(("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"))


class ExcelSheet:
    """The first sheet of a workbook: the first row names the columns. Formulas count by their stored results.

    The sheet is read row by row, so memory does not grow with it; only its distinct texts are kept by the reader.
    """

    place = "row"
    layout: Layout = "events"

    def __init__(self, file: LogFile) -> None:
        self.file = file
        with self._reading(), zipfile.ZipFile(file.path) as archive:
            size = sum(info.file_size for info in archive.infolist())
            self._n_sheets = sum(info.filename.startswith("xl/worksheets/sheet") for info in archive.infolist())
        if size > file.max_bytes:
            raise DataError(
                f"A workbook may hold at most {file.max_bytes / 1e9:g} GB unpacked.",
                found=f"{size:,} bytes unpacked",
                where=file.name,
                remedy=f"Save the sheet as CSV, in parts; or, if it really is that large, {OVERRIDE}.",
            )

    @property
    def notes(self) -> tuple[str, ...]:
        """What is left out, in sentences."""
        return (f"Only the first of the workbook's {self._n_sheets} sheets is read.",) if self._n_sheets > 1 else ()

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except DataError:
            raise
        except Exception as error:  # openpyxl lets errors of XML, ZIP, numbers and its own through
            raise DataError(
                "The Excel workbook could not be read.",
                found=f"{type(error).__name__}: {error}"[:200],
                where=self.file.name,
                remedy="Open it in Excel and save it again as .xlsx, or save the sheet as CSV.",
            ) from None

    def _rows(self, n_columns: int | None = None) -> Iterator[tuple[int, list[str]]]:
        """Number and cells of each row that is not empty; as many cells as asked for, or as there are."""
        import openpyxl  # here, because only a workbook needs it: 0.15 s of every command's start

        with self._reading(), self.file.path.open("rb") as stream:  # by its path, it would go by the file's name
            book = openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False)
            try:
                sheet = book.worksheets[0] if book.worksheets else None
                if sheet is not None:
                    sheet.reset_dimensions()  # what a file says about its size may be out of date
                rows = sheet.iter_rows(max_col=n_columns, values_only=True) if sheet is not None else ()
                for number, cells in enumerate(rows, start=1):
                    if any(cell is not None for cell in cells):
                        texts = [_as_text(cell) for cell in cells]
                        yield number, texts + [""] * ((n_columns or 0) - len(texts))
            finally:
                book.close()

    @cached_property
    def _first_row(self) -> list[str]:
        first = next((row for _, row in self._rows()), [])
        while first and not first[-1]:
            first.pop()
        if not first:
            raise DataError(
                "The log has no events.",
                found="the first sheet is empty",
                where=self.file.name,
                remedy="Make the sheet with the events the first one.",
            )
        return first

    def names_columns(self) -> bool:
        return is_header(self._first_row)

    def columns(self, has_header: bool) -> list[str]:
        return name_columns(self._first_row, has_header, self.file.name)

    def head(self, has_header: bool) -> pd.DataFrame:
        columns = self.columns(has_header)
        rows = islice(self._rows(len(columns)), int(has_header), PREVIEW_ROWS + int(has_header))
        return pd.DataFrame([row for _, row in rows], columns=pd.Index(columns), dtype="str")

    def blocks(self, request: ReadRequest) -> Iterator[pa.Table]:
        columns = self.columns(request.has_header)
        column_of = {role: columns.index(column) for role, column in request.roles.items()}
        rows = islice(self._rows(len(columns)), int(request.has_header), None)
        while block := list(islice(rows, BLOCK_ROWS)):
            place = pa.array([number for number, _ in block], pa.int64())
            texts = {role: pa.array([row[i] for _, row in block], pa.string()) for role, i in column_of.items()}
            yield sound_block(place, texts)
        request.on_bytes(self.file.path.stat().st_size)


def _as_text(cell: object) -> str:
    """A cell as a CSV file would have it: 12 for 12.0, ISO dates and times, nothing for an error."""
    if cell is None or (isinstance(cell, str) and cell in ERRORS):
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return cell.isoformat() if isinstance(cell, dt.datetime | dt.date | dt.time) else str(cell)
