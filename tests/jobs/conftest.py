"""One engine serves all tests of jobs that need a real one; each of its workers loads TensorFlow once."""

import os
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest

from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.jobs import jobs
from gru4rec_core.jobs.client import CLUSTER
from gru4rec_core.jobs.engine import EngineAddress, address_file, engine_folder
from gru4rec_core.workspace.job_state import JobState, ProcessIdentity
from gru4rec_core.workspace.records import DatasetRecord
from gru4rec_core.workspace.store import Workspace

WAIT = 180.0  # seconds; generous, for a machine that does other things too


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A workspace whose engine, once started, stays up for all tests."""
    workspace = Workspace(tmp_path_factory.mktemp("shared"))
    os.environ.pop(CLUSTER, None)
    yield workspace
    jobs.stop_engine(workspace)


@pytest.fixture(scope="session")
def letters(shared: Workspace) -> DatasetRecord:
    rows = [(s, t, "abcdef"[(s + t) % 6]) for s in range(40) for t in range(3 + s % 5)]
    return shared.add_dataset(SessionDataset(pd.DataFrame(rows, columns=["session", "timestamp", "item"])), "letters")


@pytest.fixture
def wait_for() -> Callable[[Callable[[], JobState], Callable[[JobState], bool]], JobState]:
    """Looks again and again until a job's state fits; a failed job ends the test."""

    def wait(look: Callable[[], JobState], fits: Callable[[JobState], bool]) -> JobState:
        end = time.monotonic() + WAIT
        while time.monotonic() < end:
            state = look()
            if fits(state):
                return state
            assert state.state != "failed", state.reason
            time.sleep(0.05)
        raise AssertionError(f"still {look()}")

    return wait


@pytest.fixture
def until_ended() -> Callable[[Workspace, str], JobState]:
    """Waits until a run is no longer active, however it ended."""

    def wait(workspace: Workspace, run_id: str) -> JobState:
        end = time.monotonic() + WAIT
        while workspace.state(run_id).is_active and time.monotonic() < end:
            time.sleep(0.05)
        return workspace.state(run_id)

    return wait


@pytest.fixture
def moved(workspace: Workspace) -> Iterator[tuple[Path, socket.socket]]:
    """The address an engine of another host left in the workspace, and what listens there (until closed)."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = EngineAddress(
            address=f"tls://127.0.0.1:{listener.getsockname()[1]}",
            process=ProcessIdentity(pid=1, create_time=1.0, host="another-machine"),
            n_workers=1,
            started=0.0,
        )
        engine_folder(workspace.root).mkdir(parents=True)
        path = address_file(workspace.root)
        address.write(path)
        yield path, listener
