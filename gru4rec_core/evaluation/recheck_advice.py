"""Should a model in use be kept, trained again, or retired? How it did then and does now, and a recommendation.

The first rule that fits, with the margin m of the comparison:

    retire     the strongest of today's baselines is better than the old model, and better than a retrained one
    retrain    a retrained model is better than the old one; or the strongest baseline is better than the old one alone;
               or there is no retrained one yet, and the old one's hits clearly fell by more than m (of what they were)
    keep       else: nothing shows that another would be better

"Better" is what a verdict calls better: clear, or better by an open size.
"""

from dataclasses import dataclass
from math import hypot
from typing import Literal

import numpy as np

from gru4rec_core.evaluation.rate_intervals import hit_rate_interval
from gru4rec_core.words import per_100, signed

Recommendation = Literal["keep", "retrain", "retire"]

LABELS: dict[Recommendation, str] = {
    "keep": "Keep the old model",
    "retrain": "Train it again",
    "retire": "Retire it",
}
"""What screens and commands call the recommendations."""


@dataclass(frozen=True)
class RateChange:
    """A hit rate then and now, fractions; low and high are limits of now - then."""

    then: float
    now: float
    low: float
    high: float

    @property
    def sentence(self) -> str:
        """ "53.7 then, 46.6 now: −7.1 (−8.9 to −5.2)"."""
        limits = f"{signed(100 * self.low)} to {signed(100 * self.high)}"
        difference = signed(100 * (self.now - self.then))
        return f"{per_100(self.then)} then, {per_100(self.now)} now: {difference} ({limits})"

    def fell_by_more_than(self, margin: float) -> bool:
        """Whether the whole interval lies below -margin of what it was."""
        return self.high < -margin * self.then


def rate_change(
    then: tuple[np.ndarray, np.ndarray], now: tuple[np.ndarray, np.ndarray], confidence: float
) -> RateChange:
    """The change of a hit rate between two tests of different sessions.

    Args:
        then, now: hits, float [n], 0 to 1, and the session of each event, int [n].
        confidence: level of the interval, in (0, 1).
    """
    old, new = ((float(hits.mean()), *hit_rate_interval(hits, session, confidence)) for hits, session in (then, now))
    return RateChange(old[0], new[0], *difference_limits(old, new))


def difference_limits(old: tuple[float, float, float], new: tuple[float, float, float]) -> tuple[float, float]:
    """Limits of the difference new - old of two independent rates, each a rate with its own limits.

    Newcombe (1998), "Interval estimation for the difference between independent proportions", method 10.
    """
    (old_rate, old_low, old_high), (new_rate, new_low, new_high) = old, new
    below, above = hypot(new_rate - new_low, old_high - old_rate), hypot(new_high - new_rate, old_rate - old_low)
    difference = new_rate - old_rate
    return max(-1.0, difference - below), min(1.0, difference + above)  # rounding alone goes beyond


@dataclass(frozen=True)
class RecheckFacts:
    """What the recommendation rests on.

    Attributes:
        fell: the old model's hits clearly fell by more than the margin; None where then and now cannot be compared.
        baseline_beats_old: the strongest baseline is better than the old model.
        retrained_beats_old: a retrained model is better than the old one; None without one.
        baseline_beats_retrained: the strongest baseline is better than it; None without one.
    """

    fell: bool | None
    baseline_beats_old: bool
    retrained_beats_old: bool | None = None
    baseline_beats_retrained: bool | None = None


@dataclass(frozen=True)
class Advice:
    """What to do, and by which rule, as a sentence."""

    recommendation: Recommendation
    reason: str

    @property
    def sentence(self) -> str:
        return f"{LABELS[self.recommendation]}: {self.reason}."


def recommend(facts: RecheckFacts) -> Advice:
    """Applies the rules (the first lines of this module)."""
    if facts.baseline_beats_old and facts.baseline_beats_retrained:
        return Advice("retire", "the strongest baseline does better on this log, even against the retrained model")
    if facts.retrained_beats_old:
        return Advice("retrain", "the retrained model is better on this log")
    if facts.baseline_beats_old:
        retrained = ", but not the retrained model" if facts.baseline_beats_retrained is False else ""
        hope = "; a retrained model might do better" if facts.baseline_beats_retrained is None else ""
        return Advice("retrain", f"the strongest baseline beats it on this log{retrained}{hope}")
    if facts.retrained_beats_old is None and facts.fell:
        return Advice("retrain", "its hits have clearly fallen by more than the margin")
    if facts.retrained_beats_old is None and facts.fell is None:
        return Advice("keep", "the strongest baseline is not better on this log")
    if facts.retrained_beats_old is None:
        return Advice("keep", "it has not clearly lost more than the margin, and the strongest baseline is not better")
    return Advice("keep", "the retrained model is not better on this log")
