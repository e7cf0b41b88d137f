"""Values of every Parquet type become text that DuckDB can give, or a clear error."""

import datetime as dt
import decimal

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from gru4rec_core.data.sources.parquet_values import to_preview, to_readable
from gru4rec_core.errors import DataError

NO_TEXT = pa.Array.from_buffers(
    pa.string(), 2, [None, pa.py_buffer(np.arange(3, dtype=np.int32)), pa.py_buffer(b"\xff\xfe")]
)


def in_duckdb(column: pa.Array) -> list[str | None]:
    table = pa.table({"x": to_readable(column, "x", "log.parquet")})
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        return [row[0] for row in connection.from_arrow(table).project("x::VARCHAR").fetchall()]


@pytest.mark.parametrize(
    ("column", "texts"),
    [
        (pa.array([1.5, 2], pa.float16()), ["1.5", "2.0"]),
        (pa.array([decimal.Decimal("1.25"), None], pa.decimal256(50, 2)), ["1.25", None]),
        (pa.array([decimal.Decimal("1.25"), None], pa.decimal128(20, 2)), ["1.25", None]),
        (pa.array([2**60, 0], pa.time64("us")), [None, "00:00:00"]),
        (pa.array([-1, 86_399], pa.time32("s")), [None, "23:59:59"]),
        (pa.array([2**62, 0], pa.timestamp("s")), [None, "1970-01-01 00:00:00"]),
        (pa.array([0], pa.timestamp("us", tz="No/Where")), ["1970-01-01 00:00:00+00"]),
        (pa.array([b"ab", b"cd"], pa.binary(2)), ["ab", "cd"]),
        (pa.array(["x" * 5_000]).dictionary_encode(), ["x" * 1_001]),
        (pa.array(["x" * 5_000], pa.large_string()), ["x" * 1_001]),
        (pa.array([b"ab", None], pa.large_binary()), ["ab", None]),
        (pa.array(["ab", None], pa.string_view()), ["ab", None]),
    ],
    ids=lambda value: str(value.type) if isinstance(value, pa.Array) else "",
)
def test_values_become_text(column: pa.Array, texts: list[str | None]) -> None:
    assert in_duckdb(column) == texts
    assert len(to_preview(column, "x", "log.parquet")) == len(texts)


@pytest.mark.parametrize(
    "column",
    [NO_TEXT, NO_TEXT.cast(pa.binary()), pa.array([b"\xff"], pa.binary(1))],
    ids=lambda column: str(column.type),
)
def test_bytes_that_are_no_text_are_refused_only_where_they_are_needed(column: pa.Array) -> None:
    with pytest.raises(DataError, match="bytes that are not UTF-8 text") as caught:
        to_readable(column, "x", "log.parquet")
    assert caught.value.where == "log.parquet, column x"
    assert to_preview(column, "x", "log.parquet") == [""] * len(column)


@pytest.mark.parametrize(
    ("column", "text"),
    [
        (pa.array([[1, 2]]), "[1, 2]"),
        (pa.array([{"a": 1}]), "{'a': 1}"),
        (pa.array([2**62], pa.timestamp("us")), "<value out of range: 4611686018427387904>"),
        (pa.array([2**31 - 1], pa.date32()), "<value out of range: 2147483647>"),
        (pa.array([dt.date(2024, 5, 1)]), "2024-05-01"),
        (pa.nulls(1), ""),
    ],
    ids=lambda value: str(value.type) if isinstance(value, pa.Array) else "",
)
def test_a_preview_shows_every_type(column: pa.Array, text: str) -> None:
    assert to_preview(column, "x", "log.parquet") == [text]
