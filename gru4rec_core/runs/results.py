"""What came out of a comparison?

Put together from the files of its runs and baselines alone. The resampling is done once and kept beside the
comparison, named by what went into it, so that a page shows the verdict at once.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import inf
from pathlib import Path
from typing import Any

import pandas as pd

from gru4rec_core.config import TrainingConfig
from gru4rec_core.errors import RunError
from gru4rec_core.evaluation.baselines import LABELS
from gru4rec_core.evaluation.comparability import ModelResults, find_obstacle
from gru4rec_core.evaluation.comparison import Comparison, MetricDifference, PairedComparison, compare_models
from gru4rec_core.evaluation.metrics import DEFAULT_KS
from gru4rec_core.evaluation.verdict import Verdict, verdict
from gru4rec_core.runs import run_files
from gru4rec_core.runs.files import read_json, write_json
from gru4rec_core.runs.records import SCHEMA, ComparisonRecord, DatasetRecord, RunRecord
from gru4rec_core.runs.split_store import StoredSplit, open_split
from gru4rec_core.runs.workspace import Workspace

LOSS_LABELS = {
    "top1": "TOP1",
    "bpr": "BPR",
    "top1-max": "TOP1-max",
    "bpr-max": "BPR-max",
    "cross-entropy": "Cross-entropy",
}
"""How screens call the losses."""


@dataclass(frozen=True)
class ComparisonResult:
    """A comparison whose runs are done.

    Attributes:
        record, dataset: what was compared on which data.
        comparison: the models (trained ones first, then baselines) and the paired statistics.
        verdict: None with fewer than two trained models.
        models: one row a model: name, label, kind, n_seeds, accuracy@k, mrr@k, ndcg@k, coverage@k (means over
            seeds, k of `DEFAULT_KS`), seconds (training time of one run).
        run_ids: name of a trained model to its runs, one a seed.
        split: the test part.
    """

    record: ComparisonRecord
    dataset: DatasetRecord
    comparison: Comparison
    verdict: Verdict | None
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
            "deciding_metric": f"accuracy@{self.record.config.deciding_k}",
            "n_test": self.comparison.models[0].n_events,
            "n_test_sessions": self.comparison.models[0].n_sessions,
            "models": [self._model_json(row) for row in self.models.to_dict("records")],
            "verdict": self.verdict.to_json() if self.verdict else None,
            "warnings": [],
        }

    def _model_json(self, row: dict[Any, Any]) -> dict[str, Any]:
        rates = {
            metric: {str(k): row[f"{metric}@{k}"] for k in DEFAULT_KS}
            for metric in ("accuracy", "mrr", "ndcg", "coverage")
        }
        seconds = None if pd.isna(row["seconds"]) else row["seconds"]
        return {
            "name": row["name"],
            "label": row["label"],
            "kind": row["kind"],
            "seeds": row["n_seeds"],
            **rates,
            "seconds": seconds,
            "runs": list(self.run_ids.get(row["name"], ())),
        }


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
    groups = _by_model([workspace.run(run_id) for run_id in record.run_ids])
    rows, models = _trained(workspace, groups, split)
    more_rows, baselines = _baselines(workspace, record, split)
    comparison = _compared(workspace.comparison_folder(comparison_id), record, [*models, *baselines])
    return ComparisonResult(
        record=record,
        dataset=workspace.dataset(record.dataset_id),
        comparison=comparison,
        verdict=verdict(comparison) if len(models) > 1 else None,
        models=pd.DataFrame([*rows, *more_rows]),
        run_ids={name: tuple(run.id for run in runs) for name, runs in groups.items()},
        split=split,
    )


def _by_model(runs: Sequence[RunRecord]) -> dict[str, list[RunRecord]]:
    """Runs that differ in their seed alone are one model, named by its loss and by what sets it apart."""
    groups: dict[TrainingConfig, list[RunRecord]] = {}
    for run in runs:
        groups.setdefault(run.config.replace(seed=0), []).append(run)
    return dict(zip(_names(list(groups)), groups.values(), strict=True))


def _names(configs: Sequence[TrainingConfig]) -> list[str]:
    names = []
    for config in configs:
        namesakes = [other.model_dump() for other in configs if other.loss == config.loss]
        values = config.model_dump()
        apart = [field for field in values if any(other[field] != values[field] for other in namesakes)]
        names.append(" ".join([config.loss, *(f"{field}={_shown(values[field])}" for field in apart)]))
    return names


def _shown(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _trained(
    workspace: Workspace, groups: dict[str, list[RunRecord]], split: StoredSplit
) -> tuple[list[dict[str, Any]], list[ModelResults]]:
    rows, models = [], []
    for name, runs in groups.items():
        folders = [workspace.run_folder(run.id) for run in runs]
        config = runs[0].config
        label = LOSS_LABELS[config.loss] + name.removeprefix(config.loss)
        seconds = [read_json(folder / "environment.json", "a run")["seconds"]["training"] for folder in folders]
        model = ModelResults(
            name=name,
            label=label,
            kind="gru4rec",
            evaluations=tuple(run_files.load_evaluation(folder, split.test.dataset.n_items) for folder in folders),
            test_key=split.test_key,
            leaked_events=split.leaked_events,
            seen_days=split.config.protocol != "time",
            still_improving=any(still_improving(run_files.epochs(folder), config) for folder in folders),
            training_seconds=sum(seconds) / len(seconds),
        )
        models.append(model)
        rows.append(_row(model, [run_files.metrics(folder) for folder in folders]))
    return rows, models


def still_improving(epochs: pd.DataFrame, config: TrainingConfig) -> bool:
    """Whether the last of all planned epochs was the best on the validation part."""
    metric = f"validation_{config.early_stopping_metric}"
    if config.early_stopping or metric not in epochs or len(epochs) < 2:
        return False
    return bool(epochs[metric].iloc[-1] > epochs[metric].iloc[:-1].max())


def _baselines(
    workspace: Workspace, record: ComparisonRecord, split: StoredSplit
) -> tuple[list[dict[str, Any]], list[ModelResults]]:
    folder = workspace.split_folder(record.dataset_id, record.split) / "baselines"
    rows, models = [], []
    for name in record.baselines:
        if not (folder / f"{name}.json").exists():
            continue
        model = ModelResults(
            name=name,
            label=LABELS[name],
            kind="baseline",
            evaluations=(run_files.load_evaluation(folder, split.test.dataset.n_items, name),),
            test_key=split.test_key,
            leaked_events=split.leaked_events,
            seen_days=split.config.protocol != "time",
        )
        models.append(model)
        rows.append(_row(model, [read_json(folder / f"{name}.json", "a baseline")]))
    return rows, models


def _row(model: ModelResults, metrics: Sequence[dict[str, Any]]) -> dict[str, Any]:
    means = {}
    for metric in ("accuracy", "mrr", "ndcg", "coverage"):
        for k in DEFAULT_KS:
            values = [one[metric].get(str(k)) for one in metrics]
            means[f"{metric}@{k}"] = None if None in values else sum(values) / len(values)
    return {
        "name": model.name,
        "label": model.label,
        "kind": model.kind,
        "n_seeds": model.n_seeds,
        **means,
        "seconds": model.training_seconds,
    }


def _compared(folder: Path, record: ComparisonRecord, models: Sequence[ModelResults]) -> Comparison:
    if len(models) < 2:
        return Comparison(tuple(models), record.config, find_obstacle(models), ())
    path = folder / "statistics.json"
    key = _inputs(record, models)
    if path.exists():
        kept = read_json(path, "a comparison")
        if kept.get("schema") == SCHEMA and kept.get("inputs") == key:
            return _from_kept(kept, record, models)
    comparison = compare_models(models, record.config)
    write_json(path, {"schema": SCHEMA, "inputs": key, "pairs": [_kept_pair(pair) for pair in comparison.pairs]})
    return comparison


def _inputs(record: ComparisonRecord, models: Sequence[ModelResults]) -> str:
    """A hash of all that the statistics depend on."""
    digest = hashlib.sha256(record.config.to_json().encode())
    for model in models:
        digest.update(f"{model.name}/{model.test_key}/{model.leaked_events}".encode())
        for evaluation in model.evaluations:
            for array in (evaluation.session, evaluation.target, evaluation.greater, evaluation.equal):
                digest.update(array.tobytes())
    return digest.hexdigest()


def _kept_pair(pair: PairedComparison) -> dict[str, Any]:
    return {
        "a": pair.a.name,
        "b": pair.b.name,
        "metrics": [_kept_difference(one) for one in (pair.deciding, *pair.exploratory)],
        "mcnemar_p": pair.mcnemar_p,
        "seed_differences": list(pair.seed_differences),
        "n_sessions": pair.n_sessions,
        "n_events": pair.n_events,
    }


def _kept_difference(difference: MetricDifference) -> dict[str, Any]:
    # A ratio over nothing is infinite, which JSON has no number for.
    values = asdict(difference)
    return {name: str(value) if value in (inf, -inf) else value for name, value in values.items()}


def _difference(kept: dict[str, Any]) -> MetricDifference:
    values: dict[str, Any] = {n: float(value) if value in ("inf", "-inf") else value for n, value in kept.items()}
    return MetricDifference(**values)


def _from_kept(kept: dict[str, Any], record: ComparisonRecord, models: Sequence[ModelResults]) -> Comparison:
    by_name = {model.name: model for model in models}
    pairs = tuple(
        PairedComparison(
            a=by_name[one["a"]],
            b=by_name[one["b"]],
            deciding=_difference(one["metrics"][0]),
            exploratory=tuple(map(_difference, one["metrics"][1:])),
            mcnemar_p=one["mcnemar_p"],
            seed_differences=tuple(one["seed_differences"]),
            n_sessions=one["n_sessions"],
            n_events=one["n_events"],
        )
        for one in kept["pairs"]
    )
    return Comparison(tuple(models), record.config, find_obstacle(models), pairs)
