"""How are tasks sent to the Dask scheduler and withdrawn, and workers ended?"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from gru4rec_core.errors import RunError
from gru4rec_core.jobs.engine import find_engine, load_credentials
from gru4rec_core.jobs.job_list import Job, read_job_state
from gru4rec_core.jobs.worker import execute_job
from gru4rec_core.workspace.store import Workspace

if TYPE_CHECKING:
    from distributed import Client
    from distributed.security import Security

CLUSTER = "DASK_SCHEDULER_ADDRESS"
"""Environment variable that names a Dask scheduler to use instead of the local engine."""

_CONNECT_TIMEOUT = 15.0  # seconds


def cluster_address() -> str | None:
    """The address of the cluster to use instead of the local engine, if one is named."""
    return os.environ.get(CLUSTER) or None


@contextmanager
def connect(root: Path, address: str) -> Iterator["Client"]:
    """A client of the scheduler at `address`.

    Raises:
        OSError, TimeoutError: it does not answer, or refuses.
        RunError: the engine's credentials cannot be read.
    """
    from distributed import Client

    if not address:  # Dask would try for half a minute
        raise OSError("the job was never sent to a scheduler")
    try:
        client = Client(address, timeout=_CONNECT_TIMEOUT, set_as_default=False, security=_security(root, address))
    except (TypeError, ValueError) as error:
        # Dask's answers to an address it cannot use: TLS without credentials (its engine is gone), or no port.
        raise OSError(str(error)) from error
    with client:
        yield client


def _security(root: Path, address: str) -> "Security":
    """The local engine's own credentials; for a cluster, what Dask's configuration says (distributed.comm.tls)."""
    from distributed.security import Security

    engine = find_engine(root)
    return load_credentials(root) if engine and engine.address == address else Security()


def count_workers(root: Path, address: str) -> int:
    """Workers that the scheduler at `address` has (see `connect` for what it raises)."""
    with connect(root, address) as client:
        return len(client.scheduler_info(n_workers=-1)["workers"])


def send(workspace: Workspace, job: Job, threads: int) -> None:
    """Hands a queued job to its scheduler (see `connect` for what it raises)."""
    from distributed import fire_and_forget

    with connect(workspace.root, job.state.scheduler) as client:
        future = client.submit(
            execute_job, str(workspace.root), job.kind, job.id, threads, key=_key(job), pure=False, retries=0
        )
        # The scheduler keeps the task although this client goes.
        fire_and_forget(future)


def forget(workspace: Workspace, job: Job) -> None:
    """Takes a job off its scheduler. If that cannot be reached, the worker sees the cancellation when it begins."""
    from distributed import Future

    with suppress(OSError, TimeoutError, RunError), connect(workspace.root, job.state.scheduler) as client:
        client.cancel([Future(_key(job), client=client)], force=True)


def end_worker(workspace: Workspace, job: Job) -> None:
    """Takes a job off its scheduler and ends the worker process that has it; a new one takes its place.

    Nothing is ended when the job ended by itself meanwhile: its worker may have begun another.
    """
    forget(workspace, job)
    state = read_job_state(workspace, job.kind, job.id)
    if not state.is_active or state.attempt != job.state.attempt:
        return
    worker = state.worker
    if worker is not None and worker.is_local() and worker.is_alive():
        with suppress(psutil.NoSuchProcess):  # it may end by itself just now
            psutil.Process(worker.pid).kill()  # its nanny starts a new one
        return
    with connect(workspace.root, job.state.scheduler) as client:
        busy = [address for address, keys in client.processing().items() if _key(job) in keys]
        client.restart_workers(busy, raise_for_error=False)


def _key(job: Job) -> str:
    """Dask's name for a job. Each attempt has its own, or Dask would return the result of the one before."""
    return f"{job.kind}-{job.id}-{job.state.attempt}"
