"""What a row of a file holds is recognised, or said."""

import pytest

from gru4rec_core.data.columns import ColumnMapping
from gru4rec_core.data.ingest import read_log
from gru4rec_core.data.layouts import mapping_of_layout
from gru4rec_core.data.preview import inspect_log
from gru4rec_core.data.reading_options import Layout, ReadingOptions
from gru4rec_core.errors import DataError
from tests.data.logs import CSV, Write


@pytest.mark.parametrize(
    ("text", "layout"),
    [
        (CSV, "events"),
        ("one\ntwo\n", "events"),
        ('{"session": 1, "timestamp": 2, "item": 3}\n', "events"),
        ("a b\nc d e\nf\n", "session-per-line"),
        ("1 2 3\n4 5 6\n", "session-per-line"),
        ("the first one, then\nb c\n", "events"),
        ("user,item1,item2\nanna,a,b\n", "wide"),
        ('{"session": 1, "events": [{"aid": 1, "ts": 2}]}\n', "nested"),
    ],
)
def test_the_layout_is_recognised(text: str, layout: Layout, write: Write) -> None:
    assert inspect_log(write(text)).layout == layout


def test_a_table_with_spaces_is_not_taken_for_sessions(write: Write) -> None:
    with pytest.raises(DataError, match="columns separated by spaces: user time item"):
        read_log(write("user time item\n1 5 a\n1 6 b\n"))


@pytest.mark.parametrize(
    ("text", "layout"),
    [
        (CSV, "nested"),
        ('{"session": 1, "timestamp": 2, "item": 3}\n', "wide"),
        ('{"session": 1, "timestamp": 2, "item": 3}\n', "nested"),
        ('{"session": 1, "timestamp": 2, "item": 3}\n', "session-per-line"),
        ("a\nb\n", "wide"),
    ],
)
def test_a_layout_that_the_file_cannot_have_is_refused(text: str, layout: Layout, write: Write) -> None:
    with pytest.raises(DataError, match="file cannot be read as") as caught:
        read_log(write(text), options=ReadingOptions(layout=layout))
    assert "leave out --layout" in caught.value.remedy


def test_a_layout_may_give_the_mapping() -> None:
    assert mapping_of_layout("events", ["a", "b"], True) is None
    lines = mapping_of_layout("session-per-line", ["line", "order", "item"], True)
    assert lines == ColumnMapping("line", "order", "item")
    wide = mapping_of_layout("wide", ["user", "date", "item"], False)
    assert wide == ColumnMapping("user", "date", "item", has_header=False)
