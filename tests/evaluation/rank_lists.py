"""Ranks of made-up models, for the tests of the verdict."""

import numpy as np

from gru4rec_core.config import ComparisonConfig

CONFIG = ComparisonConfig(deciding_k=3, n_bootstrap=500, n_permutations=1000)
N = 2000


def ranks(n_hits: int, n: int = N, first: int = 0) -> np.ndarray:
    """Hits in events first … first + n_hits - 1, misses elsewhere."""
    out = np.full(n, 30)
    out[first : first + n_hits] = 1
    return out
