"""Every command explains itself; wrong use and failure have their exit status and leave nothing behind."""

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from gru4rec_core.workspace.store import Workspace


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["train"], 2),
        (["nonsense"], 2),
        (["train", "LOG", "--loss", "hinge"], 2),
        (["train", "LOG", "--epochs", "many"], 2),
        (["train", "LOG", "--epochs", "0"], 2),
        (["train", "LOG", "--n-hidden", "4;5"], 2),
        (["train", "LOG", "--preset", "fast"], 2),
        (["compare", "LOG", "--losses", ","], 2),
        (["compare", "LOG", "--losses", "hinge"], 2),
        (["train", "LOG", "--test-days", "3"], 2),
        (["compare", "LOG", "--baselines", "foo"], 2),
        (["compare", "LOG", "--baselines", "popularity,popularity"], 2),
        (["compare", "LOG", "--losses", "bpr,bpr"], 2),
        (["compare", "LOG", "--processes", "0"], 2),
        (["compare", "LOG", "--protocol", "time", "--test-from", "2024-99-99"], 1),
        (["train", "LOG", "--protocol", "time", "--test-from", "2024-99-99"], 1),
        (["sample", "music", "out.csv"], 2),
        (["train", "no-such-file.csv"], 1),
        (["recommend", "no-such-run", "--items", "a"], 1),
        (["evaluate", "../../etc"], 1),
    ],
)
def test_wrong_use_and_failure_have_their_status_and_leave_nothing(
    run, log: Path, workspace: Workspace, arguments: list[str], status: int
) -> None:
    before = (workspace.runs(), workspace.comparisons())
    result = run(*[log if argument == "LOG" else argument for argument in arguments])
    assert (result.status, result.out) == (status, "")
    assert result.err.strip()
    assert "Traceback" not in result.err
    assert (workspace.runs(), workspace.comparisons()) == before


def test_a_baseline_that_is_none_is_told_those_there_are(run, log: Path) -> None:
    assert "markov" in run("compare", log, "--baselines", "foo").err


def test_what_nobody_foresaw_is_said_in_a_line_and_kept_in_a_file(
    run, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Workspace, "datasets", lambda self: 1 / 0)
    result = run("datasets", "--json")
    assert (result.status, result.out) == (1, "")
    assert "unexpected: ZeroDivisionError: division by zero" in result.err
    assert "Traceback" not in result.err
    (written,) = (workspace.root / "errors").iterdir()
    assert str(written) in result.err
    assert "Traceback" in written.read_text()


def test_a_full_disk_is_no_bug(run, workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def fill(self: Workspace) -> list[object]:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Workspace, "datasets", fill)
    result = run("datasets")
    assert result.status == 1
    assert result.err.startswith("gru4rec: The disk is full. Found: ")


@pytest.mark.parametrize(
    "command",
    [
        "sample",
        "import",
        "train",
        "compare",
        "evaluate",
        "gate",
        "decisions",
        "recheck",
        "recommend",
        "resume",
        "retry",
        "runs",
        "datasets",
    ],
)
def test_every_command_explains_itself(run, command: str) -> None:
    result = run(command, "--help")
    assert result.status == 0
    assert "--json" in result.out


def test_the_command_line_starts_without_packages_that_few_commands_need() -> None:
    few_need = ("scipy", "openpyxl", "tensorflow", "distributed", "sqlalchemy")
    code = f"import sys, gru4rec_core.cli.app; print([name for name in {few_need} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    assert found == "[]"
