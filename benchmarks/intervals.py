"""Which bootstrap interval for a difference has the best coverage: percentile, expanded percentile or BCa?

The library uses the second; the other two are here only to be measured against it.
"""

import numpy as np
from scipy import stats

from gru4rec_core.evaluation.resampling import bootstrap_sums, percentile_interval

N_SAMPLES, CONFIDENCE = 2000, 0.95


def coverage(hits: np.ndarray, n_events: np.ndarray, rng: np.random.Generator) -> list[float]:
    """Share of simulated pairs of equal models whose interval covers 0, for each kind of interval.

    Args:
        hits: float64 [n_sessions, 2, n_repetitions].
        n_events: events per session, [n_sessions].
        rng: source of the resamples.
    """
    delta = hits[:, 1] - hits[:, 0]
    drawn = bootstrap_sums(np.column_stack([delta, n_events.astype(np.float64)]), N_SAMPLES, rng)
    samples = drawn[:, :-1] / drawn[:, -1:]
    many = 10**9  # sessions; with so many the interval is not widened
    intervals = (
        percentile_interval(samples, many, CONFIDENCE),
        percentile_interval(samples, len(delta), CONFIDENCE),
        bca_interval(samples, delta, n_events),
    )
    return [float(((low <= 0) & (high >= 0)).mean()) for low, high in intervals]


def bca_interval(samples: np.ndarray, delta: np.ndarray, n_events: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Bias-corrected and accelerated interval of sum(delta) / sum(n_events) (Efron & Tibshirani 1993, section 14.3)."""
    observed = delta.sum(axis=0) / n_events.sum()
    left_out = (delta.sum(axis=0) - delta) / (n_events.sum() - n_events)[:, None]
    skew = left_out.mean(axis=0) - left_out
    spread = np.maximum((skew**2).sum(axis=0), 1e-100)  # 0 where nothing differs
    acceleration = (skew**3).sum(axis=0) / (6 * spread**1.5)
    below = (samples < observed).mean(axis=0) + (samples == observed).mean(axis=0) / 2
    bias = stats.norm.ppf(np.clip(below, 1e-4, 1 - 1e-4))
    ordered = np.sort(samples, axis=0)
    limits = []
    for tail, rounded in (((1 - CONFIDENCE) / 2, np.floor), ((1 + CONFIDENCE) / 2, np.ceil)):
        z = bias + stats.norm.ppf(tail)
        level = stats.norm.cdf(bias + z / (1 - acceleration * z))
        place = rounded(level * (len(samples) - 1)).astype(int)
        limits.append(np.take_along_axis(ordered, place[None], axis=0)[0])
    return limits[0], limits[1]
