"""Facts about reading logs: formats, columns, times, rejected rows, bad files."""

import csv
import gzip
import json
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gru4rec_core.data import sources
from gru4rec_core.data.columns import ColumnMapping
from gru4rec_core.data.file_format import is_utf8, open_log
from gru4rec_core.data.ingest import ImportedLog, ReadLimits, inspect_log, read_log
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.text_records import read_records
from gru4rec_core.errors import DataError

Write = Callable[..., Path]

ROWS = [("s1", 10, "A"), ("s1", 20, "B"), ("s2", 15, "B"), ("s2", 30, "C"), ("s2", 40, "A")]
CSV = "session,timestamp,item\n" + "".join(f"{s},{t},{i}\n" for s, t, i in ROWS)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(content: str | bytes, name: str = "log.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write_file


def sessions(log: ImportedLog) -> dict[str, list[str]]:
    dataset = log.dataset
    return {
        str(name): dataset.vocabulary.decode(dataset.session(i)).tolist() for i, name in enumerate(dataset.session_ids)
    }


def places(log: ImportedLog) -> list[tuple[int, str]]:
    return list(zip(log.summary.rejected.place.tolist(), log.summary.rejected.reason.tolist(), strict=True))


# --- formats -------------------------------------------------------------------------------------------------------


def is_blank(text: str) -> bool:
    """Whether there are only spaces, of any width, in a text."""
    return all(unicodedata.category(character) == "Zs" for character in text)


def as_frame() -> pd.DataFrame:
    return pd.DataFrame(ROWS, columns=["session", "timestamp", "item"])


def json_lines() -> str:
    return "".join(json.dumps({"session": s, "timestamp": t, "item": i}) + "\n" for s, t, i in ROWS)


def parquet_bytes(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    return sink.getvalue().to_pybytes()


FORMATS: dict[str, bytes] = {
    "CSV": CSV.encode(),
    "TSV": CSV.replace(",", "\t").encode(),
    'delimited by ";"': CSV.replace(",", ";").encode(),
    'delimited by "|"': CSV.replace(",", "|").encode(),
    "JSON lines": json_lines().encode(),
    "Parquet": parquet_bytes(pa.Table.from_pandas(as_frame())),
}


@pytest.mark.parametrize("gzipped", [False, True])
@pytest.mark.parametrize("name", list(FORMATS))
def test_each_format_gives_the_same_log(name: str, gzipped: bool, write: Write) -> None:
    content = gzip.compress(FORMATS[name]) if gzipped else FORMATS[name]
    log = read_log(write(content, "whatever.bin"))
    assert sessions(log) == {"s1": ["A", "B"], "s2": ["B", "C", "A"]}
    assert log.dataset.timestamps.tolist() == [10, 20, 15, 30, 40]
    assert log.dataset.timestamps.dtype == np.int64
    assert log.dataset.items.dtype == np.int32
    assert log.summary.format == name + (", gzipped" if gzipped else "")
    assert (log.summary.rows_read, log.summary.rows_kept) == (5, 5)


@pytest.mark.parametrize(
    "content",
    [CSV.rstrip("\n"), CSV.replace("\n", "\r\n"), "\ufeff" + CSV, "\n\n" + CSV.replace("\n", "\n\n")],
    ids=["no last line end", "Windows line ends", "byte order mark", "blank lines"],
)
def test_the_dress_of_a_csv_does_not_matter(content: str, write: Write) -> None:
    log = read_log(write(content))
    assert sessions(log) == {"s1": ["A", "B"], "s2": ["B", "C", "A"]}
    assert log.summary.rows_read == 5
    assert log.summary.columns["session"] == "session"


def test_quoted_fields_may_hold_delimiters_quotes_and_line_ends(write: Write) -> None:
    rows = ['"s1","7","a,b"', 's1,7,"say ""hi"""', '"s1",7,"plain"', '"s1",7,"two\nlines"', 's1,7,5" disk']
    for line_end in ("\n", "\r\n"):
        log = read_log(write(line_end.join(['"session","timestamp","item"', *rows])))
        # All at one time: the file's order counts, whichever way a row was split.
        assert sessions(log) == {"s1": ["a,b", 'say "hi"', "plain", "two\nlines", '5" disk']}


def test_lines_are_numbered_as_an_editor_shows_them_after_a_quoted_line_end(write: Write) -> None:
    log = read_log(write('session,timestamp,item\ns1,1,"two\nlines"\n\ns1,2,B\ns1,noon,C\n'))
    assert places(log) == [(6, "the timestamp is neither a number nor an ISO date")]


def test_a_quote_left_open_costs_its_own_line_only(write: Write) -> None:
    lines = "".join(f"s1,{t},B\n" for t in range(2, 200))
    log = read_log(write('session,timestamp,item\ns1,1,A\ns1,1,"open\n' + lines))
    assert places(log) == [(3, "a quote is not closed")]
    assert log.summary.rows_kept == 199


@pytest.mark.parametrize("block_bytes", [1, 7, 64, 1000])
def test_records_that_cross_a_block_are_whole(block_bytes: int, write: Write) -> None:
    lines = [f's{n // 3},{n},"ü {n}\nx"\n' for n in range(100)]
    path = write("".join(lines))
    file = open_log(path, "log.csv", "utf-8", 10**9)
    blocks = list(read_records(file, block_bytes=block_bytes))
    assert [text for block in blocks for text in block.text.to_pylist()] == [line[:-1] + " " for line in lines]
    assert np.concatenate([block.lines for block in blocks]).tolist() == list(range(1, 200, 2))


def test_a_parquet_file_with_typed_columns(write: Write) -> None:
    moments = [datetime(2024, 5, 1, 12, tzinfo=UTC) + timedelta(seconds=n) for n in range(4)]
    table = pa.table({
        "session_id": pa.array([1.0, 1.0, 2.0, 2.0]),
        "event_time": pa.array(moments, pa.timestamp("us", tz="UTC")),
        "product_id": pa.array([7, 8, 7, None], pa.int64()),
    })  # fmt: skip
    log = read_log(write(parquet_bytes(table), "log.parquet"))
    assert sessions(log) == {"1": ["7", "8"], "2": ["7"]}
    assert log.dataset.timestamps[0] == moments[0].timestamp()
    assert places(log) == [(4, "no item")]
    assert log.summary.place == "row"


def test_the_callers_data_frame_route_and_the_file_route_agree(write: Write) -> None:
    frame = pd.DataFrame({
        "session": ["b", "a", "b", "a", "c"], "timestamp": [5, 3, 1, 3, 2], "item": ["x", "y", "z", "w", "x"]
    })  # fmt: skip
    log = read_log(write(frame.to_csv(index=False)))
    expected = SessionDataset(frame)
    for i, name in enumerate(expected.session_ids):
        assert sessions(log)[name] == expected.extract_session(i, one_hot_encoded=False)


def test_items_are_numbered_by_first_appearance_in_the_sorted_log(write: Write) -> None:
    log = read_log(write("session,timestamp,item\ns,4,C\ns,1,A\ns,2,B\ns,3,A\n"))
    assert log.dataset.vocabulary.items.tolist() == ["A", "B", "C"]
    assert log.dataset.items.tolist() == [0, 1, 0, 2]


# --- columns -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header",
    [
        "SessionId,Time,ItemId",
        "session_id,ts,product_id",
        "VISIT ID,Event-Time,SKU",
        "user_session,event_time,product_id",
    ],
)
def test_columns_are_known_by_usual_names(header: str, write: Write) -> None:
    log = read_log(write(CSV.replace("session,timestamp,item", header)))
    assert log.summary.columns == dict(zip(("session", "timestamp", "item"), header.split(","), strict=True))
    assert log.summary.rows_kept == 5


def test_columns_can_be_mapped_by_hand(write: Write) -> None:
    path = write(CSV.replace("session,timestamp,item", "a,b,c"))
    assert sessions(read_log(path, ColumnMapping("a", "b", "c"))) == {"s1": ["A", "B"], "s2": ["B", "C", "A"]}
    assert sessions(read_log(path, ColumnMapping("c", "b", "a")))["A"] == ["s1", "s2"]


def test_a_file_without_a_header_is_read_by_column_numbers(write: Write) -> None:
    mapping = ColumnMapping("column 1", "column 2", "column 3", has_header=False)
    log = read_log(write(CSV.split("\n", 1)[1]), mapping)
    assert sessions(log) == {"s1": ["A", "B"], "s2": ["B", "C", "A"]}


def test_a_user_is_never_taken_as_a_session_unasked(write: Write) -> None:
    path = write(CSV.replace("session", "visitorid"))
    with pytest.raises(DataError, match=r"user is not a session.*visitorid.*session_gap_minutes=30") as caught:
        read_log(path)
    assert caught.value.where == "log.csv"
    preview = inspect_log(path)
    assert preview.guessed is None
    assert preview.candidates["user"] == ("visitorid",)
    assert "session_gap_minutes=30" in preview.problems[0]


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
    with pytest.raises(DataError, match="times must be dates"):
        read_log(path, ColumnMapping(None, "time", "item", user="user_id", session_gap_minutes=30))


@pytest.mark.parametrize(
    "arguments",
    [
        {"session": None},
        {"session": None, "user": "u"},
        {"session": "s", "user": "u", "session_gap_minutes": 30},
        {"session": None, "user": "u", "session_gap_minutes": 0},
        {"session": "s", "keep_events": ("view",)},
    ],
)
def test_a_mapping_that_contradicts_itself_is_refused(arguments: dict[str, object]) -> None:
    with pytest.raises(DataError):
        ColumnMapping(timestamp="t", item="i", **arguments)  # type: ignore[arg-type]


def test_kinds_of_event_are_kept_by_choice_and_the_others_counted(write: Write) -> None:
    path = write("session,time,item,event\ns,1,A,view\ns,2,A,buy\ns,3,B,view\ns,x,B,buy\n")
    mapping = ColumnMapping("session", "time", "item", event_column="event", keep_events=("view",))
    log = read_log(path, mapping)
    assert sessions(log) == {"s": ["A", "B"]}
    assert (log.summary.rows_read, log.summary.rows_filtered, sum(log.summary.rejected_counts.values())) == (4, 2, 0)


def test_kinds_of_event_that_do_not_occur_are_an_error(write: Write) -> None:
    mapping = ColumnMapping("session", "time", "item", event_column="event", keep_events=("viewed",))
    with pytest.raises(DataError, match="kind to keep"):
        read_log(write("session,time,item,event\ns,1,A,view\ns,2,A,view\n"), mapping)


def test_names_to_show_come_along(write: Write) -> None:
    log = read_log(write("session,time,item_id,item_name\ns,1,7,lamp\ns,2,8,\ns,3,7,LAMP\ns,4,8,desk\n"))
    assert log.item_names == {"7": "lamp", "8": "desk"}


def test_the_first_name_of_an_item_counts_across_blocks(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "PARQUET_BATCH", 1)
    table = pa.table({"session": ["s", "s"], "time": [1, 2], "item": ["7", "7"], "title": ["lamp", "LAMP"]})
    assert read_log(write(parquet_bytes(table))).item_names == {"7": "lamp"}


def test_a_column_that_is_not_there_is_said_with_those_that_are(write: Write) -> None:
    with pytest.raises(DataError, match=r"columns session, when, item.*recognised as timestamp") as caught:
        read_log(write(CSV.replace("timestamp", "when")))
    assert "rename" in caught.value.remedy
    with pytest.raises(DataError, match=r"mapped as item .*column nothing"):
        read_log(write(CSV), ColumnMapping("session", "timestamp", "nothing"))


def test_two_columns_of_one_name_are_refused(write: Write) -> None:
    with pytest.raises(DataError, match="item twice"):
        read_log(write("session,item,item\n1,2,3\n"))


# --- times ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-05-31", datetime(2024, 5, 31, tzinfo=UTC)),
        ("2024-05-31 18:00:01", datetime(2024, 5, 31, 18, 0, 1, tzinfo=UTC)),
        ("2024-05-31T18:00:01Z", datetime(2024, 5, 31, 18, 0, 1, tzinfo=UTC)),
        ("2024-05-31T18:00:01+02:00", datetime(2024, 5, 31, 18, 0, 1, tzinfo=timezone(timedelta(hours=2)))),
        ("2024-05-31 18:00:01 UTC", datetime(2024, 5, 31, 18, 0, 1, tzinfo=UTC)),
    ],
)
def test_iso_dates_become_seconds(text: str, moment: datetime, write: Write) -> None:
    log = read_log(write(f"session,time,item\ns,{text},A\ns,{text},B\n"))
    assert log.dataset.timestamps.tolist() == [moment.timestamp()] * 2
    assert (log.summary.time_kind, log.summary.time_unit) == ("dates", "s")
    assert log.summary.tied_timestamps == 1


@pytest.mark.parametrize(
    ("fraction", "unit", "value"),
    [(".5", "ms", 1_704_067_200_500), (".000001", "us", 1_704_067_200_000_001)],
)
def test_parts_of_seconds_are_kept_exactly(fraction: str, unit: str, value: int, write: Write) -> None:
    log = read_log(write(f"session,time,item\ns,2024-01-01 00:00:00{fraction},A\ns,2024-01-02,B\n"))
    assert log.summary.time_unit == unit
    assert log.dataset.timestamps[0] == value


@pytest.mark.parametrize(
    ("number", "unit"),
    [
        ("1700000000", "s"),
        ("1700000000000", "ms"),
        ("1700000000000000", "us"),
        ("1700000000000000001", "ns"),
        ("17", None),
    ],
)
def test_the_unit_of_numbers_is_guessed_and_they_stay_exact(number: str, unit: str | None, write: Write) -> None:
    log = read_log(write(f"session,time,item\ns,{number},A\ns,{number},B\n"))
    assert log.dataset.timestamps.tolist() == [int(number)] * 2
    assert (log.summary.time_kind, log.summary.time_unit) == ("numbers", unit)


def test_one_fraction_makes_all_times_floats(write: Write) -> None:
    log = read_log(write("session,time,item\ns,1,A\ns,1.5,B\ns,2e0,C\n"))
    assert log.dataset.timestamps.tolist() == [1.0, 1.5, 2.0]
    assert log.dataset.timestamps.dtype == np.float64


def test_ties_in_time_keep_file_order(write: Write) -> None:
    log = read_log(write("session,time,item\na,5,A\nb,1,X\na,5,B\na,4,C\na,5,D\n"))
    assert sessions(log)["a"] == ["C", "A", "B", "D"]
    assert log.summary.tied_timestamps == 2
    assert log.summary.sessions_out_of_order == 1
    assert log.summary.one_item_sessions == 1


# --- rejected rows -------------------------------------------------------------------------------------------------


def test_every_bad_row_is_counted_with_its_place_and_reason(write: Write) -> None:
    long = "x" * 1001
    lines = [
        "session,timestamp,item", "s,1,A", ",2,A", "s,3,", "s,,A", "s,noon,A", "s,inf,A", f"s,7,{long}", f"{long},8,A",
        "s,9", "s,10,A,B", "s,2024-01-01,A", "s,12,B", "s,epoch,A",
    ]  # fmt: skip
    log = read_log(write("\n".join(lines)))
    assert places(log) == [
        (3, "no session"),
        (4, "no item"),
        (5, "no timestamp"),
        (6, "the timestamp is neither a number nor an ISO date"),
        (7, "the timestamp is no finite number"),
        (8, "an item longer than 1,000 characters"),
        (9, "a session longer than 1,000 characters"),
        (10, "2 fields instead of 3"),
        (11, "4 fields instead of 3"),
        (12, "the timestamp is a date, most are numbers"),
        (14, "the timestamp is neither a number nor an ISO date"),
    ]
    assert sessions(log) == {"s": ["A", "B"]}
    summary = log.summary
    assert summary.rows_read == summary.rows_kept + sum(summary.rejected_counts.values()) == 13
    assert summary.rejected.found[7] == "s,9"
    assert json.loads(json.dumps(summary.to_json()))["rejected_counts"]["no item"] == 1


def test_most_rows_decide_between_dates_and_numbers(write: Write) -> None:
    log = read_log(write("session,time,item\ns,2024-01-01,A\ns,2024-01-02,B\ns,7,C\n"))
    assert sessions(log) == {"s": ["A", "B"]}
    assert places(log) == [(4, "the timestamp is a number, most are dates")]


def test_the_sample_of_bad_rows_is_bounded_and_the_count_is_not(write: Write) -> None:
    bad = "".join(f"s,x{n},A\n" for n in range(5_000))
    log = read_log(write(CSV + bad))
    assert len(log.summary.rejected) == 1_000
    assert sum(log.summary.rejected_counts.values()) == 5_000
    assert log.summary.rejected.place.tolist() == list(range(7, 1_007))


def test_bad_json_lines_are_counted_by_line(write: Write) -> None:
    good = '{"session": "s", "timestamp": 1, "item": "A"}\n'
    lines = good + "{broken\n\n[1, 2]\n" + good + '{"session": "s", "timestamp": 3}\n7\n'
    log = read_log(write(lines, "log.jsonl"))
    assert places(log) == [
        (2, "the line is no JSON object"),
        (4, "the line is no JSON object"),
        (6, "no item"),
        (7, "the line is no JSON object"),
    ]
    assert log.summary.rows_kept == 2


def test_json_keys_with_odd_characters_can_be_mapped(write: Write) -> None:
    row = json.dumps({"a/b~c'": "s", "t": 1, 'it"em': "A"})
    log = read_log(write(row + "\n" + row, "log.jsonl"), ColumnMapping("a/b~c'", "t", 'it"em'))
    assert sessions(log) == {"s": ["A", "A"]}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(
            st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), min_size=0, max_size=8),
            st.one_of(st.integers(-(2**60), 2**60).map(str), st.sampled_from(["", "x", "2024-01-01", "nan", "1e3"])),
            st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), min_size=0, max_size=8),
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
        # Two sound rows, so that there is a log at all.
        writer.writerows([("!", "1", "!"), ("!", "2", "!"), *rows])
    log = read_log(path)
    assert log.summary.rows_read == len(rows) + 2
    assert log.summary.rows_kept + sum(log.summary.rejected_counts.values()) == len(rows) + 2
    numbers = [row for row in rows if row[1].lstrip("-").isdigit() or row[1] == "1e3"]
    dates = [row for row in rows if row[1] == "2024-01-01"]
    if len(numbers) + 2 > len(rows) / 2 + len(dates):
        kept = [r for r in numbers if not is_blank(r[0]) and not is_blank(r[2])]
        assert log.summary.rows_kept == len(kept) + 2


# --- bad files -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "an empty file"),
        (b"\n \n", "an empty file"),
        (b"session,timestamp,item\n", "a header and nothing below it"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "a PNG image"),
        (b"PK\x03\x04" + bytes(50), "a ZIP archive"),
        (b"a,b\n\x00\x01\x02", "a binary file"),
        ("session,time,item\ns,1,A\n".encode("utf-16"), "UTF-16"),
        (b"session,timestamp,item\rs,1,A\rs,2,B\r", "carriage returns only"),
        (b'[{"session": 1}]', "one JSON list"),
        (b"session,timestamp,item\ns,noon,A\nt,late,B\n", "none of them usable"),
        (b"session,timestamp,item\ns,1,A\nt,2,B\n", "2 sessions, all of one event"),
        (b"one\ntwo\n", "columns one"),
        (gzip.compress(CSV.encode())[:-12], "unpacked bytes"),
        (gzip.compress(b"session,timestamp,item\n" * 9)[:40] + b"xxxxxxxxx", "unpacked bytes"),
        (b"PAR1 and nothing more", "Parquet"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_log_is_refused_with_rule_place_and_remedy(content: bytes, words: str, write: Write) -> None:
    with pytest.raises(DataError) as caught:
        read_log(write(content), name="visits.csv")
    error = caught.value
    assert words in str(error)
    assert "visits.csv" in error.where
    assert error.rule.endswith(".")
    assert error.remedy


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no file there"):
        read_log(tmp_path / "nothing.csv")


def test_bytes_that_are_no_utf8_are_named_by_line_and_offset(write: Write) -> None:
    content = "session,timestamp,item\ns,1,A\ns,2,Käse\n".encode("latin-1")
    with pytest.raises(DataError, match=r"0xe4") as caught:
        read_log(write(content))
    assert caught.value.where == f"log.csv, line 3, byte {content.index(0xE4)}"
    assert "latin-1" in caught.value.remedy
    assert sessions(read_log(write(content), encoding="latin-1")) == {"s": ["A", "Käse"]}


@pytest.mark.parametrize("block_bytes", [1, 8, 1000])
def test_the_offset_of_a_bad_byte_counts_from_the_files_beginning(block_bytes: int, write: Write) -> None:
    content = b"\xef\xbb\xbfsession,timestamp,item\ns,1,A\ns,2,\xe4\n"
    file = open_log(write(content), "log.csv", "utf-8", 10**9)
    with pytest.raises(DataError) as caught:
        list(read_records(file, block_bytes=block_bytes))
    assert caught.value.where == f"log.csv, line 3, byte {content.index(0xE4)}"


def test_other_encodings_can_be_asked_for(write: Write) -> None:
    content = CSV.replace("A", "Ä")
    assert sessions(read_log(write(content.encode("utf-16")), encoding="utf-16"))["s1"] == ["Ä", "B"]
    with pytest.raises(DataError, match="no-such"):
        read_log(write(content), encoding="no-such")
    with pytest.raises(DataError, match="as asked for"):
        read_log(write(content.encode("latin-1")), encoding="utf-8-sig")


def test_all_times_unreadable_names_the_line_the_column_and_the_way_out(write: Write) -> None:
    with pytest.raises(DataError) as caught:
        read_log(write("session,when,item\ns,31/12/2023,A\ns,30/12/2023,B\n"), ColumnMapping("session", "when", "item"))
    assert caught.value.where == "log.csv, line 2, column when"
    assert "31/12/2023" in caught.value.found
    assert "ISO" in caught.value.remedy


def test_an_unpacked_size_beyond_the_limit_stops_early(write: Write) -> None:
    bomb = gzip.compress(b"session,timestamp,item\n" + b"s,1,A\n" * 500_000)
    with pytest.raises(DataError, match=r"unpacks to at most 0\.001 GB"):
        read_log(write(bomb), limits=ReadLimits(unpacked_bytes=1_000_000))


def test_a_parquet_file_is_judged_by_its_metadata_before_its_data(write: Write) -> None:
    table = pa.table({"session": ["s"] * 1000, "timestamp": [1] * 1000, "item": ["A"] * 1000})
    path = write(parquet_bytes(table), "log.parquet")
    with pytest.raises(DataError, match=r"1,000 rows.*by its metadata"):
        read_log(path, limits=ReadLimits(rows=999))
    with pytest.raises(DataError, match="by its metadata"):
        read_log(path, limits=ReadLimits(unpacked_bytes=10))


def test_more_rows_than_allowed_are_refused(write: Write) -> None:
    with pytest.raises(DataError, match="at most 4 rows"):
        read_log(write(CSV), limits=ReadLimits(rows=4))


def test_one_long_text_on_many_parquet_rows_is_rejected_without_being_copied(write: Write) -> None:
    n = 20_000
    long = pa.DictionaryArray.from_arrays(pa.array(np.zeros(n, np.int32)), pa.array(["x" * 1_000_000]))
    table = pa.table({"session": pa.array(["s"] * n), "timestamp": pa.array(range(n)), "item": long})
    with pytest.raises(DataError, match="longer than 1,000 characters"):
        read_log(write(parquet_bytes(table), "log.parquet"))


def test_sql_in_names_and_values_is_only_text(write: Write) -> None:
    evil = "x'); DROP TABLE block; --"
    log = read_log(write(f'"{evil}",time,item\n{evil},1,"{evil}"\n{evil},2,B\n'), ColumnMapping(evil, "time", "item"))
    assert sessions(log) == {evil: [evil, "B"]}


# --- preview and progress ------------------------------------------------------------------------------------------


def test_a_preview_shows_columns_types_first_rows_and_a_guess(write: Write) -> None:
    preview = inspect_log(write("SessionId;Time;ItemId;price\n1;2024-01-01;A;1.5\n1;2024-01-02;B;\n"))
    assert preview.columns == ("SessionId", "Time", "ItemId", "price")
    assert preview.types == {"SessionId": "whole numbers", "Time": "dates", "ItemId": "text", "price": "numbers"}
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
    assert "neither numbers nor ISO dates" in inspect_log(write("session,time,item\ns,noon,A\n")).problems[0]
    assert "no row below" in inspect_log(write("session,time,item\n")).problems[-1]


def test_progress_ends_at_the_size_of_the_file(write: Write) -> None:
    for content in (CSV.encode(), gzip.compress(CSV.encode()), FORMATS["Parquet"]):
        seen: list[tuple[int, int]] = []
        path = write(content)
        read_log(path, on_progress=lambda done, total, seen=seen: seen.append((done, total)))
        assert seen[-1] == (path.stat().st_size, path.stat().st_size)


def test_the_real_log(real_log: Path) -> None:
    log = read_log(real_log)
    assert (log.dataset.n_events, log.dataset.n_sessions, log.dataset.n_items) == (160_432, 18_984, 217)
    assert sum(log.summary.rejected_counts.values()) == 0
    assert log.summary.time_unit == "s"


@pytest.mark.parametrize(
    ("content", "utf8"),
    [
        (CSV.encode(), True),
        (("Käse" * 9_000_000).encode(), True),
        (b"session,item\n1,K\xe4se\n", False),
        (gzip.compress(b"session,item\n1,K\xe4se\n"), False),
        (CSV.encode("utf-16"), False),
        (FORMATS["Parquet"], True),
        (b"\x89PNG\r\n\x1a\n\xff\xff", True),
    ],
)
def test_a_file_in_another_encoding_is_noticed(write: Write, content: bytes, utf8: bool) -> None:
    assert is_utf8(write(content)) is utf8
