"""Clocks of zones, and the hours that they skip and repeat."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gru4rec_core.data.time_zones import find_zone, to_moments
from gru4rec_core.errors import DataError


def microseconds(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def read(text: str, zone: str) -> tuple[str, bool, bool]:
    clock = microseconds(datetime.fromisoformat(text).replace(tzinfo=UTC))
    moments, is_skipped, is_repeated = to_moments(np.array([clock]), find_zone(zone))
    return (
        f"{datetime.fromtimestamp(moments[0] / 10**6, UTC):%Y-%m-%d %H:%M}",
        bool(is_skipped[0]),
        bool(is_repeated[0]),
    )


@pytest.mark.parametrize(
    ("text", "zone", "moment"),
    [
        ("2024-05-31 18:00", "Europe/Berlin", "2024-05-31 16:00"),
        ("2024-12-31 18:00", "Europe/Berlin", "2024-12-31 17:00"),
        ("2024-03-31 01:59", "Europe/Berlin", "2024-03-31 00:59"),
        ("2024-03-31 03:00", "Europe/Berlin", "2024-03-31 01:00"),
        ("2100-07-01 12:00", "Europe/Berlin", "2100-07-01 10:00"),
        ("2024-05-31 18:00", "+05:30", "2024-05-31 12:30"),
        ("2024-05-31 18:00", "-03:00", "2024-05-31 21:00"),
        ("2024-05-31 18:00", "UTC", "2024-05-31 18:00"),
    ],
)
def test_a_clock_shows_a_moment(text: str, zone: str, moment: str) -> None:
    assert read(text, zone) == (moment, False, False)


@pytest.mark.parametrize("text", ["2024-03-31 02:00", "2024-03-31 02:59"])
def test_the_hour_that_summer_time_skips_is_told(text: str) -> None:
    assert read(text, "Europe/Berlin")[1:] == (True, False)


@pytest.mark.parametrize("text", ["2024-10-27 02:00", "2024-10-27 02:59"])
def test_the_hour_that_is_shown_twice_is_told(text: str) -> None:
    assert read(text, "Europe/Berlin")[1:] == (False, True)


@given(
    st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1)),
    st.sampled_from(["Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia"]),
)
def test_what_a_clock_shows_of_a_moment_leads_back_to_it(moment: datetime, zone: str) -> None:
    shown = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=UTC)
    moments, is_skipped, is_repeated = to_moments(np.array([microseconds(shown)]), find_zone(zone))
    assert not is_skipped[0]
    assert is_repeated[0] or moments[0] == microseconds(moment.replace(tzinfo=UTC))


@pytest.mark.parametrize(
    "name", ["Mars/Olympus", "", "Berlin", "../../etc/passwd", "Europe", "+25:00", "/etc/localtime", "a\0"]
)
def test_a_zone_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(DataError, match="IANA") as caught:
        find_zone(name)
    assert "Europe/Berlin" in caught.value.remedy
