"""How does the local job engine start, stay the only one, and end?

The engine is a process of its own, in its own session: it outlives the page that started it. It holds a
Dask LocalCluster, worker processes (see capacity.py), and writes its address into the workspace.
"""

import logging
import os
import queue
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

import psutil

from gru4rec_core.errors import RunError, WorkbenchError
from gru4rec_core.jobs.capacity import worker_count
from gru4rec_core.storage import exclusive_lock, remove_leftovers
from gru4rec_core.workspace.job_state import ProcessIdentity
from gru4rec_core.workspace.records import Record

if TYPE_CHECKING:
    from distributed import LocalCluster

START_TIMEOUT = 60.0
STOP_TIMEOUT = 10.0
_ANSWER_TIMEOUT = 1.5  # seconds that an engine on another machine gets
_TICK = 1.0  # seconds between two looks of the engine at its workspace
_TIDY_EVERY = 600.0  # seconds
_LEFTOVER_AFTER = 3600.0  # seconds in which nothing changed in a half-made or half-removed folder

_logger = logging.getLogger(__name__)
_started: list[subprocess.Popen[bytes]] = []  # kept so that ended engines can be reaped

_DASK_SETTINGS = {
    # A task that kills its worker would be run again, three times, without being asked.
    "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0",
    "DASK_LOGGING__DISTRIBUTED": "error",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}


class EngineAddress(Record):
    """engine/address.json: where the engine listens and which process it is."""

    what: ClassVar[str] = "the job engine"

    address: str
    process: ProcessIdentity
    n_workers: int
    started: float


def engine_folder(root: Path) -> Path:
    return root / "engine"


def find_engine(root: Path) -> EngineAddress | None:
    """The living engine of a workspace; None when there is none, or only its stale address."""
    path = engine_folder(root) / "address.json"
    if not path.exists():
        return None
    try:
        found = EngineAddress.read(path)
    except RunError as error:
        _logger.warning("engine address unreadable, treated as none: %s", error)
        return None
    return found if _lives(found) else None


def start_engine(root: Path, project_root: Path) -> EngineAddress:
    """The living engine, started if there is none. Two callers at once get the same one.

    Raises:
        RunError: it did not come up within `START_TIMEOUT` seconds.
    """
    found = find_engine(root)
    if found is not None:
        return found
    folder = engine_folder(root)
    folder.mkdir(parents=True, exist_ok=True)
    with exclusive_lock(folder / "start.lock", timeout=START_TIMEOUT + 5):
        found = find_engine(root)
        return found or _spawn(root, project_root)


def stop_engine(root: Path) -> bool:
    """Ends the engine and its workers; running jobs end with it. False when there was none, maybe a stale address."""
    found = find_engine(root)
    if found is None:
        (engine_folder(root) / "address.json").unlink(missing_ok=True)
        return False
    if not found.process.is_local():
        raise RunError(
            "An engine is stopped on its own machine.",
            found=f"it runs on {found.process.host}",
            remedy="Run `engine stop` there.",
        )
    process = psutil.Process(found.process.pid)
    family = [process, *process.children(recursive=True)]
    process.terminate()
    for straggler in wait_ended(family, STOP_TIMEOUT):
        straggler.kill()
    wait_ended(family, 5)
    (engine_folder(root) / "address.json").unlink(missing_ok=True)
    _reap()
    return True


def wait_ended(processes: list[psutil.Process], timeout: float) -> list[psutil.Process]:
    """Those of `processes` still at work after `timeout` seconds.

    One that ended counts as gone although its parent, maybe a dashboard that lives for days, never asked for its
    exit status and the system still lists it (psutil.wait_procs would wait for that).
    """
    end = time.monotonic() + timeout
    while True:
        left = [process for process in processes if _works(process)]
        if not left or time.monotonic() > end:
            return left
        time.sleep(0.02)


def _works(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _lives(engine: EngineAddress) -> bool:
    if engine.process.is_local():
        return engine.process.is_alive()
    # Another machine's processes cannot be looked at; its name may also be an old one of this machine, or of a
    # container that is no more. So the address is asked.
    place = urlsplit(engine.address)
    try:
        with socket.create_connection((place.hostname or "", place.port or 0), timeout=_ANSWER_TIMEOUT):
            return True
    except (OSError, ValueError):
        return False


def _spawn(root: Path, project_root: Path) -> EngineAddress:
    _reap()
    path = engine_folder(root) / "address.json"
    path.unlink(missing_ok=True)
    python_path = os.pathsep.join(filter(None, [str(project_root), os.environ.get("PYTHONPATH")]))
    with (engine_folder(root) / "log.txt").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "gru4rec_core.jobs.engine", str(root)],
            cwd=project_root,
            env={**os.environ, **_DASK_SETTINGS, "PYTHONPATH": python_path},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    _started.append(process)
    end = time.monotonic() + START_TIMEOUT
    while time.monotonic() < end and process.poll() is None:
        found = find_engine(root)
        if found is not None:
            return found
        time.sleep(0.05)
    process.kill()
    raise RunError(
        "The job engine starts within a minute.",
        found="it ended at once" if process.poll() is not None else f"nothing after {START_TIMEOUT:g} s",
        where=str(engine_folder(root) / "log.txt"),
        remedy="Read its log; often the memory is short or the loopback address is blocked.",
    )


def _reap() -> None:
    _started[:] = [process for process in _started if process.poll() is None]


def main(root: Path) -> None:
    """The engine process: a cluster until SIGTERM, or until the workspace forgets this engine."""
    os.environ.update({**_DASK_SETTINGS, **{k: v for k, v in os.environ.items() if k in _DASK_SETTINGS}})
    # Unlike an Event's lock, this may be touched by a signal handler at any moment.
    stop: queue.SimpleQueue[str] = queue.SimpleQueue()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.put("signal"))
    # Read after the settings above, which it takes from the environment.
    from distributed import LocalCluster

    n_workers = worker_count()
    # All workers are up before the first job comes: it would get what follows queued behind it.
    cluster = LocalCluster(
        n_workers=n_workers,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        dashboard_address=None,
        memory_limit=0,  # a limit kills the worker, and with it the run
        local_directory=str(engine_folder(root) / "scratch"),
        preload=["gru4rec_core.jobs.worker"],
    )
    me = EngineAddress(
        address=cluster.scheduler_address,
        process=ProcessIdentity.current(),
        n_workers=n_workers,
        started=time.time(),
    )
    path = engine_folder(root) / "address.json"
    me.write(path)
    # Looking after the workspace may take a while: in a thread, it does not hold up the end.
    threading.Thread(target=_keep_house, args=(root, me, stop), name="housekeeping", daemon=True).start()
    stop.get()
    if _is_named(path, me):
        path.unlink(missing_ok=True)
    _end(cluster, engine_folder(root) / "scratch")


def _keep_house(root: Path, me: EngineAddress, stop: "queue.SimpleQueue[str]") -> None:
    from gru4rec_core.jobs.jobs import reconcile
    from gru4rec_core.workspace.store import Workspace

    tidy_at = 0.0
    while _is_named(engine_folder(root) / "address.json", me):
        try:
            reconcile(Workspace(root), stop_hard=True)
            if time.monotonic() > tidy_at:
                remove_leftovers(root, _LEFTOVER_AFTER)
                tidy_at = time.monotonic() + _TIDY_EVERY
        except (WorkbenchError, OSError, psutil.Error):  # one bad folder is no reason to end everybody's jobs
            _logger.exception("the engine could not look after its jobs")
        time.sleep(_TICK)
    stop.put("forgotten")


def _is_named(path: Path, me: EngineAddress) -> bool:
    try:
        return EngineAddress.read(path) == me
    except RunError:
        return False


def _end(cluster: "LocalCluster", scratch: Path) -> None:
    # Closing the cluster would wait for workers that load TensorFlow or train: they do not listen. All that is
    # worth keeping is in the workspace, so they are ended.
    from distributed.core import Status

    for nanny in cluster.workers.values():
        nanny.status = Status.closing  # so that it starts no new worker
    # Python's resource tracker ends with the last of them, and cleans up behind them.
    workers = [one for one in psutil.Process().children(recursive=True) if "resource_tracker" not in _command(one)]
    for worker in workers:
        if worker.is_running():
            worker.kill()
    wait_ended(workers, 3)
    shutil.rmtree(scratch, ignore_errors=True)
    # Threads of the cluster may still wait for what is gone.
    os._exit(0)


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return ""


if __name__ == "__main__":
    main(Path(sys.argv[1]))
