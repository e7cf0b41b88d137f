"""An engine is found while it lives, and what ended is known to have ended."""

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from gru4rec_core.errors import RunError
from gru4rec_core.jobs import engine, jobs
from gru4rec_core.workspace.job_state import ProcessIdentity
from gru4rec_core.workspace.store import Workspace

WAIT = 180.0  # seconds; generous, for a machine that does other things too


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


def test_an_engine_elsewhere_is_believed_while_it_answers(workspace: Workspace, moved) -> None:
    path, listener = moved
    assert engine.find_engine(workspace.root) == engine.EngineAddress.read(path)
    with pytest.raises(RunError, match="another-machine"):
        jobs.stop_engine(workspace)
    listener.close()
    assert engine.find_engine(workspace.root) is None


def test_credentials_are_closed_to_others_and_read_back(workspace: Workspace) -> None:
    made = engine.make_credentials(workspace.root)
    read = engine.load_credentials(workspace.root)
    assert made.get_tls_config_for_role("worker") == read.get_tls_config_for_role("worker")
    assert read.require_encryption
    read.get_connection_args("client")  # raises when certificate and key are not a pair
    first = (engine.engine_folder(workspace.root) / "key.pem").read_text()
    engine.make_credentials(workspace.root)
    assert (engine.engine_folder(workspace.root) / "key.pem").read_text() != first
    if os.name != "nt":
        modes = {path.name: path.stat().st_mode & 0o777 for path in engine.engine_folder(workspace.root).iterdir()}
        assert modes == {"key.pem": 0o600, "certificate.pem": 0o600}
        assert engine.engine_folder(workspace.root).stat().st_mode & 0o777 == 0o700


def test_without_credentials_there_is_a_remedy(workspace: Workspace) -> None:
    with pytest.raises(RunError, match="engine stop"):
        engine.load_credentials(workspace.root)
