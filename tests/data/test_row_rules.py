"""Rows that are no events: each counted, with its place and reason."""

import csv
import json
from pathlib import Path

import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gru4rec_core.data.columns import ColumnMapping
from gru4rec_core.data.ingest import read_log
from gru4rec_core.data.missing import INVISIBLE
from gru4rec_core.data.reading_options import ReadingOptions
from gru4rec_core.data.row_rules import MAX_REJECTED, NO_TIME, trim_texts
from tests.data.logs import CSV, Write, list_rejected, sessions


def is_blank(text: str) -> bool:
    """Whether there is nothing to see in a text."""
    return not text.strip(INVISIBLE)


def test_every_bad_row_is_counted_with_its_place_and_reason(write: Write) -> None:
    long = "x" * 1001
    lines = [
        "session,timestamp,item", "s,1,A", ",2,A", "s,3,", "s,,A", "s,noon,A", "s,inf,A", f"s,7,{long}", f"{long},8,A",
        "s,9", "s,10,A,B", "s,2024-01-01,A", "s,12,B", "s,epoch,A",
    ]  # fmt: skip
    log = read_log(write("\n".join(lines)))
    assert list_rejected(log) == [
        (3, "no session"),
        (4, "no item"),
        (5, "no timestamp"),
        (6, "the timestamp cannot be read as a time"),
        (7, "the timestamp is not a finite number"),
        (8, "an item longer than 1,000 characters"),
        (9, "a session longer than 1,000 characters"),
        (10, "2 fields instead of 3"),
        (11, "4 fields instead of 3"),
        (12, "the timestamp is a date, but most are numbers"),
        (14, "the timestamp cannot be read as a time"),
    ]
    assert sessions(log) == {"s": ["A", "B"]}
    summary = log.summary
    assert summary.rows_read == summary.rows_kept + sum(summary.rejected_counts.values()) == 13
    assert summary.rejected.found[7] == "s,9"
    assert json.loads(json.dumps(summary.to_json()))["rejected_counts"]["no item"] == 1


def test_the_first_hundred_rows_of_each_reason_are_kept_and_all_counted(write: Write) -> None:
    bad = "".join(f"s,x{n},A\n" for n in range(5_000)) + "".join(f"s,{n},\n" for n in range(150)) + "s,1\n"
    log = read_log(write(CSV + bad), ColumnMapping("session", "timestamp", "item"))
    rejected = log.summary.rejected
    reasons = ("2 fields instead of 3", "no item", NO_TIME)
    assert rejected["reason"].value_counts()[list(reasons)].tolist() == [1, 100, 100]
    assert [log.summary.rejected_counts[reason] for reason in reasons] == [1, 150, 5_000]
    assert rejected.place.tolist() == [*range(7, 107), *range(5_007, 5_107), 5_157]


def test_of_very_many_reasons_no_more_rows_are_kept_than_of_a_hundred(write: Write) -> None:
    rows = "".join(f"s,1,A{',' * (n % 300 + 1)}\n" for n in range(40_000))
    log = read_log(write(CSV + rows))
    assert len(log.summary.rejected) == MAX_REJECTED
    assert len(log.summary.rejected_counts) == 300
    assert sum(log.summary.rejected_counts.values()) == 40_000


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(
            st.text(st.characters(codec="utf-8", exclude_characters="\0\r[{"), min_size=0, max_size=8),
            st.one_of(
                st.integers(-(10**7) + 1, 10**7 - 1).map(str), st.sampled_from(["", "x", "2024-01-01", "nan", "1e3"])
            ),
            st.text(st.characters(codec="utf-8", exclude_characters="\0\r[{"), min_size=0, max_size=8),
        ),
        min_size=1,
        max_size=30,
    )
)
def test_any_csv_that_python_writes_is_accounted_for_row_by_row(
    rows: list[tuple[str, str, str]], tmp_path: Path
) -> None:
    path = tmp_path / "any.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["session", "timestamp", "item"])
        # Two sound rows of each kind, so that there is a log whichever kind of time most rows have.
        writer.writerows([("!", time, "!") for time in ("1", "2", "2024-01-01", "2024-01-02")])
        writer.writerows(rows)
    # The columns are named: these rows may speak against any recognition.
    mapping = ColumnMapping("session", "timestamp", "item")
    log = read_log(path, mapping, options=ReadingOptions(keep_null_words=True))
    assert log.summary.rows_read == len(rows) + 4
    assert log.summary.rows_kept + sum(log.summary.rejected_counts.values()) == len(rows) + 4
    events = [time for session, time, item in rows if not is_blank(session) and not is_blank(item)]
    n_numbers = sum(time.lstrip("-").isdigit() or time == "1e3" for time in events)
    n_dates = events.count("2024-01-01")
    assert log.summary.rows_kept == max(n_numbers, n_dates) + 2


def test_kinds_of_event_are_kept_by_choice_and_the_others_counted(write: Write) -> None:
    path = write("session,time,item,event\ns,1,A,view\ns,2,A,buy\ns,3,B,view\ns,x,B,buy\n")
    mapping = ColumnMapping("session", "time", "item", event_column="event", keep_events=("view",))
    log = read_log(path, mapping)
    assert sessions(log) == {"s": ["A", "B"]}
    assert (log.summary.rows_read, log.summary.rows_filtered, sum(log.summary.rejected_counts.values())) == (4, 2, 0)


def test_sessions_come_in_the_order_of_their_first_event_whatever_rows_are_rejected(write: Write) -> None:
    log = read_log(write("session,time,item\nb,noon,A\na,1,A\nb,1,A\na,2,B\n"))
    assert list(sessions(log)) == ["a", "b"]


def test_texts_that_differ_in_the_spaces_around_them_are_one() -> None:
    column = pa.chunked_array([pa.array(["b", " a", "\u3000b ", None, "a", "\ta"]).dictionary_encode()])
    trimmed = trim_texts(column)
    assert trimmed.to_pylist() == ["b", "a", "b", "", "a", "\ta"]
    assert trimmed.dictionary.to_pylist() == ["b", "a", "", "\ta"]
