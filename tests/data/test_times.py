"""Moments, units and texts."""

import numpy as np
import pytest

from gru4rec_core.data.times import (
    day_length,
    describe_time,
    guess_unit,
    iso_times,
    parse_moment,
    to_datetime,
    to_microseconds,
)
from gru4rec_core.errors import DataError

MOMENT = 1_717_178_400  # 2024-05-31 18:00 UTC, in seconds


@pytest.mark.parametrize(("unit", "per_second"), [("s", 1), ("ms", 10**3), ("us", 10**6), ("ns", 10**9)])
def test_a_plausible_date_has_one_unit_only(unit: str, per_second: int) -> None:
    assert guess_unit(MOMENT * per_second, (MOMENT + 1) * per_second) == unit
    assert to_datetime(MOMENT * per_second, unit).isoformat() == "2024-05-31T18:00:00+00:00"
    assert describe_time(MOMENT * per_second, unit) == "2024-05-31 18:00:00"
    assert day_length(unit) == 24 * 60 * 60 * per_second


def test_numbers_that_span_no_plausible_dates_have_no_unit() -> None:
    assert guess_unit(0, MOMENT) is None
    assert guess_unit(MOMENT, MOMENT * 1_000) is None
    assert describe_time(17, None) == "17"
    assert describe_time(17.5, None) == "17.5"


def test_moments_in_microseconds_lose_only_what_is_finer() -> None:
    assert to_microseconds(np.array([MOMENT]), "s").tolist() == [MOMENT * 10**6]
    assert to_microseconds(np.array([MOMENT + 0.25]), "s").tolist() == [MOMENT * 10**6 + 250_000]
    assert to_microseconds(np.array([MOMENT * 10**9 + 1_999]), "ns").tolist() == [MOMENT * 10**6 + 1]


def test_a_moment_has_one_text_in_every_unit() -> None:
    assert iso_times(np.array([MOMENT]), "s").tolist() == ["2024-05-31T18:00:00"]
    assert iso_times(np.array([MOMENT * 1_000 + 250]), "ms").tolist() == ["2024-05-31T18:00:00.25"]
    assert iso_times(np.array([MOMENT * 10**9]), "ns").tolist() == ["2024-05-31T18:00:00"]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2024-05-31T18:00", MOMENT),
        ("20240531", MOMENT - 18 * 3_600),
        ("2024-05-31T20:00+02:00", MOMENT),
        (str(MOMENT), MOMENT),
        (MOMENT, MOMENT),
    ],
)
def test_a_users_moment_is_a_date_or_a_number_in_the_logs_unit(text: str | int, seconds: int) -> None:
    assert parse_moment(text, "s", "test_from") == seconds


def test_a_date_in_another_unit() -> None:
    assert parse_moment("2024-05-31T18:00", "ms", "test_from") == MOMENT * 1_000


@pytest.mark.parametrize(
    ("text", "unit"),
    [("soon", "s"), ("2023", "s"), ("20241331", "s"), ("1700000000", "ms"), ("nan", "s"), ("2024-05-31", None)],
)
def test_a_moment_that_cannot_be_read_is_refused_with_a_remedy(text: str, unit: str | None) -> None:
    with pytest.raises(DataError) as caught:
        parse_moment(text, unit, "test_from")
    assert caught.value.where == "test_from"
    assert caught.value.remedy


def test_a_number_that_is_no_moment_of_the_log_is_refused_by_the_name_of_its_setting() -> None:
    with pytest.raises(DataError) as caught:
        parse_moment("2023", "s", "--from")
    assert caught.value.where == "--from"
