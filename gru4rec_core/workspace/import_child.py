"""What does the child process do that reads files from outside?

It takes one call at a time from its standard input and answers on its standard output (import_messages.py says in which
words). It ends when its parent does. Modules named on its command line are loaded before the first call: that takes a
second, which the first call need not wait for.
"""

import importlib
import os
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from pydantic import validate_call

from gru4rec_core.disk import describe
from gru4rec_core.errors import DiskFull, WorkbenchError, quote
from gru4rec_core.workspace.import_messages import MAX_BYTES, Breakdown, Call, Progress, Refusal, Result

Send = Callable[[bytes], None]

_LOOK_EVERY = 0.5  # seconds between two looks whether the parent is still there
_PATIENCE = 2.0  # seconds to take away what is half written, once it is not


def main() -> None:
    """Answers calls until standard input ends."""
    calls, answers = _take_streams()
    signal.signal(signal.SIGTERM, _leave)
    threading.Thread(target=_end_with, args=(os.getppid(),), name="parent", daemon=True).start()
    with suppress(OSError):  # where memory runs out, this process goes first, not the page that waits for it
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")

    def send(line: bytes) -> None:
        answers.write(line)
        answers.flush()

    for module in sys.argv[1:]:
        importlib.import_module(module)
    for line in calls:
        send(answer(Call.model_validate_json(line), send))


def _end_with(parent: int) -> None:
    """Ends the process, at work too, once its parent has ended: nobody watches its limits then.

    On Windows a process keeps its parent's number; it ends when its call has ended, and standard input with it.
    """
    while os.getppid() == parent:
        time.sleep(_LOOK_EVERY)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_PATIENCE)
    os._exit(1)


def _leave(*_: object) -> None:
    """Ends the process by an exception, so that what is half written is taken away (storage.new_folder)."""
    raise SystemExit


def answer(call: Call, send: Send) -> bytes:
    """Makes a call; whatever it returns or raises becomes the last message, which is returned."""
    try:
        line = Result.of(_make(call, send)).to_line()
        if len(line) <= MAX_BYTES:
            return line
        return Breakdown(cause=f"its answer has {len(line):,} bytes, {MAX_BYTES:,} at most can be taken").to_line()
    except WorkbenchError as error:
        return Refusal.of(error).to_line()
    except BrokenPipeError:  # nobody waits for the answer
        raise
    except Exception as error:
        problem = describe(error, Path(tempfile.gettempdir()))
        if isinstance(problem, DiskFull):
            return Refusal.of(problem).to_line()
        traceback.print_exc()
        return Breakdown(cause=quote(f"{type(error).__name__}: {error}")).to_line()


def _make(call: Call, send: Send) -> Any:
    def tell(done: int, total: int) -> None:
        send(Progress(done=done, total=total).to_line())

    module, _, name = call.function.partition(":")
    function = validate_call(getattr(importlib.import_module(module), name))
    return function(*call.arguments, **({"on_progress": tell} if call.wants_progress else {}))


def _take_streams() -> tuple[IO[bytes], IO[bytes]]:
    """Standard input and output for ourselves alone: what a library prints goes to standard error."""
    calls, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return calls, answers


if __name__ == "__main__":
    main()
