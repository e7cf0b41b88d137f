"""Fields of JSON objects, those inside each other too."""

import json

import duckdb

from gru4rec_core.data.columns import ColumnMapping
from gru4rec_core.data.ingest import read_log
from gru4rec_core.data.locations import FolderLog
from gru4rec_core.data.preview import inspect_log
from gru4rec_core.data.sources.base import MAX_COLUMNS
from gru4rec_core.data.sources.json_fields import MAX_DEPTH, find_fields, list_of_pointers, split_name, value_at
from tests.data.logs import Write, sessions


def test_a_field_is_called_by_the_keys_that_lead_to_it() -> None:
    row = {"product": {"sku": "p", "price": {"amount": 1}}, "ts": 1, "tags": [{"a": 1}], "empty": {}, "none": None}
    assert list(find_fields([row])) == ["ts", "tags", "empty", "none", "product.sku", "product.price.amount"]


def test_a_key_with_objects_alone_is_no_column_and_one_with_values_too_is() -> None:
    assert list(find_fields([{"a": {"b": 1}}, {"a": None}])) == ["a.b"]
    assert list(find_fields([{"a": {"b": 1}}, {"a": 2}])) == ["a", "a.b"]


def test_two_fields_of_one_name_are_told_apart() -> None:
    row = {"a": {"b": "inside", "c/d": "slash"}, "a.b": "dot", "/a/b": "pointer"}
    fields = find_fields([row])
    assert {name: value_at(row, path) for name, path in fields.items()} == {
        "a.b": "dot",
        "/a/b": "pointer",
        "//a/b": "inside",
        "a.c/d": "slash",
    }
    read = duckdb.sql(
        f"SELECT json_extract_string($t, {list_of_pointers(fields.values())})", params={"t": json.dumps(row)}
    )
    assert read.fetchall() == [(["dot", "pointer", "inside", "slash"],)]


def test_depth_and_number_are_bounded() -> None:
    deep: dict[str, object] = {"x": 1}
    for _ in range(50):
        deep = {"k": deep}
    assert list(find_fields([deep])) == [".".join("k" * MAX_DEPTH)]
    by_id = {f"id{i}": {"n": i} for i in range(3 * MAX_COLUMNS)}
    fields = list(find_fields([{"ts": 1, "of": by_id}]))
    assert len(fields) == MAX_COLUMNS
    assert fields[0] == "ts"


def test_a_missing_field_has_no_value() -> None:
    assert value_at({"a": 1}, split_name("a.b")) is None


def test_objects_in_objects_are_recognised_shown_and_read(write: Write) -> None:
    row = {"session": {"id": "s"}, "product": {"sku": "A", "name": "Thing"}, "ts": 1}
    path = write("".join(json.dumps(row | {"ts": n}) + "\n" for n in range(3)), "log.jsonl")
    preview = inspect_log(path)
    assert {row[preview.columns.index("product.sku")] for row in preview.first_rows} == {"A"}
    log = read_log(path)
    assert sessions(log) == {"s": ["A"] * 3}
    by_hand = ColumnMapping("session.id", "ts", "product.name")
    assert sessions(read_log(path, by_hand)) == {"s": ["Thing"] * 3}


def test_files_of_a_folder_may_differ_in_what_is_inside_objects(write: Write) -> None:
    first = {"s": {"id": "s"}, "t": 1, "item": {"id": "A"}, "more": {"x": 1}}
    for name, row in (("1.jsonl", first), ("2.jsonl", first | {"t": 2, "more": {"y": 1}})):
        path = write(json.dumps(row) + "\n", name)
    log = read_log(FolderLog(str(path.parent)), ColumnMapping("s.id", "t", "item.id"))
    assert sessions(log) == {"s": ["A", "A"]}
