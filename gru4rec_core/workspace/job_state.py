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
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_LOCAL_ENGINES = ("tls://127.0.0.1:", "tcp://127.0.0.1:")  # how their addresses begin; the latter before they had TLS


class ProcessIdentity(BaseModel):
    """A process, told apart from a later one that got the same pid."""

    model_config = ConfigDict(frozen=True)

    pid: int
    create_time: float
    host: str
    boot_id: str = ""
    boot_time: float = 0.0
    """When the machine started, by its clock at the time of writing; only where `boot_id` is known."""

    @classmethod
    def current(cls) -> Self:
        process = psutil.Process()
        return cls(
            pid=process.pid,
            create_time=process.create_time(),
            host=socket.gethostname(),
            boot_id=_boot_id(),
            boot_time=psutil.boot_time(),
        )

    def is_local(self) -> bool:
        return self.host == socket.gethostname()

    def is_alive(self) -> bool:
        """Pid and start time both match, and it is no zombie. Meaningful on its own host only."""
        return self._status() not in (None, psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)

    def is_stopped(self) -> bool:
        """Whether it was halted by a signal, or by a debugger. Meaningful on its own host only."""
        return self._status() in (psutil.STATUS_STOPPED, psutil.STATUS_TRACING_STOP)

    def _status(self) -> str | None:
        """psutil's word for what it does; None when it is gone."""
        try:
            process = psutil.Process(self.pid)
            started = process.create_time()
            if self.boot_id and self.boot_id == _boot_id():
                # Linux counts from its own start: setting the clock moves both by the same.
                started += self.boot_time - psutil.boot_time()
            # Clock adjustments move a start time by a little; a pid used again is off by far more.
            return process.status() if abs(started - self.create_time) < 1.0 else None
        except psutil.NoSuchProcess:
            return None


def _boot_id() -> str:
    """What Linux calls the time from the machine's start to its end; "" elsewhere."""
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return ""


class ClusterTicket(BaseModel):
    """What a job that was handed to a cluster knows of it.

    Attributes:
        scheduler_id: of the scheduler that took it; one that is restarted has another.
        host: machine that handed it over, from which the scheduler can be reached.
    """

    model_config = ConfigDict(frozen=True)

    scheduler_id: str
    host: str = Field(default_factory=socket.gethostname)


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
        folder_number: of the folder that it works in (`storage.folder_number`); 0: not known.
        threads: that TensorFlow used, which the results depend on; 0: not known.
        scheduler: address it was submitted to; "" when it runs in the caller's process.
        cluster: what it knows of the cluster that it was submitted to; None for the local engine.
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
    folder_number: int = 0
    threads: int = 0
    scheduler: str = ""
    cluster: ClusterTicket | None = None

    @property
    def on_cluster(self) -> bool:
        """Whether it was submitted to a cluster. States of an older version have the address alone."""
        is_local = not self.scheduler or self.scheduler.startswith(_LOCAL_ENGINES)
        return self.cluster is not None or not is_local

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

    An active job keeps a reserve of some room on the disk, given back only when the job has ended: that it failed, and
    why, can always be written down.

    Raises:
        DiskFull: there is no room for the state of an active job; the old one stays, and so does the reserve.
    """
    make_folder(folder)
    reserve = folder / "reserve"
    try:
        if state.is_active and not reserve.exists():
            with new_file(reserve, durable=False) as new:
                new.write_bytes(bytes(_RESERVE))
        state.write(folder / "state.json")
    except DiskFull:
        if state.is_active:  # what others write would soon take the room given back
            raise
        reserve.unlink(missing_ok=True)
        state.write(folder / "state.json")
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
