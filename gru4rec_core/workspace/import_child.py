"""What does the child process do that reads files from outside?

It takes one call at a time from its standard input: a function that it can import, the arguments, and whether the
function takes `on_progress`. It answers with any number of ("progress", (done, total)) and then with ("result", value),
("error", an error of ours) or ("failure", what else was raised, in words). It ends when its parent does. Modules named
on its command line are loaded before the first call: that takes a second, which the first call need not wait for.
"""

import importlib
import os
import pickle  # between two processes of one user; never from a file
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from gru4rec_core.errors import WorkbenchError

Send = Callable[[tuple[str, Any]], None]


def main() -> None:
    """Answers calls until standard input ends."""
    calls, answers = _take_streams()
    with suppress(OSError):  # where memory runs out, this process goes first, not the page that waits for it
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")

    def send(message: tuple[str, Any]) -> None:
        answers.write(pickle.dumps(message))
        answers.flush()

    for module in sys.argv[1:]:
        importlib.import_module(module)
    while True:
        try:
            function, arguments, wants_progress = pickle.load(calls)
        except EOFError:
            return
        send(answer(function, arguments, wants_progress, send))


def answer(
    function: Callable[..., Any], arguments: tuple[Any, ...], wants_progress: bool, send: Send
) -> tuple[str, Any]:
    """Makes a call; whatever it raises becomes the answer."""
    more = {"on_progress": lambda done, total: send(("progress", (done, total)))} if wants_progress else {}
    try:
        return "result", function(*arguments, **more)
    except WorkbenchError as error:
        return "error", error
    except BrokenPipeError:  # nobody waits for the answer
        raise
    except Exception as error:
        traceback.print_exc()
        return "failure", f"{type(error).__name__}: {error}"


def _take_streams() -> tuple[IO[bytes], IO[bytes]]:
    """Standard input and output for ourselves alone: what a library prints goes to standard error."""
    calls, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return calls, answers


if __name__ == "__main__":
    main()
