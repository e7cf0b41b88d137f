"""Where does a model hit, and where does it miss?

Rates by what is known of an event, each with its interval. They explain; they decide nothing. Empty evaluations give
empty tables.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from gru4rec_core.data.split_types import EvaluationSet
from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.evaluation.comparison import event_values
from gru4rec_core.evaluation.metrics import seen_before
from gru4rec_core.evaluation.ranks import Ties
from gru4rec_core.evaluation.rate_intervals import hit_rate_interval
from gru4rec_core.evaluation.scoring import Evaluation
from gru4rec_core.evaluation.seed_outcomes import best_first, rate

OTHER = -1
"""Stands in a confusion table for every predicted item that is not among the most frequent true items."""

Buckets = tuple[tuple[float, str], ...]
"""Upper limit (inclusive, ascending) and name of each bucket."""

_LENGTHS = ((2, "1-2"), (3, "3"), (5, "4-5"), (10, "6-10"), (20, "11-20"), (np.inf, "over 20"))
_POSITIONS = (
    (0, "none"),
    (1, "1"),
    (2, "2"),
    (3, "3"),
    (5, "4-5"),
    (10, "6-10"),
    (20, "11-20"),
    (np.inf, "over 20"),
)
_RANKS = (
    (1, "1"),
    (3, "2-3"),
    (5, "4-5"),
    (10, "6-10"),
    (20, "11-20"),
    (100, "21-100"),
    (np.finfo(float).max, "over 100"),
    (np.inf, "unknown item"),
)
RANKS = tuple(name for _, name in _RANKS)
"""The buckets of `rank_distribution`, best first."""

_THIRDS = ((0, "popular items"), (1, "mid-popularity items"), (2, "rare items"), (3, "not in training"))
_NOVELTY = ((0, "already seen"), (1, "new"))
_CUTS: dict[str, Buckets] = {
    "position": _POSITIONS,
    "length": _LENGTHS,
    "popularity": _THIRDS,
    "repeat": _NOVELTY,
}

SLICES = tuple(_CUTS)
"""What `slice_rates` cuts by, in the order of its rows."""

FEW_EVENTS = 20
"""A slice with fewer events says little, so charts fade it; its interval is as valid as any other, but wide."""

WHOLE = "whole test"
"""The slice that holds every event, in `whole_rates`."""

NOT_IN_TRAINING = _THIRDS[3][1]
"""The value of events whose true item training does not know: nobody can hit them."""


def choose_methods(models: Sequence[ModelResults], k: int) -> tuple[ModelResults, ...]:
    """Whose hits are drawn slice by slice: the trained models and the strongest baseline, where there is one.

    Args:
        models: the methods of a comparison.
        k: list length that decides; the strongest baseline is chosen by it, the first of equals.
    """
    strongest = next(iter(best_first(models, "baseline", k)), None)
    return tuple(model for model in models if model.kind == "gru4rec" or model is strongest)


def event_kinds(evaluation: Evaluation, events: EvaluationSet, train_counts: np.ndarray) -> dict[str, np.ndarray]:
    """Which value of each slice an event has: by slice, int8 [n_events], the order of the value from 0.

    - position: how many items came before the predicted one.
    - length: how many events the whole test session has.
    - popularity: of the true item in training, see `popularity_thirds`.
    - repeat: whether the session had the true item before.

    Args:
        evaluation: of any model tested on `events`; ranks do not matter.
        events: what was predicted.
        train_counts: training events of each item, [n_items].
    """
    # The popularity of an unknown item (target -1) is read from the last entry, then overwritten with 3.
    third = np.where(evaluation.target >= 0, popularity_thirds(train_counts)[evaluation.target], 3)
    seen = seen_before(events, evaluation.session, evaluation.position, evaluation.target)
    values = {
        "position": evaluation.position,
        "length": events.dataset.lengths[evaluation.session],
        "popularity": third,
        "repeat": np.where(seen, 0, 1),
    }
    return {cut: _bucket(values[cut], upper).astype(np.int8) for cut, upper in _CUTS.items()}


def slice_values(kinds: Mapping[str, np.ndarray]) -> list[tuple[str, str]]:
    """Every slice with each of its values that occurs, in the order of the rows of `slice_rates`.

    Args:
        kinds: `event_kinds`.
    """
    return [(cut, _CUTS[cut][order][1]) for cut, kind in kinds.items() for order in np.unique(kind)]


def select_slice(kinds: Mapping[str, np.ndarray], cut: str, value: str) -> np.ndarray:
    """The events that one row of `slice_rates` counts: bool [n_events].

    Args:
        kinds: `event_kinds`.
        cut: which slice.
        value: which of its values.

    Raises:
        ValueError: there is no such value of this slice.
    """
    return kinds[cut] == [name for _, name in _CUTS[cut]].index(value)


def slice_rates(
    models: Sequence[ModelResults], events: EvaluationSet, train_counts: np.ndarray, k: int, confidence: float
) -> pd.DataFrame:
    """Hits in the top k by kind of event, for the kinds that occur: one row per model, slice and value.

    Args:
        models: what predicted `events`; several seeds are averaged event by event.
        events: what was predicted.
        train_counts: training events of each item, [n_items].
        k: list length.
        confidence: level of the intervals, in (0, 1).

    Returns:
        Columns name, label, kind (of the model), slice, value, order (of the value within its slice, from 0), hits,
        low, high (per 100), n_events, n_sessions.
    """
    evaluation = models[0].evaluations[0]
    kinds = event_kinds(evaluation, events, train_counts)
    inside = {(cut, int(order)): kind == order for cut, kind in kinds.items() for order in np.unique(kind)}
    rows = []
    for model in models:
        hits = event_values(model, f"accuracy@{k}")
        for (cut, order), chosen in inside.items():
            rows.append(
                {"name": model.name, "label": model.label, "kind": model.kind}
                | {"slice": cut, "value": _CUTS[cut][order][1], "order": order}
                | _rate_with_interval(hits[chosen], evaluation.session[chosen], confidence)
            )
    return pd.DataFrame(rows, columns=_COLUMNS)


def whole_rates(models: Sequence[ModelResults], k: int, confidence: float) -> pd.DataFrame:
    """Hits in the top k over the whole test, one row per model; columns as in `slice_rates`, where order is -1."""
    rows = []
    for model in models:
        hits = event_values(model, f"accuracy@{k}")
        row = _rate_with_interval(hits, model.evaluations[0].session, confidence)
        # As all other tables have it: a mean over seeds of means over events may differ in its last bits.
        row["hits"] = 100 * rate(model, f"accuracy@{k}") if model.n_events else 0.0
        rows.append(
            {"name": model.name, "label": model.label, "kind": model.kind, "slice": WHOLE, "value": "", "order": -1}
            | row
        )
    return pd.DataFrame(rows, columns=_COLUMNS)


_COLUMNS = ["name", "label", "kind", "slice", "value", "order", "hits", "low", "high", "n_events", "n_sessions"]


def _rate_with_interval(hits: np.ndarray, session: np.ndarray, confidence: float) -> dict[str, float]:
    """The rate of some events in hits per 100, with its interval and their number."""
    low, high = hit_rate_interval(hits, session, confidence)
    rate_of_them = float(hits.mean()) if hits.size else 0.0
    n_sessions = len(np.unique(session))
    return {
        "hits": 100 * rate_of_them,
        "low": 100 * low,
        "high": 100 * high,
        "n_events": hits.size,
        "n_sessions": n_sessions,
    }


def popularity_thirds(counts: np.ndarray) -> np.ndarray:
    """The third of training events that each item belongs to: 0 head, 1 middle, 2 tail; int64 [n_items].

    Items are ordered by count, most first (equal counts: the lower id), and cut where the events before them reach
    one third and two thirds of all. So the head is the few best-sellers that make up the first third of events,
    and the tail the many items that share the last third.

    Args:
        counts: training events of each item, [n_items].
    """
    order = np.argsort(-counts, kind="stable")
    before = np.cumsum(counts[order]) - counts[order]
    thirds = np.empty(len(counts), np.int64)
    # In whole numbers, so that a share of exactly one third does not depend on rounding.
    thirds[order] = np.minimum(3 * before // max(1, int(counts.sum())), 2)
    return thirds


def rank_distribution(evaluation: Evaluation, ties: Ties = "median") -> pd.DataFrame:
    """How often the true item has which rank.

    Returns:
        One row per bucket (`RANKS`), empty ones included: columns rank, order, n_events, share_per_100. A median rank
        between two buckets (3.5) counts in the worse one.
    """
    bucket = _bucket(evaluation.ranks(ties), _RANKS)
    n_events = np.bincount(bucket, minlength=len(_RANKS))
    return pd.DataFrame(
        {
            "rank": RANKS,
            "order": np.arange(len(_RANKS)),
            "n_events": n_events,
            "share_per_100": 100.0 * n_events / max(1, evaluation.n_events),
        }
    )


def confusion(evaluation: Evaluation, n_top: int = 20) -> pd.DataFrame:
    """What was predicted first where the most frequent true items came.

    Args:
        evaluation: ranks, with at least one top item kept per event.
        n_top: how many true items to show, the most frequent (equal counts: the lower id).

    Returns:
        Columns target, predicted (item ids, `OTHER` for an item that is not shown), target_order, predicted_order
        (most frequent first, `OTHER` last), n_events, share_per_100 (of the target's events); only for pairs that
        occur.
    """
    known = evaluation.target >= 0
    target, predicted = evaluation.target[known], evaluation.top_items[known, :1].ravel()
    counts = np.bincount(target, minlength=evaluation.n_items)
    shown = np.argsort(-counts, kind="stable")[:n_top]
    shown = shown[counts[shown] > 0]
    # Every item that is not shown shares the column after the shown ones.
    order = np.full(evaluation.n_items, len(shown))
    order[shown] = np.arange(len(shown))
    rows = order[target] < len(shown)  # every prediction has a column, only shown targets have a row
    width = len(shown) + 1
    # A pair (row, column) as one number, counted, then reshaped: quicker than a pivot table.
    table = np.bincount(order[target[rows]] * width + order[predicted[rows]], minlength=len(shown) * width)
    table = table.reshape(len(shown), width)
    row, column = np.nonzero(table)
    return pd.DataFrame(
        {
            "target": shown[row].astype(np.int32),
            "predicted": np.append(shown, OTHER)[column].astype(np.int32),
            "target_order": row,
            "predicted_order": column,
            "n_events": table[row, column],
            "share_per_100": 100.0 * table[row, column] / counts[shown[row]],
        }
    )


def _bucket(values: np.ndarray, upper: Buckets) -> np.ndarray:
    """Index of the first bucket whose upper limit is not below the value, int64 [n]."""
    return np.searchsorted(np.array([limit for limit, _ in upper]), values)
