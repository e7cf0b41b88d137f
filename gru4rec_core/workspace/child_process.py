"""How is a function called in a process of its own, within limits, so that its breakdown costs no page?"""

import atexit
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

import psutil

from gru4rec_core.errors import DataError
from gru4rec_core.workspace import import_child
from gru4rec_core.workspace.import_messages import (
    Breakdown,
    Call,
    Final,
    MalformedMessage,
    Progress,
    Refusal,
    read_answer,
)
from gru4rec_core.workspace.store import PROJECT_ROOT

R = TypeVar("R")

TICK = 0.1
"""Seconds between two looks at a child's memory, and between two calls of `on_tick`."""

PATIENCE = 2.0
"""Seconds that a child has to clean up when nobody waits for its answer any more."""

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


@dataclass
class _Inbox:
    """What was heard of a call: how far it is, and its last message (None when the process ended without one)."""

    progress: tuple[int, int] = (0, 0)
    final: Future[Final | None] = field(default_factory=Future)


class ChildProcess:
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

    def call(
        self,
        function: Callable[..., R],
        *arguments: Any,
        what: str,
        limits: CallLimits,
        on_tick: Callable[[int, int], None] | None = None,
    ) -> R:
        """Calls a function in the child; `run_apart` says more."""
        inbox = _Inbox()
        call = Call.of(function, arguments, wants_progress=on_tick is not None)
        threading.Thread(target=self._exchange, args=(call, inbox), daemon=True).start()
        try:
            answer = self._wait(inbox, what, limits, on_tick)
            if answer is None:
                raise _broken(what, self._describe_end())
            if not isinstance(answer, Refusal | Breakdown):
                return answer.value_for(function)
        except MalformedMessage as error:
            self.close()
            raise _broken(what, f"it sent {error}") from error
        except Exception:
            self.close()
            raise
        except BaseException:  # a script that Streamlit stops
            self.close(patience=PATIENCE)
            raise
        raise answer.to_error() if isinstance(answer, Refusal) else _broken(what, answer.cause)

    def _exchange(self, call: Call, inbox: _Inbox) -> None:
        """Sends a call and listens until it ends. In a thread: not every system can wait for a pipe with a timeout."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        try:
            self.process.stdin.write(call.to_line())
            self.process.stdin.flush()
            while isinstance(answer := read_answer(self.process.stdout), Progress):
                inbox.progress = answer.done, answer.total
            inbox.final.set_result(answer)
        except (OSError, ValueError):  # a pipe that is closed: the process ended
            inbox.final.set_result(None)
        except Exception as error:
            inbox.final.set_exception(error)

    def _wait(
        self, inbox: _Inbox, what: str, limits: CallLimits, on_tick: Callable[[int, int], None] | None
    ) -> Final | None:
        end = time.monotonic() + limits.seconds
        while True:
            with suppress(TimeoutError):
                return inbox.final.result(TICK)
            if self.memory() > limits.memory:
                raise _over(what, f"{limits.memory / 1e9:.1f} GB of memory")
            if time.monotonic() > end:
                raise _over(what, f"{limits.seconds:,.0f} seconds")
            if on_tick is not None:
                on_tick(*inbox.progress)

    def _describe_end(self) -> str:
        try:
            return _describe_code(self.process.wait(1))
        except subprocess.TimeoutExpired:
            return "it stopped answering"

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None

    def memory(self) -> int:
        """Bytes of resident memory; 0 when it has ended."""
        try:
            return int(psutil.Process(self.process.pid).memory_info().rss)
        except psutil.Error:
            return 0

    def close(self, patience: float = 0.0) -> None:
        """Ends the process, and removes what it left in its temporary folder.

        Args:
            patience: Seconds it has to take away what it was writing elsewhere, before it is killed.
        """
        if patience:
            with suppress(OSError, subprocess.TimeoutExpired):
                self.process.terminate()
                self.process.wait(patience)
        with suppress(OSError):
            self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            with suppress(OSError):
                stream.close() if stream is not None else None
        self._folder.cleanup()


_idle: queue.LifoQueue[ChildProcess] = queue.LifoQueue(maxsize=1)


def prepare(*modules: str) -> None:
    """Starts the process that the next call will need, unless one waits already; does not wait for it.

    Args:
        modules: For it to load before the call.
    """
    if _idle.empty():
        _keep(ChildProcess(*modules))


def run_apart(
    function: Callable[..., R],
    *arguments: Any,
    what: str,
    limits: CallLimits,
    on_tick: Callable[[int, int], None] | None = None,
) -> R:
    """Calls a function in another process, and returns what it returns.

    Args:
        function: One that can be imported. Its annotations name types that pydantic can turn into JSON and back. With
            `on_tick` it takes `on_progress`, too.
        arguments: In order.
        what: The file's name for people, for messages.
        limits: The process is killed beyond them.
        on_tick: Called about ten times per second with how far the function is, as (done, total); what it raises ends
            the process.

    Raises:
        DataError: What the function raised, or that it went beyond a limit, or that the process ended or sent what it
            must not send.
    """
    process = _take()
    try:
        return process.call(function, *arguments, what=what, limits=limits, on_tick=on_tick)
    finally:
        if process.is_alive:
            _keep(process)


def _take() -> ChildProcess:
    with suppress(queue.Empty):
        process = _idle.get_nowait()
        if process.is_alive:
            return process
        process.close()
    return ChildProcess()


def _keep(process: ChildProcess) -> None:
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


def _describe_code(code: int) -> str:
    if code >= 0:
        return f"it ended by itself, with code {code}"
    with suppress(ValueError):
        return f"it ended with the signal {signal.Signals(-code).name}"
    return f"it ended with signal {-code}"


def _broken(what: str, found: str) -> DataError:
    return DataError(
        "The file could not be read: the process reading it crashed.",
        found=found,
        where=what,
        remedy="The file may be damaged: export it again, as CSV if you can. Nothing was added.",
    )


def _over(what: str, limit: str) -> DataError:
    return DataError(
        f"This page allows at most {limit} for reading a file.",
        found="more was needed, so reading was stopped",
        where=what,
        remedy="Split the log, or import it with the command `import`, which has no such limit. Nothing was added.",
    )
