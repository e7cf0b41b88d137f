"""Which metrics summarise the ranks?

One item truly comes next, so a metric turns the rank r of that item into one number per event. Ranks are median
ranks unless stated otherwise (`Evaluation.ranks`); an unknown true item has an infinite rank and counts 0.
Without events a metric is NaN: nothing was measured.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from gru4rec_core.config import LIST_LENGTHS
from gru4rec_core.data.split_types import EvaluationSet
from gru4rec_core.errors import ConfigError
from gru4rec_core.evaluation.ranks import Ties
from gru4rec_core.evaluation.scoring import Evaluation
from gru4rec_core.storage import release_pages

_BLOCK_EVENTS = 100_000  # events whose lists are worked through at once


def hits(ranks: np.ndarray, k: int) -> np.ndarray:
    """1 where r ≤ k, else 0; float64 [n]."""
    return (ranks <= _positive(k)).astype(np.float64)


def reciprocal_ranks(ranks: np.ndarray, k: int) -> np.ndarray:
    """1 / r where r ≤ k, else 0; float64 [n] in [0, 1]."""
    return np.where(ranks <= _positive(k), 1.0 / ranks, 0.0)


def discounted_gains(ranks: np.ndarray, k: int) -> np.ndarray:
    """1 / log2(1 + r) where r ≤ k, else 0; float64 [n] in [0, 1]."""
    return np.where(ranks <= _positive(k), 1.0 / np.log2(1.0 + ranks), 0.0)


def accuracy_at(evaluation: Evaluation, k: int, ties: Ties = "median") -> float:
    """Share of events whose true item is in the top k, in [0, 1].

    With one true item per event, accuracy@k, recall@k (Hidasi et al. 2016, section 4) and the hit rate are
    the same number.
    """
    return _mean(hits(evaluation.ranks(ties), k))


def mrr_at(evaluation: Evaluation, k: int, ties: Ties = "median") -> float:
    """Mean reciprocal rank, 0 where r > k (Hidasi et al. 2016, section 4; Voorhees 1999), in [0, 1]."""
    return _mean(reciprocal_ranks(evaluation.ranks(ties), k))


def ndcg_at(evaluation: Evaluation, k: int, ties: Ties = "median") -> float:
    """Normalised discounted cumulative gain (Järvelin & Kekäläinen 2002), in [0, 1].

    One item is relevant, so the ideal gain is 1 and an event counts 1 / log2(1 + r).
    """
    return _mean(discounted_gains(evaluation.ranks(ties), k))


def catalogue_coverage(evaluation: Evaluation, k: int) -> float:
    """Share of the catalogue that occurs in at least one top-k list, in [0, 1].

    Catalogue coverage of Ge, Delgado-Battenfeld & Jannach 2010, section 2.

    Args:
        evaluation: the ranks.
        k: list length, at most the number of top items kept.
    """
    if evaluation.n_events == 0:
        return float("nan")
    return int(_is_listed(evaluation, k).sum()) / evaluation.n_items


def never_recommended(evaluation: Evaluation, k: int) -> np.ndarray:
    """Ids of the items that occur in no top-k list, int32, ascending."""
    return np.flatnonzero(~_is_listed(evaluation, k)).astype(np.int32)


def _is_listed(evaluation: Evaluation, k: int) -> np.ndarray:
    """Which items occur in a top-k list, bool [n_items]."""
    listed = np.zeros(evaluation.n_items, bool)
    lists = top_lists(evaluation, k)
    for part in _blocks(evaluation):
        listed[lists[part].ravel()] = True
    release_pages(lists)
    return listed


def _blocks(evaluation: Evaluation) -> Iterator[slice]:
    """The events in blocks: what is computed from lists takes many times their memory."""
    for start in range(0, evaluation.n_events, _BLOCK_EVENTS):
        yield slice(start, min(start + _BLOCK_EVENTS, evaluation.n_events))


def mean_popularity(evaluation: Evaluation, k: int, counts: np.ndarray) -> float:
    """Average recommendation popularity (ARP, Yin et al. 2012): mean training count of the items in the top-k lists.

    Every list has the same weight.

    Args:
        evaluation: the ranks.
        k: list length, at most the number of top items kept.
        counts: training events of each item, [n_items] (`SessionDataset.counts()`).
    """
    lists = top_lists(evaluation, k)
    means = [counts[lists[part]].mean(axis=1) for part in _blocks(evaluation)]
    return _mean(np.concatenate(means)) if means else float("nan")


def _count_repeats(evaluation: Evaluation, events: EvaluationSet, k: int) -> np.ndarray:
    """For how many events each place of the top-k list repeats an item of the session so far, int64 [min(k, n_items)].

    Block by block, and from the sessions of a block alone: `evaluation` is in session order.
    """
    lists, dataset = top_lists(evaluation, k), events.dataset
    width = lists.shape[1]
    counts = np.zeros(width, np.int64)
    for part in _blocks(evaluation):
        first, last = int(evaluation.session[part][0]), int(evaluation.session[part][-1])
        offsets = dataset.offsets[first : last + 2]
        items = dataset.items[offsets[0] : offsets[-1]]
        session = np.repeat(evaluation.session[part] - first, width)
        position = np.repeat(evaluation.position[part], width)
        seen = _is_seen(items, offsets - offsets[0], session, position, lists[part].ravel())
        counts += seen.reshape(-1, width).sum(axis=0)
    return counts


def seen_before(events: EvaluationSet, session: np.ndarray, position: np.ndarray, item: np.ndarray) -> np.ndarray:
    """Whether the session had the item before that position, bool [n]; False for unknown items."""
    return _is_seen(events.dataset.items, events.dataset.offsets, session, position, item)


def _is_seen(
    items: np.ndarray, offsets: np.ndarray, session: np.ndarray, position: np.ndarray, item: np.ndarray
) -> np.ndarray:
    """`seen_before` for sessions that are given by their items and offsets."""
    n_keys = int(max(items.max(initial=-1), item.max(initial=-1))) + 2  # unknown items have the key 0
    session_of_event = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
    # np.unique gives the first event of each (session, item), because events ascend in time within a session.
    keys, first = np.unique(session_of_event * n_keys + items + 1, return_index=True)
    key = session.astype(np.int64) * n_keys + item + 1
    at = np.minimum(np.searchsorted(keys, key), len(keys) - 1)
    first_position = first[at] - offsets[session]
    return (keys[at] == key) & (first_position < position) & (item >= 0)


def top_lists(evaluation: Evaluation, k: int) -> np.ndarray:
    """The first k items of every event, int32 [n, min(k, n_items)].

    Raises:
        ConfigError: fewer than k top items were kept.
    """
    n_kept = evaluation.top_items.shape[1]
    if n_kept < min(_positive(k), evaluation.n_items) and evaluation.n_events:
        raise ConfigError(
            "Lists are known only up to the number of top items kept.",
            found=f"k {k}, {n_kept} kept",
            remedy=f"Use k up to {n_kept}, or evaluate again with top_k={k}.",
        )
    return evaluation.top_items[:, :k]


def summarise(
    evaluation: Evaluation,
    ks: Iterable[int] = LIST_LENGTHS,
    events: EvaluationSet | None = None,
    train_counts: np.ndarray | None = None,
) -> dict[str, Any]:
    """The usual metrics as plain JSON: k as text, None where there is no event.

    Keys: n_events, n_sessions, n_unknown (events whose true item does not occur in training); by k: accuracy, mrr,
    ndcg, and accuracy_conservative and accuracy_optimistic, between which ties could move accuracy; by k up to the
    number of top items kept: coverage, with `events` (the predicted ones) also repeat_share, and with `train_counts`
    (training events of each item, [n_items]) also mean_popularity. repeat_share is the share of the places in top-k
    lists that repeat an item of the session so far.
    """
    ks = tuple(ks)
    n_kept = evaluation.top_items.shape[1]
    listed = [k for k in ks if k <= n_kept or n_kept == evaluation.n_items]

    def by_k(metric: Callable[[int], float], lengths: Iterable[int] = ks) -> dict[str, float | None]:
        return {str(k): None if np.isnan(value := metric(k)) else float(value) for k in lengths}

    values = {
        "n_events": evaluation.n_events,
        "n_sessions": evaluation.n_sessions,
        "n_unknown": int((evaluation.target < 0).sum()),
        "accuracy": by_k(lambda k: accuracy_at(evaluation, k)),
        "mrr": by_k(lambda k: mrr_at(evaluation, k)),
        "ndcg": by_k(lambda k: ndcg_at(evaluation, k)),
        "coverage": by_k(lambda k: catalogue_coverage(evaluation, k), listed),
        "accuracy_conservative": by_k(lambda k: accuracy_at(evaluation, k, "conservative")),
        "accuracy_optimistic": by_k(lambda k: accuracy_at(evaluation, k, "optimistic")),
    }
    if events is not None:
        # Worked out once for the longest list; shorter lists are its first places.
        repeats = _count_repeats(evaluation, events, max(listed, default=1))
        n = evaluation.n_events
        values["repeat_share"] = by_k(
            lambda k: float(repeats[:k].sum() / (n * len(repeats[:k]))) if n else float("nan"), listed
        )
    if train_counts is not None:
        values["mean_popularity"] = by_k(lambda k: mean_popularity(evaluation, k, train_counts), listed)
    return values


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if values.size else float("nan")


def _positive(k: int) -> int:
    if k < 1:
        raise ConfigError("Lists have at least one place.", found=f"k {k}", remedy="Use k of 1 or more.")
    return k
