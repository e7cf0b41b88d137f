"""What whole numbers beside a date say is decided from all of them, or asked."""

from datetime import UTC, datetime

import pyarrow as pa
import pytest

from gru4rec_core.data.columns import ColumnMapping
from gru4rec_core.data.digit_clocks import find_number_column, list_clocks
from gru4rec_core.data.import_types import ImportedLog
from gru4rec_core.data.ingest import read_log
from gru4rec_core.data.reading_options import ReadingOptions
from gru4rec_core.errors import DataError
from tests.data.logs import Write

MAPPING = ColumnMapping("session", ("date", "time"), "item")
EVERY_MINUTE = [h * 3600 + m * 60 for h in range(9) for m in range(0, 60, 7)]


@pytest.mark.parametrize(
    ("texts", "clocks"),
    [
        ("093000 184500", "HHMMSS"),
        ("93000 184500", "HHMMSS"),
        ("0005 0010", "HHMM"),
        ("000501 000502", "HHMMSS"),
        ("900 2130", "HHMM"),
        ("34200 34500 50400 50700", "HHMMSS s ms"),
        (" ".join(f"{h}{m:02}{s:02}" for h in range(1, 8) for m in (1, 30) for s in (7, 59)), "HHMMSS"),
        (" ".join(map(str, EVERY_MINUTE)), "s ms"),
        ("61000 34260", "s ms"),
        ("526309 61000", "ms"),
        ("526309 86400001", "ms"),
        ("1 2 3", "ms"),
        ("90 180 270", "ms"),
    ],
)
def test_the_plausible_readings(texts: str, clocks: str) -> None:
    assert " ".join(list_clocks(pa.array(texts.split()))) == clocks


def read(write: Write, numbers: list[object], time_format: str | None = None, name: str = "time") -> ImportedLog:
    text = f"session,item,date,{name}\n" + "".join(f"s,i{n % 2},2024-05-31,{x}\n" for n, x in enumerate(numbers))
    mapping = ColumnMapping("session", ("date", name), "item")
    return read_log(write(text), mapping, options=ReadingOptions(time_format=time_format))


def clock_times(log: ImportedLog) -> list[str]:
    unit = {"s": 1, "ms": 1_000}[log.dataset.time_unit or ""]
    moments = [datetime.fromtimestamp(time / unit, UTC) for time in log.dataset.timestamps.tolist()]
    return [moment.replace(tzinfo=None).isoformat()[11:] for moment in moments]


def test_clock_times_in_digits_are_read_and_said(write: Write) -> None:
    log = read(write, ["093000", "184500"])
    assert clock_times(log) == ["09:30:00", "18:45:00"]
    assert "read as clock times in digits" in log.summary.notes[-1]


def test_the_whole_column_decides_and_odd_rows_are_rejected(write: Write) -> None:
    minutes = [h * 100 + m for h in range(24) for m in range(0, 60, 5)]
    log = read(write, [*minutes, 1299, "noon"])
    assert clock_times(log)[-1] == "23:55:00"
    assert log.summary.rows_kept == len(minutes)


@pytest.mark.parametrize(
    ("choice", "first"), [("HHMMSS", "03:42:00"), ("s", "09:30:00"), ("ms", "00:00:34.200000")]
)  # fmt: skip
def test_what_stays_open_is_asked_and_can_be_said(choice: str, first: str, write: Write) -> None:
    numbers: list[object] = [34200, 34500, 50400]
    with pytest.raises(DataError, match="5:04:00 as a clock time or 14:00:00 as seconds") as caught:
        read(write, numbers)
    assert f"--time-format {choice}" in caught.value.remedy
    assert clock_times(read(write, numbers, choice))[0] == first


def test_the_order_of_events_is_no_clock(write: Write) -> None:
    log = read(write, [100, 200, 2300], name="order")
    assert clock_times(log) == ["00:00:00.100000", "00:00:00.200000", "00:00:02.300000"]


def test_small_numbers_that_could_be_hours_are_said_to_be_milliseconds(write: Write) -> None:
    log = read(write, [9, 14, 21])
    assert clock_times(log)[0] == "00:00:00.009000"
    assert log.summary.notes == ["The numbers in time are read as milliseconds of the day."]


def test_seconds_of_a_minute_are_no_note(write: Write) -> None:
    text = "session,item,date,h,m,s\ns,a,2024-05-31,9,30,5\ns,b,2024-05-31,9,30,59\n"
    log = read_log(write(text), ColumnMapping("session", ("date", "h", "m", "s"), "item"))
    assert (clock_times(log), log.summary.notes) == (["09:30:05", "09:30:59"], [])


def test_milliseconds_beside_a_date_in_another_notation(write: Write) -> None:
    text = "session,item,date,time\ns,a,31/05/2024,61000\ns,b,31/05/2024,34200000\n"
    assert clock_times(read_log(write(text), MAPPING)) == ["00:01:01", "09:30:00"]


def test_only_one_number_after_the_date_is_looked_at() -> None:
    assert find_number_column(MAPPING) == "time"
    assert find_number_column(ColumnMapping("s", ("y", "m", "d", "time"), "i")) == "time"
    for columns in (("date", "hour"), ("y", "m", "d"), ("date", "h", "min"), ("time",)):
        assert find_number_column(ColumnMapping("s", columns, "i")) is None


def test_such_a_reading_is_no_notation_of_another_column(write: Write) -> None:
    with pytest.raises(DataError, match="HHMMSS"):
        read_log(write("session,item,time\ns,a,1\ns,b,2\n"), options=ReadingOptions(time_format="HHMMSS"))
