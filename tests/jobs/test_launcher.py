"""An engine starts once, however many ask for it."""

import threading

import pytest

from gru4rec_core.errors import RunError
from gru4rec_core.jobs import jobs, launcher
from gru4rec_core.jobs.engine import EngineAddress, engine_folder
from gru4rec_core.jobs.launcher import start_engine
from gru4rec_core.workspace.store import Workspace


def test_there_is_one_engine_however_many_start_it(shared: Workspace) -> None:
    engines: list[EngineAddress] = []

    def start() -> None:
        engines.append(start_engine(shared.root))

    starters = [threading.Thread(target=start) for _ in range(4)]
    for starter in starters:
        starter.start()
    for starter in starters:
        starter.join()
    assert len({engine.process.pid for engine in engines}) == 1
    status = jobs.engine_status(shared)
    assert status.alive
    assert status.pid == engines[0].process.pid
    assert status.address.startswith("tls://127.0.0.1:")


def test_an_engine_that_does_not_come_up_is_an_error_that_names_its_log(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launcher.engine_process, "__name__", "gru4rec_core.nothing_here")
    with pytest.raises(RunError, match="ended at once") as caught:
        start_engine(workspace.root)
    log = engine_folder(workspace.root) / "log.txt"
    assert caught.value.where == str(log)
    assert "nothing_here" in log.read_text()


def test_a_living_engine_is_not_started_again(workspace: Workspace, moved, monkeypatch: pytest.MonkeyPatch) -> None:
    path, _ = moved
    monkeypatch.setattr(launcher.subprocess, "Popen", lambda *_, **__: pytest.fail("started"))
    assert start_engine(workspace.root) == EngineAddress.read(path)
