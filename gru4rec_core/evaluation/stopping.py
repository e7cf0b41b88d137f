"""How good would the best trial have been, had a search stopped earlier?"""

from collections.abc import Sequence

import numpy as np


def best_if_stopped(
    seconds: Sequence[float],
    values: Sequence[float | None],
    at: Sequence[float] | np.ndarray,
    *,
    n_orders: int = 200,
    seed: int = 0,
) -> np.ndarray:
    """The best value known after so many seconds, in other orders of the same trials.

    The first trial stays the first, which has the method's own settings; the others are drawn anew, with replacement
    (after Dodge et al. 2019, "Show your work", who give the expected value). A search that learns from its trials is
    better at its end than these orders say, and no better at its beginning.

    Args:
        seconds: that each trial took.
        values: of each trial; None where it has none.
        at: seconds since the search began, n of them.
        n_orders: how many orders.
        seed: of the orders.

    Returns:
        float64 [n_orders, n]; NaN where no trial had ended with a value.
    """
    n = len(seconds)
    rng = np.random.default_rng(seed)
    orders = np.concatenate([np.zeros((n_orders, 1), int), rng.integers(min(1, n - 1), n, (n_orders, n - 1))], axis=1)
    ends = np.cumsum(np.asarray(seconds, float)[orders], axis=1)
    known = np.array([-np.inf if value is None else value for value in values])
    best = np.maximum.accumulate(known[orders], axis=1)
    # Order by order: all at once would take orders x n x trials cells.
    done = np.stack([np.searchsorted(row, np.asarray(at, float) + 1e-9, side="right") for row in ends])
    found = np.take_along_axis(np.concatenate([np.full((n_orders, 1), -np.inf), best], axis=1), done, axis=1)
    return np.where(np.isfinite(found), found, np.nan)
