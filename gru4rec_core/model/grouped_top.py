"""Which items score highest, without looking at every score?

Items are put in groups; only the groups whose highest score is among the highest are looked into. Group g of
n_groups holds the items g, g + n_groups, g + 2·n_groups …, so that XLA finds the highest of all groups by meeting
whole slices.
"""

import numpy as np

from gru4rec_core.evaluation.ranks import top_items


def grouped_top(scores: np.ndarray, highest: np.ndarray, k: int, n_items: int) -> tuple[np.ndarray, np.ndarray]:
    """The k best items of each row, best first; equal scores stand in the order of their ids.

    Args:
        scores: float32 [n, columns], columns a multiple of the groups; those from n_items on score lowest.
        highest: float32 [n, n_groups], each group's highest score.
        k: from 1 to n_items.

    Returns:
        Ids int32 [n, k] and scores float32 [n, k], as `top_items` gives them.
    """
    n, n_columns = scores.shape
    n_groups = highest.shape[1]
    found = _best(highest, k) if n_groups > 2 * k else None
    if found is None:
        return top_items(scores[:, :n_items], k)
    row = np.arange(n)[:, None, None]
    groups = (found.reshape(n, k) - row[:, :, 0] * n_groups)[:, None, :]
    # Ids ascend within a row: that keeps ties by lower id.
    items = groups + np.arange(0, n_columns, n_groups)[None, :, None]
    candidates = np.take(scores.ravel(), items + row * n_columns)
    found = _best(candidates.reshape(n, -1), k)
    if found is None:
        return top_items(scores[:, :n_items], k)
    values = candidates.ravel()[found].reshape(n, k)
    best_items = items.ravel()[found].reshape(n, k)
    order = np.argsort(-values, axis=1, kind="stable")
    return np.take_along_axis(best_items, order, axis=1).astype(np.int32), np.take_along_axis(values, order, axis=1)


def _best(values: np.ndarray, k: int) -> np.ndarray | None:
    """Flat places of each row's k highest, ascending, int64 [n·k]; None where the last place is tied in any row."""
    last = np.partition(values, values.shape[1] - k, axis=1)[:, -k, None]
    found = np.flatnonzero(values >= last)
    return found if len(found) == len(values) * k else None
