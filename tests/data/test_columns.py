"""Which column is which: usual names, mappings by hand, users and sessions."""

import pytest

from gru4rec_core.data.columns import ColumnMapping, describe_columns
from gru4rec_core.data.ingest import read_log
from gru4rec_core.errors import DataError
from tests.data.logs import CSV, Write, sessions


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
    with pytest.raises(DataError, match=r"users but no sessions.*--session visitorid") as caught:
        read_log(path)
    assert caught.value.where == "log.csv"


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


def test_a_column_that_is_not_there_is_said_with_those_that_are(write: Write) -> None:
    with pytest.raises(DataError, match=r"recognised as the time.*columns session, foo, item") as caught:
        read_log(write(CSV.replace("timestamp", "foo")))
    assert "--timestamp" in caught.value.remedy
    with pytest.raises(DataError, match=r"no column nothing \(chosen as item\)"):
        read_log(write(CSV), ColumnMapping("session", "timestamp", "nothing"))


def test_columns_are_described_in_one_line() -> None:
    visits = ColumnMapping(None, ("day", "hour"), "sku", user="who", session_gap_minutes=30)
    assert describe_columns(visits.labels()) == "user = who, time = day + hour, item = sku"
    assert describe_columns(ColumnMapping("s", "t", "i", item_name="n").labels()) == "session = s, time = t, item = i"
