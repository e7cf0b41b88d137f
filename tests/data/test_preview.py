"""What a form is told about a file."""

import pytest

from gru4rec_core.data.columns import ColumnMapping
from gru4rec_core.data.preview import inspect_log
from tests.data.logs import FORMATS, ROWS, Write


def test_a_preview_shows_columns_types_first_rows_and_a_guess(write: Write) -> None:
    preview = inspect_log(write("SessionId;Time;ItemId;price\n1;2024-01-01;A;1.5\n1;2024-01-02;B;\n"))
    assert preview.columns == ("SessionId", "Time", "ItemId", "price")
    assert preview.types == {
        "SessionId": "whole numbers, one value",
        "Time": "dates",
        "ItemId": "text",
        "price": "decimal numbers, like prices",
    }
    assert preview.rows.ItemId.tolist() == ["A", "B"]
    assert preview.guessed == ColumnMapping("SessionId", "Time", "ItemId")
    assert preview.problems == ()


@pytest.mark.parametrize("name", list(FORMATS))
def test_a_preview_works_for_each_format(name: str, write: Write) -> None:
    preview = inspect_log(write(FORMATS[name]))
    assert preview.format == name
    assert preview.rows.item.tolist() == [i for _, _, i in ROWS]
    assert preview.guessed == ColumnMapping("session", "timestamp", "item")


def test_a_preview_warns_of_times_that_are_none_and_of_no_rows(write: Write) -> None:
    assert "are not times" in inspect_log(write("session,time,item\n" + "s,noon,A\ns,four,B\n" * 10)).problems[0]
    assert "no row below" in inspect_log(write("session,time,item\n")).problems[-1]
