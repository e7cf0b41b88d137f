"""Columns that are not times, told from those that are."""

import numpy as np
import pytest

from gru4rec_core.data.time_checks import check_times
from gru4rec_core.errors import DataError

N = 400
SESSION = np.repeat(np.arange(N // 4), 4)
ITEM = np.random.default_rng(1).integers(0, 50, N)
CLOCK = np.arange(N)
SHUFFLED = np.random.default_rng(2).permutation(N)


@pytest.mark.parametrize(
    "times",
    [CLOCK, CLOCK // 3, -CLOCK, np.tile([0, 1, 2, 3], N // 4), CLOCK + 0.5],
    ids=["a clock", "with ties", "newest first", "positions in a session", "fractions"],
)
def test_times_are_times(times: np.ndarray) -> None:
    check_times(SESSION, ITEM, times, None, "log.csv, column time")


@pytest.mark.parametrize(
    ("times", "unit", "found"),
    [
        (np.full(N, 7), None, "the same time in all rows"),
        (np.full(N, 7), "s", "the same time in all rows"),
        (ITEM * 1.5, None, "so it describes the item"),
        (ITEM + 1_700_000_000, "s", "so it describes the item"),
        (SESSION, None, "the numbers never change within a session"),
        (SHUFFLED, None, "go up and down within sessions"),
    ],
)
def test_what_says_nothing_about_order_is_refused(times: np.ndarray, unit: str | None, found: str) -> None:
    with pytest.raises(DataError, match=found) as caught:
        check_times(SESSION, ITEM, times, unit, "log.csv, column time")
    assert caught.value.where == "log.csv, column time"
    assert "Choose another column as the time" in caught.value.remedy


def test_dates_may_come_in_any_order_and_by_the_day() -> None:
    check_times(SESSION, ITEM, SHUFFLED + 1_700_000_000, "s", "")
    check_times(SESSION, ITEM, SESSION + 1_700_000_000, "s", "")


def test_a_few_events_prove_nothing() -> None:
    check_times(SESSION[:4], ITEM[:4], np.full(4, 7), None, "")
    check_times(SESSION[:40], ITEM[:40], SHUFFLED[:40], None, "")
