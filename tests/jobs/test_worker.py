"""A worker says what a run waits for while TensorFlow loads."""

import sys
from types import ModuleType

import pytest

from gru4rec_core.jobs import worker
from gru4rec_core.workspace.job_state import JobState, State, request_cancel, write_state
from gru4rec_core.workspace.store import Workspace


@pytest.mark.parametrize("loaded", [False, True])
def test_a_run_that_waits_for_tensorflow_says_so(
    workspace: Workspace, run, monkeypatch: pytest.MonkeyPatch, loaded: bool
) -> None:
    seen = []
    experiments = ModuleType("experiments")
    experiments.execute_run = lambda home, run_id, threads: seen.append(home.state(run_id).phase)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "gru4rec_core.experiments.run", experiments)
    monkeypatch.setattr("gru4rec_core.experiments.run", experiments, raising=False)
    monkeypatch.setattr(worker, "_tensorflow_is_loaded", lambda: loaded)
    write_state(workspace.run_folder(run.id), JobState(state="queued"))
    worker.execute(str(workspace.root), "run", run.id)
    assert seen == ["" if loaded else worker.LOADING]
    assert workspace.state(run.id).state == "queued"


@pytest.mark.parametrize("state", ["done", "running", "lost", "cancelled"])
def test_a_run_that_waits_for_nobody_is_left_alone(
    workspace: Workspace, run, monkeypatch: pytest.MonkeyPatch, state: State
) -> None:
    monkeypatch.setattr(worker, "_carry_out", lambda *_: pytest.fail("carried out"))
    write_state(workspace.run_folder(run.id), JobState(state=state))
    request_cancel(workspace.run_folder(run.id))
    worker.execute(str(workspace.root), "run", run.id)
    assert workspace.state(run.id).state == state


def test_a_module_that_still_loads_is_not_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    half = ModuleType("experiments")
    monkeypatch.setitem(sys.modules, "gru4rec_core.experiments.run", half)
    assert not worker._tensorflow_is_loaded()
    half.execute_run = print  # type: ignore[attr-defined]
    assert worker._tensorflow_is_loaded()
    monkeypatch.delitem(sys.modules, "gru4rec_core.experiments.run")
    assert not worker._tensorflow_is_loaded()
