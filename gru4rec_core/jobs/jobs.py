"""How is work handed to the engine, watched, cancelled and tried again?

The workspace is the truth: state, progress and results are files that anyone can read. Dask only carries
the work out, so a lost scheduler loses no results. Jobs are submitted by name; nothing here loads what
they import.
"""

import importlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import psutil

from gru4rec_core.baselines.registry import DEFAULT_BASELINES
from gru4rec_core.config import SplitConfig
from gru4rec_core.errors import RunError
from gru4rec_core.jobs import engine
from gru4rec_core.storage import exclusive_lock, safe_child
from gru4rec_core.workspace.job_state import (
    JobState,
    cancel_requested,
    clear_cancel,
    read_state,
    request_cancel,
    write_state,
)
from gru4rec_core.workspace.split_store import keep_config
from gru4rec_core.workspace.store import PROJECT_ROOT, Workspace

if TYPE_CHECKING:
    from distributed import Client

Kind = Literal["run", "baselines"]

CLUSTER = "DASK_SCHEDULER_ADDRESS"
"""Environment variable that names a Dask scheduler to use instead of the local engine."""

HARD_AFTER = 10.0
"""Seconds a job may take to heed its cancellation before its worker is ended."""

LOST_AFTER = 60.0
"""Seconds without a heartbeat after which a job counts as lost."""

_SILENT_AFTER = 5.0  # the same where its engine is gone too


@dataclass(frozen=True)
class Job:
    """A job and where it stands."""

    kind: Kind
    id: str
    title: str
    state: JobState


@dataclass(frozen=True)
class EngineStatus:
    """`kind` "local" or "cluster"; `alive`: something listens at `address`."""

    alive: bool
    kind: Literal["local", "cluster"]
    address: str
    pid: int | None
    n_workers: int
    started: float | None


def baselines_id(dataset_id: str, split: SplitConfig) -> str:
    """The id of the job that computes a split's baselines."""
    return f"{dataset_id}/{split.key()}"


def job_folder(workspace: Workspace, kind: Kind, job_id: str) -> Path:
    """Where a job keeps its state. Raises RunError for an id that is none."""
    if kind == "run":
        return workspace.run_folder(job_id)
    dataset_id, _, key = job_id.partition("/")
    return safe_child(workspace.dataset_folder(dataset_id) / "splits", key) / "baselines"


def status(workspace: Workspace, kind: Kind, job_id: str) -> JobState:
    """Where a job stands, from its folder alone."""
    return read_state(job_folder(workspace, kind, job_id))


def submit(workspace: Workspace, kind: Kind, job_id: str, *, threads: int = 1) -> JobState:
    """Queues a job; starts the engine if there is none (a few seconds, once). An active job stays as it is,
    and so does what is all there.

    Args:
        kind: "run" (id of a run) or "baselines" (see `baselines_id`).
        threads: threads TensorFlow may use; 1 lets runs work side by side.

    Raises:
        RunError: no such job, or no engine and none could be started.
    """
    folder = job_folder(workspace, kind, job_id)
    _require(folder, kind, job_id)
    folder.mkdir(parents=True, exist_ok=True)
    with exclusive_lock(folder / "submit.lock"):
        before = read_state(folder)
        if before.is_active or (before.state == "done" and (kind == "run" or _has_all_baselines(folder))):
            return before
        address = _scheduler(workspace)
        attempt = before.attempt if before.state == "new" else before.attempt + 1
        clear_cancel(folder)
        state = JobState(
            state="queued", submitted=time.time(), attempt=attempt, scheduler=address, epochs=before.epochs
        )
        write_state(folder, state)
        try:
            _send(address, workspace, kind, job_id, threads, attempt)
        except (OSError, TimeoutError) as error:
            write_state(folder, before)
            raise _unreachable(address, error) from error
        return state


def submit_comparison(workspace: Workspace, comparison_id: str) -> None:
    """Queues what a comparison still needs: its runs that are neither done nor active, then the baselines."""
    comparison = workspace.comparison(comparison_id)
    for run_id in comparison.run_ids:
        if workspace.state(run_id).state == "new":
            submit(workspace, "run", run_id)
    if workspace.missing_baselines(comparison.dataset_id, comparison.split, comparison.baselines):
        keep_config(workspace.split_folder(comparison.dataset_id, comparison.split), comparison.split)
        submit(workspace, "baselines", baselines_id(comparison.dataset_id, comparison.split))


def retry(workspace: Workspace, kind: Kind, job_id: str, *, threads: int = 1) -> JobState:
    """Tries a job again that failed, was cancelled or lost; a run goes on from its last checkpoint.

    Raises:
        RunError: it is active or done.
    """
    state = status(workspace, kind, job_id).state
    if state not in ("failed", "cancelled", "lost"):
        raise RunError(
            "A job is tried again after it failed, was cancelled or got lost.",
            found=f"it is {state}",
            where=f"{kind} {job_id}",
        )
    return submit(workspace, kind, job_id, threads=threads)


def cancel(workspace: Workspace, kind: Kind, job_id: str) -> JobState:
    """Asks a job to stop. A queued one ends at once, a running one within a second or so, else its worker is
    ended (`HARD_AFTER`). Nothing happens to a job that is not active."""
    folder = job_folder(workspace, kind, job_id)
    state = read_state(folder)
    if not state.is_active:
        return state
    request_cancel(folder)
    if state.state == "queued":
        _forget(state, kind, job_id)
        state = read_state(folder)
        if state.state == "queued":
            state = _end_as(folder, state, "cancelled", "Cancelled before it began.")
    return state


def jobs(workspace: Workspace, *, active_only: bool = False) -> list[Job]:
    """Runs and baseline jobs with their states, last submitted first."""
    found = [Job("run", run.id, run.name, workspace.state(run.id)) for run in workspace.runs()]
    for dataset in workspace.datasets():
        for folder in sorted((workspace.dataset_folder(dataset.id) / "splits").glob("*/baselines")):
            job_id = f"{dataset.id}/{folder.parent.name}"
            found.append(Job("baselines", job_id, f"baselines on {dataset.name}", read_state(folder)))
    kept = [job for job in found if job.state.is_active or (not active_only and job.state.state != "new")]
    return sorted(kept, key=lambda job: job.state.submitted or job.state.started or 0.0, reverse=True)


def reconcile(workspace: Workspace, *, stop_hard: bool = False) -> list[Job]:
    """Marks as lost what nothing works on any more; returns what was changed.

    Args:
        stop_hard: also end the workers of jobs that do not heed their cancellation (the engine does this).
    """
    changed = []
    for job in jobs(workspace, active_only=True):
        folder = job_folder(workspace, job.kind, job.id)
        reason = _lost(workspace, job.state)
        if reason:
            with exclusive_lock(folder / "submit.lock"):
                if read_state(folder) == job.state:
                    state = _end_as(folder, job.state, *_lost_as(folder, reason))
                    changed.append(Job(job.kind, job.id, job.title, state))
        elif stop_hard and time.time() - (cancel_requested(folder) or time.time()) > HARD_AFTER:
            _stop_hard(job)
            state = _end_as(folder, read_state(folder), "cancelled", "Cancelled; it did not stop by itself.")
            changed.append(Job(job.kind, job.id, job.title, state))
    return changed


def engine_status(workspace: Workspace) -> EngineStatus:
    """Whether there is an engine, and where. Starts none."""
    cluster = os.environ.get(CLUSTER)
    if cluster:
        try:
            with _client(cluster) as client:
                n_workers = len(client.scheduler_info(n_workers=-1)["workers"])
        except (OSError, TimeoutError):
            return EngineStatus(False, "cluster", cluster, None, 0, None)
        return EngineStatus(True, "cluster", cluster, None, n_workers, None)
    found = engine.find_engine(workspace.root)
    if found is None:
        return EngineStatus(False, "local", "", None, 0, None)
    return EngineStatus(True, "local", found.address, found.process.pid, found.n_workers, found.started)


def stop_engine(workspace: Workspace) -> bool:
    """Ends the local engine and its workers; jobs at work are lost, to be tried again. False: there was none."""
    stopped = engine.stop_engine(workspace.root)
    reconcile(workspace)  # there may be jobs of an engine that is gone, too
    return stopped


def run_job(root: str, kind: str, job_id: str, threads: int) -> None:
    """What a Dask worker calls; by name, so that submitting loads no TensorFlow."""
    importlib.import_module("gru4rec_core.jobs.worker").execute(root, kind, job_id, threads)


def _has_all_baselines(folder: Path) -> bool:
    return all((folder / f"{name}.json").exists() for name in DEFAULT_BASELINES)


def _scheduler(workspace: Workspace) -> str:
    return os.environ.get(CLUSTER) or engine.start_engine(workspace.root, PROJECT_ROOT).address


@contextmanager
def _client(address: str) -> Iterator["Client"]:
    from distributed import Client

    with Client(address, timeout=15, set_as_default=False) as client:
        yield client


def _send(address: str, workspace: Workspace, kind: Kind, job_id: str, threads: int, attempt: int) -> None:
    from distributed import fire_and_forget

    with _client(address) as client:
        key = _key(kind, job_id, attempt)
        future = client.submit(run_job, str(workspace.root), kind, job_id, threads, key=key, pure=False, retries=0)
        # The scheduler keeps the task although this client goes.
        fire_and_forget(future)


def _key(kind: str, job_id: str, attempt: int) -> str:
    return f"{kind}-{job_id}-{attempt}"


def _forget(state: JobState, kind: Kind, job_id: str) -> None:
    """Takes a task off the scheduler. If that cannot be reached, the worker sees the flag when it begins."""
    from distributed import Future

    try:
        with _client(state.scheduler) as client:
            client.cancel([Future(_key(kind, job_id, state.attempt), client=client)], force=True)
    except (OSError, TimeoutError):
        return


def _stop_hard(job: Job) -> None:
    _forget(job.state, job.kind, job.id)
    worker = job.state.worker
    if worker is not None and worker.is_local() and worker.is_alive():
        with suppress(psutil.NoSuchProcess):  # it may end by itself just now
            psutil.Process(worker.pid).kill()  # its nanny starts a new one
        return
    key = _key(job.kind, job.id, job.state.attempt)
    with _client(job.state.scheduler) as client:
        busy = [address for address, keys in client.processing().items() if key in keys]
        client.restart_workers(busy, raise_for_error=False)


def _lost(workspace: Workspace, state: JobState) -> str:
    """Why an active job is lost, or ""."""
    silent = time.time() - state.heartbeat
    worker = state.worker
    if state.state == "running" and worker is not None and worker.is_local():
        if not worker.is_alive():
            return "The process that worked on it has ended."
        return ""
    if state.state == "running" and silent > LOST_AFTER:
        return f"No sign of life for {silent:.0f} seconds."
    if state.state == "queued" and _engine_is_gone(workspace, state):
        return "The job engine ended before it began."
    if state.state == "running" and state.scheduler and silent > _SILENT_AFTER and _engine_is_gone(workspace, state):
        return "The job engine that it ran on is gone."
    return ""


def _engine_is_gone(workspace: Workspace, state: JobState) -> bool:
    if os.environ.get(CLUSTER):
        return False
    found = engine.find_engine(workspace.root)
    return found is None or found.address != state.scheduler


def _lost_as(folder: Path, reason: str) -> tuple[Literal["lost", "cancelled"], str]:
    if cancel_requested(folder) is not None:
        return "cancelled", "Cancelled."
    return "lost", reason + " Try it again: it goes on from its last checkpoint."


def _end_as(folder: Path, state: JobState, name: Literal["lost", "cancelled"], reason: str) -> JobState:
    ended = state.model_copy(update={"state": name, "reason": reason, "ended": time.time(), "seconds_left": None})
    write_state(folder, ended)
    return ended


def _require(folder: Path, kind: Kind, job_id: str) -> None:
    needed = folder / "run.json" if kind == "run" else folder.parents[2] / "dataset.json"
    if not needed.exists():
        raise RunError("A job belongs to a run or dataset that is there.", found=f"{kind} {job_id!r}")


def _unreachable(address: str, error: Exception) -> RunError:
    return RunError(
        "The job engine can be reached.",
        found=f"{type(error).__name__}: {error}",
        where=address,
        remedy="Run `python -m gru4rec_core engine stop` and start again; with a cluster, check its address.",
    )
