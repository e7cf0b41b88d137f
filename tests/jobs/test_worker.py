"""A worker says what a run waits for while TensorFlow loads."""

import sys
import threading
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from types import ModuleType

import pytest

from gru4rec_core.jobs import worker
from gru4rec_core.workspace.job_state import JobState, State, request_cancel, write_state
from gru4rec_core.workspace.store import Workspace


@pytest.fixture
def tensorflow_loaded(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    event = threading.Event()
    monkeypatch.setattr(worker, "tensorflow_loaded", event)
    return event


@pytest.fixture
def experiment(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Stands for the module that loads TensorFlow."""
    module = ModuleType("experiments")
    monkeypatch.setitem(sys.modules, "gru4rec_core.experiments.run", module)
    monkeypatch.setattr("gru4rec_core.experiments.run", module, raising=False)
    return module


@pytest.mark.parametrize("loaded", [False, True])
def test_a_run_that_waits_for_tensorflow_says_so(
    workspace: Workspace, run, tensorflow_loaded: threading.Event, experiment: ModuleType, loaded: bool
) -> None:
    seen = []
    experiment.execute_run = lambda workspace, run_id: seen.append(workspace.state(run_id).phase)  # type: ignore[attr-defined]
    if loaded:
        tensorflow_loaded.set()
    write_state(workspace.run_folder(run.id), JobState(state="queued"))
    worker.execute_job(str(workspace.root), "run", run.id)
    assert seen == ["" if loaded else worker.LOADING]
    assert workspace.state(run.id).state == "queued"
    assert tensorflow_loaded.is_set()


@pytest.mark.parametrize("state", ["done", "running", "lost", "cancelled"])
def test_a_run_that_waits_for_nobody_is_left_alone(
    workspace: Workspace, run, monkeypatch: pytest.MonkeyPatch, state: State
) -> None:
    monkeypatch.setattr(worker, "_carry_out", lambda *_: pytest.fail("carried out"))
    write_state(workspace.run_folder(run.id), JobState(state=state))
    request_cancel(workspace.run_folder(run.id))
    worker.execute_job(str(workspace.root), "run", run.id)
    assert workspace.state(run.id).state == state


def test_a_queued_job_that_was_cancelled_does_not_begin(
    workspace: Workspace, run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "_carry_out", lambda *_: pytest.fail("carried out"))
    write_state(workspace.run_folder(run.id), JobState(state="queued"))
    request_cancel(workspace.run_folder(run.id))
    worker.execute_job(str(workspace.root), "run", run.id)
    assert (workspace.state(run.id).state, workspace.state(run.id).reason) == (
        "cancelled",
        "Cancelled before it began.",
    )


def test_a_module_that_still_loads_is_not_loaded(
    tensorflow_loaded: threading.Event, experiment: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    loading, may_end = threading.Event(), threading.Event()

    class SlowLoader(Loader):
        """Takes its time, as TensorFlow does."""

        def exec_module(self, module: ModuleType) -> None:
            loading.set()
            may_end.wait(20)

    class Finder:
        def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
            return ModuleSpec(name, SlowLoader()) if name == experiment_name else None

    experiment_name = "gru4rec_core.experiments.run"
    monkeypatch.setattr(worker, "_WARM_UP_AFTER", 0.0)
    monkeypatch.setattr(sys, "meta_path", [Finder(), *sys.meta_path])
    monkeypatch.delitem(sys.modules, experiment_name)
    thread = threading.Thread(target=worker._warm_up)
    thread.start()
    assert loading.wait(20)
    assert not tensorflow_loaded.is_set()
    may_end.set()
    thread.join()
    assert tensorflow_loaded.is_set()


def test_a_failure_that_nobody_expected_is_recorded_and_raised(
    workspace: Workspace, run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "_carry_out", lambda *_: 1 / 0)
    write_state(workspace.run_folder(run.id), JobState(state="queued"))
    with pytest.raises(ZeroDivisionError):
        worker.execute_job(str(workspace.root), "run", run.id)
    state = workspace.state(run.id)
    assert (state.state, state.reason) == ("failed", "unexpected: ZeroDivisionError: division by zero")
    assert "Traceback" in workspace.log(run.id)


def test_an_order_test_is_carried_out_under_the_default_test_rule(
    workspace: Workspace,
    dataset,
    tensorflow_loaded: threading.Event,
    experiment: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen, module = [], ModuleType("order_test")
    monkeypatch.setitem(sys.modules, "gru4rec_core.experiments.order_test", module)
    monkeypatch.setattr("gru4rec_core.experiments.order_test", module, raising=False)
    module.execute_order_test = lambda workspace, dataset_id, rule: seen.append((dataset_id, rule.protocol))  # type: ignore[attr-defined]
    write_state(workspace.order_test_folder(dataset.id), JobState(state="queued"))
    worker.execute_job(str(workspace.root), "order-test", dataset.id)
    assert seen == [(dataset.id, "last-item")]
    assert tensorflow_loaded.is_set()


@pytest.mark.parametrize("method", ["bpr", "stan"])
def test_a_loss_is_tuned_once_tensorflow_is_there_and_a_baseline_without_it(
    workspace: Workspace,
    dataset,
    tensorflow_loaded: threading.Event,
    experiment: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
) -> None:
    """Two threads that load TensorFlow by different modules find some of it half loaded."""
    monkeypatch.setattr(worker, "read_tuning_job", lambda workspace, job_id: (None, method))
    seen = []
    monkeypatch.setattr(worker, "execute_tuning", lambda *_, at_end: seen.append(tensorflow_loaded.is_set()))
    worker.execute_job(str(workspace.root), "tuning", f"{dataset.id}/tuning-a/{method}")
    assert seen == [method == "bpr"]
