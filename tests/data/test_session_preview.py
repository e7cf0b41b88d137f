"""The first sessions that a mapping would make."""

import pytest

from gru4rec_core.data import session_preview
from gru4rec_core.data.columns import ColumnMapping
from gru4rec_core.data.session_preview import PreviewSession, preview_sessions
from gru4rec_core.errors import DataError
from tests.data.logs import CSV, FORMATS, Write

MAPPING = ColumnMapping("session", "timestamp", "item")


@pytest.mark.parametrize("name", list(FORMATS))
def test_items_are_in_order_of_time_in_every_format(name: str, write: Write) -> None:
    first = preview_sessions(write(FORMATS[name]), MAPPING)
    assert [(one.name, one.n_events, one.items) for one in first.sessions] == [
        ("s1", 2, ("A", "B")),
        ("s2", 3, ("B", "C", "A")),
    ]
    assert (first.is_whole_file, first.n_rows) == (True, 5)


def test_times_are_shown_as_they_are_understood(write: Write) -> None:
    rows = "session,time,item\ns,1700000000,A\ns,1700000060,B\n"
    first = preview_sessions(write(rows), ColumnMapping("session", "time", "item"))
    times = ("2023-11-14 22:13:20", "2023-11-14 22:14:20")
    assert first.sessions == (PreviewSession("s", 2, ("A", "B"), times, times[-1]),)


def test_a_long_session_ends_with_its_last_event_though_only_the_first_are_shown(write: Write) -> None:
    rows = "".join(f"s,{1_700_000_000 + 60 * i},{'AB'[i % 2]}\n" for i in range(31))
    (one,) = preview_sessions(write("session,time,item\n" + rows), ColumnMapping("session", "time", "item")).sessions
    assert (one.n_events, len(one.items), one.last_time) == (31, 20, "2023-11-14 22:43:20")


def test_another_mapping_makes_other_sessions(write: Write) -> None:
    first = preview_sessions(write(CSV), ColumnMapping("item", "timestamp", "session"), n=1)
    assert [(one.name, one.items) for one in first.sessions] == [("A", ("s1", "s2"))]


def test_visits_cut_out_of_a_users_events(write: Write) -> None:
    rows = "user,time,item\nu,1700000000,A\nu,1700000060,B\nu,1700090000,C\n"
    first = preview_sessions(write(rows), ColumnMapping(None, "time", "item", user="user", session_gap_minutes=30))
    assert [one.items for one in first.sessions] == [("A", "B"), ("C",)]


def test_items_are_shown_by_name(write: Write) -> None:
    rows = "session,time,item,title\ns,1,7,Seven\ns,2,8,Eight\n"
    first = preview_sessions(write(rows), ColumnMapping("session", "time", "item", item_name="title"))
    assert first.sessions[0].items == ("Seven", "Eight")


def test_only_the_beginning_of_a_long_file_is_read(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_preview, "HEAD_BYTES", 1_000)
    rows = "".join(f"s{i // 50},{i},{'abc'[i % 3]}\n" for i in range(10_000))
    first = preview_sessions(write("session,timestamp,item\n" + rows), MAPPING)
    assert not first.is_whole_file
    assert first.n_rows < 200
    assert (first.sessions[0].n_events, len(first.sessions[0].items)) == (50, 20)


def test_a_mapping_that_makes_no_log_is_refused_as_when_it_is_read(write: Write) -> None:
    with pytest.raises(DataError, match="all of one event"):
        preview_sessions(write("session,timestamp,item\na,1,x\nb,2,y\n"), MAPPING)
