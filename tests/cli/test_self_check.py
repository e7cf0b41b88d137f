"""Facts about the command that checks a comparison's test."""

import pytest

from gru4rec_core.cli import self_check
from gru4rec_core.evaluation.self_check import Sabotage, SelfCheck


@pytest.fixture(autouse=True)
def in_the_trained_workspace(trained, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRU4REC_HOME", str(trained[0].root))


def answer(found: bool) -> SelfCheck:
    return SelfCheck("BPR", 3, 20, 1, 0.03, 0.05, Sabotage(0.1, 0.40, 0.388, found))


@pytest.mark.parametrize(("found", "status"), [(True, 0), (False, 1)])
def test_a_failed_check_ends_with_1(trained, run, monkeypatch, found, status):
    monkeypatch.setattr(self_check, "make_self_check", lambda *_: answer(found))
    told = run("self-check", trained[1].id, "--json")
    assert told.status == status
    assert told.json["works"] is found
    assert told.json["sabotage"]["found"] is found
    assert run("self-check", trained[1].id).out.splitlines() == list(answer(found).sentences)


def test_an_unknown_comparison_is_an_error(run):
    assert run("self-check", "nope").status == 1
