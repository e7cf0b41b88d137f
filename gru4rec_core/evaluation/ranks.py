"""What is the true item's rank when scores may tie, and which items are at the top?"""

from typing import Literal, NamedTuple

import numpy as np

from gru4rec_core.errors import ConfigError

Ties = Literal["median", "conservative", "optimistic"]


class RankCounts(NamedTuple):
    """The ranks of the true items, with their ties, and the top of each list.

    Attributes:
        greater: int32 [n], items that score higher than the true one; n_items where that is unknown.
        equal: int32 [n], other items with the same score; 0 where the true item is unknown.
        top_items: int32 [n, top_k], the best items, best first; of equal scores, the lower id first.
        top_scores: float32 [n, top_k], their scores.
    """

    greater: np.ndarray
    equal: np.ndarray
    top_items: np.ndarray
    top_scores: np.ndarray


def count_ranks(scores: np.ndarray, targets: np.ndarray, top_k: int) -> RankCounts:
    """Ranks the true items of one block of scores.

    Args:
        scores: float32 [n, n_items] without NaN.
        targets: int32 [n], true items; -1 for an unknown one.
        top_k: how many top items to keep, from 1; never more than n_items are kept.
    """
    n, n_items = scores.shape
    known = targets >= 0
    true_scores = scores[np.arange(n), np.where(known, targets, 0)][:, None]
    greater = np.count_nonzero(scores > true_scores, axis=1)
    equal = np.count_nonzero(scores == true_scores, axis=1) - 1  # the true item equals itself
    items, values = top_items(scores, min(top_k, n_items))
    return RankCounts(
        np.where(known, greater, n_items).astype(np.int32),
        np.where(known, equal, 0).astype(np.int32),
        items,
        values.astype(np.float32, copy=False),
    )


def true_item_ranks(greater: np.ndarray, equal: np.ndarray, targets: np.ndarray, ties: Ties = "median") -> np.ndarray:
    """Ranks of the true items, float64 [n], from 1 (best); infinite where the true item is unknown.

    "optimistic" puts the true item before all that share its score, "conservative" behind them,
    "median" in their middle: 1 + greater + equal / 2, which may be half a place.

    Args:
        greater, equal: int [n], see `RankCounts`.
        targets: int [n], true items; -1 for an unknown one.
        ties: how equal scores are ranked.

    Raises:
        ConfigError: another word for `ties`.
    """
    tie_share = {"optimistic": 0.0, "median": 0.5, "conservative": 1.0}
    if ties not in tie_share:
        raise ConfigError(
            "Ties are ranked median, conservative or optimistic.",
            found=repr(ties),
            remedy="Use one of these three; median is the usual one.",
        )
    return np.where(targets >= 0, 1.0 + greater + tie_share[ties] * equal, np.inf)


def top_items(scores: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """The k best items of each row, best first; of equal scores, the lower id first.

    Args:
        scores: float [n, n_items] without NaN.
        k: from 1 to n_items.

    Returns:
        Ids int32 [n, k] and their scores [n, k].
    """
    n, n_items = scores.shape
    if k == n_items:
        ids = np.tile(np.arange(n_items), (n, 1))
    else:
        ids = np.argpartition(scores, n_items - k, axis=1)[:, n_items - k :]
        top = np.take_along_axis(scores, ids, axis=1)
        # A partition picks any of the items that tie for the last place; rows where it had a choice are redone.
        threshold = top.min(axis=1, keepdims=True)
        choices = np.count_nonzero(scores == threshold, axis=1)
        tied = np.flatnonzero(choices > np.count_nonzero(top == threshold, axis=1))
        ids[tied] = _lowest_ids(scores[tied], threshold[tied], k)
        ids.sort(axis=1)
    values = np.take_along_axis(scores, ids, axis=1)
    # Ids ascend here, and a stable sort keeps them so among equal scores.
    order = np.argsort(-values, axis=1, kind="stable")
    return np.take_along_axis(ids, order, axis=1).astype(np.int32), np.take_along_axis(values, order, axis=1)


def _lowest_ids(scores: np.ndarray, threshold: np.ndarray, k: int) -> np.ndarray:
    """Ids whose scores exceed the row's threshold, filled up to k with the lowest ids that equal it; int64 [n, k]."""
    chosen = scores > threshold
    equal = scores == threshold
    room = k - chosen.sum(axis=1, keepdims=True)
    chosen |= equal & (np.cumsum(equal, axis=1, dtype=np.int32) <= room)
    return np.nonzero(chosen)[1].reshape(len(scores), k)
