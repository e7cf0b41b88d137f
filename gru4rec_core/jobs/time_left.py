"""How long until a comparison is done: before it starts, and while its jobs are at work?

Jobs are laid out over the engine's workers in the order in which they were queued, each with its own estimate.
"""

import heapq
import time
from collections.abc import Sequence
from dataclasses import dataclass

from gru4rec_core.baselines.names import DEFAULT_BASELINES
from gru4rec_core.config import SplitConfig, TrainingConfig
from gru4rec_core.experiments.continuing import inherited_epochs
from gru4rec_core.jobs import estimates
from gru4rec_core.jobs.capacity import worker_count
from gru4rec_core.jobs.estimates import Past
from gru4rec_core.jobs.job_list import Job, baselines_id, list_jobs
from gru4rec_core.jobs.jobs import engine_status
from gru4rec_core.jobs.planning import ComparisonPlan
from gru4rec_core.workspace.job_state import ACTIVE
from gru4rec_core.workspace.records import DatasetRecord
from gru4rec_core.workspace.store import Workspace

START_SECONDS = 15.0
"""Starting the engine and loading TensorFlow, once."""


@dataclass(frozen=True)
class PlanEstimate:
    """How long a plan will take, and how many of its runs are done already, and at work already."""

    seconds: float
    n_there: int
    n_at_work: int = 0


def estimate_plan(workspace: Workspace, record: DatasetRecord, plan: ComparisonPlan) -> PlanEstimate:
    """Seconds until a comparison that is started now is done; 0 where everything is there already.

    What it adds waits for all jobs that are queued or running.

    Args:
        workspace: where it would be.
        record: the log.
        plan: what would be trained. Runs with exactly these settings that are done or at work are taken as they are.
    """
    configs = [config.watching(plan.judging.deciding_k) for config in plan.configs]
    known = _known_runs(workspace, record.id, plan.test_rule)
    active = _active_jobs(workspace)
    active_ids = {job.id for job in active}
    awaited = active_ids & {known[config] for config in configs if config in known}
    wanted = [config for config in configs if config not in known]
    n_there, n_at_work = len(configs) - len(wanted) - len(awaited), len(awaited)
    missing = workspace.missing_baselines(record.id, plan.test_rule, plan.baselines)
    if missing and (baselines := baselines_id(record.id, plan.test_rule)) in active_ids:
        missing, awaited = [], awaited | {baselines}
    if not (wanted or missing or awaited):
        return PlanEstimate(0.0, n_there)
    past = estimates.read_past(workspace)
    work = [estimates.run_seconds(past, record, config, plan.test_rule) for config in wanted]
    work += [estimates.baselines_seconds(workspace, record, missing)] if missing else []
    status = engine_status(workspace)
    n_workers = status.n_workers if status.alive else worker_count()
    start = 0.0 if status.alive or not work else START_SECONDS
    until_active, until_added = _lay_out_behind(workspace, past, active, work, n_workers)
    return PlanEstimate(start + max([*until_added, *(until_active[job] for job in awaited)]), n_there, n_at_work)


def _known_runs(workspace: Workspace, dataset_id: str, split: SplitConfig) -> dict[TrainingConfig, str]:
    """The runs under this test rule that are done or at work, by their settings; of several the newest."""
    known: dict[TrainingConfig, str] = {}
    for run in workspace.runs(dataset_id):
        if run.split == split and workspace.state(run.id).state in ("done", *ACTIVE):
            known.setdefault(run.config, run.id)
    return known


def lay_out(work: Sequence[float], n_workers: int) -> list[float]:
    """When each of these pieces of work ends, in seconds from now: each in turn goes to the first free worker.

    >>> lay_out([3, 5, 2], 2)
    [3.0, 5.0, 5.0]
    """
    free = [0.0] * n_workers
    ends = []
    for seconds in work:
        end = heapq.heappop(free) + seconds
        ends.append(end)
        heapq.heappush(free, end)
    return ends


def seconds_until_done(workspace: Workspace) -> dict[str, float]:
    """For each job at work or queued, by its id, the seconds until it ends."""
    past, n_workers = estimates.read_past(workspace), engine_status(workspace).n_workers
    return _lay_out_behind(workspace, past, _active_jobs(workspace), [], n_workers)[0]


def _active_jobs(workspace: Workspace) -> list[Job]:
    """The jobs at work or queued, in the order of their turns."""
    known = {record.id for record in workspace.datasets()}
    active = [job for job in reversed(list_jobs(workspace, active_only=True)) if _dataset_id(workspace, job) in known]
    # What runs has a worker; the rest waits for one, the first submitted first.
    return sorted(active, key=lambda job: job.state.state != "running")


def _lay_out_behind(
    workspace: Workspace, past: Past, active: Sequence[Job], added: Sequence[float], n_workers: int
) -> tuple[dict[str, float], list[float]]:
    """When each active job ends, by its id, and when each piece of work that is added behind them does."""
    records = {record.id: record for record in workspace.datasets()}
    work = [_job_seconds(workspace, past, job, records[_dataset_id(workspace, job)]) for job in active]
    n_running = sum(job.state.state == "running" for job in active)
    ends = lay_out([*work, *added], max(1, n_workers, n_running))
    return {job.id: end for job, end in zip(active, ends, strict=False)}, ends[len(active) :]


def _dataset_id(workspace: Workspace, job: Job) -> str:
    if job.kind == "baselines":
        return job.id.partition("/")[0]
    return workspace.run(job.id).dataset_id


def _job_seconds(workspace: Workspace, past: Past, job: Job, record: DatasetRecord) -> float:
    """Seconds that a job will still keep its worker busy."""
    state = job.state
    if job.kind == "run" and state.seconds_left is not None and state.phase == "training":
        return state.seconds_left + estimates.testing_seconds(past, record)
    if job.kind == "run" and state.phase in ("testing", "storing"):
        return estimates.testing_seconds(past, record)
    if job.kind == "run":
        run = workspace.run(job.id)
        whole = estimates.run_seconds(past, record, run.config, run.split, inherited_epochs(workspace, run))
    else:
        whole = estimates.baselines_seconds(workspace, record, DEFAULT_BASELINES)
    if state.state == "queued":
        # A queued job has a phase while its worker still loads what it needs.
        return whole + (START_SECONDS if state.phase else 0.0)
    elapsed = time.time() - state.started if state.started else 0.0
    return max(whole - elapsed, 1.0)
