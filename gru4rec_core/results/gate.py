"""Which of two finished runs should serve, by a test on a log that neither has learnt from?"""

from dataclasses import dataclass
from math import isfinite
from typing import Any

from gru4rec_core.access.actors import user_name
from gru4rec_core.access.guard import check
from gru4rec_core.access.rights import Action
from gru4rec_core.config import ComparisonConfig, SplitConfig
from gru4rec_core.errors import RunError
from gru4rec_core.evaluation.comparison import compare_models
from gru4rec_core.evaluation.gate import GateAnswer, GateOutcome, decide
from gru4rec_core.evaluation.scoring import Progress
from gru4rec_core.results.fresh_test import ModelRuns, evaluate_on_split, share_not_in_training, unknown_share
from gru4rec_core.results.model_table import Row, row_to_json
from gru4rec_core.words import per_100
from gru4rec_core.workspace.decisions import (
    GateRecord,
    decision_id,
    describe_evidence,
    store_decision,
)
from gru4rec_core.workspace.records import DatasetRecord, RunRecord
from gru4rec_core.workspace.split_store import open_split
from gru4rec_core.workspace.store import Workspace

CANDIDATE, CURRENT = "candidate", "current"

EXIT_STATUS: dict[GateOutcome, int] = {"promote": 0, "keep": 3, "undecided": 4}
"""What the command ends with; 1 and 2 are failure and wrong use, as everywhere."""

RULE = (
    "The one with more hits leads by low to high, relative to the other. promote: the candidate leads and low >"
    " -margin, or the current model leads and high < margin. Else keep: the verdict calls the current model better"
    " (clear, or size open). Else undecided."
)


@dataclass(frozen=True)
class GatePlan:
    """What the gate tests: two runs, on which log, under which test rule, and how they are compared."""

    candidate_id: str
    current_id: str
    dataset_id: str
    split: SplitConfig
    config: ComparisonConfig


@dataclass(frozen=True)
class GateResult:
    """The gate's answer and what it rests on; `models` has a row for the candidate, then one for the current model.

    `unknown` is the share of test events whose next item is not in the log's training part, or not known to each of
    them, and `not_in_training` the former alone, in [0, 1].
    """

    candidate: RunRecord
    current: RunRecord
    dataset: DatasetRecord
    plan: GatePlan
    answer: GateAnswer
    models: tuple[Row, Row]
    unknown: tuple[float, float]
    not_in_training: float
    test_key: str

    @property
    def unknown_sentence(self) -> str:
        """How many events are misses because of their item, and why."""
        candidate, current = map(per_100, self.unknown)
        return (
            f"Next item unknown: to the candidate in {candidate}, to the current model in {current} of 100 test events."
            f" {per_100(self.not_in_training)} of each are items that this log's own training part does not have,"
            " known to the models or not. All count as misses."
        )

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values: what `gate --json` prints, beside the id of the record."""
        verdict, config = self.answer.verdict, self.plan.config
        figures = verdict.pair.deciding
        # `figures` are those of the leader against the other; both ways round where the candidate trails.
        signed = figures if self.answer.candidate_leads else figures.reversed()
        return {
            "outcome": self.answer.outcome,
            "exit_status": EXIT_STATUS[self.answer.outcome],
            "sentence": self.answer.sentence,
            "limits": list(self.answer.limits),
            "candidate": self.candidate.id,
            "current": self.current.id,
            "dataset": self.dataset.name,
            "dataset_id": self.dataset.id,
            "protocol": self.plan.split.protocol,
            "test_key": self.test_key,
            "n_test": verdict.pair.n_events,
            "n_test_sessions": verdict.pair.n_sessions,
            "metric": figures.metric,
            "k": config.deciding_k,
            "margin": config.margin,
            "confidence": config.confidence,
            "verdict": verdict.kind,
            "leader": CANDIDATE if self.answer.candidate_leads else CURRENT,
            "relative_low": _finite(verdict.low),
            "relative_high": _finite(verdict.high),
            "candidate_value": signed.b_value,
            "current_value": signed.a_value,
            "difference": signed.difference,
            "difference_low": signed.low,
            "difference_high": signed.high,
            "p_value": verdict.p_value,
            "confirmed": verdict.confirmed,
            "candidate_unknown_share": self.unknown[0],
            "current_unknown_share": self.unknown[1],
            "not_in_training_share": self.not_in_training,
            "models": [row_to_json(row) for row in self.models],
        }


def run_gate(workspace: Workspace, plan: GatePlan, *, on_progress: Progress | None = None) -> GateResult:
    """Tests both runs on the test part of a log, and decides.

    Raises:
        AccessError: the current actor may not ask the gate.
        RunError: it is one run twice, a run is not done or has learnt from the test events, or there are none.
    """
    check(workspace.root, Action.GATE, "run", plan.candidate_id)
    if plan.candidate_id == plan.current_id:
        raise RunError(
            "A gate compares two runs.",
            found=f"{plan.candidate_id} twice",
            remedy="Name the model in use as the other.",
        )
    candidate, current = workspace.run(plan.candidate_id), workspace.run(plan.current_id)
    for run in (candidate, current):
        workspace.metrics(run.id)  # raises when the run is not done, before the log is cut
    dataset, k = workspace.dataset(plan.dataset_id), plan.config.deciding_k
    split = open_split(workspace, dataset.id, plan.split)
    tested = [
        evaluate_on_split(workspace, ModelRuns(name, label, (run,)), split, k, on_progress)
        for name, label, run in (
            (CANDIDATE, "The candidate", candidate),
            (CURRENT, "The current model", current),
        )
    ]
    comparison = compare_models([results for results, _ in tested], plan.config)
    if comparison.obstacle:
        raise RunError(comparison.obstacle.sentence, found=f"dataset {dataset}", remedy=comparison.obstacle.remedy)
    answer = decide(comparison.pair(CURRENT, CANDIDATE), plan.config)
    (candidate_results, candidate_row), (current_results, current_row) = tested
    return GateResult(
        candidate=candidate,
        current=current,
        dataset=dataset,
        plan=plan,
        answer=answer,
        models=(candidate_row, current_row),
        unknown=(unknown_share(candidate_results), unknown_share(current_results)),
        not_in_training=share_not_in_training(split),
        test_key=split.test_key,
    )


def store_gate(workspace: Workspace, result: GateResult, by: str | None = None) -> GateRecord:
    """Writes the audit record of a gate's answer.

    Args:
        workspace: where to.
        result: what was decided.
        by: who asked; the system's name of the user by default.
    """
    record = GateRecord(
        id=decision_id(result.answer.outcome),
        by=by or user_name(),
        outcome=result.answer.outcome,
        rule=RULE,
        figures=result.to_json(),
        **describe_evidence(
            workspace, result.dataset, result.plan.split, result.plan.config, (result.candidate, result.current)
        ),
    )
    store_decision(workspace, record)
    return record


def _finite(value: float) -> float | None:
    return value if isfinite(value) else None  # JSON has no infinity
