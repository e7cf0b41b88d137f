"""Jobs are carried out in processes of their own; one that fails, dies or is interrupted stops them all."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from gru4rec_core.errors import Cancelled, DataError, RunError
from gru4rec_core.experiments import side_by_side
from gru4rec_core.experiments.side_by_side import work_side_by_side
from gru4rec_core.workspace.job_state import (
    JobState,
    ProcessIdentity,
    cancel_requested,
    change_state,
    read_state,
    request_cancel,
    write_state,
)
from gru4rec_core.workspace.store import PROJECT_ROOT


@dataclass(frozen=True)
class Task:
    """Says in its folder when it begins and ends."""

    folder: Path
    does: str = "nothing"

    @property
    def name(self) -> str:
        return self.folder.name

    def execute(self) -> None:
        write_state(self.folder, JobState(state="running", worker=ProcessIdentity.current()))
        if self.does == "fails":
            self._until(lambda: any(self.folder.parent.glob("*/waits")))
            raise DataError("It is broken.", remedy="Mend it.")
        if self.does == "dies":
            os.kill(os.getpid(), signal.SIGKILL)
        if self.does == "waits":
            (self.folder / "waits").touch()
            self._until(lambda: cancel_requested(self.folder) is not None)
            write_state(self.folder, JobState(state="cancelled"))
            raise Cancelled("Cancelled.")
        if self.does == "is deaf":
            (self.folder / "waits").touch()
            time.sleep(60)
        time.sleep(0.1)
        change_state(self.folder, state="done")

    @staticmethod
    def _until(holds) -> None:
        end = time.monotonic() + 30
        while time.monotonic() < end and not holds():
            time.sleep(0.02)


def tasks(folder: Path, **does: str) -> list[Task]:
    for name in does:
        (folder / name).mkdir()
    return [Task(folder / name, deed) for name, deed in does.items()]


def test_every_part_is_done_by_processes_that_take_one_after_another(tmp_path: Path) -> None:
    parts = tasks(tmp_path, a="nothing", b="nothing", c="nothing", d="nothing", e="nothing")
    seen: list[tuple[str, str]] = []
    work_side_by_side(parts, 2, lambda name, state: seen.append((name, state.state)))
    states = [read_state(part.folder) for part in parts]
    assert [state.state for state in states] == ["done"] * 5
    assert len({state.worker.pid for state in states} - {os.getpid()}) == 2
    assert {name for name, state in seen if state == "done"} == set("abcde")


def test_one_that_ends_while_it_is_reported_is_still_reported_as_done(tmp_path: Path) -> None:
    (part,) = tasks(tmp_path, a="nothing")
    seen: list[str] = []

    def linger(name: str, state: JobState) -> None:
        seen.append(state.state)
        Task._until(lambda: read_state(part.folder).state == "done")
        time.sleep(0.5)  # until its process has said so

    work_side_by_side([part], 2, linger)
    assert seen[-1] == "done"


def test_what_one_raises_is_raised_and_the_others_stop(tmp_path: Path) -> None:
    parts = tasks(tmp_path, a="fails", b="waits", c="nothing")
    with pytest.raises(DataError, match=r"It is broken\. What to do: Mend it\."):
        work_side_by_side(parts, 2)
    assert [read_state(part.folder).state for part in parts[1:]] == ["cancelled", "new"]
    assert cancel_requested(parts[1].folder) is None  # so that it can be tried again


def test_a_process_that_dies_is_an_error_that_names_the_part(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"ended without an answer\..*at work were a\."):
        work_side_by_side(tasks(tmp_path, a="dies"), 2)


def test_an_interruption_stops_them_and_kills_those_that_do_not_listen(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(side_by_side, "PATIENCE", 0.5)
    parts = tasks(tmp_path, a="waits", b="is deaf")

    def interrupt(name: str, state: JobState) -> None:
        if all((part.folder / "waits").exists() for part in parts):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work_side_by_side(parts, 2, interrupt)
    states = [read_state(part.folder) for part in parts]
    assert [state.state for state in states] == ["cancelled", "running"]
    assert not states[1].worker.is_alive()
    assert cancel_requested(parts[1].folder) is not None  # so it will be said to be cancelled, not lost


def test_an_old_request_to_stop_does_not_count(tmp_path: Path) -> None:
    (part,) = tasks(tmp_path, a="nothing")
    request_cancel(part.folder)
    work_side_by_side([part], 2)
    assert read_state(part.folder).state == "done"
    assert cancel_requested(part.folder) is None


def test_a_part_that_somebody_else_has_is_waited_for_while_others_go_on(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(side_by_side, "LOOK_EVERY", 0.02)
    other, own = tasks(tmp_path, a="nothing", b="nothing")
    write_state(other.folder, JobState(state="running", phase="elsewhere"))
    seen: list[str] = []

    def give_up() -> None:
        assert read_state(own.folder).state == "done"
        change_state(other.folder, state="lost")

    work_side_by_side([other, own], 2, lambda name, state: seen.append(state.phase), give_up)
    assert "elsewhere" in seen
    assert read_state(other.folder).state == "done"


CALLER = """
import sys
from pathlib import Path
from gru4rec_core.experiments.side_by_side import work_side_by_side
from tests.experiments.test_side_by_side import tasks

if __name__ == "__main__":
    work_side_by_side(tasks(Path(sys.argv[1]), a="is deaf"), 2)
"""


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
def test_processes_end_with_a_caller_that_is_killed(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", CALLER, str(tmp_path)], cwd=PROJECT_ROOT) as caller:
        Task._until(lambda: (tmp_path / "a" / "waits").exists())
        worker = read_state(tmp_path / "a").worker
        caller.kill()
        Task._until(lambda: not worker.is_alive())
        assert not worker.is_alive()
