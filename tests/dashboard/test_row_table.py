"""Facts about tables whose rows lead somewhere: what a search finds, and what the HTML holds."""

import pytest

from dashboard.row_table import Column, Row, RowTable, _cells, _head, matches

TABLE = RowTable("thing", (Column("Thing", 2), Column("Size", 1), Column("Colour <b>", 1)), lambda row_id: Row("", ()))


@pytest.mark.parametrize(
    ("text", "finds"), [("", True), ("SHOP", True), ("log shop", True), ("shop blue", False), ("  ", True)]
)
def test_a_search_finds_names_that_hold_every_word_in_any_case(text: str, finds: bool):
    assert matches("My shop log", text) is finds


def test_each_cell_says_its_column_to_who_cannot_see_the_head():
    html = _cells(TABLE, Row("x", ("7", "red"), is_selected=True))
    assert html.index("Size") < html.index(">7<") < html.index("Colour") < html.index(">red<")
    assert "Selected." in html
    assert 'aria-hidden="true"' in _head(TABLE)


def test_a_name_that_its_link_cuts_is_said_whole():
    assert f"Whole name: {'x' * 50}." in _cells(TABLE, Row("x" * 50, ("7", "red")))
    assert "Whole name" not in _cells(TABLE, Row("x" * 40, ("7", "red")))


def test_what_a_phone_has_no_room_for_is_marked():
    table = RowTable("thing", (Column("Thing", 2), Column("Size", 1, wide_only=True)), lambda row_id: Row("", ()))
    assert 'class="wb-wide"' in _cells(table, Row("x", ("7",)))
    assert 'class="wb-wide"' not in _cells(TABLE, Row("x", ("7", "red")))


def test_an_empty_cell_has_no_name_and_names_are_escaped():
    html = _cells(TABLE, Row("x", ("", "red")))
    assert "Size" not in html
    assert "<b>" not in html
    assert "<b>" not in _head(TABLE)
