"""A job that nothing works on any more is lost, and is said to be."""

import time

import psutil
import pytest

from gru4rec_core.config import SplitConfig, TrainingConfig
from gru4rec_core.jobs import client, jobs, lost_jobs
from gru4rec_core.jobs.engine import EngineAddress
from gru4rec_core.jobs.lost_jobs import reconcile_jobs
from gru4rec_core.workspace.job_state import (
    JobState,
    ProcessIdentity,
    change_state,
    read_state,
    request_cancel,
    write_state,
)
from gru4rec_core.workspace.records import DatasetRecord
from gru4rec_core.workspace.store import Workspace

LONG = TrainingConfig(n_hidden=(4,), batch_size=4, epochs=10_000)


@pytest.mark.faults
def test_a_job_whose_worker_dies_is_lost_and_not_started_again(
    shared: Workspace, letters: DatasetRecord, wait_for, until_ended
) -> None:
    run = shared.create_run(letters.id, LONG.replace(seed=4), SplitConfig())
    jobs.submit(shared, "run", run.id)
    state = wait_for(lambda: shared.state(run.id), lambda s: s.epoch >= 1)
    assert state.worker is not None
    psutil.Process(state.worker.pid).kill()
    ended = wait_for(lambda: (reconcile_jobs(shared), shared.state(run.id))[1], lambda s: not s.is_active)
    assert ended.state == "lost"
    time.sleep(20)  # a task that is started again starts within 16 s
    assert shared.state(run.id).state == "lost"
    jobs.retry(shared, "run", run.id)
    wait_for(lambda: shared.state(run.id), lambda s: s.epoch > ended.epoch + 1)
    jobs.cancel(shared, "run", run.id)
    assert until_ended(shared, run.id).state == "cancelled"


def test_a_workspace_that_moved_gets_rid_of_the_engine_it_came_from(workspace: Workspace, run, moved) -> None:
    path, listener = moved
    left = EngineAddress.read(path)
    other = workspace.create_run(run.dataset_id, run.config.replace(seed=1), run.split)
    queued = JobState(state="queued", scheduler=left.address)
    running = JobState(state="running", scheduler=left.address, worker=left.process, heartbeat=time.time() - 10)
    write_state(workspace.run_folder(run.id), queued)
    write_state(workspace.run_folder(other.id), running)
    assert reconcile_jobs(workspace) == []
    listener.close()
    assert not jobs.stop_engine(workspace)
    assert not path.exists()
    assert {workspace.state(record.id).state for record in (run, other)} == {"lost"}


def test_a_worker_that_ends_while_it_is_stopped_is_no_error(
    workspace: Workspace, run, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_state(workspace.run_folder(run.id), JobState(state="running", worker=ProcessIdentity.current()))
    request_cancel(workspace.run_folder(run.id))
    monkeypatch.setattr(lost_jobs, "HARD_AFTER", -1.0)
    monkeypatch.setattr(client, "forget", lambda *_: None)
    monkeypatch.setattr(psutil.Process, "kill", lambda process: psutil.Process(2**22 + 1))
    (ended,) = reconcile_jobs(workspace, stop_hard=True)
    assert ended.state.state == "cancelled"


@pytest.mark.parametrize("meanwhile", [{"state": "done"}, {"attempt": 2}])
def test_a_worker_that_has_begun_another_job_is_left_alone(
    workspace: Workspace, run, monkeypatch: pytest.MonkeyPatch, meanwhile: dict[str, object]
) -> None:
    folder = workspace.run_folder(run.id)
    write_state(folder, JobState(state="running", worker=ProcessIdentity.current()))
    request_cancel(folder)
    monkeypatch.setattr(lost_jobs, "HARD_AFTER", -1.0)
    monkeypatch.setattr(client, "forget", lambda *_: change_state(folder, **meanwhile))
    killed = []
    monkeypatch.setattr(psutil.Process, "kill", killed.append)
    reconcile_jobs(workspace, stop_hard=True)
    assert not killed


def test_a_run_whose_process_has_gone_is_lost(workspace: Workspace, run) -> None:
    me = ProcessIdentity.current()
    gone = me.model_copy(update={"create_time": me.create_time - 100})
    folder = workspace.run_folder(run.id)
    write_state(folder, JobState(state="running", worker=gone))
    (changed,) = reconcile_jobs(workspace)
    assert changed.state.state == read_state(folder).state == "lost"
    assert "has ended" in read_state(folder).reason
    write_state(folder, JobState(state="running", worker=me))
    assert reconcile_jobs(workspace) == []


def test_a_silent_run_elsewhere_is_lost(workspace: Workspace, run) -> None:
    elsewhere = ProcessIdentity(pid=1, create_time=1.0, host="another-machine")
    folder = workspace.run_folder(run.id)
    write_state(folder, JobState(state="running", worker=elsewhere))
    assert reconcile_jobs(workspace) == []
    change_state(folder, heartbeat=time.time() - lost_jobs.LOST_AFTER - 1)
    assert [job.state.state for job in reconcile_jobs(workspace)] == ["lost"]


def test_a_queue_without_its_engine_is_lost(workspace: Workspace, run) -> None:
    folder = workspace.run_folder(run.id)
    write_state(folder, JobState(state="queued", scheduler="tcp://127.0.0.1:9"))
    assert [job.state.state for job in reconcile_jobs(workspace)] == ["lost"]
