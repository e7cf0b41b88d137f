"""May a candidate replace the model in use?

A test of non-inferiority with the figures of the verdict. Whoever of the two has more hits leads the other by
[low, high], relative to the other's hits. With the margin m, the first that fits:

    promote    the candidate leads and low > -m, or the current model leads and high < m
    keep       the verdict calls the current model better (clear, or size open)
    undecided

So each of two models may replace the other exactly where the verdict is "equivalent" (or both have equally many hits).
A candidate that leads may be promoted where the verdict is undecided: it need not be better, only clearly not worse.
"""

from dataclasses import dataclass
from math import isfinite
from typing import Literal

from gru4rec_core.config import ComparisonConfig
from gru4rec_core.evaluation.comparison import PairedComparison
from gru4rec_core.evaluation.pair_verdict import PairKind, PairVerdict, build_pair_verdict
from gru4rec_core.evaluation.rate_intervals import level_text
from gru4rec_core.evaluation.verdict_text import limit_sentences
from gru4rec_core.words import per_100, percent_number

GateOutcome = Literal["promote", "keep", "undecided"]

GATE_MARGIN = 0.02
"""The usual margin of a gate: narrower than a verdict's, because promoting again and again adds up small losses."""


@dataclass(frozen=True)
class GateAnswer:
    """Whether to promote the candidate, for code and for people.

    Attributes:
        outcome: what to do.
        candidate_leads: whether the candidate has at least as many hits as the current model.
        verdict: the verdict on the two, with the same margin.
        sentence: outcome, figures and reason.
        limits: what limits the answer, each a sentence.
    """

    outcome: GateOutcome
    candidate_leads: bool
    verdict: PairVerdict
    sentence: str
    limits: tuple[str, ...]


def decide(pair: PairedComparison, config: ComparisonConfig) -> GateAnswer:
    """Applies the rule to a candidate (b of the pair) and the current model (a)."""
    verdict = build_pair_verdict(pair, config)
    # Of two equal models b leads, here as in the verdict.
    leads = pair.deciding.b_value >= pair.deciding.a_value
    outcome = choose_outcome(verdict.kind, (verdict.low, verdict.high), config.margin, candidate_leads=leads)
    return GateAnswer(
        outcome, leads, verdict, _sentence(outcome, leads, verdict, config), limit_sentences(verdict, config)
    )


def choose_outcome(
    kind: PairKind, interval: tuple[float, float], margin: float, *, candidate_leads: bool
) -> GateOutcome:
    """The outcome for a verdict (rule: the first lines of this module).

    Args:
        kind: of the verdict, with the same margin.
        interval: low and high limit of leader / other - 1; may be infinite or NaN, which is beyond any margin.
        margin: the largest relative loss that does not matter, in (0, 1).
        candidate_leads: whether the leader is the candidate.
    """
    low, high = interval
    if (low > -margin) if candidate_leads else (high < margin):
        return "promote"
    if kind in {"clear", "size-open"} and not candidate_leads:
        return "keep"
    return "undecided"


def _sentence(outcome: GateOutcome, leads: bool, verdict: PairVerdict, config: ComparisonConfig) -> str:
    candidate, current = verdict.leader_value, verdict.other_value
    if not leads:
        candidate, current = current, candidate
    figures = (
        f"In the top {config.deciding_k}, the candidate had {per_100(candidate)} and the current model"
        f" {per_100(current)} of 100 test {verdict.pair.b.unit}"
    )
    span = "more hits"
    if isfinite(verdict.low) and isfinite(verdict.high):  # there is no percentage of nothing
        level = level_text(config.confidence)
        span = f"{percent_number(verdict.low)} to {percent_number(verdict.high)} % more hits ({level} interval)"
    leader = "the candidate" if leads else "the current model"
    margin = f"{percent_number(config.margin)} %"
    size = "by more than" if verdict.kind == "clear" else "perhaps by more than"
    words = {
        "promote": ("Promote", f"the candidate is clearly not worse by the margin of {margin}"),
        "keep": ("Keep the current model", f"it is better, {size} the margin of {margin}"),
        "undecided": ("Undecided", f"whether the candidate is worse by the margin of {margin} is open"),
    }
    heading, reason = words[outcome]
    return f"{heading}. {figures}; {leader} has {span}: {reason}."
