"""What a cluster lacks is said before anything is submitted to it, with the worker and the remedy."""

import asyncio
import queue
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from gru4rec_core.errors import RunError
from gru4rec_core.jobs import cluster_check, jobs
from gru4rec_core.jobs.client import CLUSTER
from gru4rec_core.jobs.cluster_check import NOT_ENCRYPTED, check_cluster
from gru4rec_core.jobs.engine import engine_folder
from gru4rec_core.workspace.store import Workspace

GOOD: dict[str, Any] = {
    "version": cluster_check.__version__,
    "packages": {name: cluster_check.version(name) for name in cluster_check._SAME_BITS},
    "sees": True,
    "may_write": True,
}


@contextmanager
def start_cluster(n_workers: int, threads: int = 1) -> Iterator[str]:
    from distributed import LocalCluster

    with (
        running_loop() as loop,
        LocalCluster(
            n_workers=n_workers,
            threads_per_worker=threads,
            processes=False,
            host="127.0.0.1",
            protocol="tcp",
            dashboard_address="127.0.0.1:0",
            loop=loop,
        ) as made,
    ):
        yield made.scheduler_address


@contextmanager
def running_loop() -> Iterator[Any]:
    """An event loop in a thread of its own: the cluster waits only 10 s for one that it starts itself."""
    from tornado.ioloop import IOLoop

    begun: queue.SimpleQueue[tuple[IOLoop, asyncio.Event]] = queue.SimpleQueue()

    async def serve() -> None:
        stop = asyncio.Event()
        begun.put((IOLoop.current(), stop))
        await stop.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    loop, stop = begun.get(timeout=120)
    try:
        yield loop
    finally:
        loop.add_callback(stop.set)
        thread.join(30)


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    with start_cluster(1) as address:
        yield address


def test_a_cluster_that_has_all_is_taken(workspace: Workspace, cluster: str) -> None:
    check = check_cluster(workspace.root, cluster)
    assert check.ticket.scheduler_id.startswith("Scheduler-")
    assert check.warnings == (NOT_ENCRYPTED,)
    assert list(engine_folder(workspace.root).iterdir()) == []  # the token is gone


def test_a_worker_without_the_package_is_named(
    workspace: Workspace, cluster: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "gru4rec_core.version", None)
    with pytest.raises(RunError, match="able to import gru4rec_core") as caught:
        check_cluster(workspace.root, cluster)
    assert caught.value.where.startswith("worker tcp://127.0.0.1:")
    assert "PYTHONPATH" in caught.value.remedy


def test_a_worker_that_does_not_see_the_workspace_is_named(
    workspace: Workspace, cluster: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def elsewhere(root: Path) -> Iterator[Path]:
        yield root / "engine" / "not-there"

    monkeypatch.setattr(cluster_check, "_token", elsewhere)
    with pytest.raises(RunError, match="under the same path") as caught:
        check_cluster(workspace.root, cluster)
    assert str(workspace.root) in caught.value.found


@pytest.mark.parametrize(
    ("answer", "rule"),
    [
        ({"version": "0.0.9"}, "same version of the workbench as this machine"),
        ({"may_write": False}, "able to write into the workspace"),
        ({"sees": False}, "see the workspace under the same path"),
        (ModuleNotFoundError("no module named cloudpickle"), "carry out a small test"),
    ],
)
def test_each_lack_has_its_own_words(workspace: Workspace, answer: Any, rule: str) -> None:
    with pytest.raises(RunError, match=rule) as caught:
        cluster_check._require(workspace.root, "tcp://w:1", GOOD | answer if isinstance(answer, dict) else answer)
    assert (caught.value.where, bool(caught.value.remedy)) == ("worker tcp://w:1", True)


def test_another_numpy_is_a_warning() -> None:
    other = GOOD | {"packages": GOOD["packages"] | {"numpy": "1.0"}}
    (warning,) = cluster_check._describe_differences({"tcp://w:1": GOOD, "tcp://w:2": other})
    assert "numpy 1.0" in warning
    assert "last bits" in warning
    assert list(cluster_check._describe_differences({"tcp://w:1": GOOD})) == []


def test_a_cluster_without_a_worker_takes_no_job(workspace: Workspace, run, monkeypatch: pytest.MonkeyPatch) -> None:
    with start_cluster(0) as address:
        monkeypatch.setenv(CLUSTER, address)
        with pytest.raises(RunError, match="needs a worker"):
            jobs.submit(workspace, "run", run.id)
    assert workspace.state(run.id).state == "new"


def test_a_worker_with_two_threads_is_refused(workspace: Workspace) -> None:
    with start_cluster(1, threads=2) as address, pytest.raises(RunError, match="one job at a time") as caught:
        check_cluster(workspace.root, address)
    assert "--nthreads 1" in caught.value.remedy


def test_another_python_is_refused(workspace: Workspace, cluster: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_check.platform, "python_version_tuple", lambda: ("3", "9", "1"))
    with pytest.raises(RunError, match=r"the same Python as this machine \(3\.9\)"):
        check_cluster(workspace.root, cluster)


def test_a_worker_that_hangs_holds_nobody_up(
    workspace: Workspace, cluster: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from distributed import Client

    async def hang(self: Client) -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr(Client, "_get_versions", hang)
    monkeypatch.setattr(cluster_check, "_ANSWER_TIMEOUT", 0.2)
    with pytest.raises(RunError, match=r"must answer within 0\.2 seconds"):
        check_cluster(workspace.root, cluster)
