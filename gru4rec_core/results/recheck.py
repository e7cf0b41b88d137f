"""Is an old model still good on new events?

It is tested beside today's baselines, which know the new log's training part: overall and week by week, with the share
of events whose item the model has never seen. Nothing is trained, and NumPy is enough.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from gru4rec_core.access.guard import require
from gru4rec_core.access.rights import Action
from gru4rec_core.baselines.names import DEFAULT_BASELINES
from gru4rec_core.config import LOSS_LABELS, PROTOCOL_LABELS, ComparisonConfig, SplitConfig
from gru4rec_core.data.split_types import EvaluationSet
from gru4rec_core.evaluation.comparability import ModelResults, count_leaked
from gru4rec_core.evaluation.comparison import Comparison, compare_models, event_values
from gru4rec_core.evaluation.pair_verdict import build_pair_verdict
from gru4rec_core.evaluation.recheck_advice import Advice, RateChange, RecheckFacts, rate_change, recommend
from gru4rec_core.evaluation.scoring import Progress
from gru4rec_core.evaluation.verdict import BaselineVerdict, compare_with_baselines
from gru4rec_core.results.fresh_test import ModelRuns, evaluate_on_split, share_not_in_training, unknown_share
from gru4rec_core.results.model_table import Row, load_baselines, load_trained_models, row_to_json
from gru4rec_core.results.whole_log import WholeLog, average_by_week, evaluate_on_whole_log
from gru4rec_core.words import counted, per_100
from gru4rec_core.workspace.records import DatasetRecord, RunRecord
from gru4rec_core.workspace.split_store import StoredSplit, open_split
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
        whole: the old model on all of the new log; None where it is the log that it learnt from, or nothing of it is
            new to it.
        against_baselines: the best model against the baselines, in figures and a sentence.
        change: the old model's hits in its own test, then, and in this one; None where that is the same test,
            or the two rates cannot be compared.
        incomparable: why they cannot, as a sentence; empty where they can, or it is the same test.
        advice: keep, retrain or retire, with the rule (see `evaluation.recheck_advice`).
        models: one row per model, as in a comparison's table.
        by_week: week (its first day, UTC), n_events, unknown and not_in_training (shares of events, see below), then
            accuracy@k of each model by its name; empty where times are no dates. Weeks before the test part have
            values of the old model alone: the others learnt from these (see `whole`).
        unknown: share of test events whose next item the old model does not know, or this log's training part does
            not have: the split has forgotten which item that is, so it is a miss for the old model too. 0 to 1.
        not_in_training: the latter alone.
    """

    run: RunRecord
    dataset: DatasetRecord
    split: SplitConfig
    comparison: Comparison
    whole: WholeLog | None
    against_baselines: BaselineVerdict
    change: RateChange | None
    incomparable: str
    advice: Advice
    models: list[Row]
    by_week: pd.DataFrame
    unknown: float
    not_in_training: float

    @property
    def unknown_sentence(self) -> str:
        """How many events are misses because of their item, and why."""
        not_in_training, beyond = per_100(self.not_in_training), per_100(self.unknown - self.not_in_training)
        return (
            f"In {per_100(self.unknown)} of 100 test events ({self.comparison.models[0].n_events:,} in all), this log's"
            f" own training part ({not_in_training}) or else the old model ({beyond}) does not have the item that came"
            " next; these count as misses."
        )

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values: what `evaluate --json` prints."""
        weeks = self.by_week.copy()
        if len(weeks):
            weeks["week"] = weeks["week"].dt.strftime("%Y-%m-%d")
            weeks = weeks.astype(object).where(weeks.notna(), None)
        return {
            "run": self.run.id,
            "dataset": self.dataset.name,
            "dataset_id": self.dataset.id,
            "protocol": self.split.protocol,
            "n_test": self.comparison.models[0].n_events,
            "unknown_share": self.unknown,
            "not_in_training_share": self.not_in_training,
            "whole_log": self.whole.to_json() if self.whole else None,
            "models": [row_to_json(row) for row in self.models],
            "counting": asdict(self.against_baselines),
            "change": asdict(self.change) if self.change else None,
            "incomparable": self.incomparable,
            "recommendation": self.advice.recommendation,
            "reason": self.advice.sentence,
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
    require(workspace.root, Action.RECHECK, "run", run.id, run.name)
    workspace.metrics(run.id)  # raises when the run is not done
    split = open_split(workspace, dataset.id, plan.split)
    old_model = ModelRuns(OLD, f"{LOSS_LABELS[run.config.loss]} of {run.created:%Y-%m-%d}", (run,))
    old, row = evaluate_on_split(workspace, old_model, split, k, on_progress)
    models, rows = [old], [row]
    if plan.retrained is not None:
        retrained_rows, retrained = load_trained_models(workspace, {RETRAINED: [plan.retrained]}, split, k)
        models, rows = [*models, *retrained], [*rows, *retrained_rows]
    baseline_rows, baselines = load_baselines(workspace, dataset.id, DEFAULT_BASELINES, split, k)
    comparison = compare_models([*models, *baselines], plan.config)
    unknown = old.evaluations[0].target < 0
    against_baselines = compare_with_baselines(comparison)
    is_own = (run.dataset_id, run.split) == (dataset.id, plan.split)
    own = None if is_own else open_split(workspace, run.dataset_id, run.split)
    top = (k, plan.config.confidence)
    whole = None if run.dataset_id == dataset.id else evaluate_on_whole_log(workspace, run, dataset.id, top)
    incomparable = find_incomparable(own, split) if own else ""
    change = _change_since(workspace, run, own, old, plan.config) if own and not incomparable else None
    return Recheck(
        run=run,
        dataset=dataset,
        split=plan.split,
        comparison=comparison,
        whole=whole,
        against_baselines=against_baselines,
        change=change,
        incomparable=incomparable,
        advice=recommend(_facts(comparison, against_baselines.strongest, change)),
        models=[*rows, *baseline_rows],
        by_week=_by_week(split.test, comparison.models, unknown, k, whole),
        unknown=unknown_share(old),
        not_in_training=share_not_in_training(split),
    )


def describe_retraining(workspace: Workspace, run: RunRecord, dataset_id: str, split: SplitConfig) -> str:
    """What a model trained again on a log learns from, beside what the old one learnt from, as a sentence.

    Args:
        workspace: where both are.
        run: the old model's.
        dataset_id: the new log.
        split: the test rule for it.
    """
    new, old = (
        open_split(workspace, of, rule).summary["train_sessions"]
        for of, rule in ((dataset_id, split), (run.dataset_id, run.split))
    )
    return f"It learns from this log alone, anew: {counted(new, 'session')}. The old model learnt from {old:,}."


def find_incomparable(then: StoredSplit, now: StoredSplit) -> str:
    """Why the rates of two tests cannot be compared, as a sentence; empty where they can.

    Another test rule asks other questions; and the interval of a change takes the sessions of both tests for different
    ones.
    """
    if then.config.protocol != now.config.protocol:
        own, this = (PROTOCOL_LABELS[split.config.protocol].lower() for split in (then, now))
        return f"Then and now are not compared: its own test had the test rule {own}, this one has {this}."
    sessions = now.test.dataset
    n_shared = count_leaked(then.test.dataset, EvaluationSet(sessions, np.zeros(sessions.n_sessions, np.int64)))
    if n_shared:
        return f"Then and now are not compared: its own test had {counted(n_shared, 'event')} of these sessions too."
    return ""


def _change_since(
    workspace: Workspace, run: RunRecord, own_test: StoredSplit, now: ModelResults, config: ComparisonConfig
) -> RateChange:
    """How the deciding rate has changed since the run's own test."""
    k = config.deciding_k
    _, (then,) = load_trained_models(workspace, {OLD: [run]}, own_test, k)
    samples = [(event_values(model, f"accuracy@{k}"), model.evaluations[0].session) for model in (then, now)]
    return rate_change(samples[0], samples[1], config.confidence)


def _facts(comparison: Comparison, strongest: str | None, change: RateChange | None) -> RecheckFacts:
    """What the recommendation rests on, by the verdicts on pairs of the re-check's models."""
    names = {model.name for model in comparison.models}

    def beats(name: str | None, other: str) -> bool:
        if name is None:
            return False
        verdict = build_pair_verdict(comparison.pair(other, name), comparison.config)
        return verdict.better and verdict.pair.b.name == name

    is_retrained = RETRAINED in names
    return RecheckFacts(
        fell=change.fell_by_more_than(comparison.config.margin) if change else None,
        baseline_beats_old=beats(strongest, OLD),
        retrained_beats_old=beats(RETRAINED, OLD) if is_retrained else None,
        baseline_beats_retrained=beats(strongest, RETRAINED) if is_retrained else None,
    )


def _by_week(
    test: EvaluationSet, models: Sequence[ModelResults], unknown: np.ndarray, k: int, whole: WholeLog | None
) -> pd.DataFrame:
    """The table that `Recheck.by_week` describes."""
    not_in_training = test.events().target < 0
    values = {"unknown": unknown, "not_in_training": not_in_training}
    values |= {model.name: event_values(model, f"accuracy@{k}") for model in models}
    weeks = average_by_week(test, values)
    if whole is None or weeks.empty:
        return weeks
    before = whole.by_week[whole.by_week["week"] < weeks["week"].min()].rename(columns={"hits": OLD})
    return pd.concat([before, weeks], ignore_index=True) if len(before) else weeks
