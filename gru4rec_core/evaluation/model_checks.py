"""Was training sound, are the scores, and is the comparison fair?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gru4rec_core.config import TrainingConfig
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.evaluation.comparability import ModelKind, ModelResults
from gru4rec_core.evaluation.comparison import Comparison
from gru4rec_core.evaluation.diagnostics import DiagnosticWarning, share, smallest_difference
from gru4rec_core.evaluation.metrics import accuracy_at
from gru4rec_core.evaluation.pair_verdict import PairVerdict, build_pair_verdict
from gru4rec_core.evaluation.scoring import Evaluation
from gru4rec_core.evaluation.verdict_text import per_100

GAIN = 0.005
"""Relative gain of the last epochs that counts as still improving."""

MANY_SATURATED = 0.05
WIDE_TIE_GAP = 0.005


@dataclass(frozen=True)
class ComparedRun:
    """What must agree between runs that are compared.

    Attributes:
        label: as people read it.
        data: hash of the events trained on.
        split: key of the test rule.
        k: items the page shows, as fixed before training.
        config: the training settings.
    """

    label: str
    data: str
    split: str
    k: int
    config: TrainingConfig


def find_training_warnings(
    config: TrainingConfig, train: SessionDataset, epochs: pd.DataFrame | None = None, label: str = "The model"
) -> list[DiagnosticWarning]:
    """What to know of a training run, before (without `epochs`) or after it.

    Args:
        config: its settings.
        train: what it learns from.
        epochs: one row an epoch, validation figures as `validation_accuracy@10` and so on.
        label: how people call the model.
    """
    found = [_fewer_items_than_samples(config, train), _fewer_sessions_than_lanes(config, train)]
    if epochs is not None:
        found.append(_still_improving(validation_curve(epochs, config), label))
    return [check for check in found if check]


def find_evaluation_warnings(evaluation: Evaluation, label: str, kind: ModelKind, k: int) -> list[DiagnosticWarning]:
    """What to know of a model's scores on the test events.

    Args:
        evaluation: its ranks and top scores.
        label: how people call it.
        kind: ties at the top are a fault in a trained model, and natural when counting.
        k: items the page shows.
    """
    found = [_not_finite(evaluation, label), _rank_ties(evaluation, label, k)]
    if kind == "gru4rec":
        found.append(_saturated(evaluation, label))
    return [check for check in found if check]


def find_comparison_warnings(comparison: Comparison, runs: Sequence[ComparedRun] = ()) -> list[DiagnosticWarning]:
    """What to know of a comparison.

    Args:
        comparison: its result.
        runs: the compared runs; baselines have none.
    """
    found = find_run_differences(runs)
    if comparison.obstacle:
        obstacle = comparison.obstacle
        effect = "A difference would then say something about the tests, not about the models."
        return [DiagnosticWarning("not-comparable", "error", obstacle.sentence, "", effect, obstacle.remedy), *found]
    models = [model for model in comparison.models if model.kind == "gru4rec"]
    for model in models:
        found += _not_beating(comparison, model)
    return found + _wide_interval(comparison, models)


def find_run_differences(runs: Sequence[ComparedRun]) -> list[DiagnosticWarning]:
    """In what the runs differ beyond the loss and the seed."""
    found = []
    for code, name, remedy in (
        ("data", "data", "Train them again on one dataset, or read the result as model and data together."),
        ("split", "test rule", "Re-test all of them under one test rule."),
        ("k", "list length k", "Choose one k, the number of items your page shows, before training."),
    ):
        values = {run.label: getattr(run, code) for run in runs}
        if len(set(values.values())) > 1:
            found.append(
                DiagnosticWarning(
                    f"different-{code}",
                    "warning" if code == "data" else "error",
                    f"The runs differ in their {name}.",
                    "; ".join(f"{label}: {value}" for label, value in values.items()) + ".",
                    f"A difference between them can come from the {name} as well as from the model.",
                    remedy,
                )
            )
    return found + _settings_differ(runs)


def validation_curve(epochs: pd.DataFrame, config: TrainingConfig) -> np.ndarray:
    """The validation figure that early stopping watches, one an epoch: float64, empty without validation."""
    column = f"validation_{config.early_stopping_metric}"
    if column not in epochs:
        return np.empty(0)
    return epochs[column].dropna().to_numpy(np.float64)


def still_improving(curve: np.ndarray) -> bool:
    """Whether the last fifth of the epochs (at least one) gained over all before by more than 0.5 %.

    >>> still_improving(np.array([0.10, 0.15, 0.18]))
    True
    >>> still_improving(np.array([0.10, 0.18, 0.18]))
    False
    """
    if len(curve) < 2:
        return False
    last = max(1, len(curve) // 5)
    return bool(curve[-last:].max() > curve[:-last].max() * (1 + GAIN))


def _fewer_items_than_samples(config: TrainingConfig, train: SessionDataset) -> DiagnosticWarning | None:
    if config.resolved(train.n_items).negatives != "sampled" or train.n_items >= config.n_sample:
        return None
    return DiagnosticWarning(
        "few-items",
        "warning",
        "There are fewer items than negative samples.",
        f"{train.n_items:,} items, {config.n_sample:,} samples a step.",
        "Every item is drawn several times a step: slower than comparing with all items, and no better.",
        "Set negatives to all.",
    )


def _fewer_sessions_than_lanes(config: TrainingConfig, train: SessionDataset) -> DiagnosticWarning | None:
    trainable = int((train.lengths > 1).sum())
    if trainable >= config.batch_size:
        return None
    return DiagnosticWarning(
        "few-sessions",
        "warning",
        "There are fewer sessions than lanes.",
        f"{trainable:,} sessions of two or more events, {config.batch_size:,} lanes.",
        "Lanes without a session do nothing, and each step learns from fewer sessions than the setting says.",
        f"Set batch_size to {max(trainable, 1):,} or less, or bring more data.",
    )


def _still_improving(curve: np.ndarray, label: str) -> DiagnosticWarning | None:
    if not still_improving(curve):
        return None
    return DiagnosticWarning(
        "still-improving",
        "warning",
        f"{label} was still improving when training stopped.",
        f"After {len(curve)} epochs {per_100(curve[-1])} validation hits per 100; best before its last epochs"
        f" {per_100(curve[: -max(1, len(curve) // 5)].max())}.",
        "Its result is lower than it need be, and a comparison may only show which model learns faster.",
        "Train for more epochs, with early stopping.",
    )


def _not_finite(evaluation: Evaluation, label: str) -> DiagnosticWarning | None:
    bad = int((np.isnan(evaluation.top_scores) | (evaluation.top_scores == np.inf)).any(axis=1).sum())
    if not bad:
        return None
    return DiagnosticWarning(
        "scores-not-finite",
        "error",
        f"Scores of {label} are not numbers.",
        f"{share(bad, evaluation.n_events)} test events.",
        "Ranks made of such scores mean nothing. Training has most likely blown up.",
        "Train again with a lower learning rate.",
    )


def _saturated(evaluation: Evaluation, label: str) -> DiagnosticWarning | None:
    scores = evaluation.top_scores
    if scores.shape[1] < 2 or not len(scores):
        return None
    flat = int((scores[:, 0] == scores[:, min(2, scores.shape[1] - 1)]).sum())
    if flat <= MANY_SATURATED * len(scores):
        return None
    return DiagnosticWarning(
        "scores-saturated",
        "warning",
        f"{label} gives its first guesses the very same score.",
        f"{share(flat, len(scores))} test events have equal scores at the top.",
        "The scores have run into the end of their range, so the order of the guesses is by chance.",
        "Train again with a lower learning rate, or with tanh in place of relu.",
    )


def _rank_ties(evaluation: Evaluation, label: str, k: int) -> DiagnosticWarning | None:
    best, worst = (accuracy_at(evaluation, k, ties) for ties in ("optimistic", "conservative"))
    if not best - worst > WIDE_TIE_GAP:
        return None
    return DiagnosticWarning(
        "rank-ties",
        "warning",
        f"Ties decide part of {label}'s hits.",
        f"In the top {k} between {per_100(worst)} and {per_100(best)} per 100, as equal scores are read.",
        "Where many items share the true item's score its rank is a matter of convention (here: their middle).",
        "Compare such a model by the cautious figure, or give it scores that tell items apart.",
    )


def _not_beating(comparison: Comparison, model: ModelResults) -> list[DiagnosticWarning]:
    """One check a model: against the strongest baseline, by the statistics of the verdict."""
    judged = [
        build_pair_verdict(comparison.pair(rival.name, model.name), comparison.config)
        for rival in comparison.models
        if rival.kind == "baseline"
    ]
    if not judged:
        return []
    strongest = max(judged, key=lambda verdict: _rival_value(verdict, model))
    if strongest.better and strongest.pair.b is model:
        return []
    rival = strongest.pair.a if strongest.pair.b is model else strongest.pair.b
    value = strongest.leader_value if strongest.pair.b is model else strongest.other_value
    return [
        DiagnosticWarning(
            "not-beating-baseline",
            "warning",
            f"{model.label} does not clearly beat simple counting.",
            f"{per_100(value)} per 100; {rival.label} {per_100(_rival_value(strongest, model))}.",
            "A baseline costs nothing to train and to run. A model earns its place only by beating it.",
            "Train longer or on more data, try the preset “modern”, or use the baseline.",
        )
    ]


def _rival_value(verdict: PairVerdict, model: ModelResults) -> float:
    return verdict.other_value if verdict.pair.b is model else verdict.leader_value


def _wide_interval(comparison: Comparison, models: Sequence[ModelResults]) -> list[DiagnosticWarning]:
    """Measured by the widest interval among what is not settled: 1.96 errors a side, where 80 % power takes 2.80."""
    margin = comparison.config.margin
    judged = [
        build_pair_verdict(pair, comparison.config)
        for pair in comparison.pairs
        if pair.a in models and pair.b in models
    ]
    visible = max((verdict.half_width for verdict in judged if verdict.kind == "undecided"), default=0.0) * 2.80 / 1.96
    if visible <= margin:
        return []
    return [
        DiagnosticWarning(
            "small-test",
            "warning",
            f"This test is too small to see a difference of {100 * margin:.0f} %.",
            f"{comparison.pairs[0].n_sessions:,} test sessions; the smallest difference it is likely to show:"
            f" {smallest_difference(visible)}.",
            "A real difference below that will most likely be left undecided.",
            "Test on more sessions, or accept that only large differences show.",
        )
    ]


def _settings_differ(runs: Sequence[ComparedRun]) -> list[DiagnosticWarning]:
    settings = [run.config.model_dump() for run in runs]
    differing = [
        name
        for name in (settings[0] if settings else {})
        if name not in {"loss", "seed"} and len({str(values[name]) for values in settings}) > 1
    ]
    if not differing:
        return []
    figures = []
    for name in differing:
        by_label = {run.label: values[name] for run, values in zip(runs, settings, strict=True)}
        figures.append(f"{name}: " + ", ".join(f"{label} {value}" for label, value in by_label.items()))
    return [
        DiagnosticWarning(
            "settings-differ",
            "note",
            "The runs differ in more than the loss.",
            "; ".join(figures) + ".",
            "The verdict is then about the whole recipes, not about the losses alone.",
            "If the loss is the question, train both with the same settings.",
        )
    ]
