"""Which items score highest, without looking at every score?

Neighbouring items form a group, and neighbouring groups a group of groups. Only groups whose highest score is among the
highest are searched, from the largest down: a few cache lines per row instead of all scores.
"""

from collections.abc import Sequence

import numpy as np

from gru4rec_core.evaluation.ranks import top_items

GROUP = 8
"""Items per group, and groups per group of groups."""


def grouped_top(levels: Sequence[np.ndarray], k: int, n_items: int) -> tuple[np.ndarray, np.ndarray]:
    """The k best items of each row, best first; equal scores by lower id.

    Args:
        levels: first the scores, float32 [n, columns], with the lowest scores in the columns from n_items on; then,
            level by level, the highest of every `GROUP` neighbours, so each level is a `GROUP`-th as wide.
        n_items: size of the catalogue.
        k: from 1 to n_items.

    Returns:
        Ids int32 [n, k] and scores float32 [n, k], as `top_items` gives them.
    """
    scores = levels[0]
    items = _best([level for level in levels if level.shape[1] >= k], k)
    if items is None:
        return top_items(scores[:, :n_items], k)
    values = np.take_along_axis(scores, items, axis=1)
    # Ids ascend within a row, and a stable sort keeps it so among equal scores.
    order = np.argsort(-values, axis=1, kind="stable")
    return np.take_along_axis(items, order, axis=1).astype(np.int32), np.take_along_axis(values, order, axis=1)


def _best(levels: Sequence[np.ndarray], k: int) -> np.ndarray | None:
    """Columns of each row's k highest values of the first level, ascending, int64 [n, k]; None as `_best_of_all`."""
    values = levels[0]
    if len(levels) == 1:
        return _best_of_all(values, k)
    groups = _best(levels[1:], k)
    if groups is None:
        return None
    n, n_groups = levels[1].shape
    members = values.reshape(-1, GROUP).take(groups + np.arange(0, n * n_groups, n_groups)[:, None], axis=0)
    best = _best_of_all(members.reshape(n, -1), k)
    if best is None:
        return None
    group, member = np.divmod(best, GROUP)
    return np.take_along_axis(groups, group, axis=1) * GROUP + member


def _best_of_all(values: np.ndarray, k: int) -> np.ndarray | None:
    """Columns of each row's k highest values, ascending, int64 [n, k]; None when the last place is tied in any row."""
    n, width = values.shape
    last = np.partition(values, width - k, axis=1)[:, -k, None]
    cells = np.flatnonzero(values >= last)
    if len(cells) != n * k:
        return None
    return cells.reshape(n, k) - np.arange(0, n * width, width)[:, None]
