"""Times of texts: the fast ways and the general way agree."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from gru4rec_core.data.sources.base import open_duckdb
from gru4rec_core.data.time_parsing import (
    DATE,
    FRACTION,
    NONE_GIVEN,
    NOT_FINITE,
    NULL_WORD,
    TEXT,
    WHOLE,
    parse_times,
)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_duckdb("1GB", str(tmp_path)) as connection:
        yield connection


FORMS = [
    "17", "-5", "0", "007", "+5", "0x1F", "1_000", "9223372036854775807", "9223372036854775808", "1e3", "1.5",
    "2024-05-31", "2024-05-31 18", "2024-05-31T18Z", "2024-05-31T18+02:00", "2024-05-31 18:00", "2024-05-31T18:00Z",
    "2024-05-31T18:00:01", "2024-05-31 18:00:01.5", "2024-05-31T18:00:01.25Z", "2024-05-31T18:00:01.123456789Z",
    "2024-05-31 18:00:01+02:00", "2024-05-31 18:00:01+0200", "2024-05-31 18:00:01-07", "2024-05-31 18:00:01 UTC",
    "2024-05-31 24:00:00", "2024-02-30", "20240531", "2024/05/31", "0001-01-01", "noon", "epoch", "inf", "nan",
]  # fmt: skip


@pytest.mark.parametrize("text", FORMS)
def test_a_time_is_the_same_in_a_column_of_its_like_and_in_a_mixed_one(
    text: str, connection: duckdb.DuckDBPyConnection
) -> None:
    alike = parse_times(connection, pa.chunked_array([pa.array([text, text])]))
    mixed = parse_times(connection, pa.chunked_array([pa.array([text, "noon", "2024-05-31 18:00 UTC", "1.5"])]))
    assert alike.kinds.tolist() == [mixed.kinds[0]] * 2
    if mixed.kinds[0] >= 0:
        assert alike.bits.tolist() == [mixed.bits[0]] * 2


def test_numbers_dates_and_what_is_neither(connection: duckdb.DuckDBPyConnection) -> None:
    texts = ["17", " 17 ", "1.5", "1970-01-02", "1970-01-01T00:00:01.5+00:00", "", "  ", None, "noon", "inf", "nan"]
    times = parse_times(connection, pa.chunked_array([pa.array(texts)]))
    assert times.kinds.tolist() == [
        WHOLE, WHOLE, FRACTION, DATE, DATE, NONE_GIVEN, NONE_GIVEN, NONE_GIVEN, TEXT, NOT_FINITE, NULL_WORD
    ]  # fmt: skip
    assert times.bits[[0, 1, 3, 4]].tolist() == [17, 17, 86_400_000_000, 1_500_000]
    assert times.bits[2:3].view(np.float64).tolist() == [1.5]


def test_a_part_of_a_column_is_read_as_that_part(connection: duckdb.DuckDBPyConnection) -> None:
    numbers = pa.array(["x", "1", "2", "x"]).slice(1, 2)
    assert parse_times(connection, pa.chunked_array([numbers])).bits.tolist() == [1, 2]
    dates = pa.array(["2024-01-01 10", "1970-01-01", "1970-01-02"]).slice(1, 2)
    assert parse_times(connection, pa.chunked_array([dates])).bits.tolist() == [0, 86_400_000_000]
