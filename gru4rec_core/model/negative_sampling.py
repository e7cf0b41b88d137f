"""Which items are drawn, by popularity, as the shared negative samples of a step?"""

import numpy as np

_DRAWS_AT_ONCE = 2**16  # so that the numbers of a part stay in the cache


class PopularitySampler:
    """Draws item ids with probability proportional to count^alpha, in constant time per draw.

    Walker's alias method; the tables are built in one sweep (Hübschle-Schneider & Sanders 2022), here as two
    cumulative sums: each item lighter than the mean is topped up by the first heavier item that has weight left.

    Args:
        counts: events of each item, int [n_items]; an item without events is drawn only when alpha is 0.
        alpha: 0 uniform, 1 by popularity.
    """

    def __init__(self, counts: np.ndarray, alpha: float) -> None:
        weights = np.power(counts.astype(np.float64), alpha)
        self.probabilities = weights / weights.sum()
        self.n_items = len(counts)
        scaled = self.probabilities * self.n_items
        self.keep = np.ones(self.n_items, np.float32)
        alias = np.arange(self.n_items, dtype=np.int32)
        is_heavy = scaled >= 1
        is_heavy[scaled.argmax()] = True  # equal weights may all round to a little less than 1
        light, heavy = np.flatnonzero(~is_heavy), np.flatnonzero(is_heavy)
        missing = np.cumsum(1 - scaled[light])
        surplus = np.cumsum(scaled[heavy] - 1)
        helper = np.searchsorted(surplus, np.r_[0.0, missing[:-1]], side="right")
        self.keep[light] = scaled[light]
        alias[light] = heavy[np.minimum(helper, len(heavy) - 1)]
        # A heavy item that gives more than it has is itself topped up by the next heavy one.
        overdrawn = np.searchsorted(missing, surplus[:-1], side="right")
        exists = overdrawn < len(light)
        self.keep[heavy[:-1][exists]] = (1 + surplus[:-1][exists] - missing[overdrawn[exists]]).clip(0, 1)
        alias[heavy[:-1][exists]] = heavy[1:][exists]
        # Item i has two outcomes: the item drawn in its place (at 2i), and itself (at 2i + 1).
        self.outcomes = np.stack([alias, np.arange(self.n_items, dtype=np.int32)], axis=1).ravel()

    def draw(self, generator: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
        """Item ids, int32 of the given shape.

        One random number per draw, times the number of items: the whole part is the item, the fraction decides
        whether the item stays.
        """
        drawn = np.empty(shape, np.int32)
        flat = drawn.reshape(-1)
        for start in range(0, len(flat), _DRAWS_AT_ONCE):
            part = flat[start : start + _DRAWS_AT_ONCE]
            fraction = generator.random(len(part))
            fraction *= self.n_items
            item = fraction.astype(np.int32)
            fraction -= item
            stays = fraction < self.keep.take(item)
            self.outcomes.take(2 * item + stays, out=part, mode="clip")
        return drawn

    def expected_distinct(self, n_draws: int) -> tuple[float, float]:
        """Mean and standard deviation of the number of distinct items in `n_draws` (Poisson approximation)."""
        rates = n_draws * self.probabilities
        unseen = np.exp(-rates)
        variance = (unseen * (1 - unseen)).sum() - (rates * unseen).sum() ** 2 / n_draws
        return float((1 - unseen).sum()), float(np.sqrt(max(variance, 0.0)))
