"""A job's folder says where it stands, whether it is alive and why it ended."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gru4rec_core.workspace.job_state import (
    JobState,
    ProcessIdentity,
    change_state,
    read_state,
    write_state,
)


def test_a_job_never_submitted_is_new(tmp_path: Path) -> None:
    assert read_state(tmp_path / "nowhere").state == "new"


def test_a_state_comes_back_as_it_went(tmp_path: Path) -> None:
    state = JobState(state="running", phase="training", done=3, total=9, worker=ProcessIdentity.current())
    write_state(tmp_path, state)
    assert read_state(tmp_path) == state
    assert change_state(tmp_path, done=4) == read_state(tmp_path) == state.model_copy(update={"done": 4})


def test_a_process_is_told_from_a_later_one_with_its_pid() -> None:
    me = ProcessIdentity.current()
    assert me.is_alive()
    assert not me.model_copy(update={"create_time": me.create_time - 5}).is_alive()


@pytest.mark.skipif(os.name == "nt", reason="there are no zombies")
def test_a_zombie_is_not_alive() -> None:
    child = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    import psutil

    identity = ProcessIdentity.current().model_copy(
        update={"pid": child.pid, "create_time": psutil.Process(child.pid).create_time()}
    )
    assert identity.is_alive()
    assert child.stdin is not None
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    os.kill(child.pid, 0)  # the pid still answers
    assert not identity.is_alive()
    child.stdin.close()
    child.wait()
    assert not identity.is_alive()
