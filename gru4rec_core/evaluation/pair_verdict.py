"""Which of two models is better: clearly better, equivalent, better by an uncertain margin, or undecided?

The first of these that fits: clear (the interval lies beyond ±margin), equivalent (inside ±margin), size open (it
leaves out 0), undecided. A model is called better only when the permutation test confirms it and every
seed points the same way; docs/calibration.md measures how often that is wrong.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from gru4rec_core.config import ComparisonConfig
from gru4rec_core.evaluation.comparison import PairedComparison
from gru4rec_core.evaluation.resampling import holm
from gru4rec_core.evaluation.sensitivity import sessions_needed

PairKind = Literal["clear", "equivalent", "size-open", "undecided"]

MONTE_CARLO_Z = 3.0
"""An estimated p value must be below the level by this many of its standard errors, for it is itself off by chance."""


@dataclass(frozen=True)
class PairVerdict:
    """The verdict on two models: the leader, which has the higher value, against the other.

    Attributes:
        kind: which of the four answers.
        leader, other: labels; of two equal models, b of the pair leads.
        leader_value, other_value: the deciding metric in [0, 1].
        low, high: interval of leader / other - 1, as a fraction.
        centre, half_width: of that interval.
        p_value: of the permutation test, adjusted (Holm) where several pairs were tested.
        confirmed: the test rejects "no difference", and all seeds point the same way.
        sessions_needed: about how many test sessions would settle it; None unless undecided, or if more would not help.
        pair: the comparison behind it, a the other and b the leader.
    """

    kind: PairKind
    leader: str
    other: str
    leader_value: float
    other_value: float
    low: float
    high: float
    centre: float
    half_width: float
    p_value: float
    confirmed: bool
    sessions_needed: int | None
    pair: PairedComparison

    @property
    def better(self) -> bool:
        return self.kind in {"clear", "size-open"}


def build_pair_verdict(
    pair: PairedComparison, config: ComparisonConfig, adjusted: tuple[float, float] | None = None
) -> PairVerdict:
    """Builds the verdict on two models.

    Args:
        pair: the two, in any order.
        config: margin and level.
        adjusted: what `adjusted_p` says of this pair among several; by default the pair's own p value.
    """
    pair = pair.toward_leader()  # all figures are those of the leader against the other
    figures = pair.deciding
    p, p_upper = adjusted or (figures.p_value, upper_p(figures.p_value, config.n_permutations))
    confirmed = p_upper <= 1 - config.confidence and pair.seeds_agree
    low, high = figures.relative_low, figures.relative_high
    kind = choose_kind(low, high, config.margin, confirmed)
    with np.errstate(invalid="ignore"):  # an interval from -inf to inf has no centre
        centre, half_width = float(np.add(low, high) / 2), float(np.subtract(high, low) / 2)
    return PairVerdict(
        kind=kind,
        leader=pair.b.label,
        other=pair.a.label,
        leader_value=figures.b_value,
        other_value=figures.a_value,
        low=low,
        high=high,
        centre=centre,
        half_width=half_width,
        p_value=p,
        confirmed=confirmed,
        sessions_needed=sessions_needed(pair.n_sessions, centre, half_width, config.margin)
        if kind == "undecided"
        else None,
        pair=pair,
    )


def choose_kind(low: float, high: float, margin: float, confirmed: bool) -> PairKind:
    """The answer for an interval [low, high] of the relative difference (rules: the first lines of this module)."""
    beyond = low > margin or high < -margin
    if beyond and confirmed:
        return "clear"
    if -margin < low and high < margin:
        return "equivalent"
    if (low > 0 or high < 0) and confirmed:
        return "size-open"
    return "undecided"


def upper_p(p_value: float, n_samples: int) -> float:
    """A p value estimated from n samples, plus three standard errors of that estimate, at most 1."""
    return float(min(1.0, p_value + MONTE_CARLO_Z * np.sqrt(p_value * (1 - p_value) / n_samples)))


def adjusted_p(pairs: Sequence[PairedComparison], config: ComparisonConfig) -> list[tuple[float, float]]:
    """For each pair its p value and the upper Monte Carlo bound of it, both adjusted (Holm) for the number of pairs."""
    p = [pair.deciding.p_value for pair in pairs]
    bounds = [upper_p(value, config.n_permutations) for value in p]
    return list(zip(holm(p).tolist(), holm(bounds).tolist(), strict=True))
