"""From rows to sessions: order, visits, names, refusals."""

from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest

from gru4rec_core.data import blocks
from gru4rec_core.data.columns import ColumnMapping
from gru4rec_core.data.ingest import ReadLimits, read_log
from gru4rec_core.data.sources import parquet
from gru4rec_core.errors import DataError
from tests.data.logs import CSV, Write, parquet_bytes, sessions


def test_items_are_numbered_by_first_appearance_in_the_sorted_log(write: Write) -> None:
    log = read_log(write("session,timestamp,item\ns,4,C\ns,1,A\ns,2,B\ns,3,A\n"))
    assert log.dataset.vocabulary.items.tolist() == ["A", "B", "C"]
    assert log.dataset.items.tolist() == [0, 1, 0, 2]


def test_a_pause_ends_a_users_visit(write: Write) -> None:
    start = 1_700_000_000
    rows = [("u", 0, "A"), ("u", 1800, "B"), ("u", 3601, "C"), ("v", 10, "D"), ("u", 3700, "E"), ("u", 9000, "F")]
    path = write("user_id,time,item\n" + "".join(f"{u},{start + t},{i}\n" for u, t, i in rows))
    log = read_log(path, ColumnMapping(None, "time", "item", user="user_id", session_gap_minutes=30))
    assert sessions(log) == {
        "u#2023-11-14T22:13:20": ["A", "B"],
        "u#2023-11-14T23:13:21": ["C", "E"],
        "u#2023-11-15T00:43:20": ["F"],
        "v#2023-11-14T22:13:30": ["D"],
    }
    assert log.summary.session_gap_minutes == 30
    assert log.summary.columns["user"] == "user_id"


def test_a_pause_counts_in_the_logs_own_unit(write: Write) -> None:
    path = write("user_id,time,item\nu,1700000000000,A\nu,1700001800000,B\nu,1700003600001,C\n")
    log = read_log(path, ColumnMapping(None, "time", "item", user="user_id", session_gap_minutes=30))
    assert log.summary.time_unit == "ms"
    assert list(sessions(log)) == ["u#2023-11-14T22:13:20", "u#2023-11-14T23:13:20.001"]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "dates", "fractions"])
def test_a_visit_has_one_name_in_every_export(write: Write, unit: str) -> None:
    start = 1_700_000_000
    times = [start, start + 60, start + 86_400, start + 86_460]
    scale = {"s": 1, "ms": 1_000, "us": 1_000_000, "dates": 1, "fractions": 1}[unit]
    moments = [datetime.fromtimestamp(t, UTC).isoformat() if unit == "dates" else str(t * scale) for t in times]
    if unit == "fractions":
        moments[1] += ".5"
    earlier = [] if unit == "s" else [f"u,{moments[0]},A", f"u,{moments[1]},B"]
    path = write("\n".join(["user_id,time,item", *earlier, f"u,{moments[2]},A", f"u,{moments[3]},B", ""]))
    log = read_log(path, ColumnMapping(None, "time", "item", user="user_id", session_gap_minutes=30))
    assert list(sessions(log))[-1] == "u#2023-11-15T22:13:20"


def test_a_pause_needs_times_that_are_dates(write: Write) -> None:
    path = write("user_id,time,item\nu,1,A\nu,2,B\n")
    with pytest.raises(DataError, match="needs times that are dates"):
        read_log(path, ColumnMapping(None, "time", "item", user="user_id", session_gap_minutes=30))


def test_what_most_rows_are_is_the_cause_when_none_is_an_event(write: Write) -> None:
    rows = "".join(f"s{n},{n},A,view\n" for n in range(9))
    mapping = ColumnMapping("session", "timestamp", "item", event_column="kind", keep_events=("purchase",))
    with pytest.raises(DataError, match="9 of other kinds of event, 1 left out") as caught:
        read_log(write(f"session,timestamp,item,kind\n{rows}broken\n"), mapping)
    assert caught.value.rule == "No event is of a kind to keep."


def test_kinds_of_event_that_do_not_occur_are_an_error(write: Write) -> None:
    mapping = ColumnMapping("session", "time", "item", event_column="event", keep_events=("viewed",))
    with pytest.raises(DataError, match="kind to keep"):
        read_log(write("session,time,item,event\ns,1,A,view\ns,2,A,view\n"), mapping)


def test_names_to_show_come_along(write: Write) -> None:
    log = read_log(write("session,time,item_id,item_name\ns,1,7,lamp\ns,2,8,\ns,3,7,LAMP\ns,4,8,desk\n"))
    assert log.item_names == {"7": "lamp", "8": "desk"}


def test_an_item_whose_only_row_is_rejected_late_leaves_no_name(write: Write) -> None:
    rows = "".join(f"s,{n},A,tea\n" for n in range(9)) + "s,2024-05-31,B,coffee\n"
    log = read_log(
        write("session,timestamp,item,title\n" + rows), ColumnMapping("session", "timestamp", "item", item_name="title")
    )
    assert log.item_names == {"A": "tea"}


def test_the_first_name_of_an_item_counts_across_blocks(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "PARQUET_BATCH", 1)
    table = pa.table({"session": ["s", "s"], "time": [1, 2], "item": ["7", "7"], "title": ["lamp", "LAMP"]})
    assert read_log(write(parquet_bytes(table))).item_names == {"7": "lamp"}


def test_sessions_out_of_order_are_visits_where_visits_are_cut(write: Write) -> None:
    start = 1_700_000_000
    times = {"u1": [0, 60, 40, 90_000, 90_060, 180_060, 180_000], "u2": [90_000, 90_060, 0, 60]}  # u2: visits swapped
    rows = [f"{user},{start + time},i{i}" for user, later in times.items() for i, time in enumerate(later)]
    visits = ColumnMapping(None, "timestamp", "item", user="user", session_gap_minutes=30)
    log = read_log(write("\n".join(["user,timestamp,item", *rows, ""])), visits)
    assert log.summary.n_sessions == 5
    assert log.summary.sessions_out_of_order == 2


def test_ties_in_time_keep_file_order(write: Write) -> None:
    log = read_log(write("session,time,item\na,5,A\nb,1,X\na,5,B\na,4,C\na,5,D\n"))
    assert sessions(log)["a"] == ["C", "A", "B", "D"]
    assert log.summary.tied_timestamps == 2
    assert log.summary.sessions_out_of_order == 1
    assert log.summary.one_item_sessions == 1


def test_all_times_unreadable_names_the_line_the_column_and_the_way_out(write: Write) -> None:
    with pytest.raises(DataError) as caught:
        read_log(write("session,when,item\ns,31 of 12,A\ns,30 of 12,B\n"), ColumnMapping("session", "when", "item"))
    assert caught.value.where == "log.csv, line 2, column when"
    assert "31 of 12" in caught.value.found
    assert "--time-format" in caught.value.remedy


def test_more_rows_than_allowed_are_refused(write: Write) -> None:
    with pytest.raises(DataError, match="at most 4 rows"):
        read_log(write(CSV), limits=ReadLimits(rows=4))


def test_events_in_any_order_of_the_file_are_sorted_by_session_and_time_with_ties_as_in_the_file(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "EVENTS_AT_ONCE", 700)  # rows moved at a time
    generator = np.random.default_rng(0)
    session, time = generator.integers(0, 300, 5_000), generator.integers(1_700_000_000, 1_700_000_200, 5_000)
    rows = [(f"s{s}", t, f"i{n % 40}") for n, (s, t) in enumerate(zip(session.tolist(), time.tolist(), strict=True))]
    log = read_log(write("session,timestamp,item\n" + "".join(f"{s},{t},{i}\n" for s, t, i in rows))).dataset
    of_session: dict[str, list[tuple[int, str]]] = {}
    for s, t, i in rows:
        of_session.setdefault(s, []).append((t, i))
    expected = {s: sorted(events, key=lambda event: event[0]) for s, events in of_session.items()}
    assert log.session_ids.tolist() == list(expected)
    found = [*zip(log.timestamps.tolist(), log.vocabulary.decode(log.items).tolist(), strict=True)]
    assert found == [event for events in expected.values() for event in events]
