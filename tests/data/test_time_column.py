"""Times of a whole file: units, notations, zones, and rows that are unlike most."""

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest

from gru4rec_core.data.ingest import read_log
from tests.data.logs import Write, list_rejected, sessions


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


def test_most_rows_decide_between_dates_and_numbers(write: Write) -> None:
    log = read_log(write("session,time,item\ns,2024-01-01,A\ns,2024-01-02,B\ns,7,C\n"))
    assert sessions(log) == {"s": ["A", "B"]}
    assert list_rejected(log) == [(4, "the timestamp is a number, most are dates")]
