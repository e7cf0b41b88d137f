"""Times of a whole file: units, notations, zones, and rows that are unlike most."""

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest

from gru4rec_core.data.columns import ColumnMapping
from gru4rec_core.data.ingest import read_log
from gru4rec_core.data.reading_options import ReadingOptions
from gru4rec_core.errors import DataError
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
    assert list_rejected(log) == [(4, "the timestamp is a number, but most are dates")]


def log_of(*times: str) -> str:
    """One session of two items and more, by their times."""
    return "session;time;item\n" + "".join(f"s;{time};{chr(65 + i)}\n" for i, time in enumerate(times))


@pytest.mark.parametrize(
    ("times", "form", "first"),
    [
        (("31.05.2024 18:00", "1.6.2024"), "%d.%m.%Y", "2024-05-31T18:00:00"),
        (("5/31/2024 6:00 PM", "6/1/2024 12:00 AM"), "%m/%d/%Y", "2024-05-31T18:00:00"),
        (("[31/May/2024:20:00:00 +0200]",) * 2, "[%d/%b/%Y:%H:%M:%S %z]", "2024-05-31T18:00:00"),
        (("Fri, 31 May 2024 18:00:00 GMT",) * 2, "%a, %d %b %Y", "2024-05-31T18:00:00"),
        (("20240531T180000Z", "2024-06-01"), "iso", "2024-05-31T18:00:00"),
        (("2024-05-31 20:00:00 +0200", "2024-06-01"), "iso", "2024-05-31T18:00:00"),
        (("20240531", "20240601"), "%Y%m%d", "2024-05-31T00:00:00"),
        (("202405311800", "202406010000"), "%Y%m%d%H%M", "2024-05-31T18:00:00"),
        (("20240531180000", "20240601000000"), "%Y%m%d%H%M%S", "2024-05-31T18:00:00"),
    ],
)
def test_dates_in_other_notations_become_moments(times: tuple[str, ...], form: str, first: str, write: Write) -> None:
    log = read_log(write(log_of(*times)))
    assert (log.summary.time_format, log.summary.time_kind, log.summary.time_unit) == (form, "dates", "s")
    assert datetime.fromtimestamp(log.dataset.timestamps[0], UTC) == datetime.fromisoformat(first + "+00:00")
    assert log.summary.rows_kept == 2


@pytest.mark.parametrize(
    ("times", "parts"),
    [
        (("12/05/14", "13/05/14"), ("12 May 2014", "--time-format %d/%m/%y")),
        (("24-05-31", "24-06-01"), ("31 May 2024", "--time-format %y-%m-%d")),
        (("05/06/2024", "06/06/2024"), ("5 June 2024 (day/month/year) or 6 May 2024", "--time-format %m/%d/%Y")),
        (("1717178400", "1717178400000"), ("1 in seconds since 1970, such as", "--time-format")),
        (("0044-03-15 (BC)", "0044-03-16 (BC)"), ("cannot be read as a time",)),
        (("1677-12-31", "2262-01-01"), ("cannot be read as a time",)),
        (("2024-05-31 18:00 CST",) * 2, ("cannot be read as a time",)),
    ],
)
def test_times_that_cannot_be_meant_are_refused(times: tuple[str, ...], parts: tuple[str, ...], write: Write) -> None:
    with pytest.raises(DataError) as caught:
        read_log(write(log_of(*times)))
    assert "log.csv" in caught.value.where
    assert "column time" in caught.value.where
    for part in parts:
        assert part in caught.value.found + caught.value.remedy


@pytest.mark.parametrize(
    ("form", "times", "first"),
    [
        ("%m/%d/%Y", ("05/06/2024", "06/06/2024"), "2024-05-06"),
        ("%d/%m/%y", ("12/05/14", "13/05/14 10:00"), "2014-05-12"),
        ("%Y%m%d", ("20240531", "20240601"), "2024-05-31"),
        ("iso", ("20240531", "2024-06-01 10:00"), "2024-05-31"),
        ("s", ("17", "1717113600"), "1970-01-01"),
        ("ms", ("1717113600000", "1717113600001"), "2024-05-31"),
    ],
)
def test_a_notation_can_be_named(form: str, times: tuple[str, ...], first: str, write: Write) -> None:
    log = read_log(write(log_of(*times)), options=ReadingOptions(time_format=form))
    assert log.summary.time_format == form
    per_second = {"s": 1, "ms": 1_000}[log.summary.time_unit or ""]
    assert f"{datetime.fromtimestamp(log.dataset.timestamps[0] / per_second, UTC):%Y-%m-%d}" == first


def test_numbers_named_as_such_are_no_dates(write: Write) -> None:
    log = read_log(write(log_of("1717113600", "1717113601", "noon")), options=ReadingOptions(time_format="number"))
    assert (log.summary.time_unit, log.summary.rows_kept) == (None, 2)
    assert list_rejected(log) == [(4, "the timestamp cannot be read as a time")]


def test_rows_unlike_most_are_rejected_with_line_reason_and_content(write: Write) -> None:
    days = [f"{day}.06.2024" for day in range(1, 29)]
    content = log_of(*days, "0", "2024-06-29", "6/29/2024", "29 June", "31.06.2024")
    log = read_log(write(content), ColumnMapping("session", "time", "item"))
    assert list_rejected(log) == [
        (30, "the timestamp is a number, but most are dates"),
        (31, "the timestamp is written differently: most are day.month.year"),
        (32, "the timestamp is written differently: most are day.month.year"),
        (33, "the timestamp cannot be read as a time"),
        (34, "the timestamp cannot be read as a time"),
    ]
    assert log.summary.rejected.found.tolist()[:3] == ["s, 0, ]", "s, 2024-06-29T00:00:00, ^", "s, 6/29/2024, _"]
    assert log.summary.rows_read == log.summary.rows_kept + sum(log.summary.rejected_counts.values())


def test_a_zone_of_times_that_name_none(write: Write) -> None:
    summer, gap, twice, utc = "2024-05-31 20:00", "2024-03-31 02:30", "2024-10-27 02:30", "2024-05-31T18:00Z"
    options = ReadingOptions(time_zone="Europe/Berlin")
    log = read_log(write(log_of(summer, gap, twice, utc)), options=options)
    assert log.dataset.timestamps.tolist() == [1_717_178_400] * 2
    assert list_rejected(log) == [
        (3, "the timestamp falls in an hour that was skipped when clocks went forward"),
        (4, "the timestamp falls in an hour that clocks showed twice when they went back"),
    ]
    plain = read_log(write(log_of(summer, summer)), options=options)
    assert plain.dataset.timestamps.tolist() == [1_717_178_400] * 2
    other = read_log(write(log_of("31.05.2024 20:00", "31.03.2024 02:30", "31.05.2024 20:01")), options=options)
    assert other.dataset.timestamps.tolist() == [1_717_178_400, 1_717_178_460]
    assert list_rejected(other) == [(3, "the timestamp falls in an hour that was skipped when clocks went forward")]


def test_an_unknown_notation_or_zone_is_refused_before_the_file_is_read(write: Write) -> None:
    with pytest.raises(DataError, match="time format"):
        read_log(write(log_of("1", "2")), options=ReadingOptions(time_format="soon"))
    with pytest.raises(DataError, match="IANA"):
        read_log(write(log_of("1", "2")), options=ReadingOptions(time_zone="Mars"))
