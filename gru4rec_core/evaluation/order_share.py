"""How much of what can be predicted in a log is due to the order of its events?

Two methods learn and predict twice: from histories in order, and from the same histories shuffled. With accuracy@k,
averaged over seeds, and the better of the two methods on either side:

    predictable = best in order - popularity           (popularity looks at no history)
    share of order = (best in order - best shuffled) / predictable
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

import numpy as np

from gru4rec_core.evaluation.resampling import bootstrap_sums, percentile_interval

Method = Literal["table", "gru"]
Side = Literal["in_order", "shuffled"]

METHODS: tuple[Method, ...] = ("table", "gru")
SIDES: tuple[Side, ...] = ("in_order", "shuffled")

N_SAMPLES = 2000
"""Bootstrap samples."""


@dataclass(frozen=True)
class OrderHits:
    """What was hit, prediction by prediction.

    Attributes:
        session: int [n], the session of each prediction.
        popularity: bool [n], whether it was among the best-sellers.
        of: for each method and side, bool [n_seeds, n].
    """

    session: np.ndarray
    popularity: np.ndarray
    of: Mapping[tuple[Method, Side], np.ndarray]


@dataclass(frozen=True)
class Estimate:
    """A figure and its interval; for rates and differences of rates as fractions."""

    value: float
    low: float
    high: float

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high


@dataclass(frozen=True)
class OrderShare:
    """What the order of events is worth; every figure has an interval at level `confidence`.

    Attributes:
        popularity: accuracy@k of the best-sellers.
        rates: accuracy@k by method and side, the mean over the seeds.
        predictable: the best rate in order minus that of the best-sellers.
        share: of order, in `predictable`; None where it cannot be told that anything is predictable. Not clipped: it
            is below 0 where shuffled histories do better by chance.
        beyond_last: accuracy@k of the GRU minus that of the table, both in order: what items before the last one add.
        confidence: level of the intervals.
    """

    popularity: Estimate
    rates: Mapping[tuple[Method, Side], Estimate]
    predictable: Estimate
    share: Estimate | None
    beyond_last: Estimate
    confidence: float

    def best(self, side: Side) -> float:
        """The higher rate of the two methods."""
        return max(self.rates[method, side].value for method in METHODS)

    def to_json(self) -> dict[str, Any]:
        """In JSON's own types; rates nested by method, then by side."""
        rates = {method: {side: asdict(self.rates[method, side]) for side in SIDES} for method in METHODS}
        return {**asdict(self), "rates": rates}  # JSON has no pairs as keys

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """What `to_json` wrote; raises KeyError or TypeError for anything else."""
        rates = {(method, side): Estimate(**values["rates"][method][side]) for method in METHODS for side in SIDES}
        share = None if values["share"] is None else Estimate(**values["share"])
        others = {name: Estimate(**values[name]) for name in ("popularity", "predictable", "beyond_last")}
        return cls(rates=rates, share=share, confidence=float(values["confidence"]), **others)


def estimate_share(hits: OrderHits, confidence: float, generator: np.random.Generator) -> OrderShare:
    """The share of order with its interval.

    Whole sessions are drawn with replacement, the same for all methods; to each method's mean over its seeds, noise of
    the seeds' standard error is added. The better method is chosen anew in each sample, so that choosing it is part of
    what the interval covers.

    Args:
        hits: at least one prediction.
        confidence: level of the intervals, in (0, 1).
        generator: source of the draws.
    """
    sessions, numbers = np.unique(hits.session, return_inverse=True)
    columns = [hits.popularity, *(seed for which in _pairs() for seed in hits.of[which])]
    sums = np.stack([np.bincount(numbers, weights=column) for column in columns], axis=1)
    sums = np.c_[np.bincount(numbers), sums]
    observed = _Rates(sums.sum(axis=0)[None], hits, None)
    samples = _Rates(bootstrap_sums(sums, N_SAMPLES, generator), hits, generator)

    def estimate(figure: Callable[[_Rates], np.ndarray]) -> Estimate:
        low, high = percentile_interval(figure(samples), len(sessions), confidence)
        return Estimate(float(figure(observed)[0]), float(low), float(high))

    def rate_of(which: tuple[Method, Side]) -> Estimate:
        return estimate(lambda rates: rates.of[which])

    predictable = estimate(lambda rates: rates.predictable)
    return OrderShare(
        popularity=estimate(lambda rates: rates.popularity),
        rates={which: rate_of(which) for which in _pairs()},
        predictable=predictable,
        share=estimate(lambda rates: rates.share) if predictable.low > 0 else None,
        beyond_last=estimate(lambda rates: rates.of["gru", "in_order"] - rates.of["table", "in_order"]),
        confidence=confidence,
    )


class _Rates:
    """The rates of samples: arrays of one value per sample."""

    def __init__(self, sums: np.ndarray, hits: OrderHits, generator: np.random.Generator | None) -> None:
        rates = sums[:, 1:] / sums[:, :1]
        self.popularity = rates[:, 0]
        self.of: dict[tuple[Method, Side], np.ndarray] = {}
        first = 1
        for which in _pairs():
            n_seeds = len(hits.of[which])
            self.of[which] = rates[:, first : first + n_seeds].mean(axis=1)
            if generator is not None and n_seeds > 1:
                error = hits.of[which].mean(axis=1).std(ddof=1) / np.sqrt(n_seeds)
                self.of[which] = self.of[which] + error * generator.standard_normal(len(rates))
            first += n_seeds
        in_order, shuffled = (np.max([self.of[method, side] for method in METHODS], axis=0) for side in SIDES)
        self.predictable = in_order - self.popularity
        with np.errstate(divide="ignore", invalid="ignore"):  # asked for only where nearly all samples are above 0
            self.share = np.where(self.predictable > 0, (in_order - shuffled) / self.predictable, -np.inf)


def _pairs() -> list[tuple[Method, Side]]:
    return [(method, side) for method in METHODS for side in SIDES]
