"""How does work in progress tell the disk how far it is, and hear that it should stop?"""

import logging
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from gru4rec_core.errors import Cancelled, WorkbenchError
from gru4rec_core.workspace.job_state import JobState, ProcessIdentity, State, cancel_requested, read_state, write_state

_WRITE_EVERY = 0.5  # seconds; also the heartbeat
_LOOK_EVERY = 0.2  # seconds between two looks for the wish to stop: asking the disk costs some 10 µs

OnChange = Callable[[JobState], None]


class JobReporter:
    """A job at work: a context that turns into done, failed or cancelled when it ends.

    Progress is kept in memory and written twice a second by a thread that thereby shows the process lives.
    Errors go on to the caller after they are recorded: the reason in state.json, a traceback of what nobody
    expected in log.txt only.

    Args:
        folder: the job's folder.
        on_change: called with the state, in the working thread, at most a few times a second.
    """

    def __init__(self, folder: Path, on_change: OnChange | None = None) -> None:
        self._folder = folder
        self._on_change = on_change
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._looked = self._told = 0.0
        self._stop = False
        self.state = JobState()

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        before = read_state(self._folder)
        self.state = before.model_copy(
            update={
                "state": "running",
                "started": time.time(),
                "ended": None,
                "reason": "",
                "worker": ProcessIdentity.current(),
            }
        )
        self._handler = logging.FileHandler(self._folder / "log.txt", encoding="utf-8")
        self._handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
        self._logger = logging.getLogger(f"gru4rec_core.jobs.{self._folder.name}")
        self._logger.setLevel(logging.INFO)
        self._logger.propagate = False
        self._logger.addHandler(self._handler)
        self._write()
        self._writer = threading.Thread(target=self._keep_writing, name="heartbeat", daemon=True)
        self._writer.start()
        self.log(f"attempt {self.state.attempt} begins")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._writer.join()
        outcome, reason = _outcome(error)
        if outcome == "failed" and not isinstance(error, WorkbenchError) and error is not None:
            self._logger.info("%s", "".join(traceback.format_exception(error)).rstrip())
        self.log(f"{outcome}: {reason}" if reason else outcome)
        self._set(state=outcome, reason=reason, ended=time.time(), seconds_left=None)
        self._write()
        self._tell(now=True)
        self._logger.removeHandler(self._handler)
        self._handler.close()

    def phase(self, name: str, total: int = 0) -> None:
        """Begins a part of the work, `total` units long (0: not known)."""
        self.stop_if_asked()
        self.log(name)
        self._set(phase=name, done=0, total=total)
        self._write()
        self._tell(now=True)

    def progress(self, done: int, total: int, **fields: Any) -> None:
        """How far this part is; fields of JobState as they become known. Stops here when asked to.

        Raises:
            Cancelled: the job was asked to stop.
        """
        self._set(done=done, total=total, **fields)
        self._tell()
        self.stop_if_asked()

    def should_stop(self) -> bool:
        """Whether the job was asked to stop; looks at the disk a few times a second only."""
        now = time.monotonic()
        if not self._stop and now - self._looked > _LOOK_EVERY:
            self._looked = now
            self._stop = cancel_requested(self._folder) is not None
        return self._stop

    def stop_if_asked(self) -> None:
        if self.should_stop():
            raise Cancelled("Cancelled.")

    def log(self, text: str) -> None:
        """A line for log.txt."""
        self._logger.info(text)

    def _set(self, **changes: Any) -> None:
        with self._lock:
            self.state = self.state.model_copy(update=changes)

    def _write(self) -> None:
        with self._lock:
            self.state = self.state.model_copy(update={"heartbeat": time.time()})
            write_state(self._folder, self.state)

    def _keep_writing(self) -> None:
        while not self._ended.wait(_WRITE_EVERY):
            self._write()

    def _tell(self, now: bool = False) -> None:
        if self._on_change and (now or time.monotonic() - self._told > _LOOK_EVERY):
            self._told = time.monotonic()
            self._on_change(self.state)


def _outcome(error: BaseException | None) -> tuple[State, str]:
    if error is None:
        return "done", ""
    if isinstance(error, Cancelled):
        return "cancelled", "Cancelled."
    if isinstance(error, KeyboardInterrupt):
        return "cancelled", "Interrupted at the keyboard."
    if isinstance(error, WorkbenchError):
        return "failed", str(error)
    if isinstance(error, MemoryError):
        return "failed", "The memory was too small. Use a smaller model or batch, or close other programs."
    return "failed", unexpected(error)


def unexpected(error: BaseException) -> str:
    """The reason of a failure that nobody foresaw; its traceback belongs in log.txt."""
    return f"unexpected: {type(error).__name__}: {error}"[:500]
