"""How is a file from outside read in a process of its own, within limits, so that a hostile one costs no page?"""

import atexit
import os
import pickle  # between two processes of one user; never from a file
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

import psutil

from gru4rec_core.data import preview
from gru4rec_core.data.columns import ColumnMapping
from gru4rec_core.data.event_kinds import count_event_kinds
from gru4rec_core.data.file_format import is_utf8
from gru4rec_core.data.reading_options import ReadingOptions
from gru4rec_core.data.session_preview import FirstSessions, preview_sessions
from gru4rec_core.errors import DataError
from gru4rec_core.workspace import import_child, importing
from gru4rec_core.workspace.records import DatasetRecord
from gru4rec_core.workspace.store import PROJECT_ROOT

TICK = 0.1
"""Seconds between two looks at a child's memory, and between two calls of `on_tick`."""

_SPARE_BYTES = 600_000_000  # a child that has grown beyond this is not kept for the next call


@dataclass(frozen=True)
class CallLimits:
    """What a call in another process may take.

    Attributes:
        seconds: Of wall time.
        memory: Bytes of resident memory.
    """

    seconds: float
    memory: int


def preview_limits() -> CallLimits:
    """Limits of a look at a file's beginning."""
    return CallLimits(60, _share_of_memory(0.5, most=2_000_000_000))


def reading_limits() -> CallLimits:
    """Limits of reading a whole file."""
    return CallLimits(3_600, _share_of_memory(0.8, most=16_000_000_000))


def _share_of_memory(share: float, most: int) -> int:
    return min(int(share * psutil.virtual_memory().total), most)


class ImportProcess:
    """A child process that makes one call at a time.

    Args:
        modules: Loaded before the first call.
    """

    def __init__(self, *modules: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="gru4rec-", ignore_cleanup_errors=True)
        python_path = os.pathsep.join(filter(None, [str(PROJECT_ROOT), os.environ.get("PYTHONPATH")]))
        self.process = subprocess.Popen(
            [sys.executable, "-m", import_child.__name__, *modules],
            cwd=PROJECT_ROOT,
            # What a killed child leaves in its temporary folder goes with the folder.
            env={**os.environ, "PYTHONPATH": python_path, "TMPDIR": self._folder.name},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._messages: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        threading.Thread(target=_receive, args=(self.process.stdout, self._messages), daemon=True).start()

    def call(
        self,
        function: Callable[..., Any],
        *arguments: Any,
        what: str,
        limits: CallLimits,
        on_tick: Callable[[int, int], None] | None = None,
    ) -> Any:
        """Calls a function in the child; `run_apart` says more."""
        try:
            assert self.process.stdin is not None
            with suppress(BrokenPipeError):  # it ended; `_wait` says so
                self.process.stdin.write(pickle.dumps((function, arguments, on_tick is not None)))
                self.process.stdin.flush()
            return self._wait(what, limits, on_tick)
        except BaseException as error:  # also a script that Streamlit stops
            if not isinstance(error, DataError) or not self.is_alive:
                self.close()
            raise

    def _wait(self, what: str, limits: CallLimits, on_tick: Callable[[int, int], None] | None) -> Any:
        end, progress = time.monotonic() + limits.seconds, (0, 0)
        while True:
            kind, value = self._next_message()
            if kind == "result":
                return value
            if kind == "error":
                raise value
            if kind == "failure":
                raise _broken(what, value)
            if kind == "ended":
                raise _broken(what, _describe_end(self.process.wait()))
            if kind == "progress":
                progress = value
            elif self.memory() > limits.memory:
                self.close()
                raise _over(what, f"{limits.memory / 1e9:.1f} GB of memory")
            elif time.monotonic() > end:
                self.close()
                raise _over(what, f"{limits.seconds:,.0f} seconds")
            if on_tick is not None:
                on_tick(*progress)

    def _next_message(self) -> tuple[str, Any]:
        try:
            return self._messages.get(timeout=TICK)
        except queue.Empty:
            return "", None

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None

    def memory(self) -> int:
        """Bytes of resident memory; 0 when it has ended."""
        try:
            return int(psutil.Process(self.process.pid).memory_info().rss)
        except psutil.Error:
            return 0

    def close(self) -> None:
        """Ends the process at once, and removes what it left in its temporary folder."""
        with suppress(OSError):
            self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            with suppress(OSError):
                stream.close() if stream is not None else None
        self._folder.cleanup()


_idle: queue.LifoQueue[ImportProcess] = queue.LifoQueue(maxsize=1)


def prepare() -> None:
    """Starts the process that the next call will need, unless one waits already; does not wait for it."""
    if _idle.empty():
        _keep(ImportProcess(importing.__name__, preview.__name__))


def run_apart(
    function: Callable[..., Any],
    *arguments: Any,
    what: str,
    limits: CallLimits,
    on_tick: Callable[[int, int], None] | None = None,
) -> Any:
    """Calls a function in another process, and returns what it returns.

    Args:
        function: One that can be imported; its arguments and its result can be pickled. With `on_tick` it takes
            `on_progress`, too.
        arguments: In order.
        what: The file's name for people, for messages.
        limits: The process is killed beyond them.
        on_tick: Called about ten times per second with how far the function is, as (done, total); what it raises ends
            the process.

    Raises:
        DataError: What the function raised, or that it went beyond a limit, or that the process ended.
    """
    process = _take()
    result = None
    try:
        result = process.call(function, *arguments, what=what, limits=limits, on_tick=on_tick)
    finally:
        if process.is_alive:
            _keep(process)
    return result


def preview_apart(path: str, name: str, encoding: str) -> preview.LogPreview:
    """`inspect_log` in another process.

    Raises:
        DataError: As `inspect_log` and `run_apart`.
    """
    return cast(preview.LogPreview, run_apart(_inspect, path, name, encoding, what=name, limits=preview_limits()))


def first_sessions_apart(
    path: str, name: str, encoding: str, mapping: ColumnMapping, options: ReadingOptions
) -> FirstSessions:
    """`preview_sessions` in another process.

    Raises:
        DataError: As `preview_sessions` and `run_apart`.
    """
    arguments = path, name, encoding, mapping, options
    return cast(FirstSessions, run_apart(_first_sessions, *arguments, what=name, limits=preview_limits()))


def event_kinds_apart(path: str, name: str, encoding: str, column: str, has_header: bool) -> dict[str, int]:
    """`count_event_kinds` in another process.

    Raises:
        DataError: As `count_event_kinds` and `run_apart`.
    """
    arguments = path, name, encoding, column, has_header
    return cast(dict[str, int], run_apart(_event_kinds, *arguments, what=name, limits=reading_limits()))


def is_utf8_apart(path: str) -> bool:
    """`is_utf8` in another process; True where that breaks down, for then the preview says why."""
    try:
        return bool(run_apart(is_utf8, Path(path), what=Path(path).name, limits=preview_limits()))
    except DataError:
        return True


def import_apart(
    root: Path, file: importing.ImportSource, name: str, on_tick: Callable[[int, int], None]
) -> tuple[DatasetRecord, str]:
    """`import_and_tell` in another process.

    Raises:
        DataError: As `import_file` and `run_apart`.
    """
    what, limits = file.display_name, reading_limits()
    arguments = str(root), file, name
    result = run_apart(importing.import_and_tell, *arguments, what=what, limits=limits, on_tick=on_tick)
    return cast(tuple[DatasetRecord, str], result)


def _inspect(path: str, name: str, encoding: str) -> preview.LogPreview:
    # A path, not a text: a text may also name a folder or a database.
    return preview.inspect_log(Path(path), name=name, encoding=encoding)


def _first_sessions(
    path: str, name: str, encoding: str, mapping: ColumnMapping, options: ReadingOptions
) -> FirstSessions:
    return preview_sessions(Path(path), mapping, name=name, encoding=encoding, options=options)


def _event_kinds(path: str, name: str, encoding: str, column: str, has_header: bool) -> dict[str, int]:
    return count_event_kinds(Path(path), column, name=name, encoding=encoding, has_header=has_header)


def _take() -> ImportProcess:
    with suppress(queue.Empty):
        process = _idle.get_nowait()
        if process.is_alive:
            return process
        process.close()
    return ImportProcess()


def _keep(process: ImportProcess) -> None:
    if process.memory() < _SPARE_BYTES:
        with suppress(queue.Full):
            _idle.put_nowait(process)
            return
    process.close()


@atexit.register
def close_idle() -> None:
    """Ends the process that waits for a call."""
    with suppress(queue.Empty):
        _idle.get_nowait().close()


def _receive(stream: IO[bytes], messages: queue.SimpleQueue[tuple[str, Any]]) -> None:
    """Passes a child's messages on, in a thread of its own: a pipe cannot be waited for with a timeout everywhere."""
    with suppress(EOFError, OSError, ValueError, pickle.UnpicklingError):
        while True:
            messages.put(pickle.load(stream))
    messages.put(("ended", None))


def _describe_end(code: int) -> str:
    if code >= 0:
        return f"it ended by itself, with code {code}"
    with suppress(ValueError):
        return f"it ended with the signal {signal.Signals(-code).name}"
    return f"it ended with signal {-code}"


def _broken(what: str, found: str) -> DataError:
    return DataError(
        "A file can be read without the process that reads it breaking down.",
        found=found,
        where=what,
        remedy="The file may be damaged: export it again, as CSV if you can. Nothing was added.",
    )


def _over(what: str, limit: str) -> DataError:
    return DataError(
        f"A file is read on this page within {limit}.",
        found="more was needed, so reading was stopped",
        where=what,
        remedy="Cut the log into parts, or read it with the command `import`, which knows no such limit. "
        "Nothing was added.",
    )
