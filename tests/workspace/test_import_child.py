"""Whatever a call returns or raises becomes its answer."""

import io
import os
import subprocess
import sys
from collections.abc import Callable

import psutil
import pytest

from gru4rec_core.errors import DataError, DiskFull
from gru4rec_core.jobs.engine import wait_ended
from gru4rec_core.workspace import import_child
from gru4rec_core.workspace.import_child import answer
from gru4rec_core.workspace.import_messages import (
    MAX_BYTES,
    Breakdown,
    Call,
    Final,
    Progress,
    Refusal,
    Result,
    read_answer,
)
from gru4rec_core.workspace.store import PROJECT_ROOT
from tests.workspace.child_functions import hang, pid


def double(text: str, n: int) -> str:
    return text * n


def half_a_pair() -> str:
    return chr(0xD800)


def work(on_progress: Callable[[int, int], None]) -> None:
    on_progress(1, 2)
    raise DataError("Rule.", found="this")


def spill() -> None:
    raise RuntimeError("IO Error: No space left on device")


def make(
    function: Callable[..., object], *arguments: object, sent: list[bytes] | None = None
) -> Progress | Final | None:
    call = Call.of(function, arguments, wants_progress=sent is not None)
    send = (sent if sent is not None else []).append
    return read_answer(io.BytesIO(answer(Call.model_validate_json(call.to_line()), send)))


def test_a_call_is_answered() -> None:
    assert make(double, "ab", 2) == Result(value="abab")


def test_progress_is_sent_and_our_errors_stay_errors() -> None:
    sent: list[bytes] = []
    refusal = make(work, sent=sent)
    assert isinstance(refusal, Refusal)
    assert str(refusal.to_error()) == "Rule. Found: this."
    assert [read_answer(io.BytesIO(line)) for line in sent] == [Progress(done=1, total=2)]


def test_a_full_disk_is_no_breakdown() -> None:
    refusal = make(spill)
    assert isinstance(refusal, Refusal)
    assert isinstance(refusal.to_error(), DiskFull)


@pytest.mark.parametrize(
    ("function", "arguments", "words"),
    [
        (double, ("ab", "many"), "ValidationError"),
        (double, ("x", MAX_BYTES), "can be taken"),
        (half_a_pair, (), "surrogates not allowed"),
    ],
    ids=["of another type", "too long", "no text"],
)
def test_what_cannot_be_answered_is_said(
    function: Callable[..., object], arguments: tuple[object, ...], words: str
) -> None:
    breakdown = make(function, *arguments)
    assert isinstance(breakdown, Breakdown)
    assert words in breakdown.cause


@pytest.mark.skipif(os.name == "nt", reason="needs a shell")
def test_it_ends_with_its_parent_even_at_work() -> None:
    """Its limits are its parent's to watch: left alone, a hostile file would have no end."""
    command = f"exec 3<&0; {sys.executable} -m {import_child.__name__} <&3 & echo $!; wait"
    with subprocess.Popen(
        ["sh", "-c", command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=PROJECT_ROOT
    ) as shell:
        assert shell.stdin is not None
        assert shell.stdout is not None
        child = psutil.Process(int(shell.stdout.readline()))
        for function in (pid, hang):
            shell.stdin.write(Call.of(function, (), wants_progress=False).to_line())
            shell.stdin.flush()
        assert read_answer(shell.stdout) == Result(value=child.pid)
        shell.kill()
        left = wait_ended([child], 10)
        for process in left:
            process.kill()
    assert left == []
