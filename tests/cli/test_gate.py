"""A pipeline asks whether to promote, and reads the exit status."""

import json

import pandas as pd
import pytest

from gru4rec_core.evaluation import gate
from gru4rec_core.workspace.decisions import list_gates
from gru4rec_core.workspace.store import Workspace

FAST = ["--n-hidden", "4", "--batch-size", "8", "--epochs", "1", "--protocol", "last-item"]


@pytest.fixture
def pair(run, log, workspace: Workspace) -> tuple[str, str]:
    """Two finished runs of this module's workspace."""
    known = [record.id for record in reversed(workspace.runs())]
    if len(known) < 2:
        known = [run("train", log, *FAST, "--loss", loss, "--json").json["run"] for loss in ("top1", "bpr")]
    return known[0], known[1]


@pytest.mark.parametrize(("outcome", "status"), [("promote", 0), ("keep", 3), ("undecided", 4)])
def test_the_exit_status_is_the_answer(run, pair, log, workspace, monkeypatch, outcome, status) -> None:
    monkeypatch.setattr(gate, "choose_outcome", lambda *arguments, **named: outcome)
    result = run("gate", pair[0], "--against", pair[1], "--on", log, "--by", "nightly", "--json")
    assert result.status == status, result.err
    assert (result.json["outcome"], result.json["exit_status"], result.json["margin"]) == (outcome, status, 0.02)
    record = list_gates(workspace)[0]
    assert (record.id, record.by, record.outcome) == (result.json["record"], "nightly", outcome)


def test_without_json_it_is_a_sentence_and_what_limits_it(run, pair, log) -> None:
    result = run("gate", pair[0], "--against", pair[1], "--on", log, "--margin", "0.3", "--k", "2")
    assert result.status in {0, 3, 4}
    assert "In the top 2, the candidate had" in result.out
    assert "One training run each: provisional." in result.err
    assert "Next item unknown: to the candidate in 0.0" in result.err


@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        (["--margin", "0"], 2, "margin"),
        (["--margin", "x"], 2, "margin"),
        (["--protocol", "session-holdout"], 1, "were in its training part"),
        (["--on", "nothing.csv"], 1, "nothing.csv"),
        (["--against", "nothing-1"], 1, "nothing-1"),
    ],
)
def test_failure_is_no_answer_and_leaves_no_record(run, pair, log, workspace, change, status, said) -> None:
    before = list_gates(workspace)
    result = run("gate", pair[0], "--against", pair[1], "--on", log, *change, "--json")
    assert (result.status, result.out) == (status, "")
    assert said in result.err
    assert list_gates(workspace) == before


def test_a_run_against_itself_and_no_log_are_refused(run, pair, log) -> None:
    assert run("gate", pair[0], "--against", pair[0], "--on", log).status == 1
    assert run("gate", pair[0], "--against", pair[1]).status == 2
    assert json.loads(run("runs", "--json").out)["runs"]


def test_where_the_candidates_own_rule_does_not_fit_the_log_its_default_does(run, pair, log, workspace, folder) -> None:
    rule = ["--protocol", "time", "--test-days", "14"]
    ids = [run("train", log, *FAST[:-2], *rule, "--loss", loss, "--json").json["run"] for loss in ("top1", "bpr")]
    events = pd.read_csv(log)
    start = events["Time"].max() + 86_400
    short = events[events["Time"] < events["Time"].min() + 12 * 86_400]
    short = short.assign(Time=short["Time"] - short["Time"].min() + start, SessionId=short["SessionId"] + 1_000)
    short.to_csv(folder / "short.csv", index=False)
    result = run("gate", ids[0], "--against", ids[1], "--on", folder / "short.csv", "--json")
    assert result.status in {0, 3, 4}, result.err
    assert "the last 14 days, does not fit this log" in result.err
    assert list_gates(workspace)[0].split.protocol == result.json["protocol"] == "last-item"
