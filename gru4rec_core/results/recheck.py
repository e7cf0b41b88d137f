"""Is an old model still good on new events?

It is tested beside today's baselines, which know the new log's training part: overall and week by week, with the share
of events whose item the model has never seen. Nothing is trained, and NumPy is enough.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from gru4rec_core.baselines.names import DEFAULT_BASELINES
from gru4rec_core.config import ComparisonConfig, SplitConfig
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.split_types import EvaluationSet
from gru4rec_core.data.times import DAY_SECONDS, day_length
from gru4rec_core.data.vocabulary import ItemVocabulary
from gru4rec_core.errors import RunError
from gru4rec_core.evaluation import metrics
from gru4rec_core.evaluation.comparability import ModelResults, count_leaked
from gru4rec_core.evaluation.comparison import Comparison, compare_models, event_values
from gru4rec_core.evaluation.scoring import Progress, evaluate
from gru4rec_core.evaluation.verdict import BaselineVerdict, compare_with_baselines
from gru4rec_core.model.inference import NumpyGru4Rec
from gru4rec_core.results.model_table import Row, build_row, load_baselines, load_trained_models, row_to_json
from gru4rec_core.workspace import run_folder
from gru4rec_core.workspace.records import DatasetRecord, RunRecord
from gru4rec_core.workspace.split_store import StoredSplit, load_split, open_split
from gru4rec_core.workspace.store import Workspace

OLD, RETRAINED = "old", "retrained"
"""Names of the two models in a re-check."""


@dataclass(frozen=True)
class RecheckPlan:
    """What to re-check.

    Attributes:
        run_id: the old model's run.
        dataset_id: the new log.
        split: the test rule for it.
        config: how models are compared.
        retrained: a finished run on the new log under this test rule, to be shown beside, or None.
    """

    run_id: str
    dataset_id: str
    split: SplitConfig
    config: ComparisonConfig
    retrained: RunRecord | None = None


@dataclass(frozen=True)
class Recheck:
    """An old model on new events.

    Attributes:
        run, dataset, split: which model, on which log, under which test rule.
        comparison: the old model (named "old"), a retrained one if there is one, and today's baselines.
        against_baselines: the best model against the baselines, in figures and a sentence.
        models: one row per model, as in a comparison's table.
        by_week: week (its first day, UTC), n_events, unknown (share of events whose item the old model does not
            know), then accuracy@k of each model by its name; empty where times are no dates.
        unknown: share over all events, 0 to 1.
    """

    run: RunRecord
    dataset: DatasetRecord
    split: SplitConfig
    comparison: Comparison
    against_baselines: BaselineVerdict
    models: list[Row]
    by_week: pd.DataFrame
    unknown: float

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values: what `evaluate --json` prints."""
        weeks = self.by_week.copy()
        if len(weeks):
            weeks["week"] = weeks["week"].dt.strftime("%Y-%m-%d")
        return {
            "run": self.run.id,
            "dataset": self.dataset.name,
            "dataset_id": self.dataset.id,
            "protocol": self.split.protocol,
            "n_test": self.comparison.models[0].n_events,
            "unknown_share": self.unknown,
            "models": [row_to_json(row) for row in self.models],
            "counting": asdict(self.against_baselines),
            "by_week": weeks.to_dict("records"),
        }


def recheck_run(workspace: Workspace, plan: RecheckPlan, *, on_progress: Progress | None = None) -> Recheck:
    """Tests a run's model on a dataset under a test rule; the baselines of that split must be there.

    An item that the new log's training part does not have is a miss for the old model too.

    Args:
        workspace: where the run and the dataset are.
        plan: which run, which dataset, and how to test.
        on_progress: called with the events tested and the events there are.

    Raises:
        RunError: the run is not done, or it has learnt from the test events.
    """
    run, dataset, k = workspace.run(plan.run_id), workspace.dataset(plan.dataset_id), plan.config.deciding_k
    workspace.metrics(run.id)  # raises when the run is not done
    split = open_split(workspace, dataset.id, plan.split)
    old, row = _test_old_model(workspace, run, split, k, on_progress)
    models, rows = [old], [row]
    if plan.retrained is not None:
        retrained_rows, retrained = load_trained_models(workspace, {RETRAINED: [plan.retrained]}, split, k)
        models, rows = [*models, *retrained], [*rows, *retrained_rows]
    baseline_rows, baselines = load_baselines(workspace, dataset.id, DEFAULT_BASELINES, split, k)
    comparison = compare_models([*models, *baselines], plan.config)
    unknown = old.evaluations[0].target < 0
    return Recheck(
        run=run,
        dataset=dataset,
        split=plan.split,
        comparison=comparison,
        against_baselines=compare_with_baselines(comparison),
        models=[*rows, *baseline_rows],
        by_week=_average_by_week(split.test, comparison.models, unknown, k),
        unknown=float(unknown.mean()),
    )


def _test_old_model(
    workspace: Workspace, run: RunRecord, split: StoredSplit, k: int, on_progress: Progress | None
) -> tuple[ModelResults, Row]:
    """The old model's results on the new test, and its row of the table."""
    train = load_split(workspace, run.dataset_id, run.split).train
    leaked = count_leaked(train, split.test)
    if leaked:
        raise RunError(
            "A model must be tested on events it has not learnt from.",
            found=f"{leaked:,} of the {split.test.n_predicted:,} test events were in its training part",
            where=f"run {run.id}",
            remedy="Test on a later log, on sessions after its training (--protocol time), or under its own test rule.",
        )
    model = NumpyGru4Rec.load(workspace.run_folder(run.id))
    events = _renumber_items(split.test, model.vocabulary)
    evaluation = evaluate(model, events, run_folder.TOP_K, on_progress)
    results = ModelResults(
        name=OLD,
        label=f"{run.name} of {run.created:%Y-%m-%d}",
        kind="gru4rec",
        evaluations=(evaluation,),
        test_key=split.test_key,
    )
    summary = metrics.summarise(evaluation, events=events, train_counts=train.counts())
    return results, build_row(results, [summary], split, k)


def _renumber_items(test: EvaluationSet, vocabulary: ItemVocabulary) -> EvaluationSet:
    """The test events with the ids of another vocabulary; -1 for items it does not know."""
    new = test.dataset
    # The last place stands for items that the new log's own training part does not know: id -1 picks it.
    new_to_old = np.append(vocabulary.encode(new.vocabulary.items), -1)
    sessions = SessionDataset.from_arrays(
        new_to_old[np.asarray(new.items)], new.timestamps, new.offsets, new.session_ids, vocabulary, new.time_unit
    )
    return EvaluationSet(sessions, predicted=test.predicted)


def _average_by_week(test: EvaluationSet, models: Sequence[ModelResults], unknown: np.ndarray, k: int) -> pd.DataFrame:
    """The table that `Recheck.by_week` describes."""
    times = np.asarray(test.dataset.timestamps)[test.predicted]
    unit = test.dataset.time_unit
    if unit is None:
        return pd.DataFrame()
    # 1970 began on a Thursday; weeks begin on Mondays.
    weeks = (times // day_length(unit) + 3) // 7
    values: dict[str, Any] = {"unknown": unknown}
    values |= {model.name: event_values(model, f"accuracy@{k}") for model in models}
    grouped = pd.DataFrame(values).groupby(weeks)
    frame = grouped.mean()
    frame.insert(0, "n_events", grouped.size())
    frame.insert(0, "week", pd.to_datetime((frame.index.to_numpy(np.int64) * 7 - 3) * DAY_SECONDS, unit="s"))
    return frame.reset_index(drop=True)
