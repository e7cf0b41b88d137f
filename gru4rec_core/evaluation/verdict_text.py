"""How is a verdict put into sentences?"""

from math import floor, isfinite, log10
from typing import Literal

import numpy as np

from gru4rec_core.config import ComparisonConfig
from gru4rec_core.errors import ConfigError
from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.evaluation.metrics import catalogue_coverage
from gru4rec_core.evaluation.pair_verdict import PairVerdict
from gru4rec_core.evaluation.rate_intervals import level_text

BaselineOutcome = Literal["beaten", "as-well", "better", "undecided", "no-baseline"]

_AGAINST_BASELINES = {
    "beaten": "it beats simple counting.",
    "as-well": "counting does as well.",
    "better": "counting does better.",
    "undecided": "not decided.",
}


def pair_sentence(verdict: PairVerdict, config: ComparisonConfig) -> str:
    """The sentence of a verdict on two models."""
    leader, other = per_100(verdict.leader_value), per_100(verdict.other_value)
    span = f"{_number(verdict.low)} to {_number(verdict.high)} %"
    if verdict.kind == "clear":
        return (
            f"{verdict.leader} is better. The next item was in its top {config.deciding_k} for {leader} of 100"
            f" test {verdict.pair.b.unit}, {verdict.other}'s for {other}: {_lead(verdict, config, span)}."
        )
    if verdict.kind == "equivalent":
        return (
            f"Take either. {leader} against {other} per 100; they differ by less than"
            f" {_number(config.margin)} %.{_tie_breaker(verdict, config)}"
        )
    if verdict.kind == "size-open":
        return (
            f"{verdict.leader} is better; by how much is open. {leader} against {other} per 100,"
            f" {span} more; under {_number(config.margin)} % may not matter to you."
        )
    return f"Not decided. {leader} against {other} per 100; {_open_span(verdict, span)}{_needed(verdict)}"


def baseline_sentence(
    best: float,
    strongest: tuple[str, float] | None,
    best_sellers: float | None,
    outcome: BaselineOutcome = "no-baseline",
) -> str:
    """The sentence of the best model against the baselines.

    Args:
        best: value of the best model, in [0, 1].
        strongest: label and value of the strongest baseline; None where it is best-sellers.
        best_sellers: value of best-sellers; None where they were not run.
        outcome: what the statistics say.
    """
    parts = [f"Best model {per_100(best)}"]
    if strongest:
        parts.append(f"{strongest[0]} {per_100(strongest[1])}")
    if best_sellers is not None:
        parts.append(f"best-sellers {per_100(best_sellers)}")
    if outcome == "no-baseline":
        return f"{parts[0]} per 100; no baseline was run, so whether it beats simple counting is not decided."
    return f"{', '.join(parts)} per 100: {_AGAINST_BASELINES[outcome]}"


def limit_sentences(verdict: PairVerdict, config: ComparisonConfig) -> tuple[str, ...]:
    """What limits a verdict, as sentences, the most important first."""
    pair = verdict.pair
    both = (pair.a, pair.b)
    trained = [model for model in both if model.kind == "gru4rec"]
    single = [model for model in trained if model.n_seeds == 1]
    limits = []
    if single:
        whose = "each" if len(single) == len(trained) else f"of {single[0].label}"
        limits.append(f"One training run {whose}: provisional.")
    if any(model.still_improving for model in both):
        limits.append("Still improving when stopped.")
    if any(model.overlaps_training_days for model in both):
        limits.append("Tested on days seen in training.")
    if not verdict.confirmed and (verdict.low > 0 or verdict.high < 0):
        limits.append(_why_unconfirmed(verdict))
    return tuple(limits)


def per_100(value: float) -> str:
    """A rate in [0, 1] as hits per 100, with one decimal."""
    return f"{100 * value:.1f}"


def rounded_count(count: int) -> str:
    """A count to two significant figures: 12,000 for 11,873."""
    digits = max(floor(log10(count)) - 1, 0) if count > 0 else 0
    return f"{round(count, -digits):,}"


def _lead(verdict: PairVerdict, config: ComparisonConfig, span: str) -> str:
    level = level_text(config.confidence)
    if isfinite(verdict.centre):
        return f"{_number(verdict.centre)} % more ({level}: {span})"
    figures = verdict.pair.deciding  # there is no percentage of nothing: say it in hits
    low, high = per_100(figures.low), per_100(figures.high)
    return f"{per_100(figures.difference)} more ({level}: {low} to {high})"


def _why_unconfirmed(verdict: PairVerdict) -> str:
    if not verdict.pair.seeds_agree and len(verdict.pair.seed_differences) > 1:
        return "The training runs disagree on which is better: more of them would help."
    return f"The interval leaves out 0, but the permutation test does not confirm it (p = {verdict.p_value:.3f})."


def _tie_breaker(verdict: PairVerdict, config: ComparisonConfig) -> str:
    """Which model trains faster and which recommends more of the catalogue, where both figures are known."""
    pair = (verdict.pair.b, verdict.pair.a)
    faster = _winner(pair, [-s if (s := model.training_seconds) else None for model in pair])
    wider = _winner(pair, [_coverage(model, config.deciding_k) for model in pair])
    phrases = []
    if faster:
        phrases.append(f"{faster} trains faster")
    if wider:
        phrases.append(f"{'' if wider == faster else wider + ' '}recommends more of the catalogue")
    return f" {(' and ' if faster == wider else ', ').join(phrases)}." if phrases else ""


def _winner(models: tuple[ModelResults, ModelResults], figures: list[float | None]) -> str | None:
    first, second = figures
    if first is None or second is None or first == second:
        return None
    return models[0].label if first > second else models[1].label


def _coverage(model: ModelResults, k: int) -> float | None:
    try:
        return float(np.mean([catalogue_coverage(evaluation, k) for evaluation in model.evaluations]))
    except ConfigError:
        return None  # the evaluations hold fewer than k top items


def _open_span(verdict: PairVerdict, span: str) -> str:
    if not (isfinite(verdict.low) and isfinite(verdict.high)):
        return "any difference is plausible."
    return f"anything from {span} is plausible."


def _needed(verdict: PairVerdict) -> str:
    if verdict.sessions_needed is None:
        return ""
    return f" If this gap holds, about {rounded_count(verdict.sessions_needed)} test sessions would settle it."


def _number(fraction: float) -> str:
    """A fraction as the number before "%": one decimal below 10, none from there, and never ".0"."""
    percent = 100 * fraction
    if not isfinite(percent):
        return "any number of" if np.isnan(percent) else ("∞" if percent > 0 else "-∞")
    text = f"{percent:.1f}" if abs(percent) < 9.95 else f"{percent:.0f}"
    return "0" if text in {"-0.0", "0.0"} else text.removesuffix(".0")
