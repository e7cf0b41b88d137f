"""Rows of Excel workbooks."""

import datetime as dt
import io
import zipfile
from collections.abc import Sequence

import openpyxl
import pytest

from gru4rec_core.data.ingest import ReadLimits, read_log
from gru4rec_core.errors import DataError
from tests.data.logs import Write, list_rejected, sessions

NOON = dt.datetime(2024, 5, 31, 12)
HEADER = ["session", "time", "item"]


def workbook(*rows: Sequence[object], others: Sequence[str] = ()) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    for title in others:
        book.create_sheet(title).append(["nothing", "to", "see"])
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def test_the_first_sheet_is_read_with_its_dates_and_numbers(write: Write) -> None:
    rows = [(1, NOON, "tea"), (1, NOON + dt.timedelta(seconds=5), 7), (2, NOON, 7.5), (2, NOON, "tea")]
    log = read_log(write(workbook(HEADER, *rows, others=["notes"]), "log.xlsx"))
    assert sessions(log) == {"1": ["tea", "7"], "2": ["7.5", "tea"]}
    assert log.dataset.timestamps.tolist()[:2] == [1717156800, 1717156805]
    assert (log.summary.format, log.summary.place) == ("Excel", "row")
    assert log.summary.notes == ["Only the first of the workbook's 2 sheets is read."]


def test_blank_rows_are_skipped_and_rows_keep_their_number(write: Write) -> None:
    rows = [[], HEADER, [], ["s", 1, "A"], [None, 2, "B"], ["s", 3, "#N/A"], ["s", 4, "B", "beyond the table"]]
    log = read_log(write(workbook(*rows), "log.xlsx"))
    assert sessions(log) == {"s": ["A", "B"]}
    assert list_rejected(log) == [(5, "no session"), (6, "no item")]


@pytest.mark.parametrize("size", ["A1:C3", "A1"])
def test_rows_beyond_an_outdated_size_are_read(size: str, write: Write) -> None:
    content = workbook(HEADER, *(("s", n, "A") for n in range(9)))
    sink = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(sink, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'<dimension ref="A1:C10"', f'<dimension ref="{size}"'.encode()))
    assert sink.getvalue() != content
    assert read_log(write(sink.getvalue(), "log.xlsx")).summary.rows_kept == 9


def test_dates_are_days_beside_a_column_of_clock_times(write: Write) -> None:
    rows = [(1, dt.datetime(2024, 5, 31), dt.time(12, n), item) for n, item in enumerate("ABAB")]
    log = read_log(write(workbook(["session", "date", "time", "item"], *rows), "log.xlsx"))
    assert log.dataset.timestamps.tolist() == [1717156800 + 60 * n for n in range(4)]


def test_two_cells_in_opposite_corners_are_no_bomb(write: Write) -> None:
    book = openpyxl.Workbook()
    for cell, value in {"A1": "session", "B1": "time", "C1": "item", "XFD3000": "x"}.items():
        book.worksheets[0][cell] = value
    sink = io.BytesIO()
    book.save(sink)
    with pytest.raises(DataError, match="no rows below it"):
        read_log(write(sink.getvalue(), "log.xlsx"))


def test_a_workbook_unpacks_to_no_more_than_the_limit(write: Write) -> None:
    content = workbook(HEADER, *[("s", n, "A") for n in range(500)])
    with pytest.raises(DataError, match=r"at most .* GB unpacked") as caught:
        read_log(write(content, "log.xlsx"), limits=ReadLimits(unpacked_bytes=1_000))
    assert "--any-size" in caught.value.remedy


@pytest.mark.parametrize("broken", ["sheet", "book"])
def test_a_damaged_workbook_is_refused_in_words(broken: str, write: Write) -> None:
    part = {"sheet": "xl/worksheets/sheet1.xml", "book": "xl/workbook.xml"}[broken]
    sink = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(HEADER, ("s", 1, "A")))) as old, zipfile.ZipFile(sink, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, content[: len(content) // 2] if name == part else content)
    with pytest.raises(DataError, match="could not be read") as caught:
        read_log(write(sink.getvalue()), name="visits.xlsx")
    assert caught.value.where == "visits.xlsx"


def test_an_empty_sheet_is_said(write: Write) -> None:
    with pytest.raises(DataError, match="first sheet is empty"):
        read_log(write(workbook(), "log.xlsx"))
