"""What does the engine's own process do, from start to end?

It holds a Dask LocalCluster, whose workers carry out the jobs, and looks after the workspace meanwhile. It is started
by launcher.py as `python -m gru4rec_core.jobs.engine_process WORKSPACE`.
"""

import logging
import os
import queue
import shutil
import signal
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from gru4rec_core.errors import RunError
from gru4rec_core.jobs.capacity import worker_count
from gru4rec_core.jobs.engine import EngineAddress, address_file, engine_folder, make_credentials, wait_ended
from gru4rec_core.storage import folder_mode, folder_number, remove_leftovers
from gru4rec_core.workspace.job_state import ProcessIdentity

if TYPE_CHECKING:
    from distributed import LocalCluster

_TICK = 1.0  # seconds between two looks at the workspace
_TIDY_EVERY = 600.0  # seconds
_LEFTOVER_AFTER = 3600.0  # seconds without a change in a half-made or half-removed folder

_logger = logging.getLogger(__name__)


def main(root: Path) -> None:
    """Holds a cluster until SIGTERM, or until the workspace no longer names this engine."""
    # What Dask and its workers write is closed to others, too.
    os.umask(0o777 & ~folder_mode())
    # Unlike an Event's lock, this may be touched by a signal handler at any moment.
    stop: queue.SimpleQueue[str] = queue.SimpleQueue()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.put("signal"))
    from distributed import LocalCluster

    scratch = engine_folder(root) / "scratch"
    n_workers = worker_count()
    # All workers are up before the first job comes: it would get what follows queued behind it.
    cluster = LocalCluster(
        n_workers=n_workers,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        security=make_credentials(root),
        dashboard_address=None,
        memory_limit=0,  # a limit kills the worker, and with it the run
        local_directory=str(scratch),
        # Named, not imported: the engine would load all that a worker needs before it can answer.
        preload=["gru4rec_core.jobs.worker"],
    )
    engine = EngineAddress(
        address=cluster.scheduler_address,
        process=ProcessIdentity.current(),
        n_workers=n_workers,
        started=time.time(),
        folder_number=folder_number(engine_folder(root)),
    )
    engine.write(address_file(root))
    # Looking after the workspace may take a while: in a thread, it does not hold up the end.
    threading.Thread(target=_look_after_workspace, args=(root, engine, stop), name="housekeeping", daemon=True).start()
    stop.get()
    if _is_current_engine(root, engine):
        address_file(root).unlink(missing_ok=True)
    _end(cluster, scratch)


def _look_after_workspace(root: Path, engine: EngineAddress, stop: "queue.SimpleQueue[str]") -> None:
    """Reconciles jobs, queues what follows a tuning, removes leftovers, as long as the workspace names this engine."""
    # Takes a second, which the engine's start need not wait for.
    from gru4rec_core.jobs.follow_up import queue_planned
    from gru4rec_core.jobs.lost_jobs import reconcile_jobs
    from gru4rec_core.workspace.migration import FOLDERS
    from gru4rec_core.workspace.store import Workspace

    tidy_at, began = 0.0, time.time() - time.monotonic()
    while _is_current_engine(root, engine):
        try:
            reconcile_jobs(Workspace(root), stop_hard=True)
            queue_planned(Workspace(root))
            if time.monotonic() > tidy_at:
                # Not in the root itself, which may hold other things too.
                for name in FOLDERS:
                    # A clock that was set forward makes what is in use look old.
                    set_forward = max(time.time() - time.monotonic() - began, 0.0)
                    remove_leftovers(root / name, _LEFTOVER_AFTER + set_forward)
                tidy_at = time.monotonic() + _TIDY_EVERY
        except Exception:  # nothing in one folder is a reason to stop looking after all the others
            _logger.exception("the engine could not look after its jobs")
        time.sleep(_TICK)
    stop.put("forgotten")


def _is_current_engine(root: Path, engine: EngineAddress) -> bool:
    """Whether the workspace's address is this engine's."""
    try:
        return EngineAddress.read(address_file(root)) == engine
    except RunError:
        return False


def _end(cluster: "LocalCluster", scratch: Path) -> None:
    # Closing the cluster would wait for workers that load TensorFlow or train: they do not listen. All that is
    # worth keeping is in the workspace, so they are ended.
    from distributed.core import Status

    for nanny in cluster.workers.values():
        nanny.status = Status.closing  # so that it starts no new worker
    # Python's resource tracker ends with the last of them, and cleans up behind them.
    children = psutil.Process().children(recursive=True)
    workers = [process for process in children if "resource_tracker" not in _command_line(process)]
    for process in workers:
        if process.is_running():
            process.kill()
    wait_ended(workers, 3)
    shutil.rmtree(scratch, ignore_errors=True)
    # Threads of the cluster may still wait for what is gone.
    os._exit(0)


def _command_line(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return ""


if __name__ == "__main__":
    main(Path(sys.argv[1]))
