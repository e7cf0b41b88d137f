"""Collects the warnings to show for a dataset, a run, a comparison or a re-check."""

from collections.abc import Iterable, Sequence

from gru4rec_core.baselines.names import label_of
from gru4rec_core.config import LOSS_LABELS, default_deciding_k
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.evaluation.comparison import Comparison
from gru4rec_core.evaluation.convergence import read_validation_curves
from gru4rec_core.evaluation.data_warnings import SMALL_TEST, find_split_warnings
from gru4rec_core.evaluation.diagnostic_warning import DiagnosticWarning, worst_first
from gru4rec_core.evaluation.log_quality import check_quality
from gru4rec_core.evaluation.model_warnings import (
    ComparedRun,
    find_comparison_warnings,
    find_evaluation_warnings,
    find_run_differences,
    find_training_warnings,
    shows_test_size,
)
from gru4rec_core.evaluation.quality_types import QualityReport
from gru4rec_core.results.recheck import Recheck
from gru4rec_core.workspace import refused_baselines, run_folder
from gru4rec_core.workspace.records import ComparisonRecord, DatasetRecord, RunRecord
from gru4rec_core.workspace.split_store import load_split
from gru4rec_core.workspace.store import Workspace


def diagnose_quality(workspace: Workspace, record: DatasetRecord) -> QualityReport:
    """What a log was checked for; what was set aside for it is marked."""
    return check_quality(workspace.open_dataset(record.id), record.summary, record.set_aside)


def diagnose_run(workspace: Workspace, run: RunRecord) -> list[DiagnosticWarning]:
    """The warnings about a finished run, worst first: its data, test rule, training and scores."""
    dataset = workspace.dataset(run.dataset_id)
    split, k = load_split(workspace, dataset.id, run.split), default_deciding_k(dataset.n_items)
    label = LOSS_LABELS[run.config.loss]
    evaluation = run_folder.load_evaluation(workspace.run_folder(run.id), split.train.n_items)
    warnings = diagnose_quality(workspace, dataset).with_test(find_split_warnings(split, k))
    warnings += diagnose_training(workspace, [run], split.train, k, label)
    return worst_first([*warnings, *find_evaluation_warnings(evaluation, label, "gru4rec", k)])


def diagnose_comparison(
    workspace: Workspace,
    record: ComparisonRecord,
    groups: dict[str, list[RunRecord]],
    comparison: Comparison,
    quality: QualityReport,
) -> list[DiagnosticWarning]:
    """The warnings about a comparison, worst first: data, split, each seed's training and scores, and the comparison.

    Args:
        workspace: where it is.
        record: the comparison.
        groups: the runs of each trained model by its name.
        comparison: its models and paired statistics.
        quality: what its log was checked for.
    """
    split, k = load_split(workspace, record.dataset_id, record.split), record.config.deciding_k
    labels = {model.name: model.label for model in comparison.models}
    of_test = find_split_warnings(split, k, record.config.margin)
    if shows_test_size(comparison):
        of_test = [warning for warning in of_test if warning.code != SMALL_TEST]
    warnings = quality.with_test(of_test)
    for name, runs in groups.items():
        warnings += diagnose_training(workspace, runs, split.train, k, labels[name])
    for model in comparison.models:
        warnings += diagnose_scores(model, k)
    warnings += list_left_out(workspace, record)
    compared = [
        ComparedRun(labels[name], run.dataset_hash, run.split.key(), k, run.config)
        for name, runs in groups.items()
        for run in runs
    ]
    return worst_first([*warnings, *find_comparison_warnings(comparison, compared)])


def list_left_out(workspace: Workspace, record: ComparisonRecord) -> list[DiagnosticWarning]:
    """A note on each baseline of a comparison that did not take its log."""
    folder = workspace.split_folder(record.dataset_id, record.split) / "baselines"
    return [
        DiagnosticWarning(
            "baseline-left-out",
            "note",
            f"{label_of(name)} is not among the baselines.",
            f"{refused.rule}" + (f" Found: {refused.found}." if refused.found else ""),
            "The models are compared with all other baselines; this one might have been stronger.",
            refused.remedy,
        )
        for name, refused in refused_baselines.read(folder, record.baselines).items()
    ]


def diagnose_recheck(
    workspace: Workspace, recheck: Recheck, retrained: RunRecord | None = None
) -> list[DiagnosticWarning]:
    """The warnings about a re-check, worst first: log, test rule, scores, and models trained on different logs."""
    k, split = recheck.comparison.config.deciding_k, load_split(workspace, recheck.dataset.id, recheck.split)
    test_warnings = find_split_warnings(split, k, recheck.comparison.config.margin)
    warnings = diagnose_quality(workspace, recheck.dataset).with_test(test_warnings)
    for model in recheck.comparison.models:
        warnings += diagnose_scores(model, k)
    runs = [recheck.run] if retrained is None else [recheck.run, retrained]
    # Both are tested here, under this rule; what may differ is what they learnt from.
    compared = [
        ComparedRun(model.label, run.dataset_hash, recheck.split.key(), k, run.config)
        for model, run in zip(recheck.comparison.models, runs, strict=False)
    ]
    return worst_first([*warnings, *find_run_differences(compared)])


def diagnose_training(
    workspace: Workspace, runs: Sequence[RunRecord], train: SessionDataset, k: int, label: str
) -> list[DiagnosticWarning]:
    """The warnings about a model's training, whose runs differ in their seed alone.

    Args:
        workspace: where the runs are.
        runs: one per seed.
        train: what they learnt from.
        k: the list length that decides.
        label: what people call the model.
    """
    curves = read_validation_curves([workspace.epochs(run.id) for run in runs], k)
    return find_training_warnings(runs[0].config, train, curves, label)


def diagnose_scores(model: ModelResults, k: int) -> list[DiagnosticWarning]:
    """The warnings about a model's scores; one that several seeds cause is given once."""
    return _drop_repeated(
        warning
        for evaluation in model.evaluations
        for warning in find_evaluation_warnings(evaluation, model.label, model.kind, k)
    )


def _drop_repeated(warnings: Iterable[DiagnosticWarning]) -> list[DiagnosticWarning]:
    by_code: dict[str, DiagnosticWarning] = {}
    for warning in warnings:
        by_code.setdefault(warning.code, warning)
    return list(by_code.values())
