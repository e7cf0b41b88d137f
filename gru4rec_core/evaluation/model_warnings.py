"""Which problems in training, in a model's scores or in a comparison deserve a warning?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gru4rec_core.config import TrainingConfig
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.evaluation.comparability import ModelKind, ModelResults
from gru4rec_core.evaluation.comparison import Comparison
from gru4rec_core.evaluation.convergence import ValidationCurves
from gru4rec_core.evaluation.data_warnings import small_test_warning
from gru4rec_core.evaluation.diagnostic_warning import DiagnosticWarning
from gru4rec_core.evaluation.metrics import accuracy_at
from gru4rec_core.evaluation.pair_verdict import PairVerdict, build_pair_verdict
from gru4rec_core.evaluation.scoring import Evaluation
from gru4rec_core.evaluation.sensitivity import visible_from_half_width
from gru4rec_core.words import per_100, share_text

MANY_SATURATED = 0.05  # of the test events
WIDE_TIE_GAP = 0.005  # accuracy of optimistic less that of conservative ranks


@dataclass(frozen=True)
class ComparedRun:
    """What must agree between the runs of a comparison.

    Attributes:
        label: what people call the model.
        data: hash of the events it was trained on.
        split: key of the test rule.
        k: list length, chosen before training.
        config: the training settings.
    """

    label: str
    data: str
    split: str
    k: int
    config: TrainingConfig


def find_training_warnings(
    config: TrainingConfig, train: SessionDataset, curves: ValidationCurves | None = None, label: str = "The model"
) -> list[DiagnosticWarning]:
    """Warnings of a model's training, before it (without `curves`) or after it.

    Args:
        config: its settings.
        train: what it learns from.
        curves: its hits on validation data in every seed.
        label: what people call the model.
    """
    warnings = [_fewer_items_than_samples(config, train), _fewer_sessions_than_lanes(config, train)]
    if curves is not None:
        warnings.append(_still_improving(curves, label))
    return [warning for warning in warnings if warning]


def find_evaluation_warnings(evaluation: Evaluation, label: str, kind: ModelKind, k: int) -> list[DiagnosticWarning]:
    """Warnings of a model's scores on the test events.

    Args:
        evaluation: its ranks and top scores.
        label: what people call the model.
        kind: equal scores at the top are a fault in a trained model, and natural in a baseline that counts.
        k: list length.
    """
    warnings = [_not_finite(evaluation, label), _rank_ties(evaluation, label, k)]
    if kind == "gru4rec":
        warnings.append(_saturated(evaluation, label))
    return [warning for warning in warnings if warning]


def find_comparison_warnings(comparison: Comparison, runs: Sequence[ComparedRun] = ()) -> list[DiagnosticWarning]:
    """Warnings of a comparison.

    Args:
        comparison: its result.
        runs: the compared runs; baselines have none.
    """
    warnings = find_run_differences(runs)
    if comparison.obstacle:
        obstacle = comparison.obstacle
        effect = "A difference between them would say something about the tests, not about the models."
        return [DiagnosticWarning("not-comparable", "error", obstacle.sentence, "", effect, obstacle.remedy), *warnings]
    models = [model for model in comparison.models if model.kind == "gru4rec"]
    for model in models:
        warning = _not_beating_baseline(comparison, model)
        warnings += [warning] if warning else []
    too_small = _too_small(comparison, models)
    return [*warnings, too_small] if too_small else warnings


def shows_test_size(comparison: Comparison) -> bool:
    """Whether the intervals between contenders say if the test is large enough, so that no estimate is needed."""
    return bool(comparison.pairs) and sum(model.kind == "gru4rec" for model in comparison.models) > 1


def find_run_differences(runs: Sequence[ComparedRun]) -> list[DiagnosticWarning]:
    """Warnings of what the runs differ in, beyond the loss and the seed."""
    warnings = []
    for code, name, remedy in (
        ("data", "data", "Train them again on one dataset, or read the result as one about model and data together."),
        ("split", "test rule", "Re-test all of them under one test rule."),
        ("k", "list length k", "Choose one k, the number of items your page shows, before training."),
    ):
        values = {run.label: getattr(run, code) for run in runs}
        if len(set(values.values())) > 1:
            warnings.append(
                DiagnosticWarning(
                    f"different-{code}",
                    "warning" if code == "data" else "error",
                    f"The runs differ in their {name}.",
                    "; ".join(f"{label}: {value}" for label, value in values.items()) + ".",
                    f"A difference between them can come from the {name} as well as from the models.",
                    remedy,
                )
            )
    settings = _settings_differ(runs)
    return [*warnings, settings] if settings else warnings


def _fewer_items_than_samples(config: TrainingConfig, train: SessionDataset) -> DiagnosticWarning | None:
    if config.resolved(train.n_items).negatives != "sampled" or train.n_items >= config.n_sample:
        return None
    return DiagnosticWarning(
        "few-items",
        "warning",
        "There are fewer items than negative samples.",
        f"{train.n_items:,} items, {config.n_sample:,} samples per step.",
        "Every item is drawn several times per step: slower than comparing with all items, and no better.",
        "Set negatives to “all”.",
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
        "Lanes without a session do nothing, so each step learns from fewer sessions than the settings say.",
        f"Set batch_size to {max(trainable, 1):,} or less, or train on more data.",
    )


def _still_improving(curves: ValidationCurves, label: str) -> DiagnosticWarning | None:
    if not curves.still_improving:
        return None
    mean = curves.mean
    before = mean[max(len(mean) - 3, 0)]
    n_seeds = len(curves.curves)
    return DiagnosticWarning(
        "still-improving",
        "warning",
        f"{label} was still improving when training stopped.",
        f"On validation data {per_100(mean[-1])} hits per 100 in the top {curves.k} after epoch {len(mean)},"
        f" {per_100(before)} {'two epochs' if len(mean) > 2 else 'an epoch'} before"
        + (f" (means of {n_seeds} runs)." if n_seeds > 1 else "."),
        "Its result is lower than it need be, and a comparison may show only which model learns faster.",
        "Train for more epochs, with early stopping.",
    )


def _not_finite(evaluation: Evaluation, label: str) -> DiagnosticWarning | None:
    bad = int((np.isnan(evaluation.top_scores) | (evaluation.top_scores == np.inf)).any(axis=1).sum())
    if not bad:
        return None
    return DiagnosticWarning(
        "scores-not-finite",
        "error",
        f"Scores of {label} are not finite numbers.",
        f"{share_text(bad, evaluation.n_events)} test events.",
        "Ranks from such scores mean nothing. Training has most likely diverged.",
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
        f"{label} gives its first guesses exactly the same score.",
        f"{share_text(flat, len(scores))} test events have equal scores at the top.",
        "The scores have reached the end of their range, so the order of the guesses is arbitrary.",
        "Train again with a lower learning rate, or with tanh instead of relu.",
    )


def _rank_ties(evaluation: Evaluation, label: str, k: int) -> DiagnosticWarning | None:
    best, worst = (accuracy_at(evaluation, k, ties) for ties in ("optimistic", "conservative"))
    if not best - worst > WIDE_TIE_GAP:
        return None
    return DiagnosticWarning(
        "rank-ties",
        "warning",
        f"Ties decide part of {label}'s hits.",
        f"Between {per_100(worst)} and {per_100(best)} hits per 100 in the top {k},"
        " depending on how equal scores are ranked.",
        "Where many items share the true item's score, its rank is a matter of convention (here: the middle of them).",
        "Compare such a model by the lower figure, or give it scores that tell items apart.",
    )


def _not_beating_baseline(comparison: Comparison, model: ModelResults) -> DiagnosticWarning | None:
    """The warning that a model does not beat the strongest baseline, by the statistics of the verdict."""
    verdicts = [
        build_pair_verdict(comparison.pair(baseline.name, model.name), comparison.config)
        for baseline in comparison.models
        if baseline.kind == "baseline"
    ]
    if not verdicts:
        return None
    strongest = max(verdicts, key=lambda verdict: _values(verdict, model)[1])
    if strongest.better and strongest.pair.b is model:
        return None
    baseline = strongest.pair.a if strongest.pair.b is model else strongest.pair.b
    value, baseline_value = _values(strongest, model)
    return DiagnosticWarning(
        "not-beating-baseline",
        "warning",
        f"{model.label} does not clearly beat the strongest baseline.",
        f"{per_100(value)} per 100; {baseline.label} {per_100(baseline_value)}.",
        "A baseline costs nothing to train and to run. A model earns its place only by beating it.",
        "Train longer or on more data, try the preset “modern”, or use the baseline.",
    )


def _values(verdict: PairVerdict, model: ModelResults) -> tuple[float, float]:
    """The deciding metric of the model, and of the other one."""
    if verdict.pair.b is model:
        return verdict.leader_value, verdict.other_value
    return verdict.other_value, verdict.leader_value


def _too_small(comparison: Comparison, models: Sequence[ModelResults]) -> DiagnosticWarning | None:
    """Whether the test is too small, judged by the widest interval among the pairs that are not settled."""
    config = comparison.config
    verdicts = [build_pair_verdict(pair, config) for pair in comparison.pairs if pair.a in models and pair.b in models]
    # A settled pair needs no larger test, however wide its interval.
    widest = max((verdict.half_width for verdict in verdicts if verdict.kind == "undecided"), default=0.0)
    if not widest:
        return None
    smallest = visible_from_half_width(widest, config.confidence)
    return small_test_warning(comparison.pairs[0].n_sessions, smallest, config.margin)


def _settings_differ(runs: Sequence[ComparedRun]) -> DiagnosticWarning | None:
    settings = [run.config.model_dump() for run in runs]
    differing = [
        name
        for name in (settings[0] if settings else {})
        if name not in {"loss", "seed"} and len({str(values[name]) for values in settings}) > 1
    ]
    if not differing:
        return None
    figures = []
    for name in differing:
        by_label = {run.label: values[name] for run, values in zip(runs, settings, strict=True)}
        figures.append(f"{name}: " + ", ".join(f"{label} {value}" for label, value in by_label.items()))
    return DiagnosticWarning(
        "settings-differ",
        "note",
        "The runs differ in more than the loss.",
        "; ".join(figures) + ".",
        "The verdict is then about the whole recipes, not about the losses alone.",
        "If the loss is the question, train both with the same settings.",
    )
