"""Which items score highest, without looking at every score?

Neighbouring items form a group, neighbouring groups a group of groups. Only the groups whose highest score is
among the highest are looked into, from the largest down: a few cache lines a row instead of all scores.
"""

from collections.abc import Sequence

import numpy as np

from gru4rec_core.evaluation.ranks import top_items

GROUP = 8
"""Members of a group, and groups of a group of groups."""


def grouped_top(levels: Sequence[np.ndarray], k: int, n_items: int) -> tuple[np.ndarray, np.ndarray]:
    """The k best items of each row, best first; equal scores stand in the order of their ids.

    Args:
        levels: the scores, float32 [n, columns], those from n_items on lowest; then, again and again, the
            highest of each `GROUP` neighbours of the level before, each a `GROUP`-th as wide.
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
    """Places of each row's k highest of the first level, ascending, int64 [n, k]; None as `_best_of_all`."""
    values = levels[0]
    if len(levels) == 1:
        return _best_of_all(values, k)
    groups = _best(levels[1:], k)
    if groups is None:
        return None
    n, n_groups = levels[1].shape
    members = values.reshape(-1, GROUP).take(groups + np.arange(0, n * n_groups, n_groups)[:, None], axis=0)
    found = _best_of_all(members.reshape(n, -1), k)
    if found is None:
        return None
    group, member = np.divmod(found, GROUP)
    return np.take_along_axis(groups, group, axis=1) * GROUP + member


def _best_of_all(values: np.ndarray, k: int) -> np.ndarray | None:
    """Places of each row's k highest, ascending, int64 [n, k]; None where the last place is tied in any row."""
    n, width = values.shape
    last = np.partition(values, width - k, axis=1)[:, -k, None]
    found = np.flatnonzero(values >= last)
    if len(found) != n * k:
        return None
    return found.reshape(n, k) - np.arange(0, n * width, width)[:, None]
