"""A session per row, with its items in columns of their own."""

import pandas as pd
import pyarrow as pa
import pytest

from gru4rec_core.data.ingest import read_log
from gru4rec_core.data.preview import inspect_log
from gru4rec_core.data.reading_options import ReadingOptions
from gru4rec_core.data.sources import wide
from gru4rec_core.data.sources.wide import find_item_columns
from tests.data.logs import Write, list_rejected, parquet_bytes, sessions
from tests.data.sources.test_excel import workbook

WIDE = "user,item1,item2,item3\nanna,tea,milk,tea\nbob,tea,,\ncleo,,,\ndora,milk, ,tea\nwrong,row\n"


def test_each_filled_cell_is_an_event(write: Write) -> None:
    log = read_log(write(WIDE))
    assert sessions(log) == {"anna": ["tea", "milk", "tea"], "bob": ["tea"], "dora": ["milk", "tea"]}
    assert list_rejected(log) == [(4, "no item"), (6, "2 fields instead of 4")]
    assert log.dataset.timestamps.tolist() == [0, 1, 2, 3, 5, 6]
    assert log.summary.format == "CSV, wide"
    assert log.summary.columns == {"session": "user", "timestamp": "order", "item": "item"}


def test_a_preview_shows_the_events(write: Write) -> None:
    preview = inspect_log(write(WIDE))
    assert (preview.layout, preview.columns) == ("wide", ("user", "order", "item"))
    assert preview.rows["item"].tolist() == ["tea", "milk", "tea", "tea", "", "milk", "tea"]


def test_parquet_and_excel_may_be_wide_too(write: Write) -> None:
    rows = pd.DataFrame({"user": ["anna", "bob"], "item_1": ["tea", "milk"], "item_2": ["milk", None]})
    for content in (
        parquet_bytes(pa.Table.from_pandas(rows)),
        workbook(list(rows.columns), ["anna", "tea", "milk"], ["bob", "milk", None]),
    ):
        assert sessions(read_log(write(content))) == {"anna": ["tea", "milk"], "bob": ["milk"]}


def test_a_column_of_times_is_the_time_of_a_whole_row(write: Write) -> None:
    text = "basket;date;1;2\n7;2024-05-01;tea;milk\n8;2024-05-02;tea;tea\n"
    log = read_log(write(text))
    assert sessions(log) == {"7": ["tea", "milk"], "8": ["tea", "tea"]}
    assert log.dataset.timestamps.tolist() == [1714521600] * 2 + [1714608000] * 2


def test_a_table_without_a_header_is_wide_where_the_layout_is_named(write: Write) -> None:
    log = read_log(write("7,101,102\n8,101,\n"), options=ReadingOptions(layout="wide"))
    assert sessions(log) == {"7": ["101", "102"], "8": ["101"]}


def test_large_tables_are_taken_apart_in_parts(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wide, "CELLS", 10)
    rows = "".join(f"u{n},a,b,c\n" for n in range(30))
    log = read_log(write("user,item1,item2,item3\n" + rows))
    assert sessions(log) == {f"u{n}": ["a", "b", "c"] for n in range(30)}
    assert log.dataset.timestamps.tolist() == list(range(90))


@pytest.mark.parametrize(
    ("columns", "n_items"),
    [
        ("user item1 item2 item3", 3),
        ("user 0 1 2", 3),
        ("session_id date track_1 track_2", 2),
        ("session time item feature1 feature2", 0),
        ("session time item 1 2", 0),
        ("user item1", 0),
        ("user item2 item4", 0),
        ("user item2 item3", 0),
        ("item1 item2", 0),
        ("user price1 price2", 0),
        ("column_1 column_2 column_3", 0),
    ],
)
def test_item_columns_are_the_last_ones_and_numbered(columns: str, n_items: int) -> None:
    names = columns.split()
    assert find_item_columns(names) == names[len(names) - n_items :]
