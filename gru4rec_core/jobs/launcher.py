"""How is the local job engine started exactly once, however many processes ask for it?"""

import os
import subprocess
import sys
import time
from pathlib import Path

from gru4rec_core.errors import RunError
from gru4rec_core.jobs import engine_process
from gru4rec_core.jobs.engine import EngineAddress, address_file, engine_folder, find_engine
from gru4rec_core.storage import exclusive_lock, make_file, make_folder, restrict
from gru4rec_core.workspace.store import PROJECT_ROOT

START_TIMEOUT = 120.0
"""Seconds that the engine gets to come up: two idle cores took 5.2 and 5.6, a machine at load 15 took 42 and more."""

_ENVIRONMENT = {
    # A task that kills its worker would be run again, three times, without being asked.
    "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0",
    # Dask's web pages ask nobody for credentials: there are none.
    "DASK_DISTRIBUTED__SCHEDULER__HTTP__ROUTES": "[]",
    "DASK_DISTRIBUTED__WORKER__HTTP__ROUTES": "[]",
    "DASK_LOGGING__DISTRIBUTED": "error",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}

_started: list[subprocess.Popen[bytes]] = []  # kept so that ended engines can be reaped


def start_engine(root: Path) -> EngineAddress:
    """The living engine of a workspace, started if there is none. Two callers at once get the same one.

    Raises:
        RunError: it did not come up within `START_TIMEOUT` seconds.
    """
    engine = find_engine(root)
    if engine is not None:
        return engine
    folder = engine_folder(root)
    make_folder(folder)
    with exclusive_lock(folder / "start.lock", timeout=START_TIMEOUT + 5):
        return find_engine(root) or _launch(root)


def _launch(root: Path) -> EngineAddress:
    reap_engines()
    folder = engine_folder(root)
    restrict(folder)  # it may have been made by a version that left it open
    address_file(root).unlink(missing_ok=True)
    python_path = os.pathsep.join(filter(None, [str(PROJECT_ROOT), os.environ.get("PYTHONPATH")]))
    make_file(folder / "log.txt")
    with (folder / "log.txt").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", engine_process.__name__, str(root)],
            cwd=PROJECT_ROOT,
            env={**os.environ, **_ENVIRONMENT, "PYTHONPATH": python_path},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    _started.append(process)
    end = time.monotonic() + START_TIMEOUT
    while time.monotonic() < end and process.poll() is None:
        engine = find_engine(root)
        if engine is not None:
            return engine
        time.sleep(0.05)
    ended_by_itself = process.poll() is not None
    process.kill()
    raise RunError(
        f"The job engine did not start within {START_TIMEOUT:g} seconds.",
        found="it ended at once" if ended_by_itself else f"nothing after {START_TIMEOUT:g} s",
        where=str(folder / "log.txt"),
        remedy="Read its log; often the memory is short or the loopback address is blocked.",
    )


def reap_engines() -> None:
    """Asks for the exit status of engines that this process started and that have ended."""
    _started[:] = [process for process in _started if process.poll() is None]
