"""Which models does a comparison have, and how did each fare?

Read from the folders of its runs and baselines.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from gru4rec_core.baselines.registry import BASELINE_LABELS
from gru4rec_core.config import LOSS_LABELS, TrainingConfig
from gru4rec_core.evaluation import metrics
from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.evaluation.model_checks import still_improving, validation_curve
from gru4rec_core.evaluation.scoring import Evaluation
from gru4rec_core.storage import read_json
from gru4rec_core.workspace import run_folder
from gru4rec_core.workspace.records import RunRecord
from gru4rec_core.workspace.split_store import StoredSplit
from gru4rec_core.workspace.store import Workspace

Row = dict[str, Any]
"""A model in the table of results."""

_METRICS = ("accuracy", "mrr", "ndcg", "coverage", "accuracy_conservative", "accuracy_optimistic")
_OF_LISTS = ("mean_popularity", "repeat_share")
"""What is in the lists, right or wrong; runs of the past may lack them."""


def by_model(runs: Sequence[RunRecord]) -> dict[str, list[RunRecord]]:
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


def trained_models(
    workspace: Workspace, groups: dict[str, list[RunRecord]], split: StoredSplit, k: int
) -> tuple[list[Row], list[ModelResults]]:
    """A row and the results of every trained model; `groups` as `by_model` makes them, `k` decides."""
    rows, models = [], []
    for name, runs in groups.items():
        folders = [workspace.run_folder(run.id) for run in runs]
        config = runs[0].config
        label = LOSS_LABELS[config.loss]
        label += name.removeprefix(config.loss) if name.startswith(config.loss) else f", {name}"
        seconds = [read_json(folder / "environment.json", "a run")["seconds"]["training"] for folder in folders]
        model = ModelResults(
            name=name,
            label=label,
            kind="gru4rec",
            evaluations=tuple(run_folder.load_evaluation(folder, split.test.dataset.n_items) for folder in folders),
            test_key=split.test_key,
            leaked_events=split.leaked_events,
            seen_days=split.config.protocol != "time",
            still_improving=any(_still_improving(folder, config) for folder in folders),
            training_seconds=sum(seconds) / len(seconds),
        )
        models.append(model)
        rows.append(table_row(model, [run_folder.read_metrics(folder) for folder in folders], split, k))
    return rows, models


def _still_improving(folder: Path, config: TrainingConfig) -> bool:
    return still_improving(validation_curve(run_folder.read_epochs(folder), config))


def baseline_models(
    workspace: Workspace, dataset_id: str, names: Sequence[str], split: StoredSplit, k: int
) -> tuple[list[Row], list[ModelResults]]:
    """The same of those of the named baselines that were computed already on a split."""
    folder = workspace.split_folder(dataset_id, split.config) / "baselines"
    rows, models = [], []
    for name in names:
        if not (folder / f"{name}.json").exists():
            continue
        model = ModelResults(
            name=name,
            label=BASELINE_LABELS[name],
            kind="baseline",
            evaluations=(run_folder.load_evaluation(folder, split.test.dataset.n_items, name),),
            test_key=split.test_key,
            leaked_events=split.leaked_events,
            seen_days=split.config.protocol != "time",
        )
        models.append(model)
        rows.append(table_row(model, [read_json(folder / f"{name}.json", "a baseline")], split, k))
    return rows, models


def row_json(row: Row) -> dict[str, Any]:
    """A row as commands print it: metrics by k."""
    by_k = {metric: {str(k): _number(row[f"{metric}@{k}"]) for k in ks_of(row)} for metric in (*_METRICS, *_OF_LISTS)}
    return {**{name: row[name] for name in ("name", "label", "kind")}, "seeds": row["n_seeds"], **by_k}


def ks_of(row: Mapping[Any, Any]) -> list[int]:
    """The list lengths of a row, ascending."""
    return sorted(int(name.partition("@")[2]) for name in row if name.startswith("accuracy@"))


def _number(value: Any) -> Any:
    return None if pd.isna(value) else value  # a frame has NaN where a row had None


def table_row(model: ModelResults, stored: Sequence[dict[str, Any]], split: StoredSplit, k: int) -> Row:
    """A model's row: name, label, kind, n_seeds, means over its seeds of its metrics, training seconds.

    Args:
        stored: `metrics.summary` of every seed, as kept.
        split: what the model was tested on.
        k: the deciding list length, which may be none of those kept.
    """
    seeds = [_with(k, one, seed, split) for one, seed in zip(stored, model.evaluations, strict=True)]
    means = {}
    for metric in (*_METRICS, *_OF_LISTS):
        for length in seeds[0]["accuracy"]:
            values = [one.get(metric, {}).get(length) for one in seeds]
            means[f"{metric}@{length}"] = None if None in values else sum(values) / len(values)
    return {
        "name": model.name,
        "label": model.label,
        "kind": model.kind,
        "n_seeds": model.n_seeds,
        **means,
        "seconds": model.training_seconds,
    }


def _with(k: int, stored: dict[str, Any], evaluation: Evaluation, split: StoredSplit) -> dict[str, Any]:
    if str(k) in stored["accuracy"]:
        return stored
    more = metrics.summary(evaluation, (k,), events=split.test, train_counts=split.train_counts)
    by_k = {name: {**stored.get(name, {}), **values} for name, values in more.items() if isinstance(values, dict)}
    return {**stored, **by_k}
