"""What should the reader of a dataset, a run, a comparison or a re-check be warned of?"""

from collections.abc import Iterable, Sequence

from gru4rec_core.config import LOSS_LABELS, default_deciding_k
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.evaluation.comparison import Comparison
from gru4rec_core.evaluation.data_checks import find_dataset_warnings, find_split_warnings
from gru4rec_core.evaluation.diagnostics import DiagnosticWarning, worst_first
from gru4rec_core.evaluation.model_checks import (
    ComparedRun,
    find_comparison_warnings,
    find_evaluation_warnings,
    find_run_differences,
    find_training_warnings,
)
from gru4rec_core.results.recheck import Recheck
from gru4rec_core.workspace import run_folder
from gru4rec_core.workspace.records import ComparisonRecord, DatasetRecord, RunRecord
from gru4rec_core.workspace.split_store import load_split
from gru4rec_core.workspace.store import Workspace


def dataset_checks(workspace: Workspace, record: DatasetRecord) -> list[DiagnosticWarning]:
    """What to know of a log."""
    return worst_first(find_dataset_warnings(workspace.open_dataset(record.id), record.summary))


def run_checks(workspace: Workspace, run: RunRecord) -> list[DiagnosticWarning]:
    """What to know of a single finished run: its data, test rule, training and scores."""
    dataset = workspace.dataset(run.dataset_id)
    split, k = load_split(workspace, dataset.id, run.split), default_deciding_k(dataset.n_items)
    label = LOSS_LABELS[run.config.loss]
    evaluation = run_folder.load_evaluation(workspace.run_folder(run.id), split.train.n_items)
    found = find_dataset_warnings(workspace.open_dataset(dataset.id), dataset.summary)
    found += find_split_warnings(split, k)
    found += find_training_warnings(run.config, split.train, workspace.epochs(run.id), label)
    return worst_first([*found, *find_evaluation_warnings(evaluation, label, "gru4rec", k)])


def comparison_checks(
    workspace: Workspace, record: ComparisonRecord, groups: dict[str, list[RunRecord]], comparison: Comparison
) -> list[DiagnosticWarning]:
    """Every warning there is of a comparison: on data, split, every seed's run and scores, and the whole."""
    dataset = workspace.dataset(record.dataset_id)
    split, k = load_split(workspace, record.dataset_id, record.split), record.config.deciding_k
    labels = {model.name: model.label for model in comparison.models}
    found = find_dataset_warnings(workspace.open_dataset(dataset.id), dataset.summary)
    found += find_split_warnings(split, k, record.config.margin)
    for name, runs in groups.items():
        found += training_checks(workspace, runs, split.train, labels[name])
    for model in comparison.models:
        found += evaluation_checks(model, k)
    facts = [
        ComparedRun(labels[name], run.dataset_hash, run.split.key(), k, run.config)
        for name, runs in groups.items()
        for run in runs
    ]
    return worst_first([*found, *find_comparison_warnings(comparison, facts)])


def recheck_checks(workspace: Workspace, found: Recheck, retrained: RunRecord | None = None) -> list[DiagnosticWarning]:
    """What to know of a re-check: the new log and test rule, the scores, and whether the models learnt from one log."""
    k, split = found.comparison.config.deciding_k, load_split(workspace, found.dataset.id, found.split)
    checks = find_dataset_warnings(workspace.open_dataset(found.dataset.id), found.dataset.summary)
    checks += find_split_warnings(split, k, found.comparison.config.margin)
    for model in found.comparison.models:
        checks += evaluation_checks(model, k)
    compared = [found.run] if retrained is None else [found.run, retrained]
    # Both are tested here, under this rule; what may differ is what they learnt from.
    facts = [
        ComparedRun(model.label, run.dataset_hash, found.split.key(), k, run.config)
        for model, run in zip(found.comparison.models, compared, strict=False)
    ]
    return worst_first([*checks, *find_run_differences(facts)])


def training_checks(
    workspace: Workspace, runs: Sequence[RunRecord], train: SessionDataset, label: str
) -> list[DiagnosticWarning]:
    """What to know of a model's training, each thing once, though several seeds show it."""
    return _once(
        check for run in runs for check in find_training_warnings(run.config, train, workspace.epochs(run.id), label)
    )


def evaluation_checks(model: ModelResults, k: int) -> list[DiagnosticWarning]:
    """What to know of a model's scores, each thing once, though several seeds show it."""
    found = (find_evaluation_warnings(one, model.label, model.kind, k) for one in model.evaluations)
    return _once(check for checks in found for check in checks)


def _once(checks: Iterable[DiagnosticWarning]) -> list[DiagnosticWarning]:
    by_code: dict[str, DiagnosticWarning] = {}
    for check in checks:
        by_code.setdefault(check.code, check)
    return list(by_code.values())
