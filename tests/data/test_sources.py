"""Fields of delimited text, JSON lines and Parquet."""

import json
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest

from gru4rec_core.data.columns import ColumnMapping
from gru4rec_core.data.ingest import ReadLimits, read_log
from gru4rec_core.errors import DataError
from tests.data.logs import CSV, Write, list_rejected, parquet_bytes, sessions


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
    assert list_rejected(log) == [(4, "no item")]
    assert log.summary.place == "row"


def test_two_columns_of_one_name_are_refused(write: Write) -> None:
    with pytest.raises(DataError, match="item twice"):
        read_log(write("session,item,item\n1,2,3\n"))


def test_bad_json_lines_are_counted_by_line(write: Write) -> None:
    good = '{"session": "s", "timestamp": 1, "item": "A"}\n'
    lines = good + "{broken\n\n[1, 2]\n" + good + '{"session": "s", "timestamp": 3}\n7\n'
    log = read_log(write(lines, "log.jsonl"))
    assert list_rejected(log) == [
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


def test_a_parquet_file_is_judged_by_its_metadata_before_its_data(write: Write) -> None:
    table = pa.table({"session": ["s"] * 1000, "timestamp": [1] * 1000, "item": ["A"] * 1000})
    path = write(parquet_bytes(table), "log.parquet")
    with pytest.raises(DataError, match=r"1,000 rows.*by its metadata"):
        read_log(path, limits=ReadLimits(rows=999))
    with pytest.raises(DataError, match="by its metadata"):
        read_log(path, limits=ReadLimits(unpacked_bytes=10))


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
