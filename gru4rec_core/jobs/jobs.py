"""How are jobs queued, cancelled and retried?

The workspace is the truth: state, progress and results are files that anyone can read. Dask only carries the work out,
so a lost scheduler loses no results. Submitting loads no TensorFlow.
"""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from gru4rec_core.access.guard import check, require
from gru4rec_core.access.rights import Action
from gru4rec_core.errors import RunError
from gru4rec_core.experiments.space import require_room_for
from gru4rec_core.jobs import client, engine, launcher
from gru4rec_core.jobs.cluster_check import ClusterCheck, check_cluster
from gru4rec_core.jobs.job_list import Job, Kind, baselines_id, job_folder, read_job_state
from gru4rec_core.jobs.lost_jobs import reconcile_jobs, record_end
from gru4rec_core.storage import append_text, exclusive_lock, make_folder
from gru4rec_core.workspace.job_state import JobState, clear_cancel, read_state, request_cancel, write_state
from gru4rec_core.workspace.refused_baselines import is_settled
from gru4rec_core.workspace.split_store import store_test_rule
from gru4rec_core.workspace.store import Workspace


@dataclass(frozen=True)
class EngineStatus:
    """What carries out jobs: the local engine, or the cluster that the environment names.

    Attributes:
        alive: something listens at `address`.
        kind: "local" or "cluster".
        address: "" when there is no local engine.
        pid: process of the local engine.
        n_workers: worker processes.
        started: when the local engine started, in seconds since 1970.
        encrypted: what goes to and from it is encrypted.
    """

    alive: bool
    kind: Literal["local", "cluster"]
    address: str
    pid: int | None
    n_workers: int
    started: float | None
    encrypted: bool = True


@dataclass(frozen=True)
class Destination:
    """Where jobs are sent: the local engine, or a cluster that can carry them out (see `find_destination`)."""

    address: str
    check: ClusterCheck | None = None


def find_destination(workspace: Workspace) -> Destination:
    """The cluster that the environment names, once it is checked; else the local engine, started if there is none.

    Raises:
        RunError: the engine cannot be started; the cluster cannot be reached, or not carry out jobs.
    """
    address = client.cluster_address()
    if not address:
        return Destination(launcher.start_engine(workspace.root).address)
    try:
        return Destination(address, check_cluster(workspace.root, address))
    except (OSError, TimeoutError) as error:
        raise _unreachable(address, error) from error


def submit(
    workspace: Workspace,
    kind: Kind,
    job_id: str,
    *,
    threads: int | None = None,
    destination: Destination | None = None,
    action: Action = Action.TRAIN,
) -> JobState:
    """Queues a job; starts the engine if there is none (a few seconds, once).

    A job that is active stays as it is, and so does one whose results are all there.

    Args:
        workspace: where the job is.
        kind: "run" or "baselines".
        job_id: id of a run, or see `baselines_id`.
        threads: threads TensorFlow may use; by default as many as before, else 1, so that runs work side by side.
        destination: where to, for whoever submits several jobs; found out by default.
        action: what the current actor must be allowed to do.

    Raises:
        RunError: there is no such job, or the engine cannot be started or reached.
    """
    folder = job_folder(workspace, kind, job_id)
    _require(folder, kind, job_id)
    check(workspace.root, action, kind, job_id)
    make_folder(folder)
    with exclusive_lock(folder / "submit.lock"):
        before = read_state(folder)
        if before.is_active or (before.state == "done" and (kind == "run" or _has_all_baselines(workspace, job_id))):
            return before
        require(workspace.root, action, kind, job_id)
        to = destination or find_destination(workspace)
        clear_cancel(folder)
        state = JobState(
            state="queued",
            submitted=time.time(),
            attempt=before.attempt if before.state == "new" else before.attempt + 1,
            scheduler=to.address,
            cluster=to.check.ticket if to.check else None,
            epochs=before.epochs,
            threads=threads or before.threads or 1,
        )
        write_state(folder, state)
        for warning in to.check.warnings if to.check else ():
            append_text(folder / "log.txt", f"{warning}\n")
        try:
            client.send(workspace, Job(kind, job_id, job_id, state))
        except (OSError, TimeoutError) as error:
            write_state(folder, before)
            raise _unreachable(to.address, error) from error
        except RunError:
            write_state(folder, before)
            raise
        return state


def submit_comparison(workspace: Workspace, comparison_id: str) -> None:
    """Queues what a comparison still needs: its runs that were never submitted or got lost, then its missing baselines.

    Raises:
        DiskFull: there is no room for them; or see `submit`.
    """
    comparison = workspace.comparison(comparison_id)
    waiting = [run_id for run_id in comparison.run_ids if workspace.state(run_id).state in ("new", "lost")]
    baselines = workspace.missing_baselines(comparison.dataset_id, comparison.split, comparison.baselines)
    if not waiting and not baselines:
        return
    check(workspace.root, Action.TRAIN, "comparison", comparison.id, comparison.name)
    runs = [workspace.run(run_id) for run_id in waiting]
    require_room_for(workspace, comparison.dataset_id, comparison.split, runs, baselines)
    destination = find_destination(workspace)
    for run_id in waiting:
        submit(workspace, "run", run_id, destination=destination)
    if baselines:
        store_test_rule(workspace.split_folder(comparison.dataset_id, comparison.split), comparison.split)
        job_id = baselines_id(comparison.dataset_id, comparison.split)
        submit(workspace, "baselines", job_id, destination=destination)


def retry(workspace: Workspace, kind: Kind, job_id: str) -> JobState:
    """Tries a job again that failed, was cancelled or got lost; a run goes on from its last checkpoint.

    TensorFlow gets as many threads as before, so that the results are those of a run that was never interrupted.

    Raises:
        RunError: the job is active or done, or see `submit`.
    """
    state = read_job_state(workspace, kind, job_id).state
    if state not in ("failed", "cancelled", "lost"):
        raise RunError(
            "A job can be tried again only after it failed, was cancelled or got lost.",
            found=f"it is {state}",
            where=f"{kind} {job_id}",
        )
    return submit(workspace, kind, job_id, action=Action.RETRY)


def cancel(workspace: Workspace, kind: Kind, job_id: str) -> JobState:
    """Asks a job to stop; nothing happens to one that is not active.

    A queued job ends at once, a running one within about a second; else its worker is ended (see
    `lost_jobs.HARD_AFTER`).
    """
    folder = job_folder(workspace, kind, job_id)
    state = read_state(folder)
    if not state.is_active:
        return state
    require(workspace.root, Action.CANCEL, kind, job_id)
    request_cancel(folder)
    if state.state == "queued":
        client.forget(workspace, Job(kind, job_id, job_id, state))
        state = read_state(folder)
        if state.state == "queued":
            state = record_end(folder, state, "cancelled", "Cancelled before it began.")
    return state


def engine_status(workspace: Workspace) -> EngineStatus:
    """Whether there is an engine or cluster, and where. Starts none."""
    cluster = client.cluster_address()
    if cluster:
        try:
            n_workers = client.count_workers(workspace.root, cluster)
        except (OSError, TimeoutError):
            return EngineStatus(False, "cluster", cluster, None, 0, None, client.is_encrypted(cluster))
        return EngineStatus(True, "cluster", cluster, None, n_workers, None, client.is_encrypted(cluster))
    local = engine.find_engine(workspace.root)
    if local is None:
        return EngineStatus(False, "local", "", None, 0, None)
    return EngineStatus(True, "local", local.address, local.process.pid, local.n_workers, local.started)


def start_engine(workspace: Workspace) -> EngineStatus:
    """Starts the local engine unless it runs; a cluster that the environment names is only asked whether it answers.

    Raises:
        RunError: the engine could not be started, or the cluster does not answer.
    """
    require(workspace.root, Action.TRAIN, "engine")
    cluster = client.cluster_address()
    if not cluster:
        launcher.start_engine(workspace.root)
    status = engine_status(workspace)
    if cluster and not status.alive:
        raise _unreachable(cluster, TimeoutError("no answer"))
    return status


def stop_engine(workspace: Workspace) -> bool:
    """Ends the local engine and its workers; jobs at work are lost, to be tried again. False: there was none."""
    require(workspace.root, Action.STOP_ENGINE, "engine")
    stopped = engine.end_engine(workspace.root)
    launcher.reap_engines()
    reconcile_jobs(workspace)  # there may be jobs of an engine that is gone, too
    return stopped


def _has_all_baselines(workspace: Workspace, job_id: str) -> bool:
    folder = job_folder(workspace, "baselines", job_id)
    return all(is_settled(folder, name) for name in workspace.wanted_baselines(*job_id.split("/")))


def _require(folder: Path, kind: Kind, job_id: str) -> None:
    required = folder / "run.json" if kind == "run" else folder.parents[2] / "dataset.json"
    if not required.exists():
        raise RunError("A job belongs to a run or dataset of the workspace.", found=f"{kind} {job_id!r}")


def _unreachable(address: str, error: Exception) -> RunError:
    return RunError(
        "The job engine cannot be reached.",
        found=f"{type(error).__name__}: {error}",
        where=address,
        remedy="Run `python -m gru4rec_core engine stop` and start again; with a cluster, check its address and that"
        " Dask's configuration names its certificates.",
    )
