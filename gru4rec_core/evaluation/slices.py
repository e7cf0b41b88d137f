"""Where does a model hit, and where does it miss?

Tables of one evaluation, cut by what is known of an event. They explain; they test nothing. Empty evaluations give
empty tables.
"""

import numpy as np
import pandas as pd

from gru4rec_core.data.split_types import EvaluationSet
from gru4rec_core.evaluation.metrics import hits, reciprocal_ranks, seen_before
from gru4rec_core.evaluation.ranks import Ties
from gru4rec_core.evaluation.scoring import Evaluation

SLICES = ("position", "length", "popularity", "repeat")
"""What `slice_accuracy` cuts by, in the order of its rows."""

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
_THIRDS = ((0, "head"), (1, "middle"), (2, "tail"), (3, "unknown item"))
_NOVELTY = ((0, "repeat"), (1, "new"))


def slice_accuracy(evaluation: Evaluation, events: EvaluationSet, train_counts: np.ndarray, k: int) -> pd.DataFrame:
    """Hits in the top k by kind of event, for the kinds that occur.

    - position: how many items came before the predicted one.
    - length: how many events the whole test session has.
    - popularity: of the true item in training, see `popularity_thirds`; "unknown item" if it does not occur there.
    - repeat: whether the session had the true item before ("repeat") or not ("new").

    Args:
        evaluation: ranks on `events`.
        events: what was predicted.
        train_counts: training events of each item, [n_items].
        k: list length.

    Returns:
        Columns slice, value, order (of the value within its slice, from 0), n_events, n_sessions,
        hits_per_100 (accuracy@k), mrr_per_100 (MRR@k), share_per_100 (of all events).
    """
    known = evaluation.target >= 0
    # The popularity of an unknown item (target -1) is read from the last entry, then overwritten with 3.
    third = np.where(known, popularity_thirds(train_counts)[evaluation.target], 3)
    seen = seen_before(events, evaluation.session, evaluation.position, evaluation.target)
    cuts = (
        (evaluation.position, _POSITIONS),
        (events.dataset.lengths[evaluation.session], _LENGTHS),
        (third, _THIRDS),
        (np.where(seen, 0, 1), _NOVELTY),
    )
    ranks = evaluation.ranks()
    frame = pd.DataFrame(
        {
            "session": evaluation.session,
            "hit": hits(ranks, k),
            "reciprocal": reciprocal_ranks(ranks, k),
        }
    )
    tables = [_slice_table(frame, name, values, upper) for name, (values, upper) in zip(SLICES, cuts, strict=True)]
    return pd.concat(tables, ignore_index=True)


def _slice_table(frame: pd.DataFrame, name: str, values: np.ndarray, upper: Buckets) -> pd.DataFrame:
    grouped = frame.groupby(_bucket(values, upper))
    n_events = grouped.size()
    return pd.DataFrame(
        {
            "slice": name,
            "value": [upper[order][1] for order in n_events.index],
            "order": n_events.index,
            "n_events": n_events,
            "n_sessions": grouped["session"].nunique(),
            "hits_per_100": 100.0 * grouped["hit"].mean(),
            "mrr_per_100": 100.0 * grouped["reciprocal"].mean(),
            "share_per_100": 100.0 * n_events / max(1, len(frame)),
        }
    )


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
        One row per bucket (1, 2-3, 4-5, 6-10, 11-20, 21-100, over 100, unknown item), empty ones included:
        columns rank, order, n_events, share_per_100. A median rank between two buckets (3.5) counts in the worse one.
    """
    bucket = _bucket(evaluation.ranks(ties), _RANKS)
    n_events = np.bincount(bucket, minlength=len(_RANKS))
    return pd.DataFrame(
        {
            "rank": [label for _, label in _RANKS],
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
