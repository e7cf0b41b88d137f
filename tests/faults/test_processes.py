"""What is killed or halted costs no finished work: a run that goes on ends as if nothing had happened."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import psutil
import pytest

from gru4rec_core.errors import RunError
from gru4rec_core.jobs import jobs, lost_jobs, queueing
from gru4rec_core.jobs.client import CLUSTER
from gru4rec_core.jobs.engine import find_engine, wait_ended
from gru4rec_core.jobs.job_list import Job
from gru4rec_core.jobs.lost_jobs import find_notice, reconcile_jobs
from gru4rec_core.storage import exclusive_lock
from gru4rec_core.workspace.records import RunRecord
from gru4rec_core.workspace.store import PROJECT_ROOT, Workspace
from tests.faults.runs import (
    CONFIG,
    WAIT,
    add_log,
    assert_same,
    engine_family,
    is_mid_epoch,
    leftovers,
    new_run,
    retry,
    until,
    wait_for,
)

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(os.name == "nt", reason="processes cannot be halted there"),
]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A workspace whose engine is started by whoever submits first."""
    workspace = Workspace(tmp_path_factory.mktemp("faults") / "workspace")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(CLUSTER, raising=False)
        add_log(workspace)
        yield workspace
        jobs.stop_engine(workspace)


@pytest.fixture(scope="module")
def reference(home: Workspace) -> RunRecord:
    """A run that nothing interrupted."""
    run = new_run(home)
    jobs.submit(home, "run", run.id)
    assert until(home, run, lambda state: not state.is_active).state == "done"
    return run


def test_several_programs_at_once_start_one_engine_and_one_attempt(home: Workspace) -> None:
    run = new_run(home, CONFIG.replace(epochs=1))
    code = (
        "import sys\nfrom gru4rec_core.jobs import jobs\nfrom gru4rec_core.workspace.store import Workspace\n"
        "jobs.submit(Workspace(sys.argv[1]), 'run', sys.argv[2])\n"
        "print(jobs.engine_status(Workspace(sys.argv[1])).pid)"
    )
    programs = [start([sys.executable, "-c", code, str(home.root), run.id]) for _ in range(3)]
    answers = [program.communicate(timeout=WAIT) for program in programs]
    assert [program.returncode for program in programs] == [0, 0, 0], answers
    assert len({out for out, _ in answers}) == 1
    assert until(home, run, lambda state: not state.is_active).state == "done"
    assert home.log(run.id).count("begins") == 1
    assert home.state(run.id).attempt == 1


def test_a_worker_that_is_killed_costs_no_finished_epoch(home: Workspace, reference: RunRecord) -> None:
    run = new_run(home)
    waiting = [new_run(home, CONFIG.replace(epochs=1, seed=seed)) for seed in (1, 2, 3)]
    for each in (run, *waiting):
        jobs.submit(home, "run", each.id)
    state = until(home, run, is_mid_epoch)
    assert state.worker is not None
    psutil.Process(state.worker.pid).kill()
    ended = until(home, run, lambda state: not state.is_active)
    assert (ended.state, ended.epoch) == ("lost", ended.epoch)
    retry(home, run)
    assert_same(home, run, reference)
    # Those behind it ended too, or say that they have to be started again.
    for other in waiting:
        if until(home, other, lambda state: not state.is_active).state == "lost":
            retry(home, other)


def test_an_engine_that_is_killed_leaves_no_process_and_the_next_goes_on(home: Workspace, reference: RunRecord) -> None:
    run = new_run(home)
    jobs.submit(home, "run", run.id)
    until(home, run, is_mid_epoch)
    family = engine_family(home)
    family[0].kill()
    assert wait_ended(family, WAIT) == []
    assert until(home, run, lambda state: not state.is_active).state == "lost"
    retry(home, run)
    assert_same(home, run, reference)


def test_a_web_process_that_is_killed_costs_its_training_nothing(
    home: Workspace, reference: RunRecord, tmp_path: Path
) -> None:
    run = new_run(home)
    page = tmp_path / "page.py"
    page.write_text(
        "from pathlib import Path\nfrom gru4rec_core.jobs import jobs\n"
        "from gru4rec_core.workspace.store import Workspace\n"
        f"jobs.submit(Workspace(Path({str(home.root)!r})), 'run', {run.id!r})\n"
    )
    with serving(page) as server:
        until(home, run, is_mid_epoch)
        server.kill()
    assert until(home, run, lambda state: not state.is_active).state == "done"
    assert home.state(run.id).attempt == 1
    assert_same(home, run, reference)


@contextmanager
def serving(page: Path) -> Iterator[subprocess.Popen[str]]:
    """A Streamlit server with one visitor, who opens the page."""
    from streamlit.proto.BackMsg_pb2 import BackMsg
    from tornado.ioloop import IOLoop
    from tornado.websocket import websocket_connect

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = ["--server.headless", "true", "--server.port", str(port), "--server.address", "127.0.0.1"]
    server = start([sys.executable, "-m", "streamlit", "run", str(page), *options])

    async def visit() -> None:
        for _ in range(600):
            try:
                connection = await websocket_connect(f"ws://127.0.0.1:{port}/_stcore/stream")
                break
            except OSError:
                await asyncio.sleep(0.1)
        message = BackMsg()
        message.rerun_script.query_string = ""
        await connection.write_message(message.SerializeToString(), binary=True)
        await connection.read_message()

    try:
        IOLoop(make_current=False).run_sync(visit, timeout=WAIT)
        yield server
    finally:
        server.kill()
        server.communicate()


@pytest.mark.parametrize("command", ["train", "compare"])
def test_a_command_that_is_killed_goes_on_where_it_stopped(
    home: Workspace, reference: RunRecord, tmp_path: Path, command: str
) -> None:
    workspace = Workspace(tmp_path / "workspace")
    options = ["--n-hidden", "100", "--batch-size", "16", "--epochs", "20"]
    if command == "compare":
        options += ["--losses", "top1", "--seeds", "1", "--baselines", "none", "--processes", "2"]
    arguments = [command, add_log(workspace), *options]
    program = start_command(workspace, *arguments)
    run = wait_for(lambda: next(iter(workspace.runs()), None))
    until(workspace, run, is_mid_epoch)
    family = [psutil.Process(program.pid), *psutil.Process(program.pid).children(recursive=True)]
    program.kill()
    assert wait_ended(family, 30) == []
    assert until(workspace, run, lambda state: not state.is_active).state == "lost"
    again = start_command(workspace, *(["resume", run.id] if command == "train" else arguments))
    _, err = again.communicate(timeout=WAIT)
    assert again.returncode == 0, err
    assert [record.id for record in workspace.runs()] == [run.id]
    assert_same(workspace, run, reference, elsewhere=home)


def test_a_worker_that_is_halted_is_said_to_be_and_ended(
    home: Workspace, reference: RunRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lost_jobs, "SILENT_AFTER", 1.5)
    monkeypatch.setattr(lost_jobs, "LOST_AFTER", 4.0)
    run = new_run(home)
    jobs.submit(home, "run", run.id)
    state = until(home, run, is_mid_epoch)
    assert state.worker is not None
    worker = psutil.Process(state.worker.pid)
    worker.suspend()
    job = Job("run", run.id, "a run", state)
    until(home, run, lambda _: "its process is halted" in find_notice(home, job))
    # What the engine does after LOST_AFTER seconds, here sooner.
    until(home, run, lambda state: bool(reconcile_jobs(home, stop_hard=True)) or not state.is_active)
    ended = home.state(run.id)
    assert (ended.state, "was halted" in ended.reason) == ("lost", True)
    assert wait_ended([worker], 10) == []
    retry(home, run)
    assert_same(home, run, reference)


def test_a_run_that_is_too_large_fails_with_plain_words_and_the_worker_serves_the_next(
    home: Workspace, reference: RunRecord
) -> None:
    workers = [process for process in engine_family(home) if "spawn_main" in " ".join(process.cmdline())]
    wait_for(lambda: all(has_tensorflow(worker) for worker in workers) or None)
    limits = [worker.rlimit(psutil.RLIMIT_AS) for worker in workers]
    for worker in workers:
        worker.rlimit(psutil.RLIMIT_AS, (worker.memory_info().vms + (100 << 20), limits[0][1]))
    large = new_run(home, CONFIG.replace(n_hidden=(4096, 4096)))
    try:
        jobs.submit(home, "run", large.id)
        state = until(home, large, lambda state: not state.is_active)
    finally:
        for worker, limit in zip(workers, limits, strict=True):
            worker.rlimit(psutil.RLIMIT_AS, limit)
    assert state.state == "failed"
    assert state.reason.startswith("There was not enough memory."), home.log(large.id)
    run = new_run(home)
    jobs.submit(home, "run", run.id)
    assert until(home, run, lambda state: not state.is_active).state == "done"
    assert home.state(run.id).worker.pid in [worker.pid for worker in workers]
    assert_same(home, run, reference)
    assert leftovers(home.root) == []


def has_tensorflow(worker: psutil.Process) -> bool:
    """Whether a worker has loaded it: it takes memory, and for a second no time."""
    before = sum(worker.cpu_times()[:2])
    time.sleep(1.0)
    return worker.memory_info().rss > 400_000_000 and sum(worker.cpu_times()[:2]) - before < 0.1


HOLD = (
    "import sys, time\nfrom pathlib import Path\nfrom gru4rec_core.storage import exclusive_lock\n"
    "with exclusive_lock(Path(sys.argv[1])):\n    print('held', flush=True)\n    time.sleep(600)\n"
)


@contextmanager
def halted_holder(lock: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that holds a lock and was halted."""
    holder = start([sys.executable, "-c", HOLD, str(lock)])
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    holder.send_signal(signal.SIGSTOP)
    yield holder
    holder.kill()
    holder.communicate()


def test_a_lock_that_a_halted_process_holds_is_a_message_and_free_when_it_ends(
    home: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = new_run(home, CONFIG.replace(epochs=1))
    lock = home.run_folder(run.id) / "submit.lock"
    monkeypatch.setattr(queueing, "exclusive_lock", partial(exclusive_lock, timeout=1.0))
    with halted_holder(lock):
        with pytest.raises(RunError, match="Another process is already doing this") as caught:
            jobs.submit(home, "run", run.id)
        assert caught.value.where == str(lock)
    jobs.submit(home, "run", run.id)  # the system freed it with its holder
    assert until(home, run, lambda state: not state.is_active).state == "done"


def test_a_run_that_a_halted_process_holds_says_so_and_can_be_cancelled(home: Workspace) -> None:
    run = new_run(home, CONFIG.replace(epochs=1))
    with halted_holder(home.run_folder(run.id) / "run.lock"):
        jobs.submit(home, "run", run.id)
        until(home, run, lambda state: "another process" in state.phase)
        jobs.cancel(home, "run", run.id)
        assert until(home, run, lambda state: not state.is_active).state == "cancelled"
        # The worker no longer waits for it.
        after = [new_run(home, CONFIG.replace(epochs=1, seed=seed)) for seed in (31, 32)]
        for other in after:
            jobs.submit(home, "run", other.id)
        for other in after:
            assert until(home, other, lambda state: not state.is_active).state == "done", home.log(other.id)


def start(arguments: list[str], **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        arguments,
        cwd=PROJECT_ROOT,
        env={**os.environ, "PYTHONPATH": str(PROJECT_ROOT), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def start_command(workspace: Workspace, *arguments: str) -> subprocess.Popen[str]:
    return start([sys.executable, "-m", "gru4rec_core", *arguments], GRU4REC_HOME=str(workspace.root))


def test_the_engine_of_these_tests_ends_whole(home: Workspace) -> None:
    assert find_engine(home.root) is not None
    family = engine_family(home)
    jobs.stop_engine(home)
    assert wait_ended(family, 10) == []
