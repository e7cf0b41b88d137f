"""What numbers in the column of the time mean."""

import numpy as np
import pytest

from gru4rec_core.data.number_times import judge_in_unit, judge_numbers, read_digits
from gru4rec_core.errors import DataError

MOMENT = 1_717_178_400  # 2024-05-31 18:00 UTC, in seconds


def judge(*numbers: float) -> tuple[str, dict[str, list[int]]]:
    """The notation, and reason to the positions of the numbers rejected."""
    times = judge_numbers(np.array(numbers), "log.csv, column time")
    return times.format_name, {reason: np.flatnonzero(bad).tolist() for reason, bad in times.rejected.items()}


@pytest.mark.parametrize(
    ("number", "name"),
    [
        (MOMENT, "s"),
        (MOMENT + 0.5, "s"),
        (MOMENT * 1_000, "ms"),
        (MOMENT * 10**6, "us"),
        (MOMENT * 10**9, "ns"),
        (123_456_789_012, "ms"),
        (20240531, "%Y%m%d"),
        (202405311800, "%Y%m%d%H%M"),
        (20240531180000, "%Y%m%d%H%M%S"),
        (20240531180000250, "%Y%m%d%H%M%S%f"),
        (20240532, "number"),
        (17, "number"),
        (-5, "number"),
        (0.25, "number"),
    ],
)
def test_numbers_have_one_meaning(number: float, name: str) -> None:
    assert judge(number, number) == (name, {})


def test_a_zero_among_dates_is_a_missing_time() -> None:
    name, rejected = judge(*[MOMENT] * 9, 0, -1)
    assert name == "s"
    assert rejected == {"the timestamp is out of range, but most are in seconds since 1970": [9, 10]}


def test_numbers_that_go_on_below_the_dates_are_no_dates() -> None:
    assert judge(*range(0, 4_000_000_000, 50_000_000)) == ("number", {})


def test_a_few_numbers_of_another_unit_are_rejected_one_by_one() -> None:
    name, rejected = judge(*[MOMENT] * 99, MOMENT * 1_000)
    assert name == "s"
    assert rejected == {
        "the timestamp is in milliseconds since 1970, but most are in seconds since 1970": [99],
    }


def test_two_units_in_one_column_are_refused_with_both_counts() -> None:
    with pytest.raises(DataError) as caught:
        judge(*[MOMENT] * 60, *[MOMENT * 1_000] * 40)
    assert "60 in seconds since 1970, such as 1717178400 and 40 in milliseconds" in str(caught.value)
    assert "--time-format" in caught.value.remedy


def test_a_few_digits_that_are_no_date_among_dates_are_rejected() -> None:
    days = [20240500 + day for day in range(1, 31)]
    assert judge(*days, 20240231)[1] == {"the timestamp is out of range, but most are in dates of 8 digits": [30]}


def test_digits_of_dates_become_moments() -> None:
    moments, is_date = read_digits(np.array([20240531, 20240230]), "%Y%m%d")
    assert (moments[0], is_date.tolist()) == (1_717_113_600_000_000, [True, False])
    assert read_digits(np.array([20240531180000250]), "%Y%m%d%H%M%S%f")[0][0] == MOMENT * 10**6 + 250_000


def test_in_a_given_unit_only_the_calendar_limits_the_numbers() -> None:
    times = judge_in_unit(np.array([0, MOMENT, MOMENT * 1_000]), "s")
    assert times.format_name == "s"
    assert [bad.tolist() for bad in times.rejected.values()] == [[False, False, True]]
