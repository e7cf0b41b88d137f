"""What does a cleaning step (drop duplicates, drop robots, cut at pauses …) leave of a log?

A step never alters the log it is given: it makes another one.
"""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

import numpy as np

from gru4rec_core.data.cleaning_types import CleaningStep, LogSize, StepOutcome, describe_robot_limits
from gru4rec_core.data.filters import select
from gru4rec_core.data.log_faults import duplicate_events, far_away_events, find_robots, long_pauses, single_items
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.times import day_length, iso_times, parse_moment
from gru4rec_core.data.vocabulary import ItemVocabulary, number_by_appearance
from gru4rec_core.errors import DataError


def clean(dataset: SessionDataset, steps: Iterable[CleaningStep]) -> tuple[SessionDataset, tuple[StepOutcome, ...]]:
    """Takes the steps one after the other; each sees what the ones before it left.

    Returns:
        The log that is left, its items numbered as in an imported one, and what each step did.

    Raises:
        DataError: a step needs dates and the log has none, a moment cannot be read, or no session with two events is
            left.
    """
    outcomes = []
    for step in steps:
        left, shrunk, limits = _take(dataset, step)
        outcomes.append(StepOutcome(step, LogSize.of(dataset), LogSize.of(left), shrunk, limits))
        if left.n_events == left.n_sessions:
            raise DataError(
                "No session would have two events, so there would be nothing to predict.",
                found=f"{left.n_events:,} events in {left.n_sessions:,} sessions after {step.action}",
                remedy="Leave this step out.",
            )
        dataset = left
    return dataset, tuple(outcomes)


def _take(dataset: SessionDataset, step: CleaningStep) -> tuple[SessionDataset, int, str]:
    """What a step leaves, how many sessions shrink to one event, and the limits that the step went by."""
    if step.kind == "pauses":
        left = _cut_at_pauses(dataset, float(step.value))  # type: ignore[arg-type]
        return left, int((left.lengths == 1).sum()) - int((dataset.lengths == 1).sum()), ""
    keep, limits = _choose_events(dataset, step)
    kept = np.add.reduceat(keep, dataset.offsets[:-1], dtype=np.int64)
    return _keep(dataset, keep), int(((dataset.lengths > 1) & (kept == 1)).sum()), limits


def _choose_events(dataset: SessionDataset, step: CleaningStep) -> tuple[np.ndarray, str]:
    """Which events stay, bool [n_events], and the limits that say so, in words."""
    if step.kind == "robots":
        robots = find_robots(dataset)
        limits = describe_robot_limits(robots.most_events, robots.most_per_minute)
        return np.repeat(~robots.sessions, dataset.lengths), limits
    if step.kind in _STARTS:
        return np.repeat(_STARTS[step.kind](dataset, step.value), dataset.lengths), ""
    return _EVENTS[step.kind](dataset), ""


_EVENTS: dict[str, Callable[[SessionDataset], np.ndarray]] = {
    "far-away-dates": lambda log: ~far_away_events(log),
    "duplicates": lambda log: ~duplicate_events(log),
    "single-items": lambda log: ~single_items(log)[log.items],
    "one-event-sessions": lambda log: np.repeat(log.lengths > 1, log.lengths),
}


def _starts_in_period(dataset: SessionDataset, period: Any) -> np.ndarray:
    unit = dataset.unit_or_guess()
    starts = dataset.start_times
    keep = np.ones(len(starts), bool)
    start, end = period
    if start:
        keep &= starts >= parse_moment(start, unit, "start of the period (--from)")
    if end:
        keep &= starts < parse_moment(end, unit, "end of the period (--until)")
    return keep


def _starts_on_other_days(dataset: SessionDataset, days: Any) -> np.ndarray:
    length = day_length(_require_unit(dataset, "Dropping days"))
    numbers = [_day_number(day) for day in days]
    keep: np.ndarray = ~np.isin((dataset.start_times // length).astype(np.int64), numbers)
    return keep


_STARTS: dict[str, Callable[[SessionDataset, Any], np.ndarray]] = {
    "period": _starts_in_period,
    "days": _starts_on_other_days,
}


def _day_number(text: str) -> int:
    """Days since 1970 of an ISO date."""
    try:
        return date.fromisoformat(text).toordinal() - date(1970, 1, 1).toordinal()
    except ValueError:
        raise DataError("This is not an ISO date.", found=repr(text), remedy="Write it like 2024-05-31.") from None


def _require_unit(dataset: SessionDataset, what: str) -> str:
    unit = dataset.unit_or_guess()
    if unit is None:
        raise DataError(
            f"{what} needs times that are dates.",
            found=f"times that are numbers, from {dataset.timestamps.min():g} to {dataset.timestamps.max():g}",
            remedy="Import the log with times that are dates, such as 2024-05-31T18:00.",
        )
    return unit


def _cut_at_pauses(dataset: SessionDataset, minutes: float) -> SessionDataset:
    """Every piece is a session: the first keeps the session's name, a later one adds when it begins.

    Numbers would not do: in another export of the same events a piece could have another number.
    """
    unit = _require_unit(dataset, "Cutting at pauses")
    begins = np.flatnonzero(long_pauses(dataset, minutes))
    if not len(begins):
        return dataset
    offsets = np.sort(np.r_[dataset.offsets, begins])  # disjoint: a pause lies within a session
    session = np.searchsorted(dataset.offsets, offsets[:-1], side="right") - 1
    names = np.array([str(name) for name in np.asarray(dataset.session_ids).tolist()], dtype=object)[session]
    is_later = ~np.isin(offsets[:-1], dataset.offsets)
    moments = iso_times(np.asarray(dataset.timestamps)[offsets[:-1][is_later]], unit)
    names[is_later] = [f"{name}#{moment}" for name, moment in zip(names[is_later], moments, strict=True)]
    return SessionDataset.from_arrays(
        dataset.items, dataset.timestamps, offsets, names, dataset.vocabulary, dataset.time_unit
    )


def _keep(dataset: SessionDataset, keep: np.ndarray) -> SessionDataset:
    """The events to keep, over the items that are left, numbered by first appearance as an import does."""
    if keep.all():
        return dataset
    if not keep.any():
        raise DataError(
            "This step would leave no events.",
            found=f"none of {dataset.n_events:,} left",
            remedy="Leave this step out.",
        )
    left = select(dataset, keep)
    used, numbers = number_by_appearance(left.items, dataset.n_items)
    vocabulary = ItemVocabulary(dataset.vocabulary.items[used])
    return SessionDataset.from_arrays(
        numbers[left.items], left.timestamps, left.offsets, left.session_ids, vocabulary, dataset.time_unit
    )
