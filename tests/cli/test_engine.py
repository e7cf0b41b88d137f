"""The engine is started, looked at and stopped from the command line."""

import pytest

from gru4rec_core.jobs import client, launcher
from gru4rec_core.workspace.store import Workspace


def test_the_engine_is_asked_without_starting_it(run, workspace: Workspace) -> None:
    assert run("engine", "status", "--json").json["alive"] is False
    assert "not running" in run("engine", "stop").out
    assert not (workspace.root / "engine").exists()


@pytest.fixture
def stopped_afterwards(run):
    yield
    run("engine", "stop")


@pytest.mark.usefixtures("stopped_afterwards")
def test_the_engine_is_started_once_and_stopped(run, workspace: Workspace) -> None:
    started = run("engine", "start", "--json")
    assert started.status == 0, started.err
    assert started.json["alive"]
    assert started.json["address"].startswith("tls://127.0.0.1:")
    assert run("engine", "start", "--json").json == started.json
    status = run("engine", "status", "--json").json
    assert status == {**started.json, "jobs": []}
    text = run("engine", "status").out
    assert f"process {status['pid']}" in text
    assert "0 jobs" in text
    assert run("engine", "stop", "--json").json == {"stopped": True}
    assert run("engine", "stop", "--json").json == {"stopped": False}


def test_a_cluster_that_does_not_answer_is_said_to_be_so(run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASK_SCHEDULER_ADDRESS", "tcp://127.0.0.1:9")
    monkeypatch.setattr(client, "_CONNECT_TIMEOUT", 0.5)
    assert "does not answer: tcp://127.0.0.1:9" in run("engine", "status").out
    monkeypatch.setattr(launcher, "start_engine", lambda _: pytest.fail("started"))
    started = run("engine", "start")
    assert (started.status, started.out) == (1, "")
    assert "tcp://127.0.0.1:9" in started.err
