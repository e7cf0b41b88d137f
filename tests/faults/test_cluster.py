"""docs/cluster.md, carried out word for word; then its workers, its scheduler and its folder break."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.request import urlopen

import dask
import psutil
import pytest

from gru4rec_core.jobs import client, jobs, lost_jobs, queue_checks
from gru4rec_core.jobs.client import CLUSTER
from gru4rec_core.jobs.engine import wait_ended
from gru4rec_core.jobs.job_list import list_jobs
from gru4rec_core.workspace.records import RunRecord
from gru4rec_core.workspace.store import PROJECT_ROOT, Workspace
from tests.faults.runs import WAIT, add_log, assert_same, is_mid_epoch, new_run, retry, until, wait_for

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(not (shutil.which("bash") and shutil.which("openssl")), reason="needs bash and openssl"),
]

GUIDE = PROJECT_ROOT / "docs" / "cluster.md"
VARIABLES, CERTIFICATES, SETTINGS, SCHEDULER, WORKER, DASHBOARD = range(6)
"""The blocks of the guide, in its order."""


class Cluster:
    """The programs of the guide, in a shared folder of their own."""

    def __init__(self, shared: Path) -> None:
        self.blocks = re.findall(r"```sh\n(.*?)```", GUIDE.read_text(encoding="utf-8"), flags=re.S)
        self.port, self.page_port = free_port(), free_port()
        self.shared = shared
        self.is_mounted = False  # else a folder like any other, which can be renamed
        self.workspace = Workspace(shared / "workspace")
        self.programs: list[subprocess.Popen[str]] = []
        self.environment = {
            **{name: value for name, value in os.environ.items() if name not in (CLUSTER, "PYTHONPATH")},
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
            "SHARED": str(shared),
            "WORKBENCH": str(PROJECT_ROOT),
            "SCHEDULER_HOST": "127.0.0.1",
            "SCHEDULER_PORT": str(self.port),
            "STREAMLIT_SERVER_PORT": str(self.page_port),
            "STREAMLIT_SERVER_HEADLESS": "true",
        }

    def run(self, *blocks: int) -> None:
        subprocess.run(self._command(*blocks), env=self.environment, cwd=self.shared, check=True, capture_output=True)

    def start(self, *blocks: int) -> subprocess.Popen[str]:
        log = (self.shared.parent / f"program-{len(self.programs)}.log").open("w")
        program = subprocess.Popen(
            self._command(*blocks),
            env=self.environment,
            cwd=self.shared.parent,  # not where the workbench could be imported by chance
            stdout=log,
            stderr=log,
            text=True,
            start_new_session=True,
        )
        self.programs.append(program)
        return program

    def _command(self, *blocks: int) -> list[str]:
        return ["bash", "-e", "-c", "\n".join(self.blocks[number] for number in (VARIABLES, *blocks))]

    def count_workers(self) -> int:
        with suppress(OSError, TimeoutError):
            return client.ask(self.workspace.root, self.address, []).n_workers
        return -1

    @property
    def address(self) -> str:
        return f"tls://127.0.0.1:{self.port}"

    def end(self) -> None:
        for program in self.programs:
            with suppress(ProcessLookupError):
                os.killpg(program.pid, signal.SIGKILL)
            program.wait()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def family(program: subprocess.Popen[str]) -> list[psutil.Process]:
    """The processes of a program: bash became it, or is its parent."""
    process = psutil.Process(program.pid)
    return [process, *process.children(recursive=True)]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A scheduler and one worker; dashboards and commands of this process use them."""
    folder = tmp_path_factory.mktemp("cluster")
    (folder / "real").mkdir()
    (folder / "shared").mkdir()
    made = Cluster(folder / "shared")
    made.is_mounted = not subprocess.call(["mount", "--bind", "real", "shared"], cwd=folder, stderr=subprocess.DEVNULL)
    made.run(CERTIFICATES)
    made.run(SETTINGS)
    with pytest.MonkeyPatch.context() as patch:
        settings = f". {made.shared}/cluster/settings.sh; env"
        printed = subprocess.run(
            ["bash", "-c", settings], env=made.environment, check=True, capture_output=True, text=True
        ).stdout
        for name, _, value in (line.partition("=") for line in printed.splitlines() if line.startswith("DASK_")):
            patch.setenv(name, value)
        patch.setenv(CLUSTER, made.address)
        # Silence on a cluster counts for a minute; here for some seconds.
        patch.setattr(lost_jobs, "LOST_AFTER", 5.0)
        patch.setattr(queue_checks, "ASK_EVERY", 0.5)
        dask.config.refresh()
        made.start(SCHEDULER)
        made.start(WORKER)
        add_log(made.workspace)
        try:
            yield made
        finally:
            made.end()
            if made.is_mounted:
                subprocess.run(["umount", "-l", str(made.shared)], check=False)
    dask.config.refresh()


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory, cluster: Cluster) -> tuple[Workspace, RunRecord]:
    """The same run, trained without a cluster."""
    workspace = Workspace(tmp_path_factory.mktemp("local") / "workspace")
    add_log(workspace)
    run = new_run(workspace)
    code = (
        "import sys\nfrom gru4rec_core.experiments.run import execute_run\n"
        "from gru4rec_core.workspace.store import Workspace\nexecute_run(Workspace(sys.argv[1]), sys.argv[2])"
    )
    subprocess.run([sys.executable, "-c", code, str(workspace.root), run.id], cwd=PROJECT_ROOT, check=True)
    return workspace, run


def submit(cluster: Cluster) -> RunRecord:
    run = new_run(cluster.workspace)
    jobs.submit(cluster.workspace, "run", run.id)
    return run


def is_like(cluster: Cluster, run: RunRecord, reference: tuple[Workspace, RunRecord]) -> None:
    assert_same(cluster.workspace, run, reference[1], elsewhere=reference[0])


def test_the_guide_gives_the_same_bytes_as_one_machine(
    cluster: Cluster, reference: tuple[Workspace, RunRecord]
) -> None:
    wait_for(lambda: cluster.count_workers() == 1 or None)
    page = cluster.start(DASHBOARD)
    run = submit(cluster)
    assert until(cluster.workspace, run, lambda state: not state.is_active).state == "done"
    is_like(cluster, run, reference)
    assert cluster.workspace.state(run.id).cluster is not None
    assert "not encrypted" not in cluster.workspace.log(run.id)

    def answers() -> bool | None:
        with suppress(OSError), urlopen(f"http://127.0.0.1:{cluster.page_port}/_stcore/health") as answer:
            return bool(answer.read() == b"ok")
        return None

    assert wait_for(answers)
    os.killpg(page.pid, signal.SIGKILL)
    log = (cluster.shared.parent / f"program-{cluster.programs.index(page)}.log").read_text()
    assert f"running: {cluster.address}, 1 worker, " in log


def test_whoever_has_no_certificate_judges_nothing(cluster: Cluster, reference: tuple[Workspace, RunRecord]) -> None:
    blocker, waiting = submit(cluster), submit(cluster)
    code = (
        "import sys, time\nfrom gru4rec_core.jobs import lost_jobs\n"
        "from gru4rec_core.workspace.store import Workspace\nlost_jobs.UNSERVED_AFTER = 0.0\n"
        "for _ in range(5):\n    assert lost_jobs.reconcile_jobs(Workspace(sys.argv[1]), stop_hard=True) == []\n"
        "    time.sleep(0.2)"
    )
    bare = {name: value for name, value in os.environ.items() if not name.startswith("DASK_")}
    subprocess.run([sys.executable, "-c", code, str(cluster.workspace.root)], cwd=PROJECT_ROOT, env=bare, check=True)
    for run in (blocker, waiting):
        jobs.cancel(cluster.workspace, "run", run.id)
        assert until(cluster.workspace, run, lambda state: not state.is_active).state == "cancelled"


def test_a_worker_is_killed_and_its_run_goes_on_with_another(
    cluster: Cluster, reference: tuple[Workspace, RunRecord]
) -> None:
    run = submit(cluster)
    state = until(cluster.workspace, run, is_mid_epoch)
    assert state.worker is not None
    nanny = psutil.Process(state.worker.pid).parent()
    assert nanny is not None
    processes = [nanny, *nanny.children(recursive=True)]
    cluster.start(WORKER)  # a worker is added while the other works
    wait_for(lambda: cluster.count_workers() == 2 or None)
    psutil.Process(state.worker.pid).kill()
    assert until(cluster.workspace, run, lambda state: not state.is_active).state == "lost"
    nanny.kill()  # with it goes the worker that it has started in place of the other
    assert wait_ended([*processes, *nanny.children(recursive=True)] if nanny.is_running() else processes, WAIT) == []
    retry(cluster.workspace, run)
    is_like(cluster, run, reference)


def test_a_shared_folder_that_is_away_costs_nothing_finished(
    cluster: Cluster, reference: tuple[Workspace, RunRecord]
) -> None:
    run = submit(cluster)
    until(cluster.workspace, run, is_mid_epoch)
    real, shared = cluster.shared.parent / "real", cluster.shared
    if cluster.is_mounted:
        subprocess.run(["umount", "-l", str(shared)], check=True)
    else:
        shared.rename(shared.with_name("away"))
    time.sleep(10)
    assert list(shared.parent.glob("shared/workspace")) == []  # nobody made a new one in its place
    if cluster.is_mounted:
        subprocess.run(["mount", "--bind", str(real), str(shared)], check=True)
    else:
        shared.with_name("away").rename(shared)
    ended = until(cluster.workspace, run, lambda state: not state.is_active)
    assert ended.state in ("done", "failed", "lost")
    if ended.state != "done":
        assert ended.reason
        retry(cluster.workspace, run)
    is_like(cluster, run, reference)


def test_a_scheduler_is_killed_and_started_again(cluster: Cluster, reference: tuple[Workspace, RunRecord]) -> None:
    run, waiting = submit(cluster), submit(cluster)
    until(cluster.workspace, run, is_mid_epoch)
    scheduler = cluster.programs[0]
    os.killpg(scheduler.pid, signal.SIGKILL)
    until(cluster.workspace, waiting, lambda _: "cannot be reached" in "".join(notices(cluster, waiting)))
    cluster.start(SCHEDULER)
    wait_for(lambda: cluster.count_workers() >= 0 or None)
    cluster.start(WORKER)
    wait_for(lambda: cluster.count_workers() > 0 or None)
    for job in (run, waiting):
        if until(cluster.workspace, job, lambda state: not state.is_active).state != "done":
            assert cluster.workspace.state(job.id).state == "lost"
            retry(cluster.workspace, job)
        is_like(cluster, job, reference)


def notices(cluster: Cluster, run: RunRecord) -> list[str]:
    listed = [job for job in list_jobs(cluster.workspace, active_only=True) if job.id == run.id]
    return lost_jobs.list_notices(cluster.workspace, listed)


def test_nothing_of_the_cluster_is_left(cluster: Cluster) -> None:
    processes = [process for program in cluster.programs if program.poll() is None for process in family(program)]
    cluster.end()
    assert wait_ended(processes, 20) == []
