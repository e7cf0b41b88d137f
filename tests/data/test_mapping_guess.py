"""From recognised columns to a mapping, and what is said about it."""

import pyarrow as pa

from gru4rec_core.data.column_profile import ColumnProfile, profile_column
from gru4rec_core.data.columns import ColumnMapping
from gru4rec_core.data.mapping_guess import build_mapping, explain_choices, find_timestamp

NEAR = "1700000000 1700000060 1700000120 1700000180"
FAR = "1700000000 1700100000 1700200000 1700300000"


def profiles(**columns: str) -> dict[str, ColumnProfile]:
    return {name: profile_column(name, pa.chunked_array([texts.split()])) for name, texts in columns.items()}


def test_a_session_column_is_enough() -> None:
    found = profiles(visit="1 1 2 2", at=NEAR, what="a b a b")
    columns = {"session": "visit", "timestamp": "at", "item": "what", "user": "visit"}
    assert build_mapping(columns, found, True) == ColumnMapping("visit", "at", "what")
    assert build_mapping(columns, found, False) == ColumnMapping("visit", "at", "what", has_header=False)


def test_users_are_cut_by_a_pause_or_taken_whole() -> None:
    columns = {"user": "who", "timestamp": "at", "item": "what"}
    near = build_mapping(columns, profiles(who="1 1 1 1", at=NEAR, what="a b a b"), True)
    assert near == ColumnMapping(None, "at", "what", user="who", session_gap_minutes=30)
    far = build_mapping(columns, profiles(who="1 1 1 1", at=FAR, what="a b a b"), True)
    assert far == ColumnMapping("who", "at", "what")
    assert build_mapping(columns, profiles(who="1 1 1 1", at="1 2 3 4", what="a b a b"), True) is None


def test_parts_of_a_time_are_taken_where_no_column_is_the_time_or_the_date_is() -> None:
    found = profiles(visit="1 1", date="2024-05-01 2024-05-02", time="10:30 11:45", what="a b")
    columns = {"session": "visit", "timestamp": "date", "item": "what"}
    assert find_timestamp(columns, found) == ("date", "time")
    assert find_timestamp({**columns, "timestamp": "other"}, found) == "other"
    assert find_timestamp({"session": "visit", "item": "what"}, found) == ("date", "time")
    assert find_timestamp({"session": "date", "item": "what"}, found) is None


def test_a_missing_column_leaves_the_mapping_open() -> None:
    found = profiles(visit="1 1 2 2", at=NEAR, what="a b a b")
    for columns in (
        {"timestamp": "at", "item": "what"},
        {"session": "visit", "item": "what"},
        {"session": "visit", "timestamp": "at"},
    ):
        assert build_mapping(columns, found, True) is None


def test_every_choice_is_said() -> None:
    assert explain_choices(ColumnMapping("visit", "at", "what")) == ()
    (cut,) = explain_choices(ColumnMapping(None, "at", "what", user="who", session_gap_minutes=30))
    assert "each who's events are divided wherever nothing happens for more than 30 minutes" in cut
    (whole,) = explain_choices(ColumnMapping("who", "at", "what"), "who")
    assert "all events of one who form one session" in whole
    (parts,) = explain_choices(ColumnMapping("visit", ("day", "clock"), "what"), "who")
    assert "day + clock" in parts
    (order,) = explain_choices(ColumnMapping("line", "order", "item"))
    assert "events keep the order of the file" in order
