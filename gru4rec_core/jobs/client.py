"""How are jobs sent to the Dask scheduler, looked up and withdrawn, and how are workers ended?"""

import asyncio
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from gru4rec_core.errors import RunError
from gru4rec_core.jobs.engine import find_engine, load_credentials
from gru4rec_core.jobs.job_list import Job, read_job_state
from gru4rec_core.workspace.store import Workspace

if TYPE_CHECKING:
    from distributed import Client
    from distributed.security import Security

CLUSTER = "DASK_SCHEDULER_ADDRESS"
"""Environment variable that names a Dask scheduler to use instead of the local engine."""

_CONNECT_TIMEOUT = 15.0  # seconds
_ASK_TIMEOUT = 1.5  # seconds; pages wait for it


@dataclass(frozen=True)
class Answer:
    """What a scheduler says about itself and about the jobs it was asked for.

    Attributes:
        scheduler_id: changes when the scheduler is restarted.
        n_workers: worker processes that it has.
        known, unknown: jobs by `job_key`: those that wait there or are being carried out, and the others.
    """

    scheduler_id: str
    n_workers: int
    known: frozenset[str]
    unknown: frozenset[str]


def cluster_address() -> str | None:
    """The address of the cluster to use instead of the local engine, if one is named."""
    return os.environ.get(CLUSTER) or None


def is_encrypted(address: str) -> bool:
    """Whether the connection to a scheduler at this address is encrypted, and both sides show a certificate."""
    return address.startswith(("tls://", "wss://"))


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


def ask(root: Path, address: str, jobs: Iterable[Job]) -> Answer:
    """Asks the scheduler at `address` how many workers it has and whether it still has these queued jobs.

    Much cheaper than a client, which stays connected.

    Raises:
        OSError, TimeoutError: it does not answer within 1.5 seconds, or refuses.
        RunError: the engine's credentials cannot be read.
    """
    keys = [job_key(job) for job in jobs]

    def ask_in_time() -> Answer:
        return asyncio.run(asyncio.wait_for(_ask(root, address, keys), _ASK_TIMEOUT))

    try:
        # In a thread of its own: the caller's may have an event loop, in which no second one can run.
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(ask_in_time).result()
    except (TypeError, ValueError) as error:  # as in `connect`
        raise OSError(str(error)) from error


async def _ask(root: Path, address: str, keys: list[str]) -> Answer:
    from distributed.core import rpc

    arguments = _security(root, address).get_connection_args("client")
    async with rpc(address, timeout=_ASK_TIMEOUT, connection_args=arguments) as scheduler:
        identity = await scheduler.identity(n_workers=0)
        states = await scheduler.get_task_status(keys=keys)
    unknown = frozenset(key for key, state in states.items() if state in (None, "erred", "forgotten"))
    return Answer(identity["id"], identity["n_workers"], frozenset(keys) - unknown, unknown)


def send(workspace: Workspace, job: Job) -> None:
    """Hands a queued job to its scheduler (see `connect` for what it raises)."""
    from distributed import fire_and_forget

    with connect(workspace.root, job.state.scheduler) as client:
        future = client.submit(_task(), str(workspace.root), job.kind, job.id, key=job_key(job), pure=False, retries=0)
        # The scheduler keeps the task although this client goes.
        fire_and_forget(future)


def _task() -> Callable[[str, str, str], None]:
    """What a worker is to do, as a function that is sent by its content: only the worker needs this package.

    Sent by its name, it would be imported by the scheduler as well.
    """

    def execute(root: str, kind: str, job_id: str) -> None:
        from importlib import import_module

        import_module("gru4rec_core.jobs.worker").execute_job(root, kind, job_id)

    return execute


def forget(workspace: Workspace, job: Job) -> None:
    """Takes a job off its scheduler; if that cannot be reached, the worker sees the cancellation when it begins."""
    from distributed import Future

    with suppress(OSError, TimeoutError, RunError), connect(workspace.root, job.state.scheduler) as client:
        client.cancel([Future(job_key(job), client=client)], force=True)


def end_worker(workspace: Workspace, job: Job) -> None:
    """Takes a job off its scheduler and ends the worker process that has it; a new one takes its place.

    Nothing is ended when the job ended by itself meanwhile: its worker may have begun another.

    Raises:
        OSError, TimeoutError: its scheduler does not answer.
        RunError: a cluster's worker has no nanny.
    """
    forget(workspace, job)
    state = read_job_state(workspace, job.kind, job.id)
    if not state.is_active or state.attempt != job.state.attempt:
        return
    worker = state.worker
    if not state.on_cluster and worker is not None and worker.is_local() and worker.is_alive():
        with suppress(psutil.NoSuchProcess):  # it may end by itself just now
            psutil.Process(worker.pid).kill()  # its nanny starts a new one
        return
    with connect(workspace.root, job.state.scheduler) as client:
        busy = [address for address, keys in client.processing().items() if job_key(job) in keys]
        try:
            client.restart_workers(busy, raise_for_error=False)
        except ValueError as error:
            raise RunError(
                "The worker of a job that does not stop is ended only where a nanny starts a new one.",
                found=str(error),
                where=job.state.scheduler,
                remedy="End the worker on its own machine; start workers without --no-nanny.",
            ) from error


def job_key(job: Job) -> str:
    """Dask's name for a job. Each attempt has its own, or Dask would return the result of the one before."""
    return f"{job.kind}-{job.id}-{job.state.attempt}"
