"""Fields of JSON lines."""

import json

import pytest

from gru4rec_core.data.columns import ColumnMapping
from gru4rec_core.data.ingest import read_log
from gru4rec_core.data.preview import inspect_log
from tests.data.logs import Write, list_rejected, sessions


def test_bad_json_lines_are_counted_by_line(write: Write) -> None:
    good = '{"session": "s", "timestamp": 1, "item": "A"}\n'
    lines = good + "{broken\n\n[1, 2]\n" + good + '{"session": "s", "timestamp": 3}\n7\n'
    log = read_log(write(lines, "log.jsonl"))
    assert list_rejected(log) == [
        (2, "the line is not a JSON object"),
        (4, "the line is not a JSON object"),
        (6, "no item"),
        (7, "the line is not a JSON object"),
    ]
    assert log.summary.rows_kept == 2


def test_json_keys_with_odd_characters_can_be_mapped(write: Write) -> None:
    row = json.dumps({"a/b~c'": "s", "t": 1, 'it"em': "A"})
    log = read_log(write(row + "\n" + row, "log.jsonl"), ColumnMapping("a/b~c'", "t", 'it"em'))
    assert sessions(log) == {"s": ["A", "A"]}


@pytest.mark.parametrize(
    "odd",
    [
        '{"session": "s1", "timestamp": 1, "item": "\\ud800"}',
        '{"session": "s1", "timestamp": 1, "item": "a", "\\udfff": 1}',
        '{"session": "s1", "timestamp": 1, "item": ' + "[" * 100_000 + "]" * 100_000 + "}",
        '{"session": "s1", "timestamp": 1, "item": ' + "9" * 5_000 + "}",
        '{"session": "s1", "timestamp": 1, "item"',
    ],
    ids=["half a pair", "half a pair in a name", "deep", "long number", "cut off"],
)
def test_an_odd_line_costs_that_line_alone(write: Write, odd: str) -> None:
    lines = [f'{{"session": "s{n // 2}", "timestamp": {1_700_000_000 + n}, "item": "A{n % 3}"}}' for n in range(8)]
    for text in ([odd, *lines], [*lines, odd]):
        path = write("\n".join(text), "log.jsonl")
        assert inspect_log(path).columns == ("session", "timestamp", "item")
        log = read_log(path)
        assert (log.summary.rows_read, log.summary.rows_kept) == (9, 8)


def test_objects_as_python_prints_them_are_read_too(write: Write) -> None:
    rows = [{"session": "s", "timestamp": n, "item": f"A{n}", "tags": ["x", 1]} for n in (1, 2)]
    other = json.dumps({"session": "s", "timestamp": 3, "item": "it's"})
    log = read_log(write("".join(f"{row}\n" for row in rows) + other, "log.jsonl"))
    assert sessions(log) == {"s": ["A1", "A2", "it's"]}


def test_of_a_list_of_times_the_first_counts(write: Write) -> None:
    rows = [{"session": "s", "timestamp": [n, n + 9], "item": "A"} for n in (2, 1)]
    log = read_log(write("".join(json.dumps(row) + "\n" for row in rows), "log.jsonl"))
    assert log.dataset.timestamps.tolist() == [1, 2]
