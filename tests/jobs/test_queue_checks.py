"""A queued job is judged by the scheduler in its state, and only by whoever can ask it or could reach it."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from gru4rec_core.errors import RunError
from gru4rec_core.jobs import client, queue_checks
from gru4rec_core.jobs.client import Answer, job_key
from gru4rec_core.jobs.job_list import Job
from gru4rec_core.workspace.job_state import ClusterTicket, JobState
from gru4rec_core.workspace.store import Workspace

ADDRESS = "tcp://scheduler:8786"
HERE = ClusterTicket(scheduler_id="first")
ELSEWHERE = ClusterTicket(scheduler_id="first", host="another-machine")


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue_checks, "_remembered", {})


def queued(ticket: ClusterTicket | None, address: str = ADDRESS) -> Job:
    return Job("run", "a-run", "a run", JobState(state="queued", scheduler=address, cluster=ticket))


def answers(scheduler_id: str, n_workers: int, *, known: bool = True) -> Callable[..., Answer]:
    keys, none = frozenset([job_key(queued(HERE))]), frozenset[str]()
    return lambda *_: Answer(scheduler_id, n_workers, keys if known else none, none if known else keys)


def is_silent(*_: object) -> Answer:
    raise OSError("no answer")


@pytest.mark.parametrize(
    ("ticket", "ask", "expected"),
    [
        (HERE, answers("first", 1), None),
        (HERE, answers("first", 0), ("has no worker", False, True)),
        (ELSEWHERE, answers("first", 0), ("has no worker", False, True)),
        (ELSEWHERE, answers("first", 1, known=False), ("has dropped the job", True, True)),
        (HERE, answers("second", 1, known=False), ("was restarted", True, True)),
        # The same address in another network may be another scheduler.
        (ELSEWHERE, answers("second", 1, known=False), ("was restarted", True, False)),
        (HERE, is_silent, ("cannot be reached", False, True)),
        (ELSEWHERE, is_silent, ("cannot be reached", False, False)),
        (None, is_silent, ("cannot be reached", False, False)),  # written by an older version
    ],
)
def test_who_may_say_what(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, ticket, ask, expected: tuple[str, bool, bool] | None
) -> None:
    monkeypatch.setattr(client, "ask", ask)
    monkeypatch.setattr(queue_checks, "_is_reached", lambda _: False)
    job = queued(ticket)
    found = queue_checks.find_obstacles(workspace.root, [job]).get(job_key(job))
    if expected is None:
        assert found is None
    else:
        assert found is not None
        assert expected[0] in found.text
        assert (found.is_final, found.is_certain) == expected[1:]


def test_without_credentials_nobody_says_that_a_job_is_lost(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> Answer:
        raise RunError("no credentials")

    monkeypatch.setattr(client, "ask", refuse)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        job = queued(HERE, f"tls://127.0.0.1:{listener.getsockname()[1]}")
        (obstacle,) = queue_checks.find_obstacles(workspace.root, [job]).values()
    assert "does not answer this program" in obstacle.text
    assert not obstacle.is_certain


def test_a_scheduler_is_asked_once_in_a_while(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(client, "ask", lambda *_: asked.append(1) or answers("first", 1)())
    for _ in range(3):
        queue_checks.find_obstacles(workspace.root, [queued(HERE)])
    assert len(asked) == 1
    monkeypatch.setattr(queue_checks, "ASK_EVERY", -1.0)
    queue_checks.find_obstacles(workspace.root, [queued(HERE)])
    assert len(asked) == 2


@pytest.fixture
def without_workers() -> Iterator[tuple[str, str]]:
    """Address and id of a real scheduler without workers."""
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=0, processes=False, host="127.0.0.1", protocol="tcp", dashboard_address="127.0.0.1:0"
    ) as made:
        yield made.scheduler_address, made.scheduler.id


def test_a_real_scheduler_answers(workspace: Workspace, without_workers: tuple[str, str]) -> None:
    address, scheduler_id = without_workers
    job = queued(ClusterTicket(scheduler_id=scheduler_id), address)
    answer = client.ask(workspace.root, address, [job])
    assert answer == Answer(scheduler_id, 0, frozenset(), frozenset([job_key(job)]))

    async def ask_from_a_loop() -> Answer:
        return client.ask(workspace.root, address, [job])

    with ThreadPoolExecutor(1) as thread:  # this one's may have a loop itself, of a browser test before
        assert thread.submit(asyncio.run, ask_from_a_loop()).result() == answer
    (obstacle,) = queue_checks.find_obstacles(workspace.root, [job]).values()
    assert "has dropped the job" in obstacle.text
