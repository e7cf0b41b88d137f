"""A file is read in a process of its own, and whatever happens to that process, its caller goes on."""

import operator
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gru4rec_core.data.columns import ColumnMapping
from gru4rec_core.errors import DataError
from gru4rec_core.workspace import import_process
from gru4rec_core.workspace.import_process import CallLimits, prepare, preview_apart, run_apart
from gru4rec_core.workspace.importing import ImportSource, import_and_tell
from gru4rec_core.workspace.store import Workspace
from tests.data.sources.databases import sqlite_log

LIMITS = CallLimits(30, 1_000_000_000)


def count(on_progress: Callable[[int, int], None]) -> int:
    for n in range(3):
        on_progress(n + 1, 3)
        time.sleep(0.15)
    return os.getpid()


def refuse() -> None:
    raise DataError("Rule.", found="this")


def chatter() -> str:
    os.write(1, b"a library prints")
    return "heard"


def test_a_call_returns_its_result_and_tells_how_far_it_is() -> None:
    seen: list[tuple[int, int]] = []
    pid = run_apart(count, what="x", limits=LIMITS, on_tick=lambda done, total: seen.append((done, total)))
    assert pid != os.getpid()
    assert (3, 3) in seen


def test_the_process_is_kept_for_the_next_call() -> None:
    assert run_apart(os.getpid, what="x", limits=LIMITS) == run_apart(os.getpid, what="x", limits=LIMITS)
    prepare()
    assert run_apart(chatter, what="x", limits=LIMITS) == "heard"


@pytest.mark.parametrize(
    ("function", "arguments", "limits", "words"),
    [
        (os.abort, (), LIMITS, "signal SIGABRT"),
        (os._exit, (3,), LIMITS, "code 3"),
        (int, ("x",), LIMITS, "ValueError: invalid literal"),
        (operator.mul, (b"x", 3_000_000_000), CallLimits(30, 300_000_000), "0.3 GB of memory"),
        (signal.pause, (), CallLimits(0.3, 1_000_000_000), "0 seconds"),
    ],
    ids=["dies", "ends", "raises", "eats", "hangs"],
)
def test_whatever_happens_to_it_is_said_and_the_next_call_works(
    function: Callable[..., Any], arguments: tuple[Any, ...], limits: CallLimits, words: str
) -> None:
    with pytest.raises(DataError) as caught:
        run_apart(function, *arguments, what="bad.csv", limits=limits)
    assert words in str(caught.value)
    assert caught.value.where == "bad.csv"
    assert "Nothing was added" in caught.value.remedy
    assert run_apart(abs, -3, what="x", limits=LIMITS) == 3


def test_an_error_of_ours_comes_as_it_is_and_costs_no_process() -> None:
    before = run_apart(os.getpid, what="x", limits=LIMITS)
    with pytest.raises(DataError, match=r"Rule\. Found: this"):
        run_apart(refuse, what="x", limits=LIMITS)
    assert run_apart(os.getpid, what="x", limits=LIMITS) == before


def test_who_stops_waiting_ends_the_process() -> None:
    pid = run_apart(os.getpid, what="x", limits=LIMITS)

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_apart(count, what="x", limits=LIMITS, on_tick=stop)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_log_is_previewed_and_imported_apart(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("session,timestamp,item\n" + "".join(f"s{n // 2},{1_700_000_000 + n},A{n % 3}\n" for n in range(8)))
    assert preview_apart(str(path), "mine.csv", "utf-8").columns == ("session", "timestamp", "item")
    workspace = Workspace(tmp_path / "workspace")
    source = ImportSource(path, ColumnMapping("session", "timestamp", "item"), name="mine.csv")
    arguments = (str(workspace.root), source, "mine")
    record, sentence = run_apart(import_and_tell, *arguments, what="x", limits=LIMITS, on_tick=lambda *_: None)
    assert [record.id] == [known.id for known in workspace.datasets()]
    assert sentence == ""
    _, sentence = run_apart(import_and_tell, *arguments, what="x", limits=LIMITS, on_tick=lambda *_: None)
    assert "were here already" in sentence


def test_an_idle_process_is_ended_with_its_parent() -> None:
    pid = run_apart(os.getpid, what="x", limits=LIMITS)
    import_process.close_idle()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_an_upload_that_is_a_database_is_not_opened_as_one(tmp_path: Path) -> None:
    path = Path(sqlite_log(tmp_path).partition("///")[2])
    with pytest.raises(DataError, match="an SQLite database"):
        import_process.preview_apart(str(path), "upload.csv", "utf-8")
