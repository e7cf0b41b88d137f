"""If two models were trained again, how often would the same one win?

A model trained with another seed hits a little more or less. From the spread of the seeds' rates follows in how many of
100 repeats the leader would lead again, if each model were trained once more on the same log and tested on the same
events. The luck of the test's sessions is another matter, which the verdict's interval is about.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any

import numpy as np

from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.evaluation.seed_outcomes import seed_rates

ENOUGH_SEEDS = 5
"""So many runs per model are offered where it is close; with more, the figure changes little for the time they take."""

FURTHER_SEEDS = 2
"""How many more runs per model are offered at once."""

CLOSE_SHARE, CLOSE_LOW = 0.90, 0.75
"""It is close where the leader would win in a smaller share of the repeats, or where the lower limit is smaller."""

_QUADRATURE = 400  # points; the limits change by less than 0.0005 with more


@dataclass(frozen=True)
class WinShare:
    """In which share of the repeats b would have the higher rate, with the limits of an interval; in [0, 1]."""

    share: float
    low: float
    high: float


@dataclass(frozen=True)
class FurtherSeeds:
    """How many more runs of a model are offered."""

    name: str
    label: str
    count: int


@dataclass(frozen=True)
class TrainedAgain:
    """What would come of training a pair of models again.

    Attributes:
        leader, other: names of the two; the leader has the higher rate.
        leader_label, other_label: what people call them.
        trained: labels of those of the two that are trained; a baseline comes out the same each time.
        single: labels of the trained ones with one run, which cannot tell.
        wins: in which share of the repeats the leader would win; None where one run cannot tell, or nothing was tested.
        further_seeds: the runs that are offered, where it is close or one run cannot tell; else empty.
    """

    leader: str
    other: str
    leader_label: str
    other_label: str
    trained: tuple[str, ...]
    single: tuple[str, ...]
    wins: WinShare | None
    further_seeds: tuple[FurtherSeeds, ...]

    @property
    def is_close(self) -> bool:
        """Whether training again might well give another winner."""
        return self.wins is not None and (self.wins.share < CLOSE_SHARE or self.wins.low < CLOSE_LOW)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; shares as fractions."""
        further = {model.name: model.count for model in self.further_seeds}
        return {
            "leader": self.leader,
            "other": self.other,
            **(asdict(self.wins) if self.wins else dict.fromkeys(("share", "low", "high"))),
            "close": self.is_close,
            "further_seeds": further,
        }


def train_again(leader: ModelResults, other: ModelResults, k: int, confidence: float) -> TrainedAgain:
    """What would come of training two models again, by their accuracy@k in each seed.

    Args:
        leader: the one with the higher rate.
        other: the other one; each may be a baseline.
        k: list length that decides.
        confidence: level of the interval.
    """
    trained = [model for model in (leader, other) if model.kind == "gru4rec"]
    single = tuple(model.label for model in trained if model.n_seeds == 1)
    wins = None
    if not single and trained and leader.n_events:
        rates = [seed_rates(model, f"accuracy@{k}") for model in (other, leader)]
        fixed = [model.kind != "gru4rec" for model in (other, leader)]
        wins = win_share(*rates, fixed=(fixed[0], fixed[1]), step=1 / leader.n_events, confidence=confidence)
    found = TrainedAgain(
        leader=leader.name,
        other=other.name,
        leader_label=leader.label,
        other_label=other.label,
        trained=tuple(model.label for model in trained),
        single=single,
        wins=wins,
        further_seeds=(),
    )
    if not (single or found.is_close):
        return found
    offers = [(model, min(FURTHER_SEEDS, ENOUGH_SEEDS - model.n_seeds)) for model in trained]
    further = tuple(FurtherSeeds(model.name, model.label, count) for model, count in offers if count > 0)
    return TrainedAgain(**{**vars(found), "further_seeds": further})


def win_share(
    a: Sequence[float],
    b: Sequence[float],
    *,
    fixed: tuple[bool, bool] = (False, False),
    step: float = 0.0,
    confidence: float = 0.95,
) -> WinShare:
    """In which share of repeats b, trained once more, has a higher rate than a, trained once more.

    Rates of a model's seeds are taken as normal, with a variance of its own (Welch 1947). Of the true standardised
    difference θ = (μ_b − μ_a) / √(σ_a² + σ_b²), the share is Φ(θ). With the mean difference d, s² = s_a² + s_b²,
    M = s² / (s_a² / n_a + s_b² / n_b), and Satterthwaite's degrees of freedom
    ν = s⁴ / (s_a⁴ / (n_a − 1) + s_b⁴ / (n_b − 1)), the statistic T = √M d / s has the noncentral t distribution with
    noncentrality √M θ (Reiser & Guttman 1986, "Statistical inference for Pr(Y < X): the normal case", Technometrics
    28). Inverting it gives θ the confidence distribution of (T √(χ²_ν / ν) + Z) / √M. The limits are Φ of its
    quantiles, exact for equal variances; the share is its mean, which is Student's predictive probability
    t_ν(T / √(M + 1)) of a difference that is yet to come.

    Args:
        a, b: one rate per seed; two or more where it is not fixed.
        fixed: of a and b, whether it comes out the same each time (a baseline): it has one rate and no variance.
        step: the smallest possible change of a rate, one hit. Rates that are rounded to steps vary by step² / 12 at
            least, so seeds that agree to the last hit do not promise certainty.
        confidence: level of the interval.

    Raises:
        ValueError: both are fixed, or one that is not has fewer than two rates.

    >>> found = win_share([0.20, 0.21, 0.22], [0.23, 0.24, 0.25])
    >>> round(found.share, 3), round(found.low, 3), round(found.high, 3)
    (0.93, 0.607, 1.0)
    """
    from scipy import special  # here, as in resampling.py: only commands that judge models need it

    parts = [np.asarray(rates, np.float64) for rates, is_fixed in zip((a, b), fixed, strict=True) if not is_fixed]
    if not parts or min(map(len, parts)) < 2:
        raise ValueError("The spread of a model's seeds takes two runs or more.")
    variances = np.array([max(float(np.var(rates, ddof=1)), step**2 / 12) for rates in parts])
    difference = float(np.mean(b) - np.mean(a))
    if not variances.any():
        always = 0.5 if difference == 0 else float(difference > 0)
        return WinShare(always, always, always)
    sizes = np.array([len(rates) for rates in parts])
    total = variances.sum()
    weight = total / (variances / sizes).sum()
    freedom = total**2 / (variances**2 / (sizes - 1)).sum()
    statistic = np.sqrt(weight / total) * difference
    middles = (np.arange(_QUADRATURE) + 0.5) / _QUADRATURE
    centres = statistic * np.sqrt(2 * special.gammaincinv(freedom / 2, middles) / freedom)
    share = float(special.stdtr(freedom, statistic / np.sqrt(weight + 1)))
    tail = (1 - confidence) / 2
    low, high = (float(special.ndtr(_quantile(centres, p) / np.sqrt(weight))) for p in (tail, 1 - tail))
    # Far out, the mean of a skewed distribution may lie below its lower quantile.
    return WinShare(share, min(low, share), max(high, share))


def _quantile(centres: np.ndarray, p: float) -> float:
    """The p quantile of an even mixture of standard normals around these centres, by bisection."""
    from scipy import special

    low, high = float(centres.min()) - 10, float(centres.max()) + 10
    while isfinite(low) and high - low > 1e-9 * max(1.0, abs(low), abs(high)):
        middle = (low + high) / 2
        low, high = (middle, high) if special.ndtr(middle - centres).mean() < p else (low, middle)
    return high
