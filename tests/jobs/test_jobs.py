"""Jobs outlive who submitted them, can be watched by anyone, cancelled, tried again; nothing is left behind.

One engine serves the whole module; its worker loads TensorFlow once.
"""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
import pytest

from gru4rec_core.config import ComparisonConfig, SplitConfig, TrainingConfig
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.errors import RunError
from gru4rec_core.jobs import engine, jobs
from gru4rec_core.jobs.planning import ComparisonPlan, plan_comparison
from gru4rec_core.workspace.job_state import JobState, ProcessIdentity, change_state, read_state, write_state
from gru4rec_core.workspace.records import DatasetRecord
from gru4rec_core.workspace.store import PROJECT_ROOT, Workspace

SMALL = TrainingConfig(n_hidden=(4,), batch_size=4, epochs=2)
LONG = SMALL.replace(epochs=10_000)
WAIT = 180.0  # seconds; generous, for a machine that does other things too


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    home = Workspace(tmp_path_factory.mktemp("home"))
    os.environ.pop(jobs.CLUSTER, None)
    yield home
    jobs.stop_engine(home)


@pytest.fixture(scope="module")
def letters(shared: Workspace) -> DatasetRecord:
    rows = [(s, t, "abcdef"[(s + t) % 6]) for s in range(40) for t in range(3 + s % 5)]
    return shared.add_dataset(SessionDataset(pd.DataFrame(rows, columns=["session", "timestamp", "item"])), "letters")


def wait_for(look: Callable[[], JobState], fits: Callable[[JobState], bool]) -> JobState:
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        state = look()
        if fits(state):
            return state
        assert state.state != "failed", state.reason
        time.sleep(0.05)
    raise AssertionError(f"still {look()}")


def test_a_run_outlives_the_process_that_submitted_it(shared: Workspace, letters: DatasetRecord) -> None:
    run = shared.create_run(letters.id, SMALL, SplitConfig())
    code = (
        "import os, signal, sys\nfrom gru4rec_core.jobs import jobs\n"
        "from gru4rec_core.workspace.store import Workspace\n"
        "jobs.submit(Workspace(sys.argv[1]), 'run', sys.argv[2])\n"
        "assert 'tensorflow' not in sys.modules\nos.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code, str(shared.root), run.id], cwd=PROJECT_ROOT, check=False)
    state = wait_for(lambda: shared.state(run.id), lambda s: not s.is_active)
    assert (state.state, state.reason, state.epoch) == ("done", "", 2)
    second_viewer = Workspace(shared.root)
    assert len(second_viewer.epochs(run.id)) == 2
    assert second_viewer.metrics(run.id)["n_events"] == letters.n_sessions
    left = {path.name for path in shared.run_folder(run.id).iterdir()}
    assert left >= {
        "config.json", "environment.json", "epochs.jsonl", "log.txt", "metrics.json",
        "predictions.parquet", "run.json", "split.json", "state.json", "vocabulary.json", "weights.npz",
        "weights.weights.h5",
    }  # fmt: skip
    assert not {name for name in left if name.startswith(".") or name in ("new", "checkpoint")}


def test_there_is_one_engine_however_many_start_it(shared: Workspace) -> None:
    found: list[engine.EngineAddress] = []

    def start() -> None:
        found.append(engine.start_engine(shared.root, PROJECT_ROOT))

    starters = [threading.Thread(target=start) for _ in range(4)]
    for starter in starters:
        starter.start()
    for starter in starters:
        starter.join()
    assert len({one.process.pid for one in found}) == 1
    status = jobs.engine_status(shared)
    assert status.alive
    assert status.pid == found[0].process.pid
    assert status.address.startswith("tcp://127.0.0.1:")


def test_a_running_job_is_cancelled_and_goes_on_from_its_checkpoint(shared: Workspace, letters: DatasetRecord) -> None:
    run = shared.create_run(letters.id, LONG, SplitConfig())
    jobs.submit(shared, "run", run.id)
    wait_for(lambda: shared.state(run.id), lambda s: s.epoch >= 2)
    jobs.cancel(shared, "run", run.id)
    first = wait_for(lambda: shared.state(run.id), lambda s: not s.is_active)
    assert (first.state, first.reason) == ("cancelled", "Cancelled.")
    with pytest.raises(RunError, match="not done"):
        _result_of(shared, run.id)
    jobs.retry(shared, "run", run.id)
    wait_for(lambda: shared.state(run.id), lambda s: s.epoch > first.epoch + 1)
    jobs.cancel(shared, "run", run.id)
    second = wait_for(lambda: shared.state(run.id), lambda s: not s.is_active)
    assert second.attempt == 2
    epochs = shared.epochs(run.id)["epoch"]
    assert list(epochs) == list(range(1, len(epochs) + 1))
    starts = [line for line in shared.log(run.id).splitlines() if "epoch 1 of" in line]
    assert len(starts) == 1


def _result_of(home: Workspace, run_id: str) -> object:
    from gru4rec_core.results.comparison import comparison_result

    run = home.run(run_id)
    made = home.create_comparison(run.dataset_id, run.split, ComparisonConfig(deciding_k=3), [run_id], baselines=())
    try:
        return comparison_result(home, made.id)
    finally:
        home.delete_comparison(made.id)


def test_a_comparison_is_carried_out_whole(shared: Workspace, letters: DatasetRecord) -> None:
    configs = [SMALL, SMALL.replace(loss="bpr")]
    plan = ComparisonPlan(tuple(configs), SplitConfig(), ComparisonConfig(deciding_k=3))
    comparison = plan_comparison(shared, letters.id, plan)
    jobs.submit_comparison(shared, comparison.id)
    folder = jobs.job_folder(shared, "baselines", jobs.baselines_id(letters.id, plan.test_rule))
    for run_id in comparison.run_ids:
        wait_for(lambda run_id=run_id: shared.state(run_id), lambda s: s.state == "done")
    wait_for(lambda: read_state(folder), lambda s: s.state == "done")
    assert shared.missing_baselines(letters.id, plan.test_rule, plan.baselines) == []
    # The first run was there already, and is not trained again.
    assert shared.state(comparison.run_ids[0]).attempt == 1
    # Baselines that are all there are not queued again.
    assert jobs.submit(shared, "baselines", jobs.baselines_id(letters.id, plan.test_rule)) == read_state(folder)
    assert read_state(folder).state == "done"
    assert plan_comparison(shared, letters.id, plan) == comparison


def test_a_failure_is_told_in_words(shared: Workspace, letters: DatasetRecord) -> None:
    rows = pd.DataFrame({"session": [1, 2], "timestamp": [1, 2], "item": ["a", "b"]})
    lonely = shared.add_dataset(SessionDataset(rows), "one event each")
    run = shared.create_run(lonely.id, SMALL, SplitConfig(min_session_length=1))
    jobs.submit(shared, "run", run.id)
    state = _until_ended(shared, run.id)
    assert state.state == "failed"
    assert "Training needs" in state.reason
    assert "Traceback" not in state.reason


def test_a_bug_is_called_unexpected_and_its_traceback_stays_in_the_log(shared: Workspace) -> None:
    rows = pd.DataFrame({"session": [1, 1, 1], "timestamp": [1, 2, 3], "item": ["a", "b", "c"]})
    broken = shared.add_dataset(SessionDataset(rows), "broken")
    np.save(shared.dataset_folder(broken.id) / "items.npy", np.array([0, 1, 77], np.int32))
    run = shared.create_run(broken.id, SMALL, SplitConfig())
    jobs.submit(shared, "run", run.id)
    state = _until_ended(shared, run.id)
    assert state.state == "failed"
    assert state.reason.startswith("unexpected: ")
    assert "Traceback" in shared.log(run.id)


def _until_ended(home: Workspace, run_id: str) -> JobState:
    end = time.monotonic() + WAIT
    while home.state(run_id).is_active and time.monotonic() < end:
        time.sleep(0.05)
    return home.state(run_id)


def test_submitting_twice_queues_once(shared: Workspace, letters: DatasetRecord) -> None:
    run = shared.create_run(letters.id, LONG.replace(seed=3), SplitConfig())
    first = jobs.submit(shared, "run", run.id)
    again = jobs.submit(shared, "run", run.id)
    assert (first.attempt, again.attempt) == (1, 1)
    jobs.cancel(shared, "run", run.id)
    assert _until_ended(shared, run.id).state == "cancelled"


@pytest.mark.faults
def test_a_job_whose_worker_dies_is_lost_and_not_started_again(shared: Workspace, letters: DatasetRecord) -> None:
    run = shared.create_run(letters.id, LONG.replace(seed=4), SplitConfig())
    jobs.submit(shared, "run", run.id)
    state = wait_for(lambda: shared.state(run.id), lambda s: s.epoch >= 1)
    assert state.worker is not None
    psutil.Process(state.worker.pid).kill()
    ended = wait_for(lambda: (jobs.reconcile(shared), shared.state(run.id))[1], lambda s: not s.is_active)
    assert ended.state == "lost"
    time.sleep(20)  # a task that is started again starts within 16 s
    assert shared.state(run.id).state == "lost"
    jobs.retry(shared, "run", run.id)
    wait_for(lambda: shared.state(run.id), lambda s: s.epoch > ended.epoch + 1)
    jobs.cancel(shared, "run", run.id)
    assert _until_ended(shared, run.id).state == "cancelled"


@pytest.mark.faults
@pytest.mark.skipif(os.name == "nt", reason="processes cannot be stopped there")
def test_a_job_that_does_not_heed_its_cancellation_is_ended(shared: Workspace, letters: DatasetRecord) -> None:
    run = shared.create_run(letters.id, LONG.replace(seed=6), SplitConfig())
    jobs.submit(shared, "run", run.id)
    state = wait_for(lambda: shared.state(run.id), lambda s: s.epoch >= 1)
    assert state.worker is not None
    psutil.Process(state.worker.pid).suspend()
    jobs.cancel(shared, "run", run.id)
    ended = wait_for(lambda: shared.state(run.id), lambda s: not s.is_active)  # the engine does it, no page is open
    assert (ended.state, ended.reason) == ("cancelled", "Cancelled; it did not stop by itself.")
    after = shared.create_run(letters.id, SMALL.replace(seed=7), SplitConfig())
    jobs.submit(shared, "run", after.id)
    assert wait_for(lambda: shared.state(after.id), lambda s: not s.is_active).state == "done"


def test_stopping_the_engine_ends_its_workers_and_loses_its_jobs(shared: Workspace, letters: DatasetRecord) -> None:
    run = shared.create_run(letters.id, LONG.replace(seed=5), SplitConfig())
    jobs.submit(shared, "run", run.id)
    wait_for(lambda: shared.state(run.id), lambda s: s.state == "running")
    pid = jobs.engine_status(shared).pid
    assert pid is not None
    family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    assert len(family) > 2
    assert jobs.stop_engine(shared)
    assert not [one for one in family if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]
    assert shared.state(run.id).state == "lost"
    assert not jobs.engine_status(shared).alive
    assert not jobs.stop_engine(shared)


def test_what_ended_is_gone_although_its_parent_never_asks(tmp_path: Path) -> None:
    code = (
        "import subprocess, sys\nchild = subprocess.Popen([sys.executable, '-c', 'input()'], stdin=subprocess.PIPE)\n"
        "print(child.pid, flush=True)\nsys.stdin.readline()\nchild.stdin.close()\nsys.stdin.readline()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as parent:
        assert parent.stdin is not None
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        assert engine.wait_ended([child], timeout=0.1) == [child]
        parent.stdin.write("end it\n")
        parent.stdin.flush()
        assert engine.wait_ended([child], timeout=WAIT) == []
        parent.stdin.write("\n")


def test_a_stale_address_is_no_engine(workspace: Workspace) -> None:
    me = ProcessIdentity.current()
    stale = engine.EngineAddress(
        address="tcp://127.0.0.1:9",
        process=me.model_copy(update={"create_time": me.create_time - 100}),
        n_workers=1,
        started=0.0,
    )
    engine.engine_folder(workspace.root).mkdir(parents=True)
    path = engine.engine_folder(workspace.root) / "address.json"
    stale.write(path)
    assert engine.find_engine(workspace.root) is None
    path.write_text("{")
    assert engine.find_engine(workspace.root) is None


@pytest.fixture
def moved(workspace: Workspace) -> Iterator[tuple[Path, socket.socket]]:
    """The address an engine of another host left in the workspace, and what listens there (until closed)."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        left = engine.EngineAddress(
            address=f"tcp://127.0.0.1:{listener.getsockname()[1]}",
            process=ProcessIdentity(pid=1, create_time=1.0, host="another-machine"),
            n_workers=1,
            started=0.0,
        )
        engine.engine_folder(workspace.root).mkdir(parents=True)
        path = engine.engine_folder(workspace.root) / "address.json"
        left.write(path)
        yield path, listener


def test_an_engine_elsewhere_is_believed_while_it_answers(workspace: Workspace, moved) -> None:
    path, listener = moved
    assert engine.find_engine(workspace.root) == engine.EngineAddress.read(path)
    with pytest.raises(RunError, match="another-machine"):
        jobs.stop_engine(workspace)
    listener.close()
    assert engine.find_engine(workspace.root) is None


def test_a_workspace_that_moved_gets_rid_of_the_engine_it_came_from(workspace: Workspace, run, moved) -> None:
    path, listener = moved
    left = engine.EngineAddress.read(path)
    other = workspace.create_run(run.dataset_id, run.config.replace(seed=1), run.split)
    queued = JobState(state="queued", scheduler=left.address)
    running = JobState(state="running", scheduler=left.address, worker=left.process, heartbeat=time.time() - 10)
    write_state(workspace.run_folder(run.id), queued)
    write_state(workspace.run_folder(other.id), running)
    assert jobs.reconcile(workspace) == []
    listener.close()
    assert not jobs.stop_engine(workspace)
    assert not path.exists()
    assert {workspace.state(one.id).state for one in (run, other)} == {"lost"}


def test_one_damaged_state_hides_no_other_job(workspace: Workspace, run) -> None:
    other = workspace.create_run(run.dataset_id, run.config.replace(seed=1), run.split)
    write_state(workspace.run_folder(other.id), JobState(state="running", worker=ProcessIdentity.current()))
    (workspace.run_folder(run.id) / "state.json").write_text("{")
    states = {job.id: job.state for job in jobs.jobs(workspace)}
    assert states[other.id].state == "running"
    assert states[run.id].state == "failed"
    assert states[run.id].reason.startswith("state unreadable")
    assert jobs.reconcile(workspace) == []
    (problem,) = workspace.problems()
    assert run.id in problem.where


def test_a_worker_that_ends_while_it_is_stopped_is_no_error(
    workspace: Workspace, run, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_state(workspace.run_folder(run.id), JobState(state="running", worker=ProcessIdentity.current()))
    jobs.request_cancel(workspace.run_folder(run.id))
    monkeypatch.setattr(jobs, "HARD_AFTER", -1.0)
    monkeypatch.setattr(jobs, "_forget", lambda *_: None)
    monkeypatch.setattr(psutil.Process, "kill", lambda process: psutil.Process(2**22 + 1))
    (ended,) = jobs.reconcile(workspace, stop_hard=True)
    assert ended.state.state == "cancelled"


def test_a_run_whose_process_has_gone_is_lost(workspace: Workspace, run) -> None:
    me = ProcessIdentity.current()
    gone = me.model_copy(update={"create_time": me.create_time - 100})
    folder = workspace.run_folder(run.id)
    write_state(folder, JobState(state="running", worker=gone))
    (changed,) = jobs.reconcile(workspace)
    assert changed.state.state == read_state(folder).state == "lost"
    assert "has ended" in read_state(folder).reason
    write_state(folder, JobState(state="running", worker=me))
    assert jobs.reconcile(workspace) == []


def test_a_silent_run_elsewhere_is_lost(workspace: Workspace, run) -> None:
    elsewhere = ProcessIdentity(pid=1, create_time=1.0, host="another-machine")
    folder = workspace.run_folder(run.id)
    write_state(folder, JobState(state="running", worker=elsewhere))
    assert jobs.reconcile(workspace) == []
    change_state(folder, heartbeat=time.time() - jobs.LOST_AFTER - 1)
    assert [job.state.state for job in jobs.reconcile(workspace)] == ["lost"]


def test_a_queue_without_its_engine_is_lost(workspace: Workspace, run) -> None:
    folder = workspace.run_folder(run.id)
    write_state(folder, JobState(state="queued", scheduler="tcp://127.0.0.1:9"))
    assert [job.state.state for job in jobs.reconcile(workspace)] == ["lost"]


def test_only_what_ended_badly_is_tried_again(workspace: Workspace, run) -> None:
    with pytest.raises(RunError, match="it is new"):
        jobs.retry(workspace, "run", run.id)
    change_state(workspace.run_folder(run.id), state="done")
    with pytest.raises(RunError, match="it is done"):
        jobs.retry(workspace, "run", run.id)


def test_a_run_that_is_done_is_not_queued_again(workspace: Workspace, run) -> None:
    before = change_state(workspace.run_folder(run.id), state="done")
    assert jobs.submit(workspace, "run", run.id) == before
    assert not jobs.engine_status(workspace).alive


def test_a_job_needs_its_run(workspace: Workspace, tmp_path: Path) -> None:
    for job_id in ("nothing-here", "../x"):
        with pytest.raises(RunError):
            jobs.submit(workspace, "run", job_id)
    for job_id in ("nothing-here/aaaaaaaaaaaa", "../../x/aaaaaaaaaaaa", "x"):
        with pytest.raises(RunError):
            jobs.submit(workspace, "baselines", job_id)
    assert not workspace.root.exists()
