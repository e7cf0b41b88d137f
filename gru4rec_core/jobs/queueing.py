"""How is a job queued: written down in its folder, and handed to its scheduler; and which does a comparison need?"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from gru4rec_core.errors import RunError
from gru4rec_core.jobs import client
from gru4rec_core.jobs.cluster_check import ClusterCheck
from gru4rec_core.jobs.job_list import Job, Kind, baselines_id, job_folder, read_tuning_job
from gru4rec_core.results.order import find_result
from gru4rec_core.storage import append_text, exclusive_lock, make_folder
from gru4rec_core.workspace.job_state import ClusterTicket, JobState, clear_cancel, read_state, write_state
from gru4rec_core.workspace.records import ComparisonRecord
from gru4rec_core.workspace.refused_baselines import is_settled
from gru4rec_core.workspace.split_store import store_test_rule
from gru4rec_core.workspace.store import Workspace
from gru4rec_core.workspace.tunings import read_trials


@dataclass(frozen=True)
class Destination:
    """Where jobs are sent: the local engine, or a cluster that was found able to carry them out.

    Attributes:
        address: of the scheduler.
        ticket: by which a cluster is known again; None for the local engine.
        warnings: what is to be known of a cluster, each a sentence.
    """

    address: str
    ticket: ClusterTicket | None = None
    warnings: tuple[str, ...] = ()

    @classmethod
    def of_cluster(cls, address: str, found: ClusterCheck) -> "Destination":
        return cls(address, found.ticket, found.warnings)


def queue_job(
    workspace: Workspace, kind: Kind, job_id: str, choose: Callable[[], Destination], *, threads: int | None = None
) -> JobState:
    """Queues a job, unless it is active or has all its results.

    Args:
        workspace: where the job is.
        kind: see `job_list.Kind`.
        job_id: its id.
        choose: says where to; called only for a job that is queued.
        threads: threads TensorFlow may use; by default as many as before, else 1.

    Raises:
        RunError: the scheduler does not take it; the job is as it was before.
    """
    folder = job_folder(workspace, kind, job_id)
    make_folder(folder)
    with exclusive_lock(folder / "submit.lock"):
        before = read_state(folder)
        if before.is_active or (before.state == "done" and _has_results(workspace, kind, job_id)):
            return before
        to = choose()
        clear_cancel(folder)
        state = JobState(
            state="queued",
            submitted=time.time(),
            attempt=before.attempt if before.state == "new" else before.attempt + 1,
            scheduler=to.address,
            cluster=to.ticket,
            epochs=before.epochs,
            threads=threads or before.threads or 1,
        )
        write_state(folder, state)
        for warning in to.warnings:
            append_text(folder / "log.txt", f"{warning}\n")
        try:
            client.send(workspace, Job(kind, job_id, job_id, state))
        except (OSError, TimeoutError) as error:
            write_state(folder, before)
            raise unreachable(to.address, error) from error
        except RunError:
            write_state(folder, before)
            raise
        return state


@dataclass(frozen=True)
class MissingParts:
    """What a comparison still needs.

    Attributes:
        comparison: the comparison.
        run_ids: its runs that were never submitted or got lost.
        baselines: those that are still to be computed.
    """

    comparison: ComparisonRecord
    run_ids: tuple[str, ...]
    baselines: tuple[str, ...]

    @classmethod
    def of(cls, workspace: Workspace, comparison: ComparisonRecord) -> "MissingParts":
        run_ids = (run_id for run_id in comparison.run_ids if workspace.state(run_id).state in ("new", "lost"))
        baselines = workspace.missing_baselines(comparison.dataset_id, comparison.split, comparison.baselines)
        return cls(comparison, tuple(run_ids), tuple(baselines))

    def queue(self, workspace: Workspace, queue_one: Callable[[Kind, str], object]) -> None:
        """Queues the runs, then the job of the baselines, each by `queue_one` with its kind and id."""
        for run_id in self.run_ids:
            queue_one("run", run_id)
        if self.baselines:
            dataset_id, rule = self.comparison.dataset_id, self.comparison.split
            store_test_rule(workspace.split_folder(dataset_id, rule), rule)
            queue_one("baselines", baselines_id(dataset_id, rule))


def unreachable(address: str, error: Exception) -> RunError:
    """The error of a scheduler that does not answer."""
    return RunError(
        "The job engine cannot be reached.",
        found=f"{type(error).__name__}: {error}",
        where=address,
        remedy="Run `python -m gru4rec_core engine stop` and start again; with a cluster, check its address and that"
        " Dask's configuration names its certificates.",
    )


def _has_results(workspace: Workspace, kind: Kind, job_id: str) -> bool:
    """Whether nothing is left to do for a job that is done."""
    if kind == "run":
        return True
    if kind == "tuning":
        tuning, method = read_tuning_job(workspace, job_id)
        return read_trials(workspace, tuning, method).is_complete(tuning)
    if kind == "order-test":
        return find_result(workspace, workspace.dataset(job_id)) is not None
    if kind == "self-check":
        return False  # the job itself reads what is stored, where that is still good
    folder = job_folder(workspace, kind, job_id)
    return all(is_settled(folder, name) for name in workspace.wanted_baselines(*job_id.split("/")))
