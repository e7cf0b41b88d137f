"""Where does a log change over time: stretches without events, unusual days, lasting changes, a new catalogue?

Everything is judged against the log itself: a shop that closes at the weekend has no gap every week.
"""

from dataclasses import dataclass

import numpy as np

from gru4rec_core.data.blocks import blocks
from gru4rec_core.data.log_faults import far_away_events
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.times import DAY_SECONDS, day_length

GAP_RANK = 10
GAP_TIMES = 3
GAP_SHARE = 0.005
GAP_SESSIONS = 200
_BINS = 2**20

VOLUME_TIMES = 3
DAY_EVENTS = 100
LEVEL_DAYS = 7
NEIGHBOURS = (-3, -2, -1, 1, 2, 3)
WEEKDAYS = (-14, -7, 7, 14)

NEW_SHARE = 0.2
NEW_TIMES = 3


@dataclass(frozen=True)
class Gap:
    """A stretch without any event, in the log's own unit: the last event before it and the first after it."""

    start: float
    end: float


@dataclass(frozen=True)
class Days:
    """A log day by day (UTC), from its first to its last day; far-away dates are left out.

    Attributes:
        first: the first day, in days since 1970.
        events: events of each day, int64 [n_days].
        new: events whose item has its first event on that day, int64 [n_days].
    """

    first: int
    events: np.ndarray
    new: np.ndarray

    def date(self, i: int) -> str:
        """ISO date of day i."""
        return str(np.datetime64(self.first + i, "D"))


def find_gaps(dataset: SessionDataset) -> list[Gap]:
    """Stretches without any event that are unusual for this log, longest first.

    Such a stretch is more than three times as long as the tenth longest of the log, and at least half a percent of the
    time from its first to its last event. Far-away dates are left out. A log of fewer than 200 sessions is too sparse
    to say what is usual: none.
    """
    if dataset.n_sessions < GAP_SESSIONS:
        return []
    times = _near_events(dataset)[0]
    first, span = times.min(), float(times.max() - times.min())
    if not span:
        return []
    # Far quicker than sorting the events; a bin is a millionth of the time that is judged.
    bins = np.empty(len(times), np.int32)
    is_used = np.zeros(_BINS + 1, bool)
    for block in blocks(len(times)):
        bins[block] = (times[block] - first) * (_BINS / span)
        is_used[bins[block]] = True
    used = np.flatnonzero(is_used)
    lengths = np.diff(used)
    if len(lengths) < GAP_RANK:
        return []
    usual = np.partition(lengths, -GAP_RANK)[-GAP_RANK]
    places = np.flatnonzero(lengths > max(GAP_TIMES * int(usual), GAP_SHARE * _BINS))
    places = places[np.argsort(-lengths[places], kind="stable")]
    return [Gap(times[bins == used[i]].max().item(), times[bins == used[i + 1]].min().item()) for i in places]


def _near_events(dataset: SessionDataset) -> tuple[np.ndarray, np.ndarray]:
    """Times and items of the events that are not far away."""
    times, items = np.asarray(dataset.timestamps), np.asarray(dataset.items)
    far = far_away_events(dataset)
    return (times[~far], items[~far]) if far.any() else (times, items)


def count_days(dataset: SessionDataset) -> Days | None:
    """The log day by day; None where its times are not dates."""
    unit = dataset.unit_or_guess()
    if unit is None:
        return None
    times, items = _near_events(dataset)
    day = (times // day_length(unit)).astype(np.int32)
    first = int(day.min())
    day -= first
    first_day = np.full(dataset.n_items, np.iinfo(np.int32).max, np.int32)
    np.minimum.at(first_day, items, day)
    events = np.bincount(day)
    return Days(first, events, np.bincount(day[first_day[items] == day], minlength=len(events)))


def usual_events(days: Days) -> np.ndarray:
    """The number of events to expect on each day, float64 [n_days]: the median of the three days before and after.

    Days without events and the first and the last day do not count; NaN where no other day is near.
    """
    return _median_of(_whole_days(days), NEIGHBOURS)


def find_odd_days(days: Days) -> np.ndarray:
    """Days with at least three times as many events as usual, or at most a third: bool [n_days].

    Usual is what `usual_events` says. A day that is like the same weekday one or two
    weeks before or after is not odd either: a shop may be closed on Sundays. Days without events (`find_gaps` has
    those) and the first and the last day, which may be half recorded, are not judged, nor are they neighbours. Where
    both the day and what is usual have fewer than 100 events, chance decides: not odd.
    """
    events = _whole_days(days)
    if len(events) < 3:
        return np.zeros(len(events), bool)
    odd = _differs(events, _median_of(events, NEIGHBOURS))
    for weekday in _around(events, WEEKDAYS):
        odd &= _differs(events, weekday) | np.isnan(weekday)
    return odd


def _whole_days(days: Days) -> np.ndarray:
    """Events of each day, float64 [n_days]; NaN for none, and for the first and the last day."""
    events = np.where(days.events > 0, days.events, np.nan).astype(float)
    events[[0, -1]] = np.nan
    return events


def find_level_changes(days: Days) -> list[int]:
    """Days from which on there are at least three times or at most a third as many events as before, in order.

    Compared are the medians of the seven days with events before and of the seven from that day on.
    """
    used = np.flatnonzero(days.events > 0)[1:-1]  # the first and the last day may be half recorded
    if len(used) < 2 * LEVEL_DAYS:
        return []
    medians = np.median(np.lib.stride_tricks.sliding_window_view(days.events[used], LEVEL_DAYS), axis=1)
    before, after = medians[:-LEVEL_DAYS], medians[LEVEL_DAYS:]
    changes = np.flatnonzero(_differs(after, before))
    steps = np.abs(np.log(np.maximum(after, 1) / np.maximum(before, 1)))
    # The medians differ around a change too: its day is where they differ most.
    runs = np.split(changes, np.flatnonzero(np.diff(changes) > LEVEL_DAYS) + 1) if len(changes) else []
    return [int(used[_sharpest(run, steps, days.events[used]) + LEVEL_DAYS]) for run in runs]


def _sharpest(run: np.ndarray, steps: np.ndarray, events: np.ndarray) -> int:
    """Which of a run of changes is the sharpest: there the medians differ most.

    Of several equal ones, the first whose day is unlike the day with events seven before it.
    """
    best = run[steps[run] >= steps[run].max() - 1e-9]
    return int(best[np.argmax(_differs(events[best + LEVEL_DAYS], events[best]))])


def find_new_catalogues(days: Days) -> np.ndarray:
    """Days on which suddenly many events are of items never seen before: bool [n_days].

    Their share is a fifth of the day's events or more, and more than three times the median share of the three days
    before and the three after. The first week, when everything is new, and days of fewer than 100 events are not
    judged.
    """
    enough = days.events >= DAY_EVENTS
    share = np.where(enough, days.new / np.maximum(days.events, 1), np.nan)
    share[:LEVEL_DAYS] = np.nan
    usual = _median_of(share, NEIGHBOURS)
    with np.errstate(invalid="ignore"):
        found: np.ndarray = (share >= NEW_SHARE) & (share > NEW_TIMES * usual)
    return found


def _differs(events: np.ndarray, usual: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        apart = (events >= VOLUME_TIMES * usual) | (events * VOLUME_TIMES <= usual)
        result: np.ndarray = apart & (np.maximum(events, usual) >= DAY_EVENTS)
    return result


def _around(values: np.ndarray, steps: tuple[int, ...]) -> np.ndarray:
    """For each place the values so many places away, NaN outside: float64 [n_steps, n]."""
    margin = max(map(abs, steps))
    padded = np.pad(values.astype(float), margin, constant_values=np.nan)
    return np.stack([padded[margin + step : margin + step + len(values)] for step in steps])


def _median_of(values: np.ndarray, steps: tuple[int, ...]) -> np.ndarray:
    """For each place the median of the values so many places away that are not NaN; NaN where all are."""
    around = _around(values, steps)
    known = ~np.isnan(around).all(axis=0)
    medians = np.full(len(values), np.nan)
    medians[known] = np.nanmedian(around[:, known], axis=0)
    return medians


def seconds_of(gap: Gap, unit: str) -> float:
    """Length of a gap in seconds."""
    return (gap.end - gap.start) / day_length(unit) * DAY_SECONDS
