"""Can a comparison's test be trusted: do equal models look equal on it, and is one that was made worse noticed?

Two experiments with a known answer, on the very events that decide. In the first, a model meets itself: in each session
its seeds are dealt into two halves, so training's luck is the same on both sides and nothing is to be found. In the
second, its weights are blended with noise until it has lost the smallest difference that this test can see, and that
loss has to be found. Both are judged by the code that judges real models.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import NormalDist
from typing import Any

import numpy as np

from gru4rec_core.config import ComparisonConfig
from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.evaluation.comparison import MetricDifference, PairedComparison, metric_differences
from gru4rec_core.evaluation.pair_verdict import PairVerdict, build_pair_verdict, upper_p
from gru4rec_core.evaluation.resampling import bootstrap_sums, flipped_sums
from gru4rec_core.evaluation.sensitivity import POWER
from gru4rec_core.words import per_100, percent_number

N_DEALS = 20
"""So often the model meets itself, each time dealt anew."""

MOST_CALLED_DIFFERENT = 3
"""Of 20 pairs of equals, each called different by chance in at most 5 %, more than 3 are so in 1.6 %."""

_STEPS = 10  # of a bisection; the share of noise is then known to 0.001
_POWER = POWER + 0.02  # see decisions/0038
_LARGEST = 1.0  # a relative difference; whoever cannot see twice as many hits sees nothing

HitsOfBlend = Callable[[float], np.ndarray]
"""The hits of a model whose weights hold this share of noise, in [0, 1]: float64 [n_events]."""


@dataclass(frozen=True)
class EventHits:
    """Hits of one or several models on the same test events.

    Attributes:
        session: int [n_events], of each event.
        hits: float64 [n_models, n_events], 1 for a hit.
    """

    session: np.ndarray
    hits: np.ndarray

    def by_session(self) -> tuple[np.ndarray, np.ndarray]:
        """Sums over each session's events: events float64 [n_sessions], hits float64 [n_models, n_sessions]."""
        _, index = np.unique(self.session, return_inverse=True)
        return np.bincount(index).astype(np.float64), np.stack([np.bincount(index, weights=row) for row in self.hits])


@dataclass(frozen=True)
class Sabotage:
    """A model that was spoilt on purpose, and what the verdict made of it.

    Attributes:
        noise: share of noise in its weights, in (0, 1].
        before, after: the deciding metric, in [0, 1].
        found: whether the verdict sees that the unspoilt model is ahead.
    """

    noise: float
    before: float
    after: float
    found: bool


@dataclass(frozen=True)
class SelfCheck:
    """What came of two experiments with a known answer.

    Attributes:
        model: label of the model that was used.
        n_seeds: its runs.
        n_same: how often it met itself; 0 with a single run, which is always equal to itself.
        n_called_different: how often one side was called better.
        smallest: the smallest relative difference that this test can see; None where it sees none.
        margin: the relative difference that matters.
        sabotage: the spoilt model; None where `smallest` is None.
    """

    model: str
    n_seeds: int
    n_same: int
    n_called_different: int
    smallest: float | None
    margin: float
    sabotage: Sabotage | None

    @property
    def equals_are_equal(self) -> bool:
        """Whether equal models were called different no more often than chance allows."""
        return self.n_called_different <= MOST_CALLED_DIFFERENT

    @property
    def works(self) -> bool:
        """Whether both experiments came out as they must."""
        return self.equals_are_equal and (self.sabotage is None or self.sabotage.found)

    @property
    def sentences(self) -> tuple[str, ...]:
        """The answer, then each experiment, then what this test can see."""
        return (
            self._answer,
            self._equals_sentence,
            *self._sabotage_sentences,
        )

    @property
    def is_whole(self) -> bool:
        """Whether both experiments could be made."""
        return bool(self.n_same) and self.sabotage is not None

    @property
    def _answer(self) -> str:
        if not self.works:
            return "This test failed a check: do not rely on the verdict."
        if self.is_whole:
            return "This test passed both checks."
        if self.n_same:
            return "Equal models look equal. Whether a worse model is noticed could not be checked."
        if self.sabotage is not None:
            return "A worse model is noticed. Whether equal models look equal could not be checked."
        return "Nothing could be checked on this test."

    @property
    def _equals_sentence(self) -> str:
        if not self.n_same:
            return f"{self.model} has one run, which always equals itself: two equal models could not be compared."
        called = self.n_called_different or "none"
        verb = "was" if self.n_called_different < 2 else "were"
        return (
            f"{self.model} was compared with itself {self.n_same} times, its {self.n_seeds} seeds dealt into two"
            f" halves: {called} of these pairs {verb} called different (up to {MOST_CALLED_DIFFERENT} may be, by"
            " chance)."
        )

    @property
    def _sabotage_sentences(self) -> tuple[str, ...]:
        matters = f"differences of {percent_number(self.margin)} % or more matter (the margin)"
        if self.sabotage is None or self.smallest is None:
            return (f"This test is too small to see any difference, and {matters}.",)
        spoilt, size = self.sabotage, percent_number(self.smallest)
        return (
            f"{self.model} was made worse with noise, from {per_100(spoilt.before)} to {per_100(spoilt.after)} hits per"
            f" 100: the verdict {'notices it' if spoilt.found else 'does not notice it'}.",
            f"The smallest difference that this test can see is about {size} %; {matters}."
            + (" Smaller ones that matter may go unseen." if self.smallest > self.margin else ""),
        )

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {**asdict(self), "works": self.works, "sentences": list(self.sentences)}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "SelfCheck":
        """What `to_json` gave. Raises KeyError or TypeError for anything else."""
        sabotage = Sabotage(**values["sabotage"]) if values["sabotage"] else None
        fields = {name: value for name, value in values.items() if name not in ("works", "sentences", "sabotage")}
        return cls(**fields, sabotage=sabotage)


def carry_out_checks(
    model: ModelResults, seeds: EventHits, blend: HitsOfBlend, smallest: float, config: ComparisonConfig
) -> SelfCheck:
    """Carries out both experiments.

    Args:
        model: the model, for its label and its number of seeds.
        seeds: its hits at the deciding k, a row per seed.
        blend: its hits once its weights hold a share of noise; with 0 the model as it is.
        smallest: the smallest relative difference that the comparison at hand is likely to show (see `visible_size`); a
            spoilt model may need a larger one.
        config: how models are compared.
    """
    verdicts = meet_itself(model, seeds, config)
    size, sabotage = spoil(model, seeds.session, blend, smallest, config)
    return SelfCheck(
        model=model.label,
        n_seeds=model.n_seeds,
        n_same=len(verdicts),
        n_called_different=sum(verdict.better for verdict in verdicts),
        smallest=size,
        margin=config.margin,
        sabotage=sabotage,
    )


def visible_size(half_width: float, centre: float, config: ComparisonConfig) -> float:
    """Smallest relative difference that a verdict sees in at least 80 % of tests like the one that gave an interval.

    As `sensitivity.visible_from_half_width`, with three things more. The width of an interval is an estimate, which
    costs a little power: `_POWER` allows for it. A verdict asks for more than an interval without 0: the p value must
    be below the level by the error of its own estimate (`upper_p`). And a lead is a share of the weaker model's hits,
    while the interval in hits stays about as wide as it is. With z of the level, z' of the largest p value that is,
    and z'' of the power, the leader's hits less the share s = h / (1 + d) (z' + z'') / z are seen to be fewer, which is
    a lead of s / (1 - s).

    Args:
        half_width, centre: h and d, of an interval of the relative difference.
        config: level and number of permutations.

    Returns:
        Relative difference; infinite where none is seen, or nothing is known.
    """
    level = 1 - config.confidence
    low, high = 0.0, level
    while high - low > 1e-6:
        middle = (low + high) / 2
        low, high = (middle, high) if upper_p(middle, config.n_permutations) <= level else (low, middle)
    normal = NormalDist()
    factor = (normal.inv_cdf(1 - high / 2) + normal.inv_cdf(_POWER)) / normal.inv_cdf(1 - level / 2)
    share = factor * half_width / (1 + centre)
    return share / (1 - share) if share < 1 else float("inf")


def meet_itself(model: ModelResults, seeds: EventHits, config: ComparisonConfig) -> list[PairVerdict]:
    """Verdicts on a model against itself, its seeds dealt into two halves anew in each session.

    With an odd number of seeds one is left out of each session, by lot. Empty with a single seed.
    """
    n_events, hits = seeds.by_session()
    half, n_sessions = len(hits) // 2, len(n_events)
    if half == 0:
        return []
    rng = np.random.default_rng([config.seed, 1])
    sides = np.empty((n_sessions, 2, N_DEALS))
    for deal in range(N_DEALS):
        order = np.argsort(rng.random((n_sessions, len(hits))), axis=1)
        dealt = np.take_along_axis(hits.T, order, axis=1)
        sides[:, 0, deal] = dealt[:, :half].mean(axis=1)
        sides[:, 1, deal] = dealt[:, half : 2 * half].mean(axis=1)
    return judge_pairs(model, sides, n_events, config)


def spoil(
    model: ModelResults, session: np.ndarray, blend: HitsOfBlend, smallest: float, config: ComparisonConfig
) -> tuple[float | None, Sabotage | None]:
    """The smallest relative difference that this test can see, and a model spoilt by that much.

    The unspoilt model is ahead by `size` of the spoilt one's hits: spoilt = unspoilt / (1 + size). A spoilt model may
    agree less with the unspoilt one than two real models agree; then its interval is wider, and the size grows with it,
    twice at most.

    Returns:
        None and None where no share of noise makes a difference that this test is likely to show.
    """
    unspoilt = blend(0.0)
    size = smallest
    for is_last in (False, False, True):
        if not 0 < size <= _LARGEST or not unspoilt.any():
            return None, None
        noise, spoilt = _noise_for(blend, unspoilt.mean() / (1 + size))
        if spoilt.mean() > unspoilt.mean() / (1 + size):
            return None, None
        n_events, hits = EventHits(session, np.stack([spoilt, unspoilt])).by_session()
        (verdict,) = judge_pairs(model, hits.T[:, :, None], n_events, config)
        needed = visible_size(verdict.half_width, verdict.centre, config)
        if needed <= size or is_last:
            break
        size = needed
    return size, Sabotage(noise, float(unspoilt.mean()), float(spoilt.mean()), finds_lead(verdict))


def finds_lead(verdict: PairVerdict) -> bool:
    """Whether the verdict sees that the leader is ahead, be it by less than matters (then it says "take either")."""
    return verdict.confirmed and verdict.low > 0


def _noise_for(blend: HitsOfBlend, aim: float) -> tuple[float, np.ndarray]:
    """The smallest share of noise, by bisection, at which the hit rate is at most `aim`; all noise if none is."""
    low, high = 0.0, 1.0
    hits = blend(high)
    for _ in range(_STEPS):
        middle = (low + high) / 2
        tried = blend(middle)
        if tried.mean() <= aim:
            high, hits = middle, tried
        else:
            low = middle
    return high, hits


def judge_pairs(
    model: ModelResults, sides: np.ndarray, n_events: np.ndarray, config: ComparisonConfig
) -> list[PairVerdict]:
    """Verdicts on several pairs at once, which share their draws.

    Args:
        model: stands for both sides.
        sides: float64 [n_sessions, 2, n_pairs], hits of a and b summed over each session.
        n_events: float64 [n_sessions].
        config: how models are compared.
    """
    n_sessions, _, n_pairs = sides.shape
    draws, flips = np.random.default_rng(config.seed).spawn(2)
    drawn = bootstrap_sums(np.column_stack([sides.reshape(n_sessions, -1), n_events]), config.n_bootstrap, draws)
    samples = (drawn[:, :-1] / drawn[:, -1:]).reshape(-1, 2, n_pairs)
    flipped = flipped_sums(sides[:, 1] - sides[:, 0], config.n_permutations, flips)
    names = [f"pair {number}" for number in range(n_pairs)]
    compared = metric_differences(names, sides, n_events.sum(), samples, flipped, config.confidence)
    return [_verdict(model, figures, n_events, config) for figures in compared]


def _verdict(
    model: ModelResults, figures: MetricDifference, n_events: np.ndarray, config: ComparisonConfig
) -> PairVerdict:
    pair = PairedComparison(
        a=model,
        b=model,
        deciding=figures,
        exploratory=(),
        mcnemar_p=None,
        seed_differences=(figures.difference,),
        n_sessions=len(n_events),
        n_events=int(n_events.sum()),
    )
    return build_pair_verdict(pair, config)
