"""Columns that form a time together are found by their names and values."""

import pyarrow as pa
import pytest

from gru4rec_core.data.column_profile import profile_column
from gru4rec_core.data.time_parts import counts_events, find_time_parts


@pytest.mark.parametrize(
    ("columns", "parts"),
    [
        ({"year": "2008 2008", "month": "4 4", "day": "1 2"}, "year month day"),
        ({"Jahr": "2008 2008", "Monat": "4 4", "Tag": "1 2", "Stunde": "9 10"}, "Jahr Monat Tag Stunde"),
        ({"order": "1 2", "day": "1 2", "month": "4 4", "year": "2008 2008"}, "year month day order"),
        ({"YYYY": "2008 2008", "MM": "4 4", "DD": "1 2", "hh": "9 9", "mi": "5 6", "ss": "7 8"}, "YYYY MM DD hh mi ss"),
        ({"hour": "9 9", "second": "7 8", "year": "2008 2008", "month": "4 4", "day": "1 2"}, "year month day hour"),
        ({"timeframe": "526309 1", "eventdate": "2016-05-09 2016-05-10"}, "eventdate timeframe"),
        ({"date": "2016-05-09 2016-05-10", "time": "18:30 07:05:09"}, "date time"),
        ({"date": "2016-05-09 2016-05-09", "time": "18:30 07:05:09"}, "date time"),
        ({"date": "2016-05-09 2016-05-10", "item": "526309 1"}, ""),
        ({"date": "2016-05-09T10:00 2016-05-10T10:00", "time": "18:30 07:05"}, ""),
        ({"date": "2016-05-09 2016-05-10", "time": "1700000000 1700000001"}, ""),
        ({"year": "2008 2008", "month": "4 4"}, ""),
        ({"year": "2008 2008", "month": "April May", "day": "1 2"}, ""),
        ({"session": "1 2", "item": "1 2"}, ""),
    ],
)
def test_the_date_comes_first(columns: dict[str, str], parts: str) -> None:
    profiles = [profile_column(name, pa.chunked_array([texts.split()])) for name, texts in columns.items()]
    assert find_time_parts(profiles) == (tuple(parts.split()) or None)


def test_a_count_of_events_is_told_by_its_name() -> None:
    assert all(map(counts_events, ("order", "Click Order", "timeframe")))
    assert not any(map(counts_events, ("order_time", "time", "reorder")))
