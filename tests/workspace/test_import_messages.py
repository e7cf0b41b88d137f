"""Messages are what was sent; what is not of their forms is refused, and nothing in it is run."""

import io
import math
from pathlib import Path

import pytest

from gru4rec_core.data.columns import ColumnMapping
from gru4rec_core.data.locations import DatabaseLog, FolderLog
from gru4rec_core.errors import Cancelled, ConfigError, DataError, RunError, WorkbenchError
from gru4rec_core.workspace import import_messages
from gru4rec_core.workspace.import_messages import (
    Breakdown,
    Call,
    MalformedMessage,
    Message,
    Progress,
    Refusal,
    Result,
    read_answer,
)
from gru4rec_core.workspace.importing import ImportSource


def echo(value: ImportSource) -> ImportSource:
    return value


def echo_numbers(value: tuple[float, ...]) -> tuple[float, ...]:
    return value


@pytest.mark.parametrize(
    "message",
    [
        Progress(done=1, total=0),
        Result(value=["ä\n", None, {"a": 1.5}]),
        Breakdown(cause="x"),
        Refusal.of(DataError("R.")),
    ],
    ids=lambda message: message.kind,
)
def test_a_message_is_read_as_it_was_sent(message: Message) -> None:
    stream = io.BytesIO(message.to_line() + Breakdown(cause="the next").to_line())
    assert read_answer(stream) == message
    assert read_answer(stream) == Breakdown(cause="the next")
    assert read_answer(stream) is None


@pytest.mark.parametrize("kind", [DataError, ConfigError, RunError, Cancelled])
def test_an_error_keeps_its_kind_and_its_parts(kind: type[WorkbenchError]) -> None:
    error = Refusal.of(kind("Rule.", found="this", where="line 1", remedy="Do that.")).to_error()
    assert type(error) is kind
    assert (error.rule, error.found, error.where, error.remedy) == ("Rule.", "this", "line 1", "Do that.")


@pytest.mark.parametrize("path", [Path("/a/log.csv"), FolderLog("logs/*"), DatabaseLog("sqlite:///a.db", "events")])
def test_our_types_come_as_they_were(path: Path | FolderLog | DatabaseLog) -> None:
    source = ImportSource(path, ColumnMapping(("a", "b"), "t", "i", event_column="e", keep_events=("x",)))
    assert Result.of(source).value_for(echo) == source


def test_numbers_may_be_none() -> None:
    line = Result.of((1.5, math.nan, math.inf)).to_line()
    result = read_answer(io.BytesIO(line))
    assert isinstance(result, Result)
    assert str(result.value_for(echo_numbers)) == "(1.5, nan, inf)"


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"progress",
        b"[]",
        b'{"kind": "run"}',
        b'{"kind": "call", "function": "os:abort", "arguments": []}',
        b'{"done": 1, "total": 2}',
        b'{"kind": "progress", "done": -1, "total": 2}',
        b'{"kind": "progress", "done": 1e9, "total": 2}',
        b'{"kind": "progress", "done": 1, "total": 2, "more": 3}',
        b'{"kind": "progress", "done": 1, "total": 9' + b"9" * 30 + b"}",
        b'{"kind": "refusal", "error": "SystemExit", "rule": "", "found": "", "where": "", "remedy": ""}',
        b'{"kind": "refusal", "error": "DataError", "rule": 1, "found": "", "where": "", "remedy": ""}',
        b'{"kind": "result", "value": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"kind": "result", "value": "\xff"}',
        b"cos\nsystem\n(S'true'\ntR.",
    ],
)
def test_a_message_of_another_form_is_refused(line: bytes) -> None:
    with pytest.raises(MalformedMessage, match="a message of no known form"):
        read_answer(io.BytesIO(line + b"\n"))


def test_a_message_that_is_cut_off_is_none() -> None:
    line = Progress(done=1, total=2).to_line()
    assert all(read_answer(io.BytesIO(line[:n])) is None for n in range(len(line)))


def test_a_message_that_is_too_long_is_refused_before_it_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_messages, "MAX_BYTES", 100)
    stream = io.BytesIO(b"x" * 10_000)
    with pytest.raises(MalformedMessage, match="a message of more than"):
        read_answer(stream)
    assert stream.tell() == 101
    short = Breakdown(cause="x" * 60)
    assert read_answer(io.BytesIO(short.to_line())) == short


@pytest.mark.parametrize("value", [None, 1, {}, {"path": 1}, {"path": "a", "mapping": {"session": None}}])
def test_a_result_of_another_type_is_refused(value: object) -> None:
    with pytest.raises(MalformedMessage, match="not of the type asked for"):
        Result.of(value).value_for(echo)


def test_a_call_names_its_function() -> None:
    call = Call.of(echo, (FolderLog("a"), 1), wants_progress=False)
    assert call.function == f"{__name__}:echo"
    assert call.arguments == ({"pattern": "a"}, 1)
