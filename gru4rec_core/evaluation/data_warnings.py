"""Which problems in a log, or in the test that a test rule cuts from it, deserve a warning?"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from gru4rec_core.config import PROTOCOL_LABELS
from gru4rec_core.data.log_faults import (
    FAR_AWAY_YEARS,
    duplicate_events,
    far_away_events,
    tied_events,
    usual_period,
    within_session,
)
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.split_types import EvaluationSet, Split, SplitSummary
from gru4rec_core.data.times import describe_time, guess_unit
from gru4rec_core.evaluation.comparability import counted_unit
from gru4rec_core.evaluation.diagnostic_warning import DiagnosticWarning, visible_difference_text
from gru4rec_core.evaluation.sensitivity import smallest_visible_difference
from gru4rec_core.words import counted, per_100, share_text

MANY_TIES = 0.01  # of all events
MANY_UNSEEN = 0.01  # of the test events

SMALL_TEST = "small-test"
"""Code of the warning that a test is too small: estimated before there are results, then judged by their intervals."""

_PAIR = 2**31
"""Packs two int32 ids into one int64: first * _PAIR + second."""


def find_dataset_warnings(
    dataset: SessionDataset, import_summary: Mapping[str, Any] | None = None
) -> list[DiagnosticWarning]:
    """Warnings of a log, before anything is trained on it.

    Args:
        dataset: the log.
        import_summary: `ImportSummary.to_json()`, where the log was read from a file. It alone knows the order
            of the file, because a dataset is sorted. `sessions_in_file`, where it differs from the log's own.
    """
    warnings = [
        _tied_timestamps(dataset),
        _out_of_order(dataset, import_summary or {}),
        _far_away_dates(dataset),
    ]
    return [warning for warning in warnings if warning]


def find_split_warnings(
    split: Split, k: int, margin: float = 0.05, hit_rate: float | None = None
) -> list[DiagnosticWarning]:
    """Warnings of a training and a test part, before models are compared on them.

    Args:
        split: both parts.
        k: list length, the number of items the page shows.
        margin: relative difference that matters, as a fraction.
        hit_rate: expected accuracy@k in [0, 1]; by default `expected_hit_rate`.
    """
    rate = expected_hit_rate(split.train, split.test, k) if hit_rate is None else hit_rate
    n_test_sessions = len(np.unique(split.test.events().session))
    warnings = [
        _time_overlap(split.train, split.test),
        _unseen_items(split.summary),
        _repeats_decide(split.test, rate, k, margin),
        small_test_warning(n_test_sessions, visible_difference(split.test, rate), margin),
    ]
    return [warning for warning in warnings if warning]


def expected_hit_rate(train: SessionDataset, test: EvaluationSet, k: int) -> float:
    """accuracy@k of the better of two quick baselines, in [0, 1]: what to expect of a model before there is one."""
    return quick_baseline(train, test, k)[1]


def quick_baseline(train: SessionDataset, test: EvaluationSet, k: int) -> tuple[str, float]:
    """The better of two quick baselines, by name, and its accuracy@k in [0, 1].

    The baselines are best-sellers and what most often came right after the last item (ties: the lower id), worked
    out from counts in milliseconds. 0 without test events.
    """
    index = test.events()
    if not len(index.target):
        return "popularity", 0.0
    pairs, counts = np.unique(_pairs(train.items[:-1], train.items[1:])[within_session(train)], return_counts=True)
    first = pairs // _PAIR
    order = np.lexsort((pairs, -counts, first))
    rank_after_first = np.arange(len(order)) - np.searchsorted(first[order], first[order])
    last = _last_items(test)
    answerable = (index.target >= 0) & (last >= 0)
    hit = np.isin(_pairs(last, index.target), pairs[order[rank_after_first < k]]) & answerable
    return max(("popularity", best_seller_rate(train, test, k)), ("markov", float(hit.mean())), key=lambda one: one[1])


def last_item_again_rate(test: EvaluationSet) -> float:
    """Share of the test events whose item is the one before it: what predicting the last item again would hit."""
    target, last = test.events().target, _last_items(test)
    return float(((target == last) & (target >= 0)).mean()) if len(target) else 0.0


def _last_items(test: EvaluationSet) -> np.ndarray:
    """The item before each predicted event: int32 [n], -1 where it is unknown or there is none."""
    index = test.events()
    last = test.dataset.items[np.maximum(test.dataset.offsets[index.session] + index.position - 1, 0)]
    return np.where(index.position > 0, last, -1)


def best_seller_rate(train: SessionDataset, test: EvaluationSet, k: int) -> float:
    """accuracy@k of always showing the k items most frequent in training; 0 without test events."""
    target = test.events().target
    best = np.argsort(-train.counts(), kind="stable")[:k]
    return float(np.isin(target, best).mean()) if len(target) else 0.0


def visible_difference(test: EvaluationSet, hit_rate: float) -> float:
    """`smallest_visible_difference` of a test part with its own session lengths: a fraction, or infinite."""
    lengths = np.unique(test.events().session, return_counts=True)[1]
    n_events = int(lengths.sum())
    mean_length = float((lengths**2).sum() / max(n_events, 1))  # of an average event's session, not of the sessions
    return smallest_visible_difference(len(lengths), n_events, hit_rate, mean_length)


def _tied_timestamps(dataset: SessionDataset) -> DiagnosticWarning | None:
    tied = int(tied_events(dataset).sum())
    if tied > MANY_TIES * dataset.n_events:
        # Each duplicate is tied to the event it repeats; it is a fault of its own, which finer times would not mend.
        tied -= int(duplicate_events(dataset).sum())
    if tied <= MANY_TIES * dataset.n_events:
        return None
    return DiagnosticWarning(
        "tied-timestamps",
        "warning",
        "Some events of one session have the same time.",
        f"{share_text(tied, dataset.n_events)} events have the same time as the event before.",
        "Which came first is then known only from the order of the file. If that order is arbitrary, the model learns"
        " from chance and is tested on chance.",
        "Export times to the second or finer, or make sure that the file is in the order in which things happened.",
    )


def _out_of_order(dataset: SessionDataset, import_summary: Mapping[str, Any]) -> DiagnosticWarning | None:
    backwards = _sessions_running_backwards(dataset)
    sessions = backwards or int(import_summary.get("sessions_out_of_order", 0))
    if not sessions:
        return None
    # A dataset made from another knows of the file what the first one was told.
    in_file = 0 if backwards else import_summary.get("sessions_in_file", 0)
    whole, where = (in_file, " of the file") if in_file else (dataset.n_sessions, "")
    return DiagnosticWarning(
        "out-of-order",
        "error" if backwards else "warning",
        "Some sessions are not in order of time.",
        f"{share_text(sessions, whole)} sessions{where} have an event that stands before an earlier one.",
        "A model predicts what comes next. If the order is wrong, it learns from what has not happened yet."
        if backwards
        else "They were sorted by time. If the time column does not say when things happened, the order is now wrong.",
        "Check that the time column says when each event happened, and import the file again.",
    )


def count_out_of_order(dataset: SessionDataset, import_summary: Mapping[str, Any]) -> int:
    """Sessions whose events are not in order of time; else those that were not in the file (see the summary)."""
    return _sessions_running_backwards(dataset) or int(import_summary.get("sessions_out_of_order", 0))


def _sessions_running_backwards(dataset: SessionDataset) -> int:
    backwards = (dataset.timestamps[1:] < dataset.timestamps[:-1]) & within_session(dataset)
    return len(np.unique(np.searchsorted(dataset.offsets, np.flatnonzero(backwards), side="right")))


def count_repeats(dataset: SessionDataset) -> int:
    """Steps within sessions from a known item to the same one."""
    items = dataset.items
    return int(((items[1:] == items[:-1]) & within_session(dataset) & (items[1:] >= 0)).sum())


def _far_away_dates(dataset: SessionDataset) -> DiagnosticWarning | None:
    """Single events years away from all others: a clock that was not set, or a date that stands for a missing one."""
    far = np.flatnonzero(far_away_events(dataset))
    if not len(far):
        return None
    times = np.asarray(dataset.timestamps)
    low, high = usual_period(dataset)
    unit = str(dataset.unit_or_guess() or guess_unit(low, high))
    sessions = np.unique(np.searchsorted(dataset.offsets, far, side="right") - 1)
    first = far[0]
    name = dataset.session_ids[np.searchsorted(dataset.offsets, first, side="right") - 1]
    return DiagnosticWarning(
        "far-away-dates",
        "warning",
        "A few dates lie years away from all others.",
        f"{share_text(len(far), len(times))} events, in {counted(len(sessions), 'session')}, are more"
        f" than {FAR_AWAY_YEARS} years from the rest ({_moment(low, unit)} to {_moment(high, unit)}): session {name} at"
        f" {_moment(times[first].item(), unit)} is the first.",
        "Such a date usually stands for a missing one or comes from a clock that was not set. It stretches every chart"
        " over time, and a date in the future moves the cut of a test on the last days.",
        "Correct these dates and import the file again, or drop these events.",
    )


def _moment(timestamp: Any, unit: str) -> str:
    try:
        return describe_time(timestamp, unit)
    except (ValueError, OverflowError):  # beyond the calendar
        return f"{timestamp:g}"


def _time_overlap(train: SessionDataset, test: EvaluationSet) -> DiagnosticWarning | None:
    index = test.events()
    if not len(index.target) or not train.n_events:
        return None
    times = test.dataset.timestamps[test.dataset.offsets[index.session] + index.position]
    n_earlier = int((times < train.timestamps.max()).sum())
    if not n_earlier:
        return None
    return DiagnosticWarning(
        "time-overlap",
        "warning",
        "Training and test overlap in time.",
        f"{share_text(n_earlier, len(times))} test events happened before the last training event.",
        "In use, a model knows only the past. Here it has seen what was popular on the test days, which flatters it;"
        " new trends, the hard case, are hardly tested.",
        f"Where the dates are real, choose the test rule “{PROTOCOL_LABELS['time']}”: it trains on the past and tests"
        " on later days.",
    )


def _unseen_items(summary: SplitSummary) -> DiagnosticWarning | None:
    if summary.unseen_share <= MANY_UNSEEN:
        return None
    dropped = summary.unseen == "drop"
    n_test_events = summary.test_predicted + (summary.unseen_events if dropped else 0)
    return DiagnosticWarning(
        "unseen-items",
        "warning",
        "Some test items never occur in training.",
        f"{share_text(summary.unseen_events, n_test_events)} test events have such an item;"
        f" they {'are left out' if dropped else 'count as misses'}.",
        "No model trained on this data can predict them."
        + (
            " Leaving them out makes every figure look better than it will be in use."
            if dropped
            else " Accuracy cannot reach 100 per 100, for any model."
        ),
        "Train on a longer or more recent period"
        + ("." if dropped else ", or leave such events out (unseen: drop) and say so."),
    )


def _repeats_decide(test: EvaluationSet, best: float, k: int, margin: float) -> DiagnosticWarning | None:
    """Whether the last item again is hit so often that it is level with the best baseline (see decision 18)."""
    again = last_item_again_rate(test)
    # Without its hits there is nothing to be level with; equal in the margin is equal for the verdict too.
    if not again or again < (1 - margin) * best:
        return None
    return DiagnosticWarning(
        "consecutive-repeats",
        "warning",
        "Predicting the last item again does as well as any simple method.",
        f"It hits {per_100(again)} of 100 test {counted_unit(*_size(test))}; the best of two quick baselines has"
        f" {per_100(best)} in its top {k}.",
        "Repeats are then most of what there is to hit, and good and poor models look alike. Repeats may be real (the"
        " same workout again) or an artefact (a page loaded twice).",
        "If a repeat tells you nothing, choose “Same item several times in a row counts once” in the test rule;"
        " otherwise compare with “Last item again” in the table.",
    )


def _size(test: EvaluationSet) -> tuple[int, int]:
    session = test.events().session
    return len(session), len(np.unique(session))


def small_test_warning(n_sessions: int, smallest: float, margin: float) -> DiagnosticWarning | None:
    """The warning that a test cannot show a difference of the margin; None where it can.

    Args:
        n_sessions: test sessions.
        smallest: smallest relative difference that the test is likely to show, as a fraction.
        margin: relative difference that matters, as a fraction.
    """
    if smallest <= margin:
        return None
    return DiagnosticWarning(
        SMALL_TEST,
        "warning",
        f"This test is too small to show that one model has {100 * margin:.0f} % more hits than another.",
        f"{counted(n_sessions, 'test session')}; the smallest relative difference likely to show:"
        f" {visible_difference_text(smallest)}.",
        "A smaller difference between two models will most likely be left undecided, however long they train.",
        "Test on more sessions (more days, a larger share), or accept that only large differences show.",
    )


def _pairs(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return first.astype(np.int64) * _PAIR + second
