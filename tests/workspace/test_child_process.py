"""A function is called in a process of its own, and whatever happens to that process, its caller goes on."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gru4rec_core.errors import DataError
from gru4rec_core.workspace import child_process
from gru4rec_core.workspace.child_process import CallLimits, prepare, run_apart
from gru4rec_core.workspace.import_messages import MAX_BYTES, Progress
from tests.workspace.child_functions import (
    abort,
    chatter,
    count,
    eat,
    hang,
    leave,
    lie,
    number,
    pid,
    refuse,
    say,
    write_slowly,
)

LIMITS = CallLimits(30, 1_000_000_000)
PROGRESS = Progress(done=1, total=2).to_line().decode()


def test_a_call_returns_its_result_and_tells_how_far_it_is() -> None:
    seen: list[tuple[int, int]] = []
    child = run_apart(count, what="x", limits=LIMITS, on_tick=lambda done, total: seen.append((done, total)))
    assert child != os.getpid()
    assert (3, 3) in seen


def test_the_process_is_kept_for_the_next_call() -> None:
    assert run_apart(pid, what="x", limits=LIMITS) == run_apart(pid, what="x", limits=LIMITS)
    prepare()
    assert run_apart(chatter, what="x", limits=LIMITS) == "heard"


@pytest.mark.parametrize(
    ("function", "arguments", "limits", "words"),
    [
        (abort, (), LIMITS, "signal SIGABRT"),
        (leave, (3,), LIMITS, "code 3"),
        (number, ("x",), LIMITS, "ValueError: invalid literal"),
        (eat, (3_000_000_000,), CallLimits(30, 300_000_000), "0.3 GB of memory"),
        (hang, (), CallLimits(0.3, 1_000_000_000), "0 seconds"),
        (lie, (), LIMITS, "it sent a result that is not of the type asked for"),
        (say, ('{"kind": "run", "value": "os:abort"}\n', 1, "waits"), LIMITS, "it sent a message of no known form"),
        (say, ('{"kind": "result", "val', 1, "dies"), LIMITS, "it ended by itself, with code 0"),
        (say, ("x", 1, "closes"), LIMITS, "it stopped answering"),
        (say, ("x" * MAX_BYTES, 2, "waits"), LIMITS, "it sent a message of more than 16 MB"),
        (say, (PROGRESS, 10**9, "waits"), CallLimits(0.5, 1_000_000_000), "0 seconds"),
    ],
    ids=[
        "dies",
        "ends",
        "raises",
        "eats",
        "hangs",
        "lies",
        "malformed",
        "truncated",
        "closed",
        "oversized",
        "floods",
    ],
)
def test_whatever_happens_to_it_is_said_and_the_next_call_works(
    function: Callable[..., Any], arguments: tuple[Any, ...], limits: CallLimits, words: str
) -> None:
    with pytest.raises(DataError) as caught:
        run_apart(function, *arguments, what="bad.csv", limits=limits)
    assert words in str(caught.value)
    assert caught.value.where == "bad.csv"
    assert "Nothing was added" in caught.value.remedy
    assert run_apart(number, "3", what="x", limits=LIMITS) == 3


def test_an_error_of_ours_comes_as_it_is_and_costs_no_process() -> None:
    before = run_apart(pid, what="x", limits=LIMITS)
    with pytest.raises(DataError, match=r"Rule\. Found: this"):
        run_apart(refuse, what="x", limits=LIMITS)
    assert run_apart(pid, what="x", limits=LIMITS) == before


@pytest.mark.parametrize("error", [KeyboardInterrupt(), DataError("Rule of the caller.")])
def test_who_stops_waiting_ends_the_process(error: BaseException) -> None:
    child = run_apart(pid, what="x", limits=LIMITS)

    def stop(done: int, total: int) -> None:
        raise error

    with pytest.raises(type(error)):
        run_apart(count, what="x", limits=LIMITS, on_tick=stop)
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


def test_who_stops_waiting_leaves_nothing_half_written(tmp_path: Path) -> None:
    def stop(done: int, total: int) -> None:
        if done:
            assert len(list(tmp_path.iterdir())) == 1
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_apart(write_slowly, str(tmp_path), what="x", limits=LIMITS, on_tick=stop)
    assert list(tmp_path.iterdir()) == []


def test_an_idle_process_is_ended_with_its_parent() -> None:
    child = run_apart(pid, what="x", limits=LIMITS)
    child_process.close_idle()
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)
