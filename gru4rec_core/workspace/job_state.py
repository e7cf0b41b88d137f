"""How far along is a job, is it alive, and why did it end?

A job is work in the background that has a folder: a run, or the baselines of a split. `state.json` there holds its
state, a file `cancel` asks it to stop, `log.txt` is its log.
"""

import socket
import time
from pathlib import Path
from typing import ClassVar, Literal, Self

import psutil
from pydantic import BaseModel, ConfigDict, Field

from gru4rec_core.errors import DiskFull, RunError
from gru4rec_core.storage import make_file, make_folder, new_file
from gru4rec_core.workspace.records import Record

State = Literal["new", "queued", "running", "done", "failed", "cancelled", "lost"]
ACTIVE: tuple[State, ...] = ("queued", "running")
"""States of a job that is under way, or will be."""

_RESERVE = 64 << 10  # bytes


class ProcessIdentity(BaseModel):
    """A process, told apart from a later one that got the same pid."""

    model_config = ConfigDict(frozen=True)

    pid: int
    create_time: float
    host: str

    @classmethod
    def current(cls) -> Self:
        process = psutil.Process()
        return cls(pid=process.pid, create_time=process.create_time(), host=socket.gethostname())

    def is_local(self) -> bool:
        return self.host == socket.gethostname()

    def is_alive(self) -> bool:
        """Pid and start time both match, and it is no zombie. Meaningful on its own host only."""
        try:
            process = psutil.Process(self.pid)
            # Clock adjustments move a start time by a little; a pid used again is off by far more.
            same = abs(process.create_time() - self.create_time) < 1.0
            return same and process.status() not in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
        except psutil.NoSuchProcess:
            return False


class JobState(Record):
    """Where a job stands; times in seconds since 1970.

    Attributes:
        phase: what it does now, in words ("training", "testing"); of a queued job, what its worker still waits for.
        done, total: progress within the phase, in its own unit; total 0: not known.
        epoch, epochs: finished epochs, and how many there will be.
        seconds_left: estimate until the end of training.
        heartbeat: last sign of life; of a queued job, when it was submitted.
        reason: why it failed, was cancelled or lost; a sentence for people.
        worker: the process that works on it.
        attempt: 1 for the first try.
        threads: that TensorFlow used, which the results depend on; 0: not known.
        scheduler: address it was submitted to; "" when it runs in the caller's process.
    """

    owner: ClassVar[str] = "a job"

    state: State = "new"
    phase: str = ""
    done: int = 0
    total: int = 0
    epoch: int = 0
    epochs: int = 0
    seconds_left: float | None = None
    heartbeat: float = Field(default_factory=time.time)
    submitted: float | None = None
    started: float | None = None
    ended: float | None = None
    reason: str = ""
    worker: ProcessIdentity | None = None
    attempt: int = 1
    threads: int = 0
    scheduler: str = ""

    @property
    def is_active(self) -> bool:
        return self.state in ACTIVE

    @property
    def seconds(self) -> float | None:
        """How long it has been running, or ran."""
        if self.started is None:
            return None
        return (self.ended if self.ended is not None else time.time()) - self.started


def read_state(folder: Path) -> JobState:
    """The state of the job in `folder`: "new" when it was never submitted, "failed" when its file is damaged.

    One damaged file must not hide all other jobs; `find_damage` says what is wrong with it.
    """
    state = _read(folder)
    if isinstance(state, RunError):
        return JobState(state="failed", reason=f"state unreadable: {state}")
    return state


def find_damage(folder: Path) -> RunError | None:
    """What is wrong with the state of the job in `folder`, if anything."""
    state = _read(folder)
    return state if isinstance(state, RunError) else None


def _read(folder: Path) -> JobState | RunError:
    path = folder / "state.json"
    try:
        return JobState.read(path) if path.exists() else JobState()
    except RunError as error:
        # Its folder may have been removed meanwhile.
        return error if path.exists() else JobState()


def write_state(folder: Path, state: JobState) -> None:
    """Replaces the state; readers see the old one or the new.

    An active job keeps a reserve of some room on the disk, given back when the disk is full or the job has ended: that
    it failed, and why, can always be written down.
    """
    make_folder(folder)
    reserve = folder / "reserve"
    try:
        if state.is_active and not reserve.exists():
            with new_file(reserve, durable=False) as new:
                new.write_bytes(bytes(_RESERVE))
        state.write(folder / "state.json", durable=not state.is_active)
    except DiskFull:
        reserve.unlink(missing_ok=True)
        state.write(folder / "state.json", durable=not state.is_active)
    if not state.is_active:
        reserve.unlink(missing_ok=True)


def change_state(folder: Path, **changes: object) -> JobState:
    """Reads, changes and writes the state; returns the new one."""
    state = read_state(folder).model_copy(update=changes)
    write_state(folder, state)
    return state


def request_cancel(folder: Path) -> None:
    """Asks the job to stop; it looks for this several times a second."""
    make_folder(folder)
    make_file(folder / "cancel")


def cancel_requested(folder: Path) -> float | None:
    """When the job was asked to stop (seconds since 1970), or None."""
    try:
        return (folder / "cancel").stat().st_mtime
    except FileNotFoundError:
        return None


def clear_cancel(folder: Path) -> None:
    (folder / "cancel").unlink(missing_ok=True)
