"""Which periods at the end of a log does a backtest test on, and how large is each?

The windows follow one another without a gap, and the last one ends with the log. Each becomes a test rule of its own:
train on what came before, test on the sessions that start in it. No session is in two windows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from gru4rec_core.config import SplitConfig, WindowConfig
from gru4rec_core.data.filters import apply_filters
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.times import DAY_SECONDS, UNITS, describe_time
from gru4rec_core.errors import DataError
from gru4rec_core.words import counted


@dataclass(frozen=True)
class Window:
    """A period, and what a log has for it.

    Attributes:
        rule: trains before it, and tests on it.
        period: its first and its last day, or moment: "2008-08-04 to 2008-08-10".
        train_sessions: sessions that start before it; those that watch training are among them.
        test_sessions: sessions that start in it.
        test_events: events in these that are predicted, before items that training never saw are left out.
    """

    rule: SplitConfig
    period: str
    train_sessions: int
    test_sessions: int
    test_events: int


def cut_windows(dataset: SessionDataset, rule: SplitConfig, config: WindowConfig) -> tuple[Window, ...]:
    """The windows of a log, the earliest first, whatever their size.

    Whole days begin at midnight, UTC, so the last window may end with a part of a day.

    Args:
        dataset: the log.
        rule: its filters, validation part and seed; its own cut does not count.
        config: how many windows, and how long.

    Raises:
        DataError: the times of the log are no dates.
    """
    unit = dataset.unit_or_guess()
    if unit is None:
        raise DataError(
            "Windows of days need a log whose times are dates.",
            found=f"plain numbers from {dataset.timestamps.min():g} to {dataset.timestamps.max():g}",
            where="windows",
            remedy="Compare under one test rule instead.",
        )
    edges = _find_edges(int(dataset.timestamps.max()), unit, config)
    log, _ = apply_filters(dataset, rule)
    starts, lengths = np.asarray(log.start_times), np.asarray(log.lengths)
    windows = []
    for first, end in pairwise(edges):
        tested = (starts >= first) & (starts < end)
        windows.append(
            Window(
                rule=_make_rule(rule, first, end, unit),
                period=_describe_period(first, end, unit),
                train_sessions=int((starts < first).sum()),
                test_sessions=int(tested.sum()),
                test_events=int((lengths[tested] - 1).sum()),
            )
        )
    return tuple(windows)


def require_large_enough(windows: Sequence[Window], config: WindowConfig) -> None:
    """Raises DataError when a window has too few sessions to test on, or to train on before it."""
    needed = config.window_sessions
    for number, window in enumerate(windows, 1):
        for n, what in ((window.train_sessions, "to train on before it"), (window.test_sessions, "to test on")):
            if n < needed:
                raise DataError(
                    f"Each window has at least {counted(needed, 'session')} to test on, and as many to train on.",
                    found=f"window {number} of {len(windows)}, {window.period}, has {counted(n, 'session')} {what}",
                    where="windows",
                    remedy="Take fewer windows, or shorter ones, so that more of the log comes before the first."
                    if what.startswith("to train")
                    else "Take longer windows, or fewer ones, or allow smaller ones (window_sessions).",
                )


def describe_windows(windows: Sequence[Window], config: WindowConfig) -> str:
    """How large the windows are, in one line.

    "4 windows of 7 days, 2008-07-14 to 2008-08-10; training on 12,000 to 18,000 sessions, 1,900 to 2,300 test events
    each".
    """
    first, last = windows[0].period.partition(" to ")[0], windows[-1].period.rpartition(" to ")[2]
    trained = _describe_range([window.train_sessions for window in windows])
    tested = _describe_range([window.test_events for window in windows])
    return (
        f"{len(windows)} windows of {counted(config.window_days, 'day')}, {first} to {last}; training on {trained}"
        f" sessions, {tested} test events each"
    )


def _find_edges(last_time: int, unit: str, config: WindowConfig) -> list[int]:
    """Where the windows begin, and where the last one ends, in the log's unit: n_windows + 1 moments."""
    per_second = UNITS[unit]
    step = (DAY_SECONDS if config.window_days == int(config.window_days) else 1) * per_second
    end = (last_time // step + 1) * step
    length = max(round(config.window_days * DAY_SECONDS), 1) * per_second
    return [end - length * n for n in range(config.windows, -1, -1)]


def _make_rule(rule: SplitConfig, first: int, end: int, unit: str) -> SplitConfig:
    start, until = (_as_text(moment, unit) for moment in (first, end))
    usual = SplitConfig().test_fraction  # belongs to another protocol
    return rule.replace(protocol="time", test_days=None, test_from=start, test_until=until, test_fraction=usual)


def _as_text(moment: int, unit: str) -> str:
    """A moment as a user would write it: the day alone at midnight."""
    return describe_time(moment, unit).removesuffix(" 00:00:00")


def _describe_period(first: int, end: int, unit: str) -> str:
    start, until = _as_text(first, unit), _as_text(end, unit)
    if ":" in start or ":" in until:
        return f"{start} to {until}"
    last = _as_text(end - DAY_SECONDS * UNITS[unit], unit)
    return start if last == start else f"{start} to {last}"


def _describe_range(counts: Sequence[int]) -> str:
    low, high = min(counts), max(counts)
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"
