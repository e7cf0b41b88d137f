"""Could a difference between two models be chance? Its bootstrap interval and its permutation test.

Events of one session depend on each other, so whole sessions are drawn or flipped. Everything works on sums per
session: a mean over events is a ratio of such sums, and any resampling of sessions is one matrix product with
them, so that all models and metrics share the same draws. docs/calibration.md shows how often these tests and
intervals are wrong.
"""

from collections.abc import Iterator, Sequence

import numpy as np

BLOCK_CELLS = 2_000_000
"""Sessions times samples held at once: 16 MB per array."""


def bootstrap_sums(
    sums: np.ndarray, n_samples: int, rng: np.random.Generator, strata: np.ndarray | None = None
) -> np.ndarray:
    """Column sums over sessions drawn with replacement (Efron & Tibshirani 1993, ch. 6).

    Args:
        sums: float64 [n_sessions, columns], e.g. hits of each model and the number of events.
        n_samples: how many resamples.
        rng: source of the draws.
        strata: [n_sessions], the stratum of each session: each stratum is drawn from by itself, as often as it has
            sessions (ibid., section 8.3). By default there is one.

    Returns:
        float64 [n_samples, columns]. All columns of a row come from the same draw of sessions, so they are paired.
    """
    if strata is not None:
        return np.sum([bootstrap_sums(sums[strata == one], n_samples, rng) for one in np.unique(strata)], axis=0)
    n_sessions = len(sums)
    out = np.empty((n_samples, sums.shape[1]))
    for block in _blocks(n_samples, n_sessions):
        size = block.stop - block.start
        drawn = rng.integers(0, n_sessions, size=(size, n_sessions))
        # Shifted by its sample, each draw counts in a bin of its own: one bincount for the whole block.
        drawn += np.arange(size)[:, None] * n_sessions
        times = np.bincount(drawn.ravel(), minlength=size * n_sessions).reshape(size, n_sessions)
        out[block] = times.astype(np.float64) @ sums
    return out


def flipped_sums(sums: np.ndarray, n_samples: int, rng: np.random.Generator) -> np.ndarray:
    """Column sums with each session's sign drawn as +1 or -1.

    For columns a and b, `out[:, a] - out[:, b]` is the total difference after the two models have changed places in
    each session with probability a half. Arguments and result are those of `bootstrap_sums`.
    """
    n_sessions = len(sums)
    out = np.empty((n_samples, sums.shape[1]))
    for block in _blocks(n_samples, n_sessions):
        size = block.stop - block.start
        words = rng.integers(0, 2**64, size=(size, -(-n_sessions // 64)), dtype=np.uint64)
        # 64 coins per random word; sign · sum = 2 · heads · sum - sum, and the last term is taken off at the end.
        heads = np.unpackbits(words.view(np.uint8), axis=1, count=n_sessions)
        out[block] = heads.astype(np.float64) @ (2.0 * sums)
    return out - sums.sum(axis=0)


def percentile_interval(
    samples: np.ndarray, n_sessions: int, confidence: float = 0.95
) -> tuple[np.ndarray, np.ndarray]:
    """Bootstrap percentile interval, widened for few sessions.

    Plain percentiles are too narrow for small n. Expanded percentiles (Hesterberg 2015, "What teachers should know
    about the bootstrap", section 5.2) use the level at which the normal interval would be as wide as Student's.
    They did better than BCa in docs/calibration.md's setting.

    Args:
        samples: float64 [n_samples, ...]; infinite values are allowed (a ratio over no hit at all).
        n_sessions: sessions behind each sample.
        confidence: level in (0, 1).

    Returns:
        Lower and upper limits, each [...]; NaN where samples are NaN.
    """
    from scipy import special  # here, because no command but those that judge models needs SciPy: 0.2 s of their start

    freedom = max(n_sessions - 1, 1)
    student = special.stdtrit(freedom, (1 - confidence) / 2) * np.sqrt(n_sessions / freedom)
    tail = float(special.ndtr(student))
    # "lower" and "higher" pick samples as they are; interpolating between infinities would give NaN.
    low = np.quantile(samples, tail, axis=0, method="lower")
    high = np.quantile(samples, 1 - tail, axis=0, method="higher")
    return low, high


def permutation_p(observed: np.ndarray, flipped: np.ndarray) -> np.ndarray:
    """Two-sided mid-p value of a total difference among its flipped copies.

    Samples equal to the observed difference count half (mid-p): where few sessions differ, counting them whole
    rejects in 1-3 % of null cases instead of 5 %. The observed arrangement is one of the samples, so p is never 0.

    Args:
        observed: float64 [...], total differences.
        flipped: float64 [n_samples, ...].

    Returns:
        float64 [...] in (0, 1]; 1 where nothing differs.
    """
    size = np.abs(observed)
    slack = 1e-9 * np.maximum(size, 1.0)  # sums of thirds or logarithms are equal only up to rounding
    distance = np.abs(flipped) - size
    beyond = (distance > slack).sum(axis=0)
    ties = (np.abs(distance) <= slack).sum(axis=0)
    p = (beyond + (ties + 1) / 2) / (len(flipped) + 1)
    return np.where(size <= slack, 1.0, p)


def mcnemar_midp(only_a: int, only_b: int) -> float:
    """Mid-p McNemar test of two hit rates; for one event per session only (Fagerland et al. 2013, eq. 6).

    Args:
        only_a: events that only the first model hit.
        only_b: events that only the second hit.

    Returns:
        Two-sided p in (0, 1]; 1 when no event tells the models apart.
    """
    fewer, discordant = min(only_a, only_b), only_a + only_b
    if only_a == only_b:
        return 1.0
    from scipy import stats  # here, because it takes 1 s, and only tests with one event per session need it

    at_most = stats.binom.cdf(fewer, discordant, 0.5)
    return float(2 * at_most - stats.binom.pmf(fewer, discordant, 0.5))


def holm(p_values: Sequence[float]) -> np.ndarray:
    """p values adjusted for their number (Holm 1979): those at or below the level are rejected.

    Returns:
        float64 [n] in the order given, each at least its p value and at most 1.
    """
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    stepped = p[order] * np.arange(len(p), 0, -1)
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(np.maximum.accumulate(stepped), 1.0)
    return adjusted


def benjamini_hochberg(p_values: Sequence[float]) -> np.ndarray:
    """p values adjusted so that those at or below the level hold at most this share of false alarms, on average.

    The false discovery rate (Benjamini & Hochberg 1995), for tests that are independent or positively dependent.

    Returns:
        float64 [n] in the order given, each at least its p value and at most 1.
    """
    from scipy import stats  # here: takes 0.5 s to import, and few comparisons have so many pairs

    return np.asarray(stats.false_discovery_control(p_values), np.float64)


def _blocks(n_samples: int, n_sessions: int) -> Iterator[slice]:
    step = max(1, BLOCK_CELLS // n_sessions)
    for start in range(0, n_samples, step):
        yield slice(start, min(start + step, n_samples))
