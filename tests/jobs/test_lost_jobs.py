"""A job that nothing works on any more is lost, and is said to be."""

import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from gru4rec_core.config import SplitConfig, TrainingConfig
from gru4rec_core.jobs import client, jobs, lost_jobs, queue_checks, watching
from gru4rec_core.jobs.client import job_key
from gru4rec_core.jobs.cluster_check import NOT_ENCRYPTED
from gru4rec_core.jobs.engine import EngineAddress
from gru4rec_core.jobs.job_list import Job
from gru4rec_core.jobs.lost_jobs import reconcile_jobs
from gru4rec_core.jobs.queue_checks import Obstacle
from gru4rec_core.storage import folder_number
from gru4rec_core.workspace.job_state import (
    ClusterTicket,
    JobState,
    ProcessIdentity,
    change_state,
    read_state,
    request_cancel,
    write_state,
)
from gru4rec_core.workspace.records import DatasetRecord, RunRecord
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


def test_a_silent_run_elsewhere_is_lost(workspace: Workspace, run, look: Callable[..., str]) -> None:
    elsewhere = ProcessIdentity(pid=1, create_time=1.0, host="another-machine")
    folder = workspace.run_folder(run.id)
    write_state(folder, JobState(state="running", worker=elsewhere))
    assert reconcile_jobs(workspace) == []
    change_state(folder, heartbeat=time.time() - lost_jobs.LOST_AFTER - 1)
    # Another machine's clock may be slow: it is watched for a few seconds.
    assert [look(workspace, seconds) for seconds in (0, 1, 2, 3)] == ["running"] * 4
    assert look(workspace, 4) == "lost"


@pytest.fixture
def look(run) -> Callable[..., str]:
    """What becomes of the run when somebody looks at it some seconds after the test began."""
    began = time.monotonic()

    def at(workspace: Workspace, seconds: float, *, stop_hard: bool = False) -> str:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(watching, "time", SimpleNamespace(monotonic=lambda: began + seconds))
            reconcile_jobs(workspace, stop_hard=stop_hard)
        return workspace.state(run.id).state

    return at


def notice(workspace: Workspace, run: RunRecord) -> str:
    return lost_jobs.find_notice(workspace, Job("run", run.id, "a run", workspace.state(run.id)))


@pytest.mark.parametrize("step", [-7_200, 7_200])
def test_a_clock_that_is_set_by_two_hours_loses_no_job_that_lives(
    workspace: Workspace, run, look: Callable[..., str], step: float
) -> None:
    me, folder = ProcessIdentity.current(), workspace.run_folder(run.id)
    # What was written before the step: this process began, by today's clock, two hours earlier or later.
    before = me.model_copy(
        update={"create_time": me.create_time - step, "boot_time": me.boot_time - step} if me.boot_id else {}
    )
    for worker in (before, ProcessIdentity(pid=1, create_time=1.0, host="another-machine")):
        for second in range(90):
            heartbeat = time.time() - step + second
            write_state(folder, JobState(state="running", worker=worker, heartbeat=heartbeat))
            assert look(workspace, second) == "running"
        assert notice(workspace, run) == ""


@pytest.mark.parametrize("step", [-7_200, 7_200])
def test_a_silent_job_is_lost_whatever_the_clock_says(
    workspace: Workspace, run, look: Callable[..., str], step: float
) -> None:
    elsewhere = ProcessIdentity(pid=1, create_time=1.0, host="another-machine")
    write_state(workspace.run_folder(run.id), JobState(state="running", worker=elsewhere, heartbeat=time.time() - step))
    states = [look(workspace, second) for second in range(70)]
    assert states[0] == "running"
    assert states[-1] == "lost"


def test_a_silent_job_on_a_cluster_says_so_before_it_is_lost(
    workspace: Workspace, run, look: Callable[..., str]
) -> None:
    # It bears this machine's name and the number of no process: only its silence counts.
    worker = ProcessIdentity.current().model_copy(update={"pid": 2**22 + 1})
    ticket = ClusterTicket(scheduler_id="one")
    state = JobState(state="running", worker=worker, scheduler="tcp://scheduler:8786", cluster=ticket)
    write_state(workspace.run_folder(run.id), state)
    assert {look(workspace, second) for second in range(31)} == {"running"}
    assert notice(workspace, run) == "no sign of life for 30 seconds; Cancel on Train ends it"
    assert [look(workspace, second) for second in range(31, 63)][-1] == "lost"
    assert "No sign of life for 61 seconds. Start it again" in workspace.state(run.id).reason
    assert notice(workspace, run) == ""


def test_a_queued_job_says_what_its_cluster_lacks_and_is_lost_when_that_lasts(
    workspace: Workspace, run, look: Callable[..., str]
) -> None:
    state = JobState(state="queued", scheduler="tcp://scheduler:8786", cluster=ClusterTicket(scheduler_id="one"))
    write_state(workspace.run_folder(run.id), state)
    obstacle = Obstacle("the cluster at tcp://scheduler:8786 has no worker", is_final=False, is_certain=True)
    found = {job_key(Job("run", run.id, run.name, state)): obstacle}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lost_jobs, "find_obstacles", lambda *_: found)
        assert look(workspace, 0) == "queued"
        lacks = f"{obstacle.text}; a job that waits like this for 10 minutes counts as lost"
        assert notice(workspace, run) == lacks
        job = Job("run", run.id, "a run", state)
        assert lost_jobs.list_notices(workspace, [job, job]) == [f"T{lacks[1:]}.", NOT_ENCRYPTED]
        assert look(workspace, lost_jobs.UNSERVED_AFTER - 1) == "queued"
        found.clear()  # a worker came, and went
        assert look(workspace, lost_jobs.UNSERVED_AFTER) == "queued"
        assert notice(workspace, run) == ""
        found[job_key(Job("run", run.id, run.name, state))] = obstacle
        assert look(workspace, lost_jobs.UNSERVED_AFTER + 1) == "queued"
        found[job_key(Job("run", run.id, run.name, state))] = replace(obstacle, is_certain=False)
        for part in (1.5, 3.0):
            assert look(workspace, part * lost_jobs.UNSERVED_AFTER) == "queued"
        found[job_key(Job("run", run.id, run.name, state))] = obstacle
        assert look(workspace, 3.1 * lost_jobs.UNSERVED_AFTER) == "queued"
        assert look(workspace, 4.2 * lost_jobs.UNSERVED_AFTER) == "lost"
    assert workspace.state(run.id).reason.startswith("It had not begun: the cluster at tcp://scheduler:8786 has no")


def test_a_job_that_is_on_its_way_to_the_engine_is_not_lost(
    workspace: Workspace, run, look: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    state = JobState(state="queued", scheduler="tls://127.0.0.1:9")
    write_state(workspace.run_folder(run.id), state)
    dropped = Obstacle("the worker that it waited for has ended", is_final=True, is_certain=True)
    monkeypatch.setattr(lost_jobs, "find_obstacles", lambda *_: {job_key(Job("run", run.id, run.name, state)): dropped})
    monkeypatch.setattr(lost_jobs, "_is_engine_gone", lambda *_: False)
    # Longer than a client tries to connect, and than an answer is believed.
    wait = client._CONNECT_TIMEOUT + queue_checks.ASK_EVERY - 0.1
    assert [look(workspace, second, stop_hard=True) for second in (0, wait)] == ["queued", "queued"]
    assert look(workspace, wait + 1, stop_hard=True) == "lost"
    assert workspace.state(run.id).reason.startswith("It had not begun: the worker that it waited for has ended.")


def test_whose_environment_it_is_decides_nothing(workspace: Workspace, run, look: Callable[..., str]) -> None:
    """A job of a cluster is no concern of a missing local engine, and the other way round."""
    folder = workspace.run_folder(run.id)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lost_jobs, "find_obstacles", lambda *_: {})
        ticket = ClusterTicket(scheduler_id="one")
        write_state(folder, JobState(state="queued", scheduler="tls://127.0.0.1:9", cluster=ticket))
        assert look(workspace, 0) == "queued"
        patch.setenv(client.CLUSTER, "tcp://scheduler:8786")
        write_state(folder, JobState(state="queued", scheduler="tls://127.0.0.1:9"))
        assert look(workspace, 1) == "lost"


@pytest.mark.parametrize(("scheduler", "expected"), [("tls://127.0.0.1:9", "lost"), ("", "running")])
def test_a_worker_that_was_halted_is_ended_but_nobodys_training_in_a_shell(
    workspace: Workspace, run, look: Callable[..., str], scheduler: str, expected: str
) -> None:
    ended: list[str] = []
    state = JobState(state="running", worker=ProcessIdentity.current(), scheduler=scheduler)
    write_state(workspace.run_folder(run.id), state)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lost_jobs, "end_worker", lambda _, job: ended.append(job.id))
        patch.setattr(ProcessIdentity, "is_stopped", lambda _: True)
        assert {look(workspace, second, stop_hard=True) for second in range(60)} == {"running"}
        assert notice(workspace, run).startswith("no sign of life for 59 seconds: its process is halted")
        for second in range(60, 63):
            after = look(workspace, second)  # a page only looks
            assert after == "running"
        assert look(workspace, 63, stop_hard=True) == expected
    assert ended == ([run.id] if expected == "lost" else [])


def test_a_copy_of_a_workspace_at_work_loses_its_jobs_and_ends_none_of_the_other(
    workspace: Workspace, run: RunRecord, moved, tmp_path: Path
) -> None:
    path, _ = moved
    EngineAddress.read(path).model_copy(update={"folder_number": folder_number(path.parent)}).write(path)
    at_work = workspace.create_run(run.dataset_id, run.config.replace(seed=1), run.split)
    scheduler = EngineAddress.read(path).address
    folder = workspace.run_folder(at_work.id)
    state = JobState(state="running", scheduler=scheduler, worker=ProcessIdentity.current(), heartbeat=time.time() - 9)
    write_state(folder, state.model_copy(update={"folder_number": folder_number(folder)}))
    write_state(workspace.run_folder(run.id), JobState(state="queued", scheduler=scheduler))
    shutil.copytree(workspace.root, tmp_path / "copy")
    copy = Workspace(tmp_path / "copy")
    assert {job.state.reason.split(".")[0] for job in reconcile_jobs(copy, stop_hard=True)} == {
        "This workspace was copied while the job was running",
        "The job engine ended before the job began",
    }
    assert not jobs.stop_engine(copy)  # the other's, which is not this one's to stop
    assert not jobs.engine_status(copy).alive
    assert reconcile_jobs(workspace) == []
    assert {workspace.state(record.id).state for record in (run, at_work)} == {"queued", "running"}
    assert jobs.engine_status(workspace).alive


def test_a_queue_without_its_engine_is_lost(workspace: Workspace, run) -> None:
    folder = workspace.run_folder(run.id)
    write_state(folder, JobState(state="queued", scheduler="tcp://127.0.0.1:9"))
    assert [job.state.state for job in reconcile_jobs(workspace)] == ["lost"]


def test_a_run_whose_record_is_damaged_is_lost_like_any_other(workspace: Workspace, run) -> None:
    me = ProcessIdentity.current()
    folder = workspace.run_folder(run.id)
    write_state(folder, JobState(state="running", worker=me.model_copy(update={"create_time": 1.0})))
    (folder / "config.json").write_text("{", encoding="utf-8")
    (changed,) = reconcile_jobs(workspace)
    assert (changed.id, read_state(folder).state) == (run.id, "lost")


@pytest.mark.parametrize("error", [OSError("no route to host"), psutil.AccessDenied(1)])
def test_a_job_that_cannot_be_ended_hides_no_other(
    workspace: Workspace, run, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    me = ProcessIdentity.current()
    other = workspace.create_run(run.dataset_id, run.config.replace(seed=1), run.split)
    stubborn = JobState(state="running", worker=me, submitted=2.0)  # the last submitted is looked at first
    write_state(workspace.run_folder(run.id), stubborn)
    write_state(
        workspace.run_folder(other.id),
        JobState(state="running", worker=me.model_copy(update={"create_time": 1.0}), submitted=1.0),
    )
    request_cancel(workspace.run_folder(run.id))
    monkeypatch.setattr(lost_jobs, "HARD_AFTER", -1.0)

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(lost_jobs, "end_worker", fail)
    assert [job.id for job in reconcile_jobs(workspace, stop_hard=True)] == [other.id]
    assert workspace.state(run.id) == stubborn
