"""Toy logs whose suspect events, sessions and items are known."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gru4rec_core.data.log_faults import (
    clock_seconds,
    duplicate_events,
    events_per_minute,
    far_away_events,
    find_robots,
    long_pauses,
    single_items,
    tied_events,
    usual_period,
    within_session,
)
from gru4rec_core.data.sessions import SessionDataset

SPRING = 1_700_000_000
ROWS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.sampled_from("abc")), min_size=1, max_size=30)


def log(rows: list[tuple[int, int, str]]) -> SessionDataset:
    return SessionDataset(pd.DataFrame(rows, columns=["session", "timestamp", "item"]))


def visits(*lengths: int, seconds: int = 60) -> SessionDataset:
    """Sessions of these lengths with an event every so many seconds, a session a day."""
    return log([(s, SPRING + 86_400 * s + seconds * i, "abc"[i % 3]) for s, n in enumerate(lengths) for i in range(n)])


def test_the_first_of_several_equal_events_is_no_duplicate():
    data = log([(1, 5, "a"), (1, 5, "b"), (1, 5, "a"), (1, 5, "a"), (1, 6, "a"), (2, 6, "a")])
    assert duplicate_events(data).tolist() == [False, False, True, True, False, False]
    assert tied_events(data).tolist() == [False, True, True, True, False, False]


@given(ROWS)
def test_duplicates_are_those_that_pandas_finds(rows):
    data = log(rows)
    assert duplicate_events(data).tolist() == data.df.duplicated().tolist()


@given(ROWS)
def test_ties_are_those_that_a_loop_finds(rows):
    frame = log(rows).df
    same = (frame["session"] == frame["session"].shift()) & (frame["timestamp"] == frame["timestamp"].shift())
    assert tied_events(log(rows)).tolist() == same.tolist()


def test_the_step_from_one_session_to_the_next_is_within_none(make_dataset):
    assert within_session(make_dataset("ab", "c", "de")).tolist() == [True, False, False, True]
    assert within_session(make_dataset("a")).tolist() == []


def test_dates_more_than_five_years_from_most_are_far_away():
    rows = [(s, SPRING + 86_400 * s, "a") for s in range(200)]
    assert not far_away_events(log(rows)).any()
    far = log([*rows, (900, 0, "b")])
    assert far.session_ids[np.flatnonzero(far_away_events(far))].tolist() == [900]
    assert usual_period(far)[0] > SPRING


def test_plain_numbers_and_a_handful_of_events_are_never_far_away():
    assert not far_away_events(log([(s, s**5, "a") for s in range(200)])).any()
    assert not far_away_events(log([(1, SPRING, "a"), (1, 10 * SPRING, "b")])).any()


def test_items_that_occur_once(make_dataset):
    data = make_dataset("abca", "db")
    assert data.vocabulary.items[single_items(data)].tolist() == ["c", "d"]


def test_ordinary_sessions_are_no_robots_in_a_small_and_in_a_large_log():
    rng = np.random.default_rng(5)
    for n in (10, 300, 5_000):
        assert not find_robots(visits(*np.minimum(rng.geometric(0.2, n), 99))).sessions.any()


def test_one_very_long_session_is_a_robot_even_in_a_small_log():
    robots = find_robots(visits(*[5] * 40, 400))
    assert np.flatnonzero(robots.sessions).tolist() == [40]
    assert robots.most_events == 100


def test_what_is_long_is_told_from_the_usual_session():
    assert not find_robots(visits(*[60] * 40, 400)).sessions.any()
    assert find_robots(visits(*[60] * 40, 601)).sessions.sum() == 1


def test_in_a_large_log_only_what_lies_beyond_the_percentile_is_long():
    lengths = np.r_[np.full(1_980, 4), np.full(18, 150), 500, 600]
    robots = find_robots(visits(*lengths))
    assert robots.most_events == 150
    assert lengths[robots.sessions].tolist() == [500, 600]


def test_twenty_events_in_less_than_twenty_seconds_are_no_person():
    rows = [(s, (SPRING + 90_000 * s + 20 * i) * 1000, "abc"[i % 3]) for s in range(30) for i in range(25)]
    rows += [(99, SPRING * 1000 + 300 * i, "abc"[i % 3]) for i in range(25)]
    robots = find_robots(log(rows))
    assert np.flatnonzero(robots.sessions).tolist() == [30]
    assert robots.most_per_minute >= 60


def test_coarse_clocks_make_nobody_fast():
    rows = [(s, 86_400 * (19_000 + s), "abc"[i % 3]) for s in range(30) for i in range(25)]
    assert not find_robots(log(rows)).sessions.any()
    assert events_per_minute(log(rows)) == pytest.approx(25 / 1_440)


def test_speed_is_unknown_where_times_are_plain_numbers(make_dataset):
    assert events_per_minute(make_dataset("abc")) is None
    assert find_robots(make_dataset("abc" * 50, "ab", "ab")).sessions.tolist() == [True, False, False]


@pytest.mark.parametrize(("every", "seconds"), [(86_400, 86_400), (3_600, 3_600), (60, 60), (1, 1), (0.5, 1)])
def test_the_clock_of_a_log(every, seconds):
    times = (86_400_000 * 19_000 + 1000 * every * np.arange(2_000)).astype(np.int64)
    assert clock_seconds(times, "ms") == seconds


def test_a_pause_is_longer_than_its_minutes_and_within_a_session():
    data = log([(1, SPRING, "a"), (1, SPRING + 1_800, "b"), (1, SPRING + 3_601, "c"), (2, SPRING + 90_000, "a")])
    assert long_pauses(data, 30).tolist() == [False, False, True, False]
