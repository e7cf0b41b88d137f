"""Rolling windows: where they begin and end, what is in them, and which are too small."""

import pytest

from gru4rec_core.config import SplitConfig, WindowConfig
from gru4rec_core.data.splits import split
from gru4rec_core.data.windows import cut_windows, describe_windows, require_large_enough
from gru4rec_core.errors import DataError
from tests.data.logs import DAY, START, dataset_of, of_sessions

RULE = SplitConfig(validation_fraction=0)


def log_of(days: range, per_day: int = 1):
    return of_sessions(*[(day, "abc") for day in days for _ in range(per_day)])


def test_windows_follow_one_another_and_end_with_the_log() -> None:
    config = WindowConfig(windows=3, window_days=2, window_sessions=1)
    windows = cut_windows(log_of(range(10)), RULE, config)
    assert [window.period for window in windows] == [
        "2023-11-19 to 2023-11-20",
        "2023-11-21 to 2023-11-22",
        "2023-11-23 to 2023-11-24",
    ]
    assert [(one.train_sessions, one.test_sessions, one.test_events) for one in windows] == [
        (4, 2, 4),
        (6, 2, 4),
        (8, 2, 4),
    ]


def test_the_rule_of_a_window_cuts_what_was_counted() -> None:
    log = log_of(range(10))
    rule = RULE.replace(unseen="drop", min_session_length=3, test_fraction=0.3)
    for window in cut_windows(log, rule, WindowConfig(windows=3, window_days=2)):
        parts = split(log, window.rule)
        assert parts.train.n_sessions == window.train_sessions
        assert (parts.test.dataset.n_sessions, parts.test.n_predicted) == (window.test_sessions, window.test_events)
        assert (window.rule.unseen, window.rule.min_session_length, window.rule.validation_fraction) == ("drop", 3, 0)


def test_no_session_is_in_two_windows_or_in_none() -> None:
    log = log_of(range(12), per_day=3)
    windows = cut_windows(log, RULE, WindowConfig(windows=4, window_days=2))
    tested = [session for window in windows for session in split(log, window.rule).test.dataset.session_ids]
    assert sorted(tested) == list(range(12, 36))


def test_parts_of_a_day_are_counted_to_the_second() -> None:
    rows = [(hour, START + hour * 3600 + step, step) for hour in range(48) for step in (0, 1)]
    windows = cut_windows(dataset_of(rows), RULE, WindowConfig(windows=2, window_days=0.5))
    assert [window.test_sessions for window in windows] == [12, 12]
    assert windows[1].period == "2023-11-16 11:00:02 to 2023-11-16 23:00:02"


@pytest.mark.parametrize("per_second", [1, 10**3, 10**6, 10**9])
def test_the_unit_of_the_log_changes_nothing(per_second: int) -> None:
    rows = [(day, (START + day * DAY + step) * per_second, step) for day in range(6) for step in (0, 1)]
    windows = cut_windows(dataset_of(rows), RULE, WindowConfig(windows=2, window_days=2))
    assert [(one.rule.test_from, one.rule.test_until, one.test_sessions) for one in windows] == [
        ("2023-11-17", "2023-11-19", 2),
        ("2023-11-19", "2023-11-21", 2),
    ]


def test_their_sizes_are_one_line() -> None:
    config = WindowConfig(windows=3, window_days=2)
    assert describe_windows(cut_windows(log_of(range(10)), RULE, config), config) == (
        "3 windows of 2 days, 2023-11-19 to 2023-11-24; training on 4 to 8 sessions, 4 test events each"
    )


@pytest.mark.parametrize(
    ("days", "found", "remedy"),
    [
        (
            list(range(10)),
            "window 1 of 3, 2023-11-19 to 2023-11-20, has 4 sessions to train on before it",
            "fewer windows",
        ),
        ([*range(6), 9], "window 2 of 3, 2023-11-21 to 2023-11-22, has 0 sessions to test on", "longer windows"),
    ],
)
def test_a_window_that_is_too_small_is_refused_with_its_size_and_a_remedy(days, found: str, remedy: str) -> None:
    config = WindowConfig(windows=3, window_days=2, window_sessions=5 if len(days) == 10 else 1)
    windows = cut_windows(of_sessions(*[(day, "abc") for day in days]), RULE, config)
    with pytest.raises(DataError, match=remedy) as refusal:
        require_large_enough(windows, config)
    assert refusal.value.found == found


def test_a_log_without_dates_has_no_windows_of_days() -> None:
    with pytest.raises(DataError, match="times are dates"):
        cut_windows(dataset_of([(0, 1, 1), (0, 2, 2), (1, 9, 1)]), RULE, WindowConfig())
