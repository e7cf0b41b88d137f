"""One model is trained, tested again and used."""

from pathlib import Path

import pytest

from gru4rec_core.workspace.store import Workspace

FAST = ["--n-hidden", "4", "--batch-size", "8", "--epochs", "1"]
TRAIN = [*FAST, "--protocol", "last-item"]


def test_train_prints_one_json_object(run, log: Path) -> None:
    result = run("train", log, *TRAIN, "--loss", "bpr", "--json")
    assert result.status == 0, result.err
    assert result.json["n_test"] == 60
    assert result.json["config"]["n_hidden"] == [4]
    assert "training" in result.err
    assert "time-overlap" in {entry["code"] for entry in result.json["warnings"]}
    state = run("runs", "--json").json["runs"][0]
    assert (state["id"], state["state"]) == (result.json["run"], "done")


@pytest.fixture
def run_id(run, log: Path, workspace: Workspace) -> str:
    """A run that is done: one of an earlier test, if there is any."""
    known = [record.id for record in workspace.runs() if workspace.state(record.id).state == "done"]
    return known[0] if known else run("train", log, *TRAIN, "--loss", "bpr", "--json").json["run"]


def test_evaluate_and_recommend_use_a_run(run, run_id: str) -> None:
    result = run("evaluate", run_id, "--json")
    assert result.json["models"][0]["name"] == "old"
    assert "time-overlap" in {entry["code"] for entry in result.json["warnings"]}
    text = run("evaluate", run_id)
    assert "per 100" in text.out
    assert "warning: Training and test overlap in time." in text.err
    listed = run("recommend", run_id, "--items", "item 1,item 2,nothing", "--k", 3, "--json")
    assert len(listed.json["recommendations"]) == 3
    assert listed.json["unknown"] == ["nothing"]
    assert "nothing" in listed.err
    assert len(run("recommend", run_id, "--items", "item 1", "--k", 2).out.splitlines()) == 2
    unknown = run("recommend", run_id, "--items", "nothing")
    assert (unknown.status, unknown.out) == (1, "")


def test_train_says_which_test_rule_it_chose_and_why(run, log: Path) -> None:
    result = run("train", log, *FAST, "--unseen", "drop", "--json")
    assert result.json["protocol"] == "time"
    assert "tested on the last 3 days, because this log spans 27 days" in result.err.splitlines()
    assert "tested on" not in run("train", log, *TRAIN, "--json").err


def test_retraining_happens_once(run, run_id: str, workspace: Workspace) -> None:
    rule = ["--min-item-support", "2"]
    first = run("evaluate", run_id, "--retrain", *rule, "--json")
    n_runs = len(workspace.runs())
    assert {"old", "retrained"} <= {model["name"] for model in first.json["models"]}
    run("evaluate", run_id, "--retrain", *rule, "--json")
    assert len(workspace.runs()) == n_runs


def test_a_run_that_is_not_done_cannot_be_used(run, run_id: str, workspace: Workspace) -> None:
    record = workspace.run(run_id)
    waiting = workspace.create_run(record.dataset_id, record.config.replace(seed=99), record.split)
    for command in (["evaluate", waiting.id], ["recommend", waiting.id, "--items", "item 1"]):
        assert (run(*command).status, run(*command).out) == (1, "")
    states = {row["id"]: row["state"] for row in run("runs", "--json").json["runs"]}
    assert (states[run_id], states[waiting.id]) == ("done", "new")
