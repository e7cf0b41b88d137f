"""Rows of Parquet files."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest

from gru4rec_core.data.columns import ColumnMapping
from gru4rec_core.data.ingest import ReadLimits, read_log
from gru4rec_core.errors import DataError
from tests.data.logs import Write, list_rejected, parquet_bytes, sessions


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


@pytest.mark.parametrize("values", [[["A", "B"], ["C"], []], [{"a": "x"}, {"a": "y"}, {"a": "x"}]])
def test_lists_and_objects_are_no_items(values: list[object], write: Write) -> None:
    table = pa.table({"session": ["s"] * 3, "timestamp": [1, 2, 3], "item": values})
    with pytest.raises(DataError, match="the item is an object or a list") as caught:
        read_log(write(parquet_bytes(table)))
    assert "--layout nested" in caught.value.remedy


def test_floats_are_whole_numbers_as_far_as_they_are_exact(write: Write) -> None:
    table = pa.table({"session": [2.0**53, 2.0**53], "timestamp": [1, 2], "item": [7.0, 8.0]})
    assert sessions(read_log(write(parquet_bytes(table)))) == {"9007199254740992": ["7", "8"]}


def test_a_long_text_in_objects_on_every_row_is_refused_before_it_fills_the_memory(write: Write) -> None:
    n = 3_000
    long = pa.DictionaryArray.from_arrays(pa.array(np.zeros(n, np.int32)), pa.array(["x" * 100_000]))
    item = pa.StructArray.from_arrays([long], ["name"])
    table = pa.table({"session": [str(row // 4) for row in range(n)], "timestamp": range(n), "item": item})
    path = write(parquet_bytes(table), "log.parquet")
    with pytest.raises(DataError, match=r"fit into memory.*plain columns"):
        read_log(path, ColumnMapping("session", "timestamp", "item"), limits=ReadLimits(memory="100MB"))
