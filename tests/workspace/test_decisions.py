"""Decisions stay as they were written, and a damaged one costs only itself."""

import json
from datetime import timedelta

import pytest

from gru4rec_core.config import ComparisonConfig, SplitConfig
from gru4rec_core.errors import ConfigError, RunError
from gru4rec_core.workspace import decisions
from gru4rec_core.workspace.decisions import (
    DecisionRecord,
    GateRecord,
    list_all_decisions,
    list_decisions,
    read_decision,
    store_decision,
)
from gru4rec_core.workspace.store import Workspace


def record_of(**changes) -> DecisionRecord:
    values = {
        "id": decisions.decision_id("choose"),
        "by": "Ada",
        "versions": decisions.describe_versions(),
        "dataset_id": "shop-1",
        "dataset_name": "shop",
        "dataset_hash": "ab" * 32,
        "split": SplitConfig(),
        "config": ComparisonConfig(deciding_k=3),
        "runs": (),
        "choice": "choose",
        "model": "bpr",
        "why": "More hits on the page of three.",
        "comparison_id": "top1-bpr-1",
        "comparison_name": "TOP1 against BPR",
        "models": ({"name": "top1", "label": "TOP1"}, {"name": "bpr", "label": "BPR"}),
        "verdict": {"kind": "clear", "better": "bpr", "numbers": {"relative_high": None}},
    }
    return DecisionRecord(**{**values, **changes})


def test_a_decision_is_read_back_as_written_newest_first(workspace: Workspace) -> None:
    first, second = record_of(), record_of(dataset_id="other-1")
    store_decision(workspace, first)
    store_decision(workspace, second)
    assert list_decisions(workspace) == [second, first]
    assert list_decisions(workspace, "shop-1") == [first]
    assert read_decision(workspace, first.id) == first
    assert Workspace(workspace.root).problems() == []


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, "choose BPR"),
        ({"choice": "keep", "model": "top1"}, "keep TOP1"),
        ({"choice": "more-data", "model": ""}, "more data first"),
        ({"choice": "baseline", "model": "markov"}, "use the lookup table"),
        ({"choice": "baseline", "model": "of a later version"}, "use of a later version"),
    ],
)
def test_a_decision_in_words(changes, text) -> None:
    assert record_of(**changes).text == text


@pytest.mark.parametrize("changes", [{"by": " "}, {"why": ""}, {"by": "A" * 101}, {"why": "w" * 2_001}])
def test_who_and_why_are_asked_for(workspace: Workspace, changes) -> None:
    with pytest.raises(ConfigError):
        store_decision(workspace, record_of(**changes))
    assert not (workspace.root / "decisions").exists()


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"schema": 99}', '{"schema": 2}'])
def test_a_damaged_decision_costs_only_itself_and_is_told(workspace: Workspace, damage: str) -> None:
    good, bad = record_of(), record_of()
    for record in (good, bad):
        store_decision(workspace, record)
    (workspace.root / "decisions" / bad.id / "decision.json").write_text(damage)
    assert list_decisions(workspace) == [good]
    (problem,) = workspace.problems()
    assert bad.id in str(problem)
    with pytest.raises(RunError):
        read_decision(workspace, bad.id)
    decisions.delete_decision(workspace, bad.id)
    assert workspace.problems() == []


def test_an_id_of_no_decision_is_told_those_that_there_are(workspace: Workspace) -> None:
    record = record_of()
    store_decision(workspace, record)
    with pytest.raises(RunError, match=f"no decision of this id.*there are: .*{record.id}.*command: decisions"):
        read_decision(workspace, "nope")


def test_what_was_deleted_is_gone(workspace: Workspace) -> None:
    record = record_of()
    store_decision(workspace, record)
    decisions.delete_decision(workspace, record.id)
    assert list_decisions(workspace) == []
    with pytest.raises(RunError):
        decisions.delete_decision(workspace, "../" + record.id)


def test_a_stored_decision_is_plain_json_of_its_own(workspace: Workspace) -> None:
    record = record_of()
    store_decision(workspace, record)
    values = json.loads((workspace.root / "decisions" / record.id / "decision.json").read_text())
    assert (values["schema"], values["by"], values["verdict"]["better"]) == (2, "Ada", "bpr")


def _evidence(run) -> decisions.RunEvidence:
    named = {"run_id": run.id, "name": run.name, "created": run.created, "dataset_id": run.dataset_id}
    return decisions.RunEvidence(**named, dataset_hash=run.dataset_hash, weights_sha256="0" * 64)


def test_what_becomes_of_decisions_is_known_before_their_basis_is_deleted(workspace: Workspace, dataset, run) -> None:
    other = workspace.create_run(dataset.id, run.config.replace(seed=1), run.split)
    comparison = workspace.create_comparison(dataset.id, run.split, ComparisonConfig(), [run.id, other.id])
    assert workspace.dataset_dependents(dataset.id).kept == workspace.comparison_dependents(comparison.id).kept == ""
    store_decision(workspace, record_of(runs=(_evidence(run),), comparison_id=comparison.id))
    one = "1 recorded decision rests on what is deleted. It stays on record, but can no longer be re-checked."
    assert workspace.run_dependents(run.id).kept == workspace.dataset_dependents(dataset.id).kept == one
    assert workspace.run_dependents(other.id).kept == ""
    unlinked = "1 recorded decision rests on it. It stays and can be re-checked, but no longer leads to its verdict."
    assert workspace.comparison_dependents(comparison.id).kept == unlinked
    store_decision(workspace, record_of(runs=(_evidence(other),), comparison_id=comparison.id))
    both = "2 recorded decisions rest on what is deleted. They stay on record, but can no longer be re-checked."
    assert workspace.dataset_dependents(dataset.id).kept == both
    assert workspace.comparison_dependents(comparison.id).kept.startswith("2 recorded decisions rest on it. They stay")


@pytest.mark.parametrize(
    ("outcome", "text"),
    [("promote", "gate: promote new"), ("keep", "gate: keep old"), ("undecided", "gate: undecided")],
)
def test_people_and_gate_are_listed_together_newest_first_each_in_words(workspace, run, outcome, text) -> None:
    new, old = (_evidence(run).model_copy(update={"name": name, "run_id": f"{name}-1"}) for name in ("new", "old"))
    shared = {
        name: getattr(record_of(), name) for name in ("versions", "dataset_name", "dataset_hash", "split", "config")
    }
    gate = GateRecord(
        id="gate-1", by="nightly", dataset_id="shop-1", runs=(new, old), outcome=outcome, rule="", figures={}, **shared
    )
    before, after = (
        record_of(created=gate.created - timedelta(days=1)),
        record_of(created=gate.created + timedelta(days=1)),
    )
    for record in (after, gate, before):
        store_decision(workspace, record)
    assert list_all_decisions(workspace, "shop-1") == [after, gate, before]
    assert list_all_decisions(workspace, "other-1") == []
    assert (gate.text, gate.question) == (text, "new-1 against old-1")
