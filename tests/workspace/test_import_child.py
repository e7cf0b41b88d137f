"""Whatever a call returns or raises becomes its answer."""

import io
from collections.abc import Callable

import pytest

from gru4rec_core.errors import DataError, DiskFull
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
