"""Which events, sessions and items of a log are suspect: duplicates, robots, dates far away, items that occur once?"""

from dataclasses import dataclass

import numpy as np

from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.times import DAY_SECONDS, UNITS, day_length, guess_unit

FAR_AWAY_YEARS = 5

ROBOT_QUANTILE = 0.999
ROBOT_EVENTS = 100
ROBOT_TIMES_MEDIAN = 10
ROBOT_PER_MINUTE = 60.0
ROBOT_FAST_EVENTS = 20

_TICKS = (DAY_SECONDS, 3_600, 60, 1)  # seconds to which the times of a log may be rounded


def within_session(dataset: SessionDataset) -> np.ndarray:
    """Whether event i + 1 is in the session of event i: bool [n_events - 1]."""
    same = np.ones(max(dataset.n_events - 1, 0), dtype=bool)
    borders = dataset.offsets[1:-1] - 1
    same[borders[borders < len(same)]] = False
    return same


def tied_events(dataset: SessionDataset) -> np.ndarray:
    """Events at the same time as the event before them in their session: bool [n_events]."""
    tied = np.zeros(dataset.n_events, bool)
    tied[1:] = within_session(dataset)
    tied[1:] &= dataset.timestamps[1:] == dataset.timestamps[:-1]
    return tied


def duplicate_events(dataset: SessionDataset) -> np.ndarray:
    """Events whose session has an earlier one of the same time and item: bool [n_events]. The first is not marked."""
    duplicate = np.zeros(dataset.n_events, bool)
    tied = tied_events(dataset)
    in_tie = tied.copy()
    in_tie[:-1] |= tied[1:]  # the event that the others are tied with
    places = np.flatnonzero(in_tie)
    tie = np.cumsum(in_tie & ~tied)[places]
    items = np.asarray(dataset.items)[places]
    order = np.lexsort((items, tie))  # stable: equal events stay in order
    again = (np.diff(tie[order]) == 0) & (np.diff(items[order]) == 0)
    duplicate[places[order[1:][again]]] = True
    return duplicate


def far_away_events(dataset: SessionDataset) -> np.ndarray:
    """Events more than five years from where 98 % of the events lie: bool [n_events]; none if times are not dates."""
    times = np.asarray(dataset.timestamps)
    none = np.zeros(len(times), bool)
    unit = dataset.unit_or_guess()
    years = FAR_AWAY_YEARS * 365.25
    if len(times) < 10 or (unit is not None and times.max().item() - times.min().item() <= years * day_length(unit)):
        return none  # too few to say where most events lie, or too close together
    low, high = usual_period(dataset)
    unit = unit or guess_unit(low, high)
    if unit is None:
        return none
    margin = years * day_length(unit)
    far: np.ndarray = (times < low - margin) | (times > high + margin)
    return far


def usual_period(dataset: SessionDataset) -> tuple[float, float]:
    """Times between which 98 % of the events lie, in the log's unit."""
    # Both are events of the log: interpolated ones would lie half way to an outlier in a short log.
    times = np.asarray(dataset.timestamps)
    return np.quantile(times, 0.01, method="higher").item(), np.quantile(times, 0.99, method="lower").item()


def single_items(dataset: SessionDataset) -> np.ndarray:
    """Items that occur once in the whole log: bool [n_items]."""
    single: np.ndarray = dataset.counts() == 1
    return single


@dataclass(frozen=True)
class Robots:
    """Sessions that probably come from robots.

    Attributes:
        sessions: bool [n_sessions].
        most_events: a session with more events than this is long.
        most_per_minute: a session of `ROBOT_FAST_EVENTS` or more events is fast with more events per minute than this;
            infinite where times are not dates.
    """

    sessions: np.ndarray
    most_events: float
    most_per_minute: float


def find_robots(dataset: SessionDataset) -> Robots:
    """Sessions beyond the 99.9th percentile of the log in length or in speed, if that is unusual for a person too.

    Long: more events than the 99.9th percentile, than 100, and than ten times the median session. Fast: 20 events or
    more, and more events per minute than the 99.9th percentile of such sessions and than 60. A session lasts from its
    first to its last event plus one tick of the log's clock: a second, a minute, an hour or a day where all times
    are rounded to it.
    """
    lengths = dataset.lengths
    most_events = max(_percentile(lengths), ROBOT_EVENTS, ROBOT_TIMES_MEDIAN * float(np.median(lengths)))
    speeds = events_per_minute(dataset)
    judged = lengths >= ROBOT_FAST_EVENTS
    if speeds is None or not judged.any():
        return Robots(lengths > most_events, most_events, np.inf)
    most_per_minute = max(_percentile(speeds[judged]), ROBOT_PER_MINUTE)
    return Robots((lengths > most_events) | (judged & (speeds > most_per_minute)), most_events, most_per_minute)


def _percentile(values: np.ndarray) -> float:
    # The lower neighbour: in a log of fewer than 1,000 sessions the most extreme one can lie beyond it.
    return float(np.quantile(values, ROBOT_QUANTILE, method="lower"))


def events_per_minute(dataset: SessionDataset) -> np.ndarray | None:
    """Speed of each session, float64 [n_sessions] (see `find_robots`); None where times are not dates."""
    unit = dataset.unit_or_guess()
    if unit is None:
        return None
    times = np.asarray(dataset.timestamps)
    last = times[dataset.offsets[1:] - 1]
    minutes = ((last - dataset.start_times) / UNITS[unit] + clock_seconds(times, unit)) / 60
    speeds: np.ndarray = dataset.lengths / minutes
    return speeds


def clock_seconds(times: np.ndarray, unit: str) -> int:
    """What all times are rounded to: a day, an hour, a minute, or (also where they are finer) a second."""
    for seconds in _TICKS[:-1]:
        # Most logs are known by their first events; all others are read only if these fit.
        if all(not (part % (seconds * UNITS[unit])).any() for part in (times[:1000], times)):
            return seconds
    return 1


def long_pauses(dataset: SessionDataset, minutes: float) -> np.ndarray:
    """Events that follow a pause of more than so many minutes in their session: bool [n_events].

    The dataset's times must be dates (see `SessionDataset.unit_or_guess`).
    """
    pause = np.zeros(dataset.n_events, bool)
    unit = UNITS[str(dataset.unit_or_guess())]
    pause[1:] = (np.diff(dataset.timestamps) > minutes * 60 * unit) & within_session(dataset)
    return pause
