"""How is a decision on a comparison recorded, and checked again on a later log?"""

from dataclasses import dataclass
from typing import Any

from gru4rec_core.access.guard import require
from gru4rec_core.access.rights import Action
from gru4rec_core.baselines.names import DEFAULT_BASELINES, RETIRED_LABELS
from gru4rec_core.config import SplitConfig
from gru4rec_core.errors import RunError
from gru4rec_core.evaluation.comparison import compare_models
from gru4rec_core.evaluation.decision_check import (
    DecisionCheck,
    check_baseline,
    check_decision,
    check_sentence,
    deciding_sentence,
)
from gru4rec_core.evaluation.scoring import Progress
from gru4rec_core.evaluation.verdict import Verdict, build_verdict
from gru4rec_core.results.comparison import ComparisonResult, Pair
from gru4rec_core.results.fresh_test import ModelRuns, evaluate_on_split
from gru4rec_core.results.model_table import Row, load_baselines, row_to_json
from gru4rec_core.results.recheck import find_incomparable
from gru4rec_core.workspace import refused_baselines
from gru4rec_core.workspace.decisions import (
    Choice,
    DecisionRecord,
    decision_id,
    describe_evidence,
    store_decision,
)
from gru4rec_core.workspace.records import DatasetRecord
from gru4rec_core.workspace.split_store import StoredSplit, open_split
from gru4rec_core.workspace.store import Workspace

SAME_TEST = "This is the very test that it was decided on, so the answer is no news: check it on another log."
"""What a re-check says that repeats the test of then."""


@dataclass(frozen=True)
class DecisionInput:
    """What people enter: keep the base of the pair, choose the other, use the baseline, or more data; who, and why."""

    choice: Choice
    by: str
    why: str


def record_decision(
    workspace: Workspace, result: ComparisonResult, pair: Pair, entered: DecisionInput
) -> DecisionRecord:
    """Stores a decision on two models of a comparison, with the verdict on these two as it is now.

    Raises:
        ConfigError: nobody is named, or no reason is given.
        RunError: the models cannot be compared, or there is no baseline to decide for.
    """
    verdict = result.verdict_on(pair)
    if verdict is None or verdict.kind == "invalid":
        raise RunError(
            "A decision rests on a verdict.", found="no verdict", remedy="Compare two models on the same test events."
        )
    runs = [workspace.run(run_id) for model in pair for run_id in result.run_ids[model.name]]
    record = DecisionRecord(
        id=decision_id(entered.choice),
        by=entered.by.strip(),
        why=entered.why.strip(),
        choice=entered.choice,
        model=_decided_model(pair, verdict, entered.choice),
        comparison_id=result.record.id,
        comparison_name=result.record.name,
        models=tuple(
            {"name": model.name, "label": model.label, "run_ids": list(result.run_ids[model.name])} for model in pair
        ),
        verdict=verdict.to_json(),
        **describe_evidence(workspace, result.dataset, result.record.split, result.record.config, runs),
    )
    store_decision(workspace, record)
    return record


def _decided_model(pair: Pair, verdict: Verdict, choice: Choice) -> str:
    """The name of what was decided for; "" for more data first."""
    if choice == "more-data":
        return ""
    if choice != "baseline":
        return pair[choice == "choose"].name
    if verdict.baselines is None or verdict.baselines.strongest is None:
        raise RunError("There is no baseline to decide for.", found="none was compared", remedy="Decide on the models.")
    return verdict.baselines.strongest


@dataclass(frozen=True)
class RecheckedDecision:
    """A decision on a later log.

    Attributes:
        decision, dataset: which decision, on which log.
        verdict: the verdict of now.
        check: what that says of the decision.
        note: that it was decided on this very test, or why the figures of then and now cannot be compared; else empty.
        models: a row per model of the table.
    """

    decision: DecisionRecord
    dataset: DatasetRecord
    verdict: Verdict
    check: DecisionCheck
    note: str
    models: list[Row]

    @property
    def sentence(self) -> str:
        """What became of the decision, and the verdict of now."""
        return check_sentence(self.check, self.verdict, on_baseline=self.decision.choice == "baseline")

    @property
    def further_sentences(self) -> list[str]:
        """What else the verdict of now says."""
        said = deciding_sentence(self.verdict, on_baseline=self.decision.choice == "baseline")
        return [sentence for sentence in self.verdict.sentences if sentence != said]

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "decision": self.decision.id,
            "dataset": self.dataset.name,
            "dataset_id": self.dataset.id,
            "check": self.check,
            "sentence": self.sentence,
            "note": self.note,
            "verdict": self.verdict.to_json(),
            "models": [row_to_json(row) for row in self.models],
        }


def recheck_decision(
    workspace: Workspace,
    decision: DecisionRecord,
    dataset_id: str,
    split_config: SplitConfig,
    on_progress: Progress | None = None,
) -> RecheckedDecision:
    """Tests both models of a decision, all their seeds, on another log; margin, level and k are those of the decision.

    Baselines take part as far as they are computed under this test rule, beside a decision for a baseline that one
    alone. Nothing is trained or stored.

    Raises:
        RunError: a run was deleted, or has learnt from the test events; or the baseline decided for is not computed.
    """
    require(workspace.root, Action.RECHECK, "decision", decision.id, decision.text)
    is_baseline = decision.choice == "baseline"
    if is_baseline:
        _require_baseline(workspace, decision, dataset_id, split_config)
    dataset, k = workspace.dataset(dataset_id), decision.config.deciding_k
    split = open_split(workspace, dataset.id, split_config)
    rows, models = [], []
    for model in decision.models:
        runs = tuple(workspace.run(run_id) for run_id in model["run_ids"])
        results, row = evaluate_on_split(
            workspace, ModelRuns(model["name"], model["label"], runs), split, k, on_progress
        )
        models.append(results)
        rows.append(row)
    baseline_rows, baselines = load_baselines(
        workspace, dataset.id, (decision.model,) if is_baseline else DEFAULT_BASELINES, split, k
    )
    verdict = build_verdict(compare_models([*models, *baselines], decision.config))
    check = check_baseline(verdict) if is_baseline else check_decision(decision.model, verdict)
    note = _compare_tests(open_split(workspace, decision.dataset_id, decision.split), split)
    return RecheckedDecision(decision, dataset, verdict, check, note, [*rows, *baseline_rows])


def _require_baseline(workspace: Workspace, decision: DecisionRecord, dataset_id: str, split: SplitConfig) -> None:
    dataset = workspace.dataset(dataset_id)
    folder = workspace.split_folder(dataset.id, split) / "baselines"
    if (folder / f"{decision.model}.json").exists():
        return
    refused = refused_baselines.read(folder, (decision.model,)).get(decision.model)
    remedy = (
        "Check one of the models on this log and test rule first (Re-check in the menu of the dataset, or"
        " evaluate RUN --on DATASET): that computes the baselines."
    )
    if refused is not None:
        remedy = f"It did not take this log: {refused}"
    elif decision.model in RETIRED_LABELS:
        remedy = "This version computes it no more: compare again, and decide anew."
    raise RunError(
        "A decision for a baseline is checked where that baseline is computed.",
        found=f"{decision.text}, not computed on {dataset.name} under this test rule",
        remedy=remedy,
    )


def _compare_tests(then: StoredSplit, now: StoredSplit) -> str:
    """That two tests are the same, or why their figures cannot be compared, as a sentence; else empty."""
    return SAME_TEST if then.test_key == now.test_key else find_incomparable(then, now)
