"""Which decisions were taken in this workspace: by the gate, and by people?

    decisions/<id>/decision.json   what people decided on a comparison
    gates/<id>/gate.json           what the gate decided on two runs

A record holds the figures it rests on. It is written once and stays as it is when statistics are computed again, or
when the comparison, the runs or the dataset are deleted.
"""

import hashlib
import platform
from collections.abc import Iterable, Sequence
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, ClassVar, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from gru4rec_core.access.guard import require
from gru4rec_core.access.rights import Action
from gru4rec_core.baselines.names import label_of
from gru4rec_core.config import ComparisonConfig, SplitConfig
from gru4rec_core.errors import ConfigError, RunError
from gru4rec_core.evaluation.gate import GateOutcome
from gru4rec_core.evaluation.verdict_text import method_name
from gru4rec_core.storage import delete_folder, new_folder, new_id, safe_child
from gru4rec_core.version import __version__
from gru4rec_core.words import counted
from gru4rec_core.workspace.checksums import write_checksums
from gru4rec_core.workspace.dataset_store import DatasetStore, list_names
from gru4rec_core.workspace.records import DatasetRecord, Record, RunRecord, now

Choice = Literal["keep", "choose", "baseline", "more-data"]
"""Keep the model in use (the base of the pair), choose the other, use the strongest baseline, or collect more data."""

MAX_NAME = 100
"""Characters of the name of who decides."""

MAX_REASON = 2_000
"""Characters of the reason."""

_PACKAGES = ("numpy", "scipy", "pandas", "pyarrow")
"""What figures are computed with."""


class RunEvidence(BaseModel):
    """A run that a decision rests on: enough to find out later whether another is the same.

    `weights_sha256` is the hash of the trained model's file.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    run_id: str
    name: str
    created: datetime
    dataset_id: str
    dataset_hash: str
    weights_sha256: str


class _Decision(Record):
    """What decisions of the gate and of people have in common.

    Attributes:
        by: who decided, or for whom the gate ran.
        versions: of the workbench, Python and the packages that computed the figures.
        dataset_id, dataset_name, dataset_hash: the log whose test part decided, as it was.
        split, config: under which test rule, and how the models were compared.
        runs: of the models compared.
    """

    id: str
    created: datetime = Field(default_factory=now)
    by: str
    versions: dict[str, str]
    dataset_id: str
    dataset_name: str
    dataset_hash: str
    split: SplitConfig
    config: ComparisonConfig
    runs: tuple[RunEvidence, ...]


class DecisionRecord(_Decision):
    """What people decided on a comparison, and why.

    Attributes:
        choice: what was decided.
        model: name of the model that is kept or chosen, or of the baseline; "" for "more-data".
        why: in the words of whoever decided.
        comparison_id, comparison_name: it rests on; the comparison may be deleted since.
        models: the two models that were compared: "name", "label" and "run_ids" of each, the base first.
        verdict: the verdict on these two as data, as it was (`Verdict.to_json`).
    """

    owner: ClassVar[str] = "a decision"

    choice: Choice
    model: str
    why: str
    comparison_id: str
    comparison_name: str
    models: tuple[dict[str, Any], ...]
    verdict: dict[str, Any]

    @property
    def text(self) -> str:
        """The decision in words: "keep TOP1", "choose BPR", "use best-sellers", "more data first"."""
        if self.choice == "more-data":
            return "more data first"
        if self.choice == "baseline":
            return f"use {method_name(label_of(self.model))}"
        label = next((model["label"] for model in self.models if model["name"] == self.model), self.model)
        return f"{self.choice} {label}"


class GateRecord(_Decision):
    """What the gate decided on two runs: the candidate's evidence first, then the current model's.

    Attributes:
        outcome: promote, keep or undecided.
        rule: the rule in words.
        figures: what `gate --json` printed, without what stands beside it here.
    """

    owner: ClassVar[str] = "a gate's record"

    outcome: GateOutcome
    rule: str
    figures: dict[str, Any]

    @property
    def text(self) -> str:
        """The answer in words: "gate: promote bpr, seed 0", "gate: undecided"."""
        if self.outcome == "undecided":
            return "gate: undecided"
        candidate, current = self.runs
        return f"gate: {self.outcome} {(candidate if self.outcome == 'promote' else current).name}"

    @property
    def question(self) -> str:
        """Which run was to replace which: "bpr-1 against top1-1"."""
        return " against ".join(run.run_id for run in self.runs)


Decided = TypeVar("Decided", DecisionRecord, GateRecord)
_FILES = {DecisionRecord: ("decisions", "decision.json"), GateRecord: ("gates", "gate.json")}


def store_decision(workspace: DatasetStore, record: DecisionRecord | GateRecord) -> None:
    """Writes a record into a folder of its own, whole or not at all.

    Raises:
        ConfigError: nobody is named as having decided, a person gives no reason, or one of the texts is too long.
    """
    if not record.by.strip():
        raise ConfigError("A decision names who decided.", found="an empty name", remedy="Enter a name.")
    if isinstance(record, DecisionRecord):
        _validate_texts(record)
    kind, file_name = _FILES[type(record)]
    if isinstance(record, DecisionRecord):
        require(workspace.root, Action.DECIDE, "decision", record.id, record.text)
    else:
        require(workspace.root, Action.GATE, "gate", record.id, record.text)
    with new_folder(workspace.root / kind / record.id) as folder:
        record.write(folder / file_name)
        write_checksums(folder)


def _validate_texts(record: DecisionRecord) -> None:
    if not record.why.strip():
        raise ConfigError("A decision says why.", found="an empty reason", remedy="Write down the reason.")
    for what, text, limit in (("name of who decides", record.by, MAX_NAME), ("reason", record.why, MAX_REASON)):
        if len(text) > limit:
            raise ConfigError(
                f"The {what} has at most {limit:,} characters.",
                found=f"{len(text):,} characters",
                remedy="Shorten it.",
            )


def list_all_decisions(workspace: DatasetStore, dataset_id: str | None = None) -> list[DecisionRecord | GateRecord]:
    """What people and the gate decided, newest first; unreadable records are left out (see `Workspace.problems`)."""
    records: list[DecisionRecord | GateRecord] = [*list_decisions(workspace, dataset_id)]
    records += list_gates(workspace, dataset_id)
    return sorted(records, key=lambda record: record.created, reverse=True)


def list_decisions(workspace: DatasetStore, dataset_id: str | None = None) -> list[DecisionRecord]:
    """What people decided, newest first; unreadable records are left out (see `Workspace.problems`)."""
    return _list(workspace, DecisionRecord, dataset_id)


def list_gates(workspace: DatasetStore, dataset_id: str | None = None) -> list[GateRecord]:
    """What the gate decided, newest first; unreadable records are left out (see `Workspace.problems`)."""
    return _list(workspace, GateRecord, dataset_id)


def list_resting_decisions(workspace: DatasetStore, run_ids: Iterable[str]) -> list[DecisionRecord]:
    """What people decided on models of which any of these runs is part, newest first."""
    wanted = set(run_ids)
    return [one for one in list_decisions(workspace) if not wanted.isdisjoint(run.run_id for run in one.runs)]


def describe_deleted_runs(decisions: Sequence[DecisionRecord]) -> str:
    """What deleting their runs does to decisions, as a sentence; "" where there are none."""
    if not decisions:
        return ""
    verbs = ("rests", "It stays") if len(decisions) == 1 else ("rest", "They stay")
    count = counted(len(decisions), "recorded decision")
    return f"{count} {verbs[0]} on what is deleted. {verbs[1]} on record, but can no longer be re-checked."


def describe_deleted_comparison(decisions: Sequence[DecisionRecord]) -> str:
    """What deleting their comparison does to decisions, as a sentence; "" where there are none."""
    if not decisions:
        return ""
    verbs = ("rests", "It stays", "leads") if len(decisions) == 1 else ("rest", "They stay", "lead")
    count = counted(len(decisions), "recorded decision")
    return f"{count} {verbs[0]} on it. {verbs[1]} and can be re-checked, but no longer {verbs[2]} to its verdict."


def find_decision_problems(workspace: DatasetStore) -> list[RunError]:
    """The errors of the records that cannot be read."""
    decisions = workspace.read_records(*_FILES[DecisionRecord], DecisionRecord.read)[1]
    return decisions + workspace.read_records(*_FILES[GateRecord], GateRecord.read)[1]


def read_decision(workspace: DatasetStore, decision_id: str) -> DecisionRecord:
    """A decision by its id. Raises RunError when there is none, or its record is damaged."""
    folder = safe_child(workspace.root / "decisions", decision_id)
    if not folder.exists():
        raise RunError(
            "There is no decision of this id.",
            found=f"{decision_id!r}; there are: {list_names(record.id for record in list_decisions(workspace))}",
            where=str(folder.parent),
            remedy="Take an id from the list of decisions (command: decisions).",
        )
    return DecisionRecord.read(folder / "decision.json")


def delete_decision(workspace: DatasetStore, decision_id: str) -> None:
    """Removes a decision, readable or not. Raises RunError for an id that is malformed."""
    folder = safe_child(workspace.root / "decisions", decision_id)
    require(workspace.root, Action.DELETE, "decision", decision_id)
    delete_folder(folder)


def decision_id(text: str) -> str:
    """A new id whose order is that of time."""
    return new_id(f"{now():%Y%m%d-%H%M%S} {text}")


def describe_evidence(
    workspace: DatasetStore,
    dataset: DatasetRecord,
    split: SplitConfig,
    config: ComparisonConfig,
    runs: Iterable[RunRecord],
) -> dict[str, Any]:
    """What every decision rests on, the gate's and people's alike: fields of a record.

    Args:
        workspace: where the runs are.
        dataset: whose test part decided.
        split: the test rule.
        config: how the models were compared.
        runs: the finished runs of these models.
    """
    return {
        "versions": describe_versions(),
        "dataset_id": dataset.id,
        "dataset_name": dataset.name,
        "dataset_hash": dataset.content_hash,
        "split": split,
        "config": config,
        "runs": _describe_runs(workspace, runs),
    }


def _describe_runs(workspace: DatasetStore, runs: Iterable[RunRecord]) -> tuple[RunEvidence, ...]:
    """The evidence of finished runs, hashes included."""
    return tuple(
        RunEvidence(
            run_id=run.id,
            name=run.name,
            created=run.created,
            dataset_id=run.dataset_id,
            dataset_hash=run.dataset_hash,
            weights_sha256=_sha256(workspace.run_folder(run.id) / "weights.npz"),
        )
        for run in runs
    )


def describe_versions() -> dict[str, str]:
    """Versions of the workbench, Python and the packages that compute figures."""
    packages = {name: version(name) for name in _PACKAGES}
    return {"gru4rec-workbench": __version__, "python": platform.python_version(), **packages}


def _list(workspace: DatasetStore, record_type: type[Decided], dataset_id: str | None) -> list[Decided]:
    records, _ = workspace.read_records(*_FILES[record_type], record_type.read)
    matching = [record for record in records if dataset_id in (None, record.dataset_id)]
    return sorted(matching, key=lambda record: record.created, reverse=True)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
