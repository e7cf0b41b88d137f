"""What came out of a comparison?

Put together from the files of its runs and baselines alone.
"""

from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from gru4rec_core.errors import RunError
from gru4rec_core.evaluation.comparison import Comparison
from gru4rec_core.evaluation.diagnostics import DiagnosticWarning
from gru4rec_core.evaluation.verdict import Verdict, build_verdict
from gru4rec_core.results.model_table import baseline_models, by_model, row_json, trained_models
from gru4rec_core.results.statistics_cache import statistics
from gru4rec_core.workspace.records import ComparisonRecord, DatasetRecord
from gru4rec_core.workspace.split_store import StoredSplit, open_split
from gru4rec_core.workspace.store import Workspace

__all__ = ["ComparisonResult", "comparison_result", "keep_statistics", "unfinished"]

DECIDED_LATE = "The list length was chosen after results were there: exploratory."


@dataclass(frozen=True)
class ComparisonResult:
    """A comparison whose runs are done.

    Attributes:
        record, dataset: what was compared on which data.
        comparison: the models (trained ones first, then baselines) and the paired statistics.
        verdict: None with fewer than two trained models.
        checks: warnings, worst first.
        models: one row a model: name, label, kind, n_seeds, then means over seeds for k of `DEFAULT_KS` and the
            deciding k: accuracy@k, accuracy_conservative@k, accuracy_optimistic@k, mrr@k, ndcg@k, coverage@k,
            mean_popularity@k, repeat_share@k; seconds (training time of one run).
        run_ids: name of a trained model to its runs, one a seed.
        split: the test part.
    """

    record: ComparisonRecord
    dataset: DatasetRecord
    comparison: Comparison
    verdict: Verdict | None
    checks: list[DiagnosticWarning]
    models: pd.DataFrame
    run_ids: dict[str, tuple[str, ...]]
    split: StoredSplit

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values: what `compare --json` prints."""
        return {
            "comparison": self.record.id,
            "dataset": self.dataset.name,
            "dataset_id": self.dataset.id,
            "protocol": self.record.split.protocol,
            "decided_before_results": self.record.decided_before_results,
            "deciding_metric": f"accuracy@{self.record.config.deciding_k}",
            "n_test": self.comparison.models[0].n_events,
            "n_test_sessions": self.comparison.models[0].n_sessions,
            "models": [self._model_json(row) for row in self.models.to_dict("records")],
            "verdict": self.verdict.to_json() if self.verdict else None,
            "warnings": [check.to_json() for check in self.checks],
        }

    def _model_json(self, row: dict[Any, Any]) -> dict[str, Any]:
        seconds = None if pd.isna(row["seconds"]) else row["seconds"]
        return {**row_json(row), "seconds": seconds, "runs": list(self.run_ids.get(row["name"], ()))}


def unfinished(workspace: Workspace, record: ComparisonRecord) -> list[str]:
    """What a comparison still waits for: ids of runs, names of baselines."""
    runs = [run_id for run_id in record.run_ids if workspace.state(run_id).state != "done"]
    return runs + workspace.missing_baselines(record.dataset_id, record.split, record.baselines)


def keep_statistics(workspace: Workspace, dataset_id: str) -> None:
    """Computes the statistics of every finished comparison on a dataset that has none yet, ahead of its reader."""
    for record in workspace.comparisons(dataset_id):
        kept = (workspace.comparison_folder(record.id) / "statistics.json").exists()
        if not kept and not unfinished(workspace, record):
            comparison_result(workspace, record.id)


def comparison_result(workspace: Workspace, comparison_id: str) -> ComparisonResult:
    """The result of a comparison; its statistics are computed and kept if they are not there yet.

    Baselines that are not there (yet) are left out.

    Raises:
        RunError: a run is not done, or a file is damaged.
    """
    record = workspace.comparison(comparison_id)
    waiting = [run_id for run_id in record.run_ids if workspace.state(run_id).state != "done"]
    if waiting:
        raise RunError(
            "A comparison has a result once all its runs are done.",
            found=f"{len(waiting)} of {len(record.run_ids)} not done: {', '.join(waiting)}",
            where=f"comparison {comparison_id}",
            remedy="Wait for them, or start those again that failed.",
        )
    split = open_split(workspace, record.dataset_id, record.split)
    groups = by_model([workspace.run(run_id) for run_id in record.run_ids])
    rows, models = trained_models(workspace, groups, split, record.config.deciding_k)
    more_rows, baselines = baseline_models(
        workspace, record.dataset_id, record.baselines, split, record.config.deciding_k
    )
    comparison, checks = statistics(workspace, record, groups, [*models, *baselines])
    return ComparisonResult(
        record=record,
        dataset=workspace.dataset(record.dataset_id),
        comparison=comparison,
        verdict=_verdict(record, comparison) if len(models) > 1 else None,
        checks=checks,
        models=pd.DataFrame([*rows, *more_rows]),
        run_ids={name: tuple(run.id for run in runs) for name, runs in groups.items()},
        split=split,
    )


def _verdict(record: ComparisonRecord, comparison: Comparison) -> Verdict:
    found = build_verdict(comparison)
    return found if record.decided_before_results else replace(found, limits=(*found.limits, DECIDED_LATE))
