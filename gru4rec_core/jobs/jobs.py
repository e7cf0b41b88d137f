"""How are jobs queued, cancelled and retried?

The workspace is the truth: state, progress and results are files that anyone can read. Dask only carries the work out,
so a lost scheduler loses no results. Submitting loads no TensorFlow.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from gru4rec_core.access.guard import check, require
from gru4rec_core.access.rights import Action
from gru4rec_core.errors import RunError
from gru4rec_core.experiments.space import require_room_for
from gru4rec_core.jobs import client, engine, launcher
from gru4rec_core.jobs.cluster_check import check_cluster
from gru4rec_core.jobs.follow_up import mark_queued
from gru4rec_core.jobs.job_list import Job, Kind, job_folder, read_job_state, tuning_job_id
from gru4rec_core.jobs.lost_jobs import reconcile_jobs, record_end
from gru4rec_core.jobs.queueing import Destination, MissingParts, queue_job, unreachable
from gru4rec_core.jobs.winners import plan_winners
from gru4rec_core.workspace.job_state import JobState, read_state, request_cancel
from gru4rec_core.workspace.store import Workspace
from gru4rec_core.workspace.tunings import TuningRecord, planned_comparison


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


def find_destination(workspace: Workspace) -> Destination:
    """The cluster that the environment names, once it is checked; else the local engine, started if there is none.

    Raises:
        RunError: the engine cannot be started; the cluster cannot be reached, or not carry out jobs.
    """
    address = client.cluster_address()
    if not address:
        return Destination(launcher.start_engine(workspace.root).address)
    try:
        return Destination.of_cluster(address, check_cluster(workspace.root, address))
    except (OSError, TimeoutError) as error:
        raise unreachable(address, error) from error


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
        kind: see `job_list.Kind`.
        job_id: id of a run, of the dataset of an order test, of the comparison of a self-check, or see `baselines_id`.
        threads: threads TensorFlow may use; by default as many as before, else 1, so that runs work side by side.
        destination: where to, for whoever submits several jobs; found out by default.
        action: what the current actor must be allowed to do.

    Raises:
        RunError: there is no such job, or the engine cannot be started or reached.
    """
    folder = job_folder(workspace, kind, job_id)
    _require(folder, kind, job_id)
    check(workspace.root, action, kind, job_id)

    def choose() -> Destination:
        require(workspace.root, action, kind, job_id)
        return destination or find_destination(workspace)

    return queue_job(workspace, kind, job_id, choose, threads=threads)


def submit_comparison(workspace: Workspace, comparison_id: str) -> None:
    """Queues what a comparison still needs: its runs that were never submitted or got lost, then its missing baselines.

    Raises:
        DiskFull: there is no room for them; or see `submit`.
    """
    comparison = workspace.comparison(comparison_id)
    missing = MissingParts.of(workspace, comparison)
    if not missing.run_ids and not missing.baselines:
        return
    check(workspace.root, Action.TRAIN, "comparison", comparison.id, comparison.name)
    runs = [workspace.run(run_id) for run_id in missing.run_ids]
    require_room_for(workspace, comparison.dataset_id, comparison.split, runs, missing.baselines)
    destination = find_destination(workspace)
    missing.queue(workspace, lambda kind, job_id: submit(workspace, kind, job_id, destination=destination))


def submit_tuning(workspace: Workspace, tuning: TuningRecord) -> None:
    """Queues what a tuning still needs: one job per method. The comparison of its winners follows by itself.

    Raises:
        RunError: see `submit`.
    """
    check(workspace.root, Action.TRAIN, "tuning", tuning.id)
    destination = find_destination(workspace)
    for method in tuning.methods:
        submit(workspace, "tuning", tuning_job_id(tuning, method), destination=destination)


def go_on_after(workspace: Workspace, tuning: TuningRecord) -> None:
    """Plans and queues the comparison of a tuning's winners where nobody else does.

    That is on a cluster, once the engine has ended, and where the last method was tuned by the command.

    Raises:
        RunError: see `submit`.
    """
    comparison = planned_comparison(workspace, tuning) or plan_winners(workspace, tuning)
    if comparison is None:
        return
    states = [read_job_state(workspace, "tuning", tuning_job_id(tuning, method)) for method in tuning.methods]
    if engine.find_engine(workspace.root) is None or any(state.on_cluster for state in states):
        submit_comparison(workspace, comparison.id)
        mark_queued(workspace, tuning, comparison)


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


def cancel_tuning(workspace: Workspace, tuning: TuningRecord) -> None:
    """Asks every method of a tuning that is active to stop; finished trials are kept (see `cancel`).

    The last one first: a worker that becomes free takes none that is to be cancelled.
    """
    require(workspace.root, Action.CANCEL, "tuning", tuning.id)
    for method in reversed(tuning.methods):
        cancel(workspace, "tuning", tuning_job_id(tuning, method))


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
        raise unreachable(cluster, TimeoutError("no answer"))
    return status


def stop_engine(workspace: Workspace) -> bool:
    """Ends the local engine and its workers; jobs at work are lost, to be tried again. False: there was none."""
    require(workspace.root, Action.STOP_ENGINE, "engine")
    stopped = engine.end_engine(workspace.root)
    launcher.reap_engines()
    reconcile_jobs(workspace)  # there may be jobs of an engine that is gone, too
    return stopped


def _require(folder: Path, kind: Kind, job_id: str) -> None:
    required = {
        "run": folder / "run.json",
        "baselines": folder.parents[2] / "dataset.json",
        "tuning": folder.parent / "tuning.json",
        "order-test": folder.parent / "dataset.json",
        "self-check": folder.parent / "comparison.json",
    }
    if not required[kind].exists():
        raise RunError(
            "A job belongs to a run, a tuning, a comparison or a dataset of the workspace.", found=f"{kind} {job_id!r}"
        )
