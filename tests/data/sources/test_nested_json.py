"""Sessions as JSON lines, with a list of their events."""

import json

import pytest

from gru4rec_core.data.columns import ColumnMapping
from gru4rec_core.data.ingest import read_log
from gru4rec_core.data.preview import inspect_log
from gru4rec_core.data.sources import nested_json
from gru4rec_core.data.sources.nested_json import find_event_list, holds_events
from tests.data.logs import Write, list_rejected, sessions

MAPPING = ColumnMapping("session", "ts", "aid")


def lines(*objects: object) -> str:
    return "".join(json.dumps(one) + "\n" for one in objects)


def events(*items: int) -> list[dict[str, object]]:
    return [{"aid": item, "ts": 1_659_304_800_000 + n, "type": "clicks"} for n, item in enumerate(items)]


def test_events_are_rows_with_the_fields_of_their_session(write: Write) -> None:
    path = write(lines({"session": 7, "events": events(5, 6, 5)}, {"session": 8, "events": events(6)}))
    preview = inspect_log(path)
    assert (preview.layout, preview.columns) == ("nested", ("session", "aid", "ts", "type"))
    assert preview.rows["session"].tolist() == ["7", "7", "7", "8"]
    log = read_log(path, MAPPING)
    assert sessions(log) == {"7": ["5", "6", "5"], "8": ["6"]}
    assert log.summary.format == "JSON lines, nested"
    assert log.summary.rows_read == 4


def test_lines_without_events_are_counted_by_line(write: Write) -> None:
    good = {"session": 7, "events": events(5, 6)}
    no_item = {"session": 9, "events": [{"ts": 1_659_304_800_000, "type": "clicks"}, *events(5)]}
    path = write(lines(good, {"session": 8, "events": []}, {"session": 8}, no_item, 7) + "\n{broken\n" + lines(good))
    log = read_log(path, MAPPING)
    assert list_rejected(log) == [
        (2, "the list of events is empty or missing"),
        (3, "the list of events is empty or missing"),
        (4, "no item"),
        (5, "the line is not a JSON object"),
        (7, "the line is not a JSON object"),
    ]
    assert log.summary.rows_read == 10
    assert log.summary.rows_kept == 5


def test_names_that_session_and_events_share_are_told_apart(write: Write) -> None:
    key = "e'v/e~n\"ts"
    path = write(lines({"id": 7, "t": 3, key: [{"id": "A", "t": 1}, {"id": "B", "t": 2}]}))
    assert inspect_log(path).columns == ("id", "t", f"{key}.id", f"{key}.t")
    assert sessions(read_log(path, ColumnMapping("id", f"{key}.t", f"{key}.id"))) == {"7": ["A", "B"]}


@pytest.mark.parametrize(
    ("objects", "key"),
    [
        ([{"session": 1, "events": [{"a": 1}]}], "events"),
        ([{"session": 1, "events": []}, {"session": 2, "events": [{"a": 1}]}], "events"),
        ([{"session": 1, "tags": ["x"], "clicks": [{"a": 1}]}], "clicks"),
        ([{"session": 1, "items": ["a", "b"]}], None),
        ([{"session": 1}, {"session": 2}, {"session": 3, "events": None}], None),
        ([], None),
    ],
)
def test_a_list_of_events_is_a_list_of_objects(objects: list[dict[str, object]], key: str | None) -> None:
    assert find_event_list(objects) == key


@pytest.mark.parametrize(
    ("objects", "is_nested"),
    [
        ([{"session": 1, "events": events(1)}], True),
        ([{"sid": 1, "evts": [{"a": 1, "b": 2}]}], True),
        ([{"order": 1, "date": "2024-05-31", "items": [{"sku": 1}]}], True),
        ([{"session": 1, "item": 2, "timestamp": 3, "recommended": [{"item": 4, "time": 5}]}], False),
        ([{"session": 1, "timestamp": 3, "clicked": 4, "coupons": [{"id": 5}]}], False),
        ([{"session": 1}, {"session": 2}, {"session": 3, "events": events(1)}], False),
    ],
)
def test_a_list_beside_an_event_makes_no_session(objects: list[dict[str, object]], is_nested: bool) -> None:
    assert holds_events(objects) == is_nested


def test_the_list_that_looks_most_like_events_is_taken() -> None:
    assert find_event_list([{"session": 1, "tags": [{"x": 1}], "clicks": events(1)}]) == "clicks"


def test_blocks_are_read_one_after_the_other(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nested_json, "BLOCK_BYTES", 500)
    log = read_log(write(lines(*({"session": n, "events": events(1, 2, 3)} for n in range(30)))), MAPPING)
    assert sessions(log) == {str(n): ["1", "2", "3"] for n in range(30)}


def test_an_object_with_an_item_and_a_time_is_an_event() -> None:
    review = {"asin": "B1", "timestamp": 1, "images": [{"url": "x"}]}
    assert not holds_events([review])
    assert holds_events([{"session": 1, "start": 5, "events": [{"aid": 1, "ts": 2}]}])
    assert holds_events([{"who": 1, "clicks": [{"a": 1, "b": 2}]}])
    assert not holds_events([{"time": 1, "clicks": [{"a": 1, "b": 2}]}])
    assert not holds_events([{"session": 1}])


def test_of_several_lists_the_one_with_items_counts() -> None:
    assert find_event_list([{"params": [{"key": 1}], "items": [{"item_id": 1}]}]) == "items"
    assert find_event_list([{"params": [{"key": 1}], "others": [{"value": 1}]}]) == "params"
