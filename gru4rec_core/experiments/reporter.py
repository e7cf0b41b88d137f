"""How does a job save its progress and find out that it should stop?"""

import logging
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from gru4rec_core.disk import require_folder
from gru4rec_core.errors import Cancelled, DiskError, WorkbenchError
from gru4rec_core.storage import folder_number, make_file, make_folder
from gru4rec_core.workspace.job_state import JobState, ProcessIdentity, State, cancel_requested, read_state, write_state
from gru4rec_core.workspace.room import advise

_WRITE_EVERY = 0.5  # seconds; also the heartbeat
_END_PATIENCE = 10.0  # seconds for which writing down the end of a job is tried
_LOOK_EVERY = 0.2  # seconds between two looks for a request to stop: one costs some 10 µs

_TENSORFLOW_MEMORY_ERROR = "ResourceExhaustedError"
"""By its name: baselines are reported here too, without TensorFlow."""

OnChange = Callable[[JobState], None]
"""Called with a job's state when that has changed."""

OnPart = Callable[[str, JobState], None]
"""The same where there are several jobs: with the job's name for people ("top1, seed 0", "baselines") and its state."""


class JobReporter:
    """A running job: a context manager that records done, failed or cancelled when its block ends.

    Progress is kept in memory; a thread writes it twice a second, which also shows that the process is alive.
    Errors are recorded and raised again: the reason goes into state.json, the traceback of an unexpected error only
    into log.txt.

    Args:
        folder: the job's folder.
        on_change: called with the state, in the working thread, at most a few times a second.
        root: of the workspace; where its disk is full, the reason says what takes most room.
        on_heartbeat: called after each sign of life, twice a second, in the writing thread.
    """

    def __init__(
        self,
        folder: Path,
        on_change: OnChange | None = None,
        *,
        root: Path | None = None,
        on_heartbeat: Callable[[], object] | None = None,
    ) -> None:
        self._folder = folder
        self._root = root
        self._on_change = on_change
        self._on_heartbeat = on_heartbeat
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._looked = self._notified = 0.0
        self._stop = False
        self.state = JobState()

    def __enter__(self) -> Self:
        make_folder(self._folder)
        make_file(self._folder / "log.txt")
        before = read_state(self._folder)
        self.state = before.model_copy(
            update={
                "state": "running",
                "started": time.time(),
                "ended": None,
                "reason": "",
                "worker": ProcessIdentity.current(),
                "folder_number": folder_number(self._folder),
            }
        )
        self._handler = _LogFile(self._folder / "log.txt", encoding="utf-8")
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
        if isinstance(error, WorkbenchError) and self._root is not None:
            error = advise(error, self._root)
        outcome, reason = _describe_end(error)
        if outcome == "failed" and not isinstance(error, WorkbenchError) and error is not None:
            self._logger.info("%s", "".join(traceback.format_exception(error)).rstrip())
        self.log(f"{outcome}: {reason}" if reason else outcome)
        self._set(state=outcome, reason=reason, ended=time.time(), seconds_left=None)
        self._write_end(error)
        self._notify(now=True)
        self._logger.removeHandler(self._handler)
        self._handler.close()

    def begin_phase(self, name: str, total: int = 0) -> None:
        """Begins a part of the work, `total` units long (0: not known).

        Raises:
            Cancelled: the job was asked to stop.
        """
        self.stop_if_asked()
        self.log(name)
        self._set(phase=name, done=0, total=total)
        self._write()
        self._notify(now=True)

    def report_progress(self, done: int, total: int, **fields: Any) -> None:
        """Records how far this part is, and other fields of JobState as they become known.

        Raises:
            Cancelled: the job was asked to stop.
        """
        self._set(done=done, total=total, **fields)
        self._notify()
        self.stop_if_asked()

    def should_stop(self) -> bool:
        """Whether the job was asked to stop; looks at the disk at most five times a second."""
        now = time.monotonic()
        if not self._stop and now - self._looked > _LOOK_EVERY:
            self._looked = now
            self._stop = cancel_requested(self._folder) is not None
        return self._stop

    def stop_if_asked(self) -> None:
        """Raises Cancelled when the job was asked to stop."""
        if self.should_stop():
            raise Cancelled("Cancelled.")

    def log(self, text: str) -> None:
        """Adds a line to log.txt."""
        self._logger.info(text)

    def _set(self, **changes: Any) -> None:
        with self._lock:
            self.state = self.state.model_copy(update=changes)

    def _write(self) -> None:
        with self._lock:
            self.state = self.state.model_copy(update={"heartbeat": time.time()})
            require_folder(self._folder)
            write_state(self._folder, self.state)

    def _write_end(self, error: BaseException | None) -> None:
        """Writes the last state; where the disk does not take it, tries again for a while.

        Raises:
            DiskError: it could not be written; not where the work raised something itself.
        """
        last = time.monotonic() + _END_PATIENCE
        while True:
            try:
                return self._write()
            except DiskError as problem:
                if time.monotonic() > last:
                    if error is None:
                        raise
                    self.log(f"this could not be recorded: {problem}")
                    return None
                time.sleep(_WRITE_EVERY)

    def _keep_writing(self) -> None:
        while not self._ended.wait(_WRITE_EVERY):
            with suppress(DiskError, OSError):  # the work itself will notice, or it goes well the next time
                self._write()
                if self._on_heartbeat is not None:
                    self._on_heartbeat()

    def _notify(self, now: bool = False) -> None:
        if self._on_change and (now or time.monotonic() - self._notified > _LOOK_EVERY):
            self._notified = time.monotonic()
            self._on_change(self.state)


class _LogFile(logging.FileHandler):
    """A log that a full disk does not stop: what cannot be written is left out."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        pass


def _describe_end(error: BaseException | None) -> tuple[State, str]:
    """The state that a job ends in, and the reason."""
    if error is None:
        return "done", ""
    if isinstance(error, Cancelled):
        return "cancelled", "Cancelled."
    if isinstance(error, KeyboardInterrupt):
        return "cancelled", "Interrupted at the keyboard."
    if isinstance(error, WorkbenchError):
        return "failed", str(error)
    if is_of_memory(error):
        return "failed", "There was not enough memory. Use a smaller model or batch, or close other programs."
    return "failed", describe_unexpected(error)


def is_of_memory(error: BaseException) -> bool:
    """Whether an error says that there was not enough memory."""
    return isinstance(error, MemoryError) or type(error).__name__ == _TENSORFLOW_MEMORY_ERROR


def describe_unexpected(error: BaseException) -> str:
    """The reason to record for an error that is not a WorkbenchError; its traceback belongs in log.txt."""
    return f"unexpected: {type(error).__name__}: {error}"[:500]
