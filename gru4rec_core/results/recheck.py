"""Does an old model still do on new events?

Beside today's baselines, which know the new log's training part, week by week, with the share of events whose
item the model has never seen. NumPy alone: nothing is trained.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from gru4rec_core.baselines.registry import DEFAULT_BASELINES
from gru4rec_core.config import ComparisonConfig, SplitConfig
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.split_types import EvaluationSet
from gru4rec_core.data.times import DAY_SECONDS, UNITS
from gru4rec_core.errors import RunError
from gru4rec_core.evaluation import metrics
from gru4rec_core.evaluation.comparability import ModelResults, count_leaked
from gru4rec_core.evaluation.comparison import Comparison, compare_models, event_values
from gru4rec_core.evaluation.scoring import Progress, evaluate
from gru4rec_core.evaluation.verdict import BaselineVerdict, compare_with_baselines
from gru4rec_core.model.inference import NumpyGru4Rec
from gru4rec_core.results.model_table import Row, baseline_models, row_json, table_row, trained_models
from gru4rec_core.workspace.records import DatasetRecord, RunRecord
from gru4rec_core.workspace.split_store import StoredSplit, load_split, open_split
from gru4rec_core.workspace.store import Workspace

OLD, RETRAINED = "old", "retrained"
"""Names of the two models in a re-check."""


@dataclass(frozen=True)
class Recheck:
    """An old model on new events.

    Attributes:
        run, dataset, split: which model, on what, under which test rule.
        comparison: the old model (named "old"), a retrained one if there is one, today's baselines.
        counting: best model against counting, in figures and a sentence.
        models: one row a model, as in a comparison's table.
        by_week: week (its first day, UTC), n_events, unknown (share of events whose item the old model does not
            know), then accuracy@k of each model by its name; empty where times are no dates.
        unknown: share over all events, 0 to 1.
    """

    run: RunRecord
    dataset: DatasetRecord
    split: SplitConfig
    comparison: Comparison
    counting: BaselineVerdict
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
            "models": [row_json(row) for row in self.models],
            "counting": asdict(self.counting),
            "by_week": weeks.to_dict("records"),
        }


def recheck(
    workspace: Workspace,
    run_id: str,
    dataset_id: str,
    split: SplitConfig,
    judging: ComparisonConfig,
    *,
    retrained: RunRecord | None = None,
    on_progress: Progress | None = None,
) -> Recheck:
    """Tests a run's model on a dataset under a test rule; the baselines of that split must be there.

    An item that the new log's training part does not hold is a miss for the old model too.

    Args:
        retrained: a finished run on the same dataset and test rule, to be shown beside.

    Raises:
        RunError: the run is not done, or has learnt from the test events.
    """
    run, dataset = workspace.run(run_id), workspace.dataset(dataset_id)
    workspace.metrics(run.id)
    stored = open_split(workspace, dataset.id, split)
    old, values = _old_model(workspace, run, stored, on_progress)
    models, rows = [old], [table_row(old, [values], stored, judging.deciding_k)]
    if retrained is not None:
        more, results = trained_models(workspace, {RETRAINED: [retrained]}, stored, judging.deciding_k)
        models, rows = [*models, *results], [*rows, *more]
    more, baselines = baseline_models(workspace, dataset.id, DEFAULT_BASELINES, stored, judging.deciding_k)
    comparison = compare_models([*models, *baselines], judging)
    unknown = old.evaluations[0].target < 0
    return Recheck(
        run=run,
        dataset=dataset,
        split=split,
        comparison=comparison,
        counting=compare_with_baselines(comparison),
        models=[*rows, *more],
        by_week=_by_week(stored.test, comparison.models, unknown, judging.deciding_k),
        unknown=float(unknown.mean()),
    )


def _old_model(
    workspace: Workspace, run: RunRecord, stored: StoredSplit, on_progress: Progress | None
) -> tuple[ModelResults, dict[str, Any]]:
    """Its results on the new test, and its metrics."""
    train = load_split(workspace, run.dataset_id, run.split).train
    leaked = count_leaked(train, stored.test)
    if leaked:
        raise RunError(
            "A model is tested on events it has not learnt from.",
            found=f"{leaked:,} of the {stored.test.n_predicted:,} test events were in its training part",
            where=f"run {run.id}",
            remedy="Test on a later log, on sessions after its training (--protocol time), or under its own test rule.",
        )
    model = NumpyGru4Rec.load(workspace.run_folder(run.id))
    new_to_old = np.append(model.vocabulary.encode(stored.test.dataset.vocabulary.items), -1)
    items = new_to_old[np.asarray(stored.test.dataset.items)]
    new = stored.test.dataset
    sessions = SessionDataset.from_arrays(
        items, new.timestamps, new.offsets, new.session_ids, model.vocabulary, new.time_unit
    )
    events = EvaluationSet(sessions, predicted=stored.test.predicted)
    evaluation = evaluate(model, events, 20, on_progress)
    results = ModelResults(
        name=OLD,
        label=f"{run.name} of {run.created:%Y-%m-%d}",
        kind="gru4rec",
        evaluations=(evaluation,),
        test_key=stored.test_key,
    )
    return results, metrics.summary(evaluation, events=events, train_counts=train.counts())


def _by_week(test: EvaluationSet, models: Sequence[ModelResults], unknown: np.ndarray, k: int) -> pd.DataFrame:
    times = np.asarray(test.dataset.timestamps)[test.predicted]
    unit = test.dataset.time_unit
    if unit is None:
        return pd.DataFrame()
    # 1970 began on a Thursday; weeks begin on Mondays.
    weeks = (times // (DAY_SECONDS * UNITS[unit]) + 3) // 7
    values: dict[str, Any] = {"unknown": unknown}
    values |= {model.name: event_values(model, f"accuracy@{k}") for model in models}
    grouped = pd.DataFrame(values).groupby(weeks)
    frame = grouped.mean()
    frame.insert(0, "n_events", grouped.size())
    frame.insert(0, "week", pd.to_datetime((frame.index.to_numpy(np.int64) * 7 - 3) * DAY_SECONDS, unit="s"))
    return frame.reset_index(drop=True)
