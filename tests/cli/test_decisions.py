"""Decisions are listed and checked again from the command line."""

import pytest

from gru4rec_core.results.comparison import build_comparison_result
from gru4rec_core.results.decision import SAME_TEST, DecisionInput, record_decision
from gru4rec_core.workspace.decisions import list_gates
from gru4rec_core.workspace.store import Workspace

FAST = ["--n-hidden", "4", "--batch-size", "8", "--epochs", "1", "--protocol", "last-item"]


@pytest.fixture
def decided(run, log, workspace: Workspace) -> str:
    """A decision of this module's workspace."""
    known = workspace.comparisons()
    if not known:
        assert run("compare", log, *FAST, "--seeds", "1", "--baselines", "popularity").status == 0
        known = workspace.comparisons()
    result = build_comparison_result(workspace, known[0].id)
    return record_decision(workspace, result, result.pair, DecisionInput("choose", "Ada", "More\nhits.")).id


def test_nothing_is_decided_at_first(run) -> None:
    assert run("decisions").out == "no decisions yet\n"
    assert run("decisions", "--json").json == {"decisions": [], "gates": []}


def test_decisions_are_listed(run, decided, log, workspace) -> None:
    runs = [record.id for record in workspace.runs()]
    assert run("gate", runs[0], "--against", runs[1], "--on", log).status in {0, 3, 4}
    listed = run("decisions", "--dataset", workspace.datasets()[0].name, "--json").json
    assert listed["decisions"][0]["id"] == decided
    assert (listed["decisions"][0]["choice"], listed["decisions"][0]["why"]) == ("choose", "More\nhits.")
    assert listed["gates"][0]["figures"]["candidate"] == runs[0]
    text = run("decisions").out
    assert "choose BPR (Ada): More hits." in text
    (answer,) = list_gates(workspace)
    assert f"{answer.text} ({answer.by}): {runs[0]} against {runs[1]}" in text  # in the words of Overview


def test_a_damaged_record_is_told_and_costs_only_itself(run, decided, workspace) -> None:
    result = build_comparison_result(workspace, workspace.comparisons()[0].id)
    broken = record_decision(workspace, result, result.pair, DecisionInput("keep", "Eve", "Because.")).id
    (workspace.root / "decisions" / broken / "decision.json").write_text("{")
    listed = run("decisions", "--json")
    assert decided in {one["id"] for one in listed.json["decisions"]}
    assert broken in listed.err


def test_a_decision_is_checked_again(run, decided, log) -> None:
    result = run("recheck", decided, "--on", log, "--json")
    assert result.status == 0, result.err
    assert result.json["check"] in {"holds", "reversed", "open"}
    text = run("recheck", decided, "--on", log).out
    assert "choose BPR, decided by Ada." in text
    assert text.endswith(f" {SAME_TEST}\n")
    rule = ["--protocol", "last-item", "--min-session-length", "4"]
    assert "Then and now are not compared: " in run("recheck", decided, "--on", log, *rule).out
    leaked = run("recheck", decided, "--on", log, "--protocol", "session-holdout")
    assert leaked.status == 1
    assert "were in its training part" in leaked.err
    assert run("recheck", "nothing-1", "--on", log).status == 1
