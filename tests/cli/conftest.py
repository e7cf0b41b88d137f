"""Runs commands in this process, each test module in a workspace of its own."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from gru4rec_core.cli import compare
from gru4rec_core.cli.app import main
from gru4rec_core.workspace.store import Workspace


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cli")


@pytest.fixture(autouse=True)
def workspace(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """One workspace per test module: a run that is there already is not trained again.

    What is trained is trained in this process, where TensorFlow is loaded once for all.
    """
    monkeypatch.setenv("GRU4REC_HOME", str(folder / "home"))
    monkeypatch.setattr(compare, "worker_count", lambda: 1)
    return Workspace.default()


@pytest.fixture(scope="module")
def log(folder: Path) -> Path:
    rows = [(s, 1_700_000_000 + 40_000 * s + t, f"item {(s + t) % 7}") for s in range(60) for t in range(3 + s % 4)]
    path = folder / "letters.csv"
    pd.DataFrame(rows, columns=["SessionId", "Time", "ItemId"]).to_csv(path, index=False)
    return path


@dataclass(frozen=True)
class Result:
    """What a command left behind."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., Result]:
    """Runs a command with these arguments."""

    def call(*arguments: object) -> Result:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Result(ended.value.code if isinstance(ended.value.code, int) else 0, captured.out, captured.err)

    return call
