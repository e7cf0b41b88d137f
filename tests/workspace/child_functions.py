"""What tests of a child process have it do. It loads this module each time, so this one loads as little as it can."""

import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gru4rec_core.errors import DataError


def count(on_progress: Callable[[int, int], None]) -> int:
    for n in range(3):
        on_progress(n + 1, 3)
        time.sleep(0.15)
    return os.getpid()


def write_slowly(folder: str, on_progress: Callable[[int, int], None]) -> None:
    from gru4rec_core.storage import new_folder

    with new_folder(Path(folder) / "dataset"):
        on_progress(1, 2)
        time.sleep(30)


def pid() -> int:
    return os.getpid()


def abort() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # to write down its memory would take seconds
    os.abort()


def leave(code: int) -> None:
    os._exit(code)


def number(text: str) -> int:
    return int(text)


def eat(n_bytes: int) -> int:
    return len(b"x" * n_bytes)


def hang() -> None:
    signal.pause()


def lie() -> int:
    return "three"  # type: ignore[return-value]


def say(text: str, times: int, ending: str) -> int:
    """What a hostile file could do in a child that it took over: write to the pipe of the answers itself."""
    frame: Any = sys._getframe()
    while "answers" not in frame.f_locals:
        frame = frame.f_back
    answers = frame.f_locals["answers"]
    for _ in range(times):
        answers.write(text.encode())
    answers.flush()
    if ending == "dies":
        os._exit(0)
    if ending == "closes":
        os.close(answers.fileno())
    signal.pause()
    return 0


def refuse() -> None:
    raise DataError("Rule.", found="this")


def chatter() -> str:
    os.write(1, b"a library prints")
    return "heard"
