"""Is this log fit to train on, and does this test rule make a fair test?"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.split_types import EvaluationSet, Split, SplitSummary
from gru4rec_core.data.times import DAY_SECONDS, UNITS, describe_time, guess_unit
from gru4rec_core.evaluation.diagnostics import DiagnosticWarning, share, smallest_difference
from gru4rec_core.evaluation.sensitivity import smallest_visible_difference

MANY_TIES = 0.01
MANY_REPEATS = 0.05
MANY_UNSEEN = 0.01
FAR_AWAY_YEARS = 5

_PAIR = 2**31
"""Two int32 ids as one int64: first * _PAIR + second."""


def find_dataset_warnings(
    dataset: SessionDataset, import_summary: Mapping[str, Any] | None = None
) -> list[DiagnosticWarning]:
    """What to know of a log before training on it.

    Args:
        dataset: the log.
        import_summary: `ImportSummary.to_json()`, where it was read from a file; it alone knows the order of
            the file, because a dataset is sorted.
    """
    found = [
        _tied_timestamps(dataset),
        _out_of_order(dataset, import_summary or {}),
        _consecutive_repeats(dataset),
        _far_away_dates(dataset),
    ]
    return [check for check in found if check]


def find_split_warnings(
    split: Split, k: int, margin: float = 0.05, hit_rate: float | None = None
) -> list[DiagnosticWarning]:
    """What to know of a training and a test part before comparing models on it.

    Args:
        split: both parts.
        k: items the page shows.
        margin: relative difference that matters.
        hit_rate: expected accuracy@k; by default `expected_hit_rate`.
    """
    rate = expected_hit_rate(split.train, split.test, k) if hit_rate is None else hit_rate
    found = [
        _time_overlap(split.train, split.test),
        _unseen_items(split.summary),
        _small_test(split.test, rate, margin),
    ]
    return [check for check in found if check]


def expected_hit_rate(train: SessionDataset, test: EvaluationSet, k: int) -> float:
    """What simple counting reaches as accuracy@k, in [0, 1]: a guess at a model's rate before there is one.

    The better of best-sellers and of what most often followed the last item (ties by lower id); both from
    counts alone, in milliseconds. 0 without test events.
    """
    index = test.events()
    if not len(index.target):
        return 0.0
    pairs, times = np.unique(_pairs(train.items[:-1], train.items[1:])[_same_session(train)], return_counts=True)
    first = pairs // _PAIR
    order = np.lexsort((pairs, -times, first))
    place = np.arange(len(order)) - np.searchsorted(first[order], first[order])
    last = test.dataset.items[np.maximum(test.dataset.offsets[index.session] + index.position - 1, 0)]
    asked = (index.target >= 0) & (last >= 0) & (index.position > 0)
    followed = (np.isin(_pairs(last, index.target), pairs[order[place < k]]) & asked).mean()
    return float(max(best_seller_rate(train, test, k), followed))


def best_seller_rate(train: SessionDataset, test: EvaluationSet, k: int) -> float:
    """accuracy@k of showing the k items most frequent in training to all; 0 without test events."""
    target = test.events().target
    best = np.argsort(-train.counts(), kind="stable")[:k]
    return float(np.isin(target, best).mean()) if len(target) else 0.0


def visible_difference(test: EvaluationSet, hit_rate: float) -> float:
    """`smallest_visible_difference` of a test part, with its own session lengths."""
    lengths = np.unique(test.events().session, return_counts=True)[1]
    n_events = int(lengths.sum())
    length = float((lengths**2).sum() / max(n_events, 1))
    return smallest_visible_difference(len(lengths), n_events, hit_rate, session_length=length)


def _tied_timestamps(dataset: SessionDataset) -> DiagnosticWarning | None:
    tied = int(((np.diff(dataset.timestamps) == 0) & _same_session(dataset)).sum())
    if tied <= MANY_TIES * dataset.n_events:
        return None
    return DiagnosticWarning(
        "tied-timestamps",
        "warning",
        "Some events of a session have the same time.",
        f"{share(tied, dataset.n_events)} events have the time of the one before.",
        "Which came first is then only known from their order in the file; if that order is by chance, "
        "the model learns and is tested on chance.",
        "Export times with seconds or finer, or make sure that the file is in the order things happened.",
    )


def _out_of_order(dataset: SessionDataset, import_summary: Mapping[str, Any]) -> DiagnosticWarning | None:
    backwards = (np.diff(dataset.timestamps) < 0) & _same_session(dataset)
    sessions = len(np.unique(np.searchsorted(dataset.offsets, np.flatnonzero(backwards), side="right")))
    if not sessions:
        sessions = int(import_summary.get("sessions_out_of_order", 0))
    if not sessions:
        return None
    return DiagnosticWarning(
        "out-of-order",
        "error" if backwards.any() else "warning",
        "Some sessions are not in the order of time.",
        f"{share(sessions, dataset.n_sessions)} sessions have an event before an earlier one.",
        "A model predicts what comes next. If the order is wrong it learns from what had not happened yet."
        if backwards.any()
        else "They were sorted by time. If the time column is not when things happened, the order is now wrong.",
        "Check that the time column says when each event happened, and import the file again.",
    )


def _consecutive_repeats(dataset: SessionDataset) -> DiagnosticWarning | None:
    following = _same_session(dataset)
    repeats = int(((np.diff(dataset.items) == 0) & following & (dataset.items[1:] >= 0)).sum())
    if repeats <= MANY_REPEATS * max(int(following.sum()), 1):
        return None
    return DiagnosticWarning(
        "consecutive-repeats",
        "warning",
        "The same item often follows itself.",
        f"{share(repeats, int(following.sum()))} steps repeat the item before.",
        "Predicting the last item again is then right so often that good and poor models look alike. It may be"
        " real (the same workout again) or an artefact (a page loaded twice).",
        "If a repeat tells you nothing, choose “Same item several times in a row counts once” in the test rule; else"
        " look at “Last item again” in the table.",
    )


def _far_away_dates(dataset: SessionDataset) -> DiagnosticWarning | None:
    """Single events years from all others: a clock that was not set, a date made up for a missing one."""
    times = np.asarray(dataset.timestamps)
    if len(times) < 10:  # too few to say where the rest is
        return None
    # Bounds are events themselves: interpolated ones would lie half way to an outlier of a short log.
    low, high = np.quantile(times, 0.01, method="higher"), np.quantile(times, 0.99, method="lower")
    unit = dataset.unit_or_guess() or guess_unit(low, high)
    if unit is None:
        return None
    margin = FAR_AWAY_YEARS * 365.25 * DAY_SECONDS * UNITS[unit]
    far = np.flatnonzero((times < low - margin) | (times > high + margin))
    if not len(far):
        return None
    sessions = np.unique(np.searchsorted(dataset.offsets, far, side="right") - 1)
    first = far[0]
    name = dataset.session_ids[np.searchsorted(dataset.offsets, first, side="right") - 1]
    return DiagnosticWarning(
        "far-away-dates",
        "warning",
        "A few dates lie years away from all others.",
        f"{share(len(far), len(times))} events, in {len(sessions):,} sessions, are more than {FAR_AWAY_YEARS} years"
        f" from the rest ({_moment(low, unit)} to {_moment(high, unit)}): session {name} at"
        f" {_moment(times[first], unit)} is the first.",
        "Such a date mostly stands for a missing one or a clock that was not set. It stretches every picture over"
        " time, and a later one moves the cut of a test on the last days.",
        "Correct these dates or leave these events out, and import the file again.",
    )


def _moment(timestamp: Any, unit: str) -> str:
    try:
        return describe_time(timestamp.item(), unit)
    except (ValueError, OverflowError):  # beyond the calendar
        return f"{timestamp:g}"


def _time_overlap(train: SessionDataset, test: EvaluationSet) -> DiagnosticWarning | None:
    index = test.events()
    if not len(index.target) or not train.n_events:
        return None
    times = test.dataset.timestamps[test.dataset.offsets[index.session] + index.position]
    inside = int((times < train.timestamps.max()).sum())
    if not inside:
        return None
    return DiagnosticWarning(
        "time-overlap",
        "warning",
        "Training and test overlap in time.",
        f"{share(inside, len(times))} test events happened before the last training event.",
        "In use a model knows the past only. Here it has seen what was popular on the test days, which flatters"
        " it; newer trends, its hard case, are hardly tested.",
        "Use the time rule: train on the past, test on later days.",
    )


def _unseen_items(summary: SplitSummary) -> DiagnosticWarning | None:
    if summary.unseen_share <= MANY_UNSEEN:
        return None
    dropped = summary.unseen == "drop"
    asked = summary.test_predicted + (summary.unseen_events if dropped else 0)
    return DiagnosticWarning(
        "unseen-items",
        "warning",
        "Some test items were never seen in training.",
        f"{share(summary.unseen_events, asked)} test events have such an item;"
        f" they {'are left out' if dropped else 'count as misses'}.",
        "No model trained on these data can predict them."
        + (
            " Leaving them out makes every figure look better than it would be in use."
            if dropped
            else " Accuracy cannot reach 100 per 100, for any model."
        ),
        "Train on a longer or more recent period"
        + ("." if dropped else ", or leave such events out (unseen: drop) and say so."),
    )


def _small_test(test: EvaluationSet, hit_rate: float, margin: float) -> DiagnosticWarning | None:
    smallest = visible_difference(test, hit_rate)
    if smallest <= margin:
        return None
    n_sessions = len(np.unique(test.events().session))
    return DiagnosticWarning(
        "small-test",
        "warning",
        f"This test is too small to see a difference of {100 * margin:.0f} %.",
        f"{n_sessions:,} test sessions; the smallest difference it is likely to show: {smallest_difference(smallest)}.",
        "Two models that differ by less will most likely be left undecided, however long they train.",
        "Test on more sessions (more days, a larger share), or accept that only large differences show.",
    )


def _pairs(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return first.astype(np.int64) * _PAIR + second


def _same_session(dataset: SessionDataset) -> np.ndarray:
    """Whether event i + 1 is in the session of event i: bool [n_events - 1]."""
    same = np.ones(max(dataset.n_events - 1, 0), dtype=bool)
    borders = dataset.offsets[1:-1] - 1
    same[borders[borders < len(same)]] = False
    return same
