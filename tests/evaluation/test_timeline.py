"""Logs in which one thing changes on a known day."""

import numpy as np
import pandas as pd
import pytest

from gru4rec_core.data import blocks
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.evaluation.timeline import (
    Days,
    Gap,
    count_days,
    find_gaps,
    find_level_changes,
    find_new_catalogues,
    find_odd_days,
    seconds_of,
)

DAY = 86_400
FIRST = 19_700  # 2023-12-09, a Saturday
WEEK = (40, 400, 420, 410, 430, 400, 60)  # a shop that is nearly closed at the weekend


def visits(starts: np.ndarray, n_items: int = 50) -> SessionDataset:
    """Sessions of three events, a minute apart, that start at these times."""
    rng = np.random.default_rng(3)
    n = len(starts)
    times = np.repeat(np.asarray(starts, np.int64), 3) + np.tile([0, 60, 120], n)
    items = rng.integers(0, n_items, 3 * n)
    return SessionDataset(pd.DataFrame({"session": np.repeat(np.arange(n), 3), "timestamp": times, "item": items}))


def opening_hours(n_days: int, per_day: int = 20) -> np.ndarray:
    """Starts between 9 and 17 h, on weekdays only."""
    rng = np.random.default_rng(7)
    days = np.array([d for d in range(n_days) if d % 7 < 5])
    return DAY * (FIRST + np.repeat(days, per_day)) + rng.integers(9 * 3_600, 17 * 3_600, per_day * len(days))


def a_log(events: list[int], new: list[int] | None = None) -> Days:
    return Days(FIRST, np.array(events), np.array(new if new is not None else [0] * len(events)))


def weeks(n: int) -> list[int]:
    return [round(v * (1 + 0.1 * ((i * 7) % 5 - 2) / 2)) for i, v in enumerate(WEEK * n)]


def test_nights_and_weekends_are_no_gaps():
    assert find_gaps(visits(opening_hours(100))) == []


def test_two_weeks_without_events_are_one_gap_from_event_to_event():
    starts = opening_hours(100)
    starts = starts[(starts < DAY * (FIRST + 40)) | (starts >= DAY * (FIRST + 54))]
    data = visits(starts)
    (gap,) = find_gaps(data)
    assert gap.start == starts[starts < DAY * (FIRST + 40)].max() + 120
    assert gap.end == starts[starts >= DAY * (FIRST + 54)].min()
    assert 13 * DAY < seconds_of(gap, "s") < 18 * DAY


def test_several_gaps_come_longest_first(monkeypatch):
    monkeypatch.setattr(blocks, "EVENTS_AT_ONCE", 1_000)  # events at a time
    starts = np.sort(np.random.default_rng(1).integers(DAY * FIRST, DAY * (FIRST + 100), 3_000))
    away = [(20, 23), (50, 58)]
    for a, b in away:
        starts = starts[(starts < DAY * (FIRST + a)) | (starts >= DAY * (FIRST + b))]
    assert [round(seconds_of(gap, "s") / DAY) for gap in find_gaps(visits(starts))] == [8, 3]


def test_events_spread_evenly_or_by_chance_have_no_gap():
    rng = np.random.default_rng(2)
    for starts in (DAY * FIRST + 500 * np.arange(2_000), rng.integers(DAY * FIRST, DAY * (FIRST + 90), 2_000)):
        assert find_gaps(visits(starts)) == []


def test_a_small_log_a_single_moment_and_a_far_away_date_make_no_gap():
    assert find_gaps(visits(np.r_[DAY * FIRST + np.arange(50), DAY * (FIRST + 40)])) == []
    assert find_gaps(SessionDataset(pd.DataFrame({"session": range(300), "timestamp": 5, "item": "a"}))) == []
    assert find_gaps(visits(np.r_[0, DAY * FIRST + 3_600 * np.arange(1_000)])) == []


def test_events_and_new_items_are_counted_by_day():
    rows = [(1, DAY * FIRST, "a"), (1, DAY * FIRST + 5, "b"), (2, DAY * (FIRST + 2), "a"), (2, DAY * (FIRST + 2), "c")]
    days = count_days(SessionDataset(pd.DataFrame(rows, columns=["session", "timestamp", "item"])))
    assert days is not None
    assert (days.events.tolist(), days.new.tolist()) == ([2, 0, 2], [2, 0, 1])
    assert days.date(2) == "2023-12-11"


def test_plain_numbers_have_no_days(make_dataset):
    assert count_days(make_dataset("abc")) is None


def test_a_quiet_weekend_is_not_odd():
    assert not find_odd_days(a_log(weeks(8))).any()
    assert find_level_changes(a_log(weeks(8))) == []


@pytest.mark.parametrize("events", [1_500, 90])
def test_a_day_far_above_or_below_its_neighbours_and_weekdays_is_odd(events):
    counts = weeks(8)
    counts[24] = events
    assert np.flatnonzero(find_odd_days(a_log(counts))).tolist() == [24]


def test_a_quiet_weekday_stays_so_when_another_one_is_very_busy():
    counts = weeks(8)
    counts[20] = 4_000
    assert np.flatnonzero(find_odd_days(a_log(counts))).tolist() == [20]


def test_half_days_at_the_ends_days_without_events_and_small_numbers_are_not_odd():
    assert not find_odd_days(a_log([20, *weeks(4), 30])).any()
    counts = weeks(4)
    counts[10] = 0
    assert not find_odd_days(a_log(counts)).any()
    assert not find_odd_days(a_log([8, 9, 9, 60, 8, 9, 7, 9, 8])).any()
    assert find_odd_days(a_log([5, 900])).tolist() == [False, False]


def test_a_lasting_change_is_found_on_its_day_and_is_no_odd_day():
    counts = weeks(4) + [5 * n for n in weeks(4)]
    assert find_level_changes(a_log(counts)) == [28]
    assert find_level_changes(a_log(counts[::-1])) == [28]
    even = [300] * 20 + [1_000] * 20
    assert find_level_changes(a_log(even)) == [20]
    assert not find_odd_days(a_log(even)).any()


def test_a_day_on_which_items_get_new_ids_is_found():
    counts, new = [500] * 40, [450, 200, 90] + [10] * 37
    new[25] = 480
    assert np.flatnonzero(find_new_catalogues(a_log(counts, new))).tolist() == [25]


def test_a_catalogue_that_is_always_new_or_grows_evenly_does_not_change():
    assert not find_new_catalogues(a_log([500] * 40, [250] * 40)).any()
    assert not find_new_catalogues(a_log([500] * 40, [500, 300, 200, 100] + [5] * 36)).any()
    assert not find_new_catalogues(a_log([40] * 40, [1] * 20 + [40] + [1] * 19)).any()


def test_the_length_of_a_gap_in_seconds():
    assert seconds_of(Gap(0, 5_000), "ms") == 5
