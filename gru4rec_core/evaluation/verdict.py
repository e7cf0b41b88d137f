"""Which model is better, and does it beat the baselines? The verdict as data.

Either the models cannot be compared, or one of the four answers of pair_verdict.py holds. A second sentence
always follows: the best model against the strongest baseline and against best-sellers, by the same statistics. Where a
baseline is better than every model by these statistics, that is the first sentence, and the next steps are named.
"""

from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from gru4rec_core.errors import RunError
from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.evaluation.comparison import Comparison
from gru4rec_core.evaluation.pair_verdict import PairVerdict, adjusted_p, build_pair_verdict
from gru4rec_core.evaluation.seed_outcomes import best_first
from gru4rec_core.evaluation.trained_again import TrainedAgain, train_again
from gru4rec_core.evaluation.verdict_text import (
    BaselineOutcome,
    NextStep,
    Rate,
    Test,
    baseline_leads_sentence,
    baseline_sentence,
    limit_sentences,
    method_name,
    next_steps,
    pair_sentence,
    trained_again_sentence,
)

VerdictKind = Literal["invalid", "clear", "equivalent", "size-open", "undecided"]

KIND_LABELS: dict[VerdictKind, str] = {
    "invalid": "Not comparable",
    "clear": "Clear",
    "equivalent": "Equivalent",
    "size-open": "Better, size open",
    "undecided": "Undecided",
}
"""What screens and reports call the kinds."""

BEST_SELLERS = "popularity"
"""Name of the baseline that shows everyone the same list."""


@dataclass(frozen=True)
class BaselineVerdict:
    """The best model against the strongest baseline and best-sellers.

    Attributes:
        outcome: what the statistics say.
        leads: whether the strongest baseline is better than every model.
        model, strongest: names of the best model and of the strongest baseline; None where none was run.
        model_value, strongest_value, best_sellers_value: the deciding metric in [0, 1], None where not run.
        sentence: all of it in words.
        trained_again: what would come of training the best model again, against each of the two.
    """

    outcome: BaselineOutcome
    model: str
    model_value: float
    strongest: str | None
    strongest_value: float | None
    best_sellers_value: float | None
    sentence: str
    leads: bool = False
    trained_again: tuple[TrainedAgain, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """What a comparison says, for code (`kind`, `better`, `numbers`) and for people (`sentences`, `limits`).

    Attributes:
        kind: which of the five answers on the models, whether or not a baseline leads.
        better: name of the better model; None unless clear or size-open.
        best: name of the model with the highest value; None where nothing can be compared.
        sentences: the verdict, then the best model against the baselines; where a baseline leads, that, then the
            verdict on the models.
        limits: what limits the verdict, each a sentence.
        numbers: k, margin, values, interval, p, n_sessions, n_events; rates as fractions, None where infinite.
        baselines: the second sentence as data; None where nothing can be compared.
        sessions_needed: see `PairVerdict`.
        remedy: what to do about "invalid", else "".
        baseline_leads: a baseline is better than every model; `baselines` has which.
        next_steps: what to do then, the most promising first; else empty.
        trained_again: what would come of training the two models again; None where nothing can be compared.
    """

    kind: VerdictKind
    better: str | None
    best: str | None
    sentences: tuple[str, ...]
    limits: tuple[str, ...]
    numbers: dict[str, Any]
    baselines: BaselineVerdict | None
    sessions_needed: int | None
    remedy: str = ""
    baseline_leads: bool = False
    next_steps: tuple[NextStep, ...] = ()
    trained_again: TrainedAgain | None = None

    @property
    def trained_again_sentence(self) -> str:
        """How often the better of the two models would win again; "" where that means nothing."""
        return trained_again_sentence(self.trained_again) if self.trained_again else ""

    @property
    def all_trained_again(self) -> tuple[TrainedAgain, ...]:
        """The same of every pair that the verdict speaks of: the two models, then the best one and each baseline."""
        own = (self.trained_again,) if self.trained_again else ()
        return (*own, *(self.baselines.trained_again if self.baselines else ()))

    @property
    def label(self) -> str:
        """What screens and reports call this answer."""
        return "A baseline leads" if self.baseline_leads else KIND_LABELS[self.kind]

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values under the attributes' names; only `baselines` keeps its older key, "counting".

        `trained_again` has every pair that the verdict speaks of, each with its sentence.
        """
        lists = {name: list(getattr(self, name)) for name in ("sentences", "limits")}
        values = {**asdict(self), **lists, "next_steps": [step.sentence for step in self.next_steps]}
        values["trained_again"] = [
            {**found.to_json(), "sentence": trained_again_sentence(found)} for found in self.all_trained_again
        ]
        values["counting"] = values.pop("baselines")
        if values["counting"]:
            del values["counting"]["trained_again"]  # they are above
        return values


def build_verdict(comparison: Comparison) -> Verdict:
    """Builds the verdict on the best GRU4Rec model against the second best, by the deciding metric alone.

    Raises:
        RunError: fewer than two GRU4Rec models; for a single one there is `compare_with_baselines`.
    """
    if comparison.obstacle:
        return _invalid(comparison)
    contenders = _ranked(comparison, "gru4rec")
    if len(contenders) < 2:
        raise RunError(
            "A verdict needs two GRU4Rec models.",
            found=str(len(contenders)),
            remedy="Train a second model on the same data, for example with another loss.",
        )
    best, second = contenders[0], contenders[1]
    pair = judge_contenders(comparison, best.name, second.name)
    baselines = compare_with_baselines(comparison)
    on_models = pair_sentence(pair, comparison.config)
    leader = next((model for model in comparison.models if baselines.leads and model.name == baselines.strongest), None)
    return Verdict(
        kind=pair.kind,
        better=pair.pair.b.name if pair.better else None,
        best=pair.pair.b.name,
        sentences=(on_models, baselines.sentence)
        if leader is None
        else (_baseline_headline(comparison, leader, contenders), f"Between the models: {on_models}"),
        limits=limit_sentences(pair, comparison.config),
        numbers=_numbers(pair, comparison, len(contenders)),
        baselines=baselines,
        sessions_needed=pair.sessions_needed,
        baseline_leads=leader is not None,
        trained_again=_train_again(comparison, pair),
        next_steps=()
        if leader is None
        else next_steps(method_name(leader.label), [model.label for model in contenders if model.still_improving]),
    )


def judge_contenders(comparison: Comparison, a: str, b: str) -> PairVerdict:
    """The verdict on two of the GRU4Rec models by their names; p values are adjusted for all pairs of such models."""
    contenders = _ranked(comparison, "gru4rec")
    return _pair_verdicts(comparison, contenders, contenders)[frozenset((a, b))]


def _baseline_headline(comparison: Comparison, leader: ModelResults, contenders: list[ModelResults]) -> str:
    best, test = contenders[0], _test(comparison)
    return baseline_leads_sentence(
        test,
        Rate(best.label, _value(comparison, best)),
        Rate(method_name(leader.label), _value(comparison, leader)),
        len(contenders),
    )


def _test(comparison: Comparison) -> Test:
    return Test(comparison.config.deciding_k, comparison.models[0].unit)


def compare_with_baselines(comparison: Comparison) -> BaselineVerdict:
    """Compares the best GRU4Rec model with the strongest baseline and with best-sellers.

    "beaten" means that the best model beats both, "as-well" that the strongest baseline is equivalent to it, "better"
    that the strongest baseline beats it. p values are adjusted for all models and both baselines.

    Raises:
        RunError: there is no GRU4Rec model, or the models cannot be compared.
    """
    models, baselines = _ranked(comparison, "gru4rec"), _ranked(comparison, "baseline")
    if comparison.obstacle or not models:
        raise RunError(
            "Baselines are compared with a GRU4Rec model on the same test events.",
            found=comparison.obstacle.sentence if comparison.obstacle else "no GRU4Rec model",
            remedy=comparison.obstacle.remedy if comparison.obstacle else "Train a model on the same data.",
        )
    best = models[0]
    best_value = _value(comparison, best)
    test, best_rate = _test(comparison), Rate(best.label, best_value)
    if not baselines:
        sentence = baseline_sentence(test, best_rate, (), "no-baseline")
        return BaselineVerdict("no-baseline", best.name, best_value, None, None, None, sentence)
    strongest = baselines[0]
    best_sellers = next((model for model in baselines if model.name == BEST_SELLERS), None)
    # Best-sellers are a rival of their own only where they are not the strongest baseline.
    rivals = [strongest] if best_sellers is None or best_sellers is strongest else [strongest, best_sellers]
    by_names = _pair_verdicts(comparison, models, rivals)
    verdicts = [by_names[frozenset((rival.name, best.name))] for rival in rivals]
    outcome = _baseline_outcome(verdicts, best)
    best_sellers_value = _value(comparison, best_sellers) if best_sellers else None
    strongest_value = _value(comparison, strongest)
    return BaselineVerdict(
        outcome=outcome,
        model=best.name,
        model_value=best_value,
        strongest=strongest.name,
        strongest_value=strongest_value,
        best_sellers_value=best_sellers_value,
        sentence=baseline_sentence(
            test,
            best_rate,
            [Rate(method_name(rival.label), _value(comparison, rival)) for rival in rivals],
            outcome,
        ),
        leads=all(_beats(by_names[frozenset((strongest.name, model.name))], strongest) for model in models),
        trained_again=tuple(_train_again(comparison, verdict) for verdict in verdicts),
    )


def _train_again(comparison: Comparison, verdict: PairVerdict) -> TrainedAgain:
    config = comparison.config
    return train_again(verdict.pair.b, verdict.pair.a, config.deciding_k, config.confidence)


def _beats(verdict: PairVerdict, model: ModelResults) -> bool:
    return verdict.better and verdict.pair.b is model


def _baseline_outcome(verdicts: list[PairVerdict], best: ModelResults) -> BaselineOutcome:
    """What the verdicts say on the best model against the strongest baseline (first) and best-sellers."""
    if all(_beats(verdict, best) for verdict in verdicts):
        return "beaten"
    strongest = verdicts[0]
    if strongest.kind == "equivalent":
        return "as-well"
    if strongest.better and strongest.pair.b is not best:
        return "better"
    return "undecided"


def _invalid(comparison: Comparison) -> Verdict:
    obstacle = comparison.obstacle
    assert obstacle is not None
    return Verdict(
        kind="invalid",
        better=None,
        best=None,
        sentences=(
            obstacle.sentence,
            f"So it is not decided whose top {comparison.config.deciding_k} is better, nor whether one of them beats"
            " the strongest baseline.",
        ),
        limits=(),
        numbers={"k": comparison.config.deciding_k, "margin": comparison.config.margin},
        baselines=None,
        sessions_needed=None,
        remedy=obstacle.remedy,
    )


def _ranked(comparison: Comparison, kind: str) -> list[ModelResults]:
    return best_first(comparison.models, kind, comparison.config.deciding_k)


def _value(comparison: Comparison, model: ModelResults) -> float:
    for pair in comparison.pairs:
        if pair.a.name == model.name:
            return pair.deciding.a_value
        if pair.b.name == model.name:
            return pair.deciding.b_value
    raise AssertionError(f"{model.name} is in no pair")


def _pair_verdicts(
    comparison: Comparison, models: list[ModelResults], rivals: list[ModelResults]
) -> dict[frozenset[str], PairVerdict]:
    """Verdicts on every model against every rival, by the two names; p values are adjusted for all these pairs."""
    names = {frozenset((a.name, b.name)) for a in models for b in rivals}
    pairs = [pair for pair in comparison.pairs if frozenset((pair.a.name, pair.b.name)) in names]
    return {
        frozenset((pair.a.name, pair.b.name)): build_pair_verdict(pair, comparison.config, adjusted)
        for pair, adjusted in zip(pairs, adjusted_p(pairs, comparison.config), strict=True)
    }


def _numbers(verdict: PairVerdict, comparison: Comparison, n_models: int) -> dict[str, Any]:
    pair, config = verdict.pair, comparison.config
    figures = {
        "leader_value": verdict.leader_value,
        "other_value": verdict.other_value,
        "difference": pair.deciding.difference,
        "difference_low": pair.deciding.low,
        "difference_high": pair.deciding.high,
        "relative": pair.deciding.relative,
        "relative_low": verdict.low,
        "relative_high": verdict.high,
        "centre": verdict.centre,
        "half_width": verdict.half_width,
        "p_value": pair.deciding.p_value,
        "p_holm": verdict.p_value,
        "mcnemar_p": pair.mcnemar_p,
    }
    return {
        "metric": pair.deciding.metric,
        "k": config.deciding_k,
        "margin": config.margin,
        "confidence": config.confidence,
        "leader": pair.b.name,
        "other": pair.a.name,
        # JSON has no infinity: unknown ratios are null.
        **{name: value if value is not None and np.isfinite(value) else None for name, value in figures.items()},
        "confirmed": verdict.confirmed,
        "seed_differences": list(pair.seed_differences),
        "n_models": n_models,
        "n_sessions": pair.n_sessions,
        "n_events": pair.n_events,
    }
