"""Which models does a comparison have, and how did each fare?

Read from the folders of its runs and baselines.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from gru4rec_core.baselines.names import label_of
from gru4rec_core.config import LOSS_LABELS, TrainingConfig
from gru4rec_core.evaluation import metrics
from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.evaluation.convergence import read_validation_curves
from gru4rec_core.evaluation.scoring import Evaluation
from gru4rec_core.evaluation.seed_outcomes import mean_of_seeds
from gru4rec_core.storage import read_json
from gru4rec_core.workspace import run_folder
from gru4rec_core.workspace.records import RunRecord
from gru4rec_core.workspace.split_store import StoredSplit
from gru4rec_core.workspace.store import Workspace

Row = dict[str, Any]
"""A model in the table of results."""

_METRICS = ("accuracy", "mrr", "ndcg", "coverage", "accuracy_conservative", "accuracy_optimistic")
_LIST_METRICS = ("mean_popularity", "repeat_share")
"""What is in the lists, whether it came or not; early runs lack them."""


def group_by_model(runs: Sequence[RunRecord]) -> dict[str, list[RunRecord]]:
    """Groups runs that differ in their seed alone; a model is named by its loss and the settings that set it apart."""
    groups: dict[TrainingConfig, list[RunRecord]] = {}
    for run in runs:
        groups.setdefault(run.config.replace(seed=0), []).append(run)
    return dict(zip(_name_models(list(groups)), groups.values(), strict=True))


def label_model(name: str, config: TrainingConfig) -> str:
    """What people call a model that `group_by_model` named: "TOP1", "TOP1 epochs=20"."""
    label = LOSS_LABELS[config.loss]
    return label + (name.removeprefix(config.loss) if name.startswith(config.loss) else f", {name}")


def _name_models(configs: Sequence[TrainingConfig]) -> list[str]:
    names = []
    for config in configs:
        same_loss = [other.model_dump() for other in configs if other.loss == config.loss]
        values = config.model_dump()
        differing = [field for field in values if any(other[field] != values[field] for other in same_loss)]
        names.append(" ".join([config.loss, *(f"{field}={_as_text(values[field])}" for field in differing)]))
    return names


def _as_text(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def load_trained_models(
    workspace: Workspace, groups: Mapping[str, Sequence[RunRecord]], split: StoredSplit, k: int
) -> tuple[list[Row], list[ModelResults]]:
    """The table's row and the results of each trained model.

    Args:
        workspace: where the runs are.
        groups: the runs of each model by its name (see `group_by_model`); all done.
        split: what they were tested on.
        k: the deciding list length.

    Raises:
        RunError: a file is missing or damaged.
    """
    rows, models = [], []
    like: Evaluation | None = None
    for name, runs in groups.items():
        folders = [workspace.run_folder(run.id) for run in runs]
        known = map(run_folder.read_training_seconds, folders)
        seconds = [one for one in known if one is not None]
        evaluations = []
        for folder in folders:
            evaluations.append(run_folder.load_evaluation(folder, split.test.dataset.n_items, like=like))
            like = like or evaluations[0]
        curves = read_validation_curves([run_folder.read_epochs(folder) for folder in folders], k)
        model = ModelResults(
            name=name,
            label=label_model(name, runs[0].config),
            kind="gru4rec",
            evaluations=tuple(evaluations),
            test_key=split.test_key,
            leaked_events=split.leaked_events,
            overlaps_training_days=split.config.protocol != "time",
            still_improving=curves is not None and curves.still_improving,
            too_few_epochs=curves is not None and curves.is_open,
            training_seconds=sum(seconds) / len(seconds) if seconds else None,
            run_seconds=tuple(seconds) if len(seconds) == len(folders) else (),
        )
        models.append(model)
        rows.append(build_row(model, [run_folder.read_metrics(folder) for folder in folders], split, k))
    return rows, models


def load_baselines(
    workspace: Workspace,
    dataset_id: str,
    names: Iterable[str],
    split: StoredSplit,
    k: int,
    like: Evaluation | None = None,
) -> tuple[list[Row], list[ModelResults]]:
    """The table's row and the results of each of these baselines that is computed already on a split.

    Args:
        workspace: where the split is.
        dataset_id: of the log.
        names: of the baselines.
        split: what they were tested on.
        k: the deciding list length.
        like: an evaluation of the same events; see `run_folder.load_evaluation`.

    Raises:
        RunError: a file is damaged.
    """
    folder = workspace.split_folder(dataset_id, split.config) / "baselines"
    rows, models = [], []
    for name in names:
        if not (folder / f"{name}.json").exists():
            continue
        model = ModelResults(
            name=name,
            label=label_of(name),
            kind="baseline",
            evaluations=(run_folder.load_evaluation(folder, split.test.dataset.n_items, name, like=like),),
            test_key=split.test_key,
            leaked_events=split.leaked_events,
            overlaps_training_days=split.config.protocol != "time",
        )
        models.append(model)
        rows.append(build_row(model, [read_json(folder / f"{name}.json", "a baseline")], split, k))
    return rows, models


def build_row(model: ModelResults, summaries: Sequence[Mapping[str, Any]], split: StoredSplit, k: int) -> Row:
    """A model's row: name, label, kind, n_seeds, its metrics as means over its seeds, training seconds.

    Args:
        model: the results of all seeds.
        summaries: `metrics.summarise` of each seed, as stored.
        split: what the model was tested on.
        k: the deciding list length; computed where the summaries lack it.
    """
    per_seed = [
        _with_list_length(k, summary, evaluation, split)
        for summary, evaluation in zip(summaries, model.evaluations, strict=True)
    ]
    means = {}
    for metric in (*_METRICS, *_LIST_METRICS):
        for length in per_seed[0]["accuracy"]:
            values = [summary.get(metric, {}).get(length) for summary in per_seed]
            means[f"{metric}@{length}"] = None if None in values else mean_of_seeds(values)
    return {
        "name": model.name,
        "label": model.label,
        "kind": model.kind,
        "n_seeds": model.n_seeds,
        **means,
        "seconds": model.training_seconds,
    }


def _with_list_length(
    k: int, summary: Mapping[str, Any], evaluation: Evaluation, split: StoredSplit
) -> Mapping[str, Any]:
    if str(k) in summary["accuracy"]:
        return summary
    more = metrics.summarise(evaluation, (k,), events=split.test, train_counts=split.train_counts)
    by_k = {name: {**summary.get(name, {}), **values} for name, values in more.items() if isinstance(values, dict)}
    return {**summary, **by_k}


def row_to_json(row: Row) -> dict[str, Any]:
    """A row as commands print it: each metric by k."""
    lengths = read_list_lengths(row)
    by_k = {metric: {str(k): _as_json(row[f"{metric}@{k}"]) for k in lengths} for metric in (*_METRICS, *_LIST_METRICS)}
    return {**{name: row[name] for name in ("name", "label", "kind")}, "seeds": row["n_seeds"], **by_k}


def read_list_lengths(row: Mapping[Any, Any]) -> list[int]:
    """The list lengths k of a row, ascending."""
    return sorted(int(name.partition("@")[2]) for name in row if name.startswith("accuracy@"))


def _as_json(value: Any) -> Any:
    return None if pd.isna(value) else value  # a frame has NaN where a row had None
