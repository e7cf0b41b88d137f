"""How long until a comparison is done: before it starts, and while its jobs are at work?

Jobs are laid out over the engine's workers in the order in which they were queued, each with its own estimate.
"""

import heapq
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from gru4rec_core.errors import RunError
from gru4rec_core.experiments.continuing import inherited_epochs, kept_epochs
from gru4rec_core.jobs import estimates
from gru4rec_core.jobs.capacity import worker_count
from gru4rec_core.jobs.estimates import Past
from gru4rec_core.jobs.job_list import Job, baselines_id, job_folder, list_jobs, read_tuning_job
from gru4rec_core.jobs.jobs import engine_status
from gru4rec_core.jobs.planning import ComparisonPlan, find_known_runs
from gru4rec_core.workspace.records import DatasetRecord
from gru4rec_core.workspace.refused_baselines import is_settled
from gru4rec_core.workspace.store import Workspace

START_SECONDS = 15.0
"""Starting the engine and loading TensorFlow, once."""

ORDER_TEST_SECONDS = 20.0
"""What an order test takes on an idle machine, roughly: above a size it draws sessions."""

_TELLING_SHARE = 0.1  # of a run's training that must be left to tell its pace
_OVERDUE_SHARE = 0.2  # of its time so far that a job is taken to need still, at least


@dataclass(frozen=True)
class PlanEstimate:
    """How long a plan will take, and how many of its runs are done already, and at work already."""

    seconds: float
    n_there: int
    n_at_work: int = 0


def estimate_plans(workspace: Workspace, record: DatasetRecord, plans: Sequence[ComparisonPlan]) -> PlanEstimate:
    """Seconds until comparisons that are started now, one after another, are done; 0 where everything is there already.

    What they add waits for all jobs that are queued or running.

    Args:
        workspace: where they would be.
        record: the log.
        plans: what would be trained. Runs with exactly these settings that are done or at work are taken as they are.
    """
    records = _records(workspace)
    active = _active_jobs(workspace, records)
    active_ids = {job.id for job in active}
    past = estimates.read_past(workspace)
    work: list[float] = []
    awaited: set[str] = set()
    n_there = n_at_work = 0
    for plan in plans:
        configs = plan.run_configs
        known = find_known_runs(workspace, record.id, plan)
        at_work = active_ids & {known[config] for config in configs if config in known}
        wanted = [config for config in configs if config not in known]
        n_there, n_at_work = n_there + len(configs) - len(wanted) - len(at_work), n_at_work + len(at_work)
        missing = workspace.missing_baselines(record.id, plan.test_rule, plan.baselines)
        if missing and (baselines := baselines_id(record.id, plan.test_rule)) in active_ids:
            missing, at_work = [], at_work | {baselines}
        awaited |= at_work
        work += [estimates.run_seconds(past, record, config, plan.test_rule) for config in wanted]
        work += [estimates.baselines_seconds(workspace, record, missing)] if missing else []
    if not (work or awaited):
        return PlanEstimate(0.0, n_there)
    status = engine_status(workspace)
    n_workers = status.n_workers if status.alive else worker_count()
    start = 0.0 if status.alive or not work else START_SECONDS
    seconds = _active_seconds(workspace, past, active, records)
    until_active, until_added = _lay_out_behind(active, seconds, work, n_workers)
    return PlanEstimate(start + max([*until_added, *(until_active[job] for job in awaited)]), n_there, n_at_work)


def estimate_training(workspace: Workspace, run_id: str) -> float | None:
    """Seconds that training a run from its beginning takes; None where its record or its log cannot be read."""
    try:
        run = workspace.run(run_id)
        record = workspace.dataset(run.dataset_id)
    except RunError:
        return None
    return estimates.run_seconds(estimates.read_past(workspace), record, run.config, run.split)


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
    records, past = _records(workspace), estimates.read_past(workspace)
    active = _active_jobs(workspace, records)
    seconds = _active_seconds(workspace, past, active, records)
    return _lay_out_behind(active, seconds, [], engine_status(workspace).n_workers)[0]


def _records(workspace: Workspace) -> dict[str, DatasetRecord]:
    return {record.id: record for record in workspace.datasets()}


def _active_jobs(workspace: Workspace, records: Mapping[str, DatasetRecord]) -> list[Job]:
    """The jobs on these logs that are at work or queued, in the order of their turns."""
    active = [job for job in reversed(list_jobs(workspace, active_only=True)) if job.dataset_id in records]
    # What runs has a worker; the rest waits for one, the first submitted first.
    return sorted(active, key=lambda job: job.state.state != "running")


def _lay_out_behind(
    active: Sequence[Job], seconds: Sequence[float], added: Sequence[float], n_workers: int
) -> tuple[dict[str, float], list[float]]:
    """When each active job, which takes so many seconds, ends, by its id, and when each piece of work behind them."""
    n_running = sum(job.state.state == "running" for job in active)
    ends = lay_out([*seconds, *added], max(1, n_workers, n_running))
    return {job.id: end for job, end in zip(active, ends, strict=False)}, ends[len(active) :]


def _active_seconds(
    workspace: Workspace, past: Past, active: Sequence[Job], records: Mapping[str, DatasetRecord]
) -> list[float]:
    """Seconds that each of these jobs will still keep its worker busy; those that wait go at the pace of those at work.

    The past was measured under another load: without this the total would rise anew with each job that starts.
    """
    seconds = [_job_seconds(workspace, past, job, records[job.dataset_id]) for job in active]
    told = [_pace(past, job, records[job.dataset_id]) for job in active]
    pace = max(1.0, median([pace for pace in told if pace is not None] or [1.0]))
    return [left * pace if job.state.state == "queued" else left for job, left in zip(active, seconds, strict=True)]


def _pace(past: Past, job: Job, record: DatasetRecord) -> float | None:
    """How much longer than expected the rest of a run's training takes, as a ratio; None before it and near its end."""
    state, run = job.state, job.run
    if run is None or state.phase != "training" or state.seconds_left is None or not state.total:
        return None
    share_left = 1 - state.done / state.total
    if share_left < _TELLING_SHARE:
        return None
    expected = estimates.run_seconds(past, record, run.config, run.split) - estimates.testing_seconds(past, record)
    return state.seconds_left / max(share_left * expected, 1.0)


def _job_seconds(workspace: Workspace, past: Past, job: Job, record: DatasetRecord) -> float:
    """Seconds that a job will still keep its worker busy."""
    state, began = job.state, job.state.started
    if job.kind == "run" and state.seconds_left is not None and state.phase == "training":
        return state.seconds_left + estimates.testing_seconds(past, record)
    if job.kind == "run" and state.phase in ("testing", "storing"):
        return estimates.testing_seconds(past, record)
    if job.kind == "tuning" and state.seconds_left is not None:
        return state.seconds_left
    if job.run is not None:
        run = job.run
        trained = max(kept_epochs(workspace, run.id), inherited_epochs(workspace, run))
        rest = estimates.run_seconds(past, record, run.config, run.split, trained)
    elif job.kind == "order-test":
        rest = ORDER_TEST_SECONDS
    elif job.kind == "tuning":
        rest = _budget_seconds(workspace, past, job, record)
    else:
        missing, last = _missing_baselines(workspace, job)
        rest = estimates.baselines_seconds(workspace, record, missing)
        began = max(began, last) if began else began
    if state.state == "queued":
        # A queued job has a phase while its worker still loads what it needs.
        return rest + (START_SECONDS if state.phase else 0.0)
    elapsed = time.time() - began if began else 0.0
    return max(rest - elapsed, elapsed * _OVERDUE_SHARE, 1.0)


def _budget_seconds(workspace: Workspace, past: Past, job: Job, record: DatasetRecord) -> float:
    """What a tuning may take that has not finished a trial: its time, or as many whole runs as it has trials."""
    try:
        tuning, _ = read_tuning_job(workspace, job.id)
    except RunError:  # its record is damaged: the job will fail
        return 0.0
    if tuning.seconds is not None:
        return tuning.seconds
    return (tuning.n_trials or 1) * estimates.run_seconds(past, record, tuning.configs[0], tuning.split)


def _missing_baselines(workspace: Workspace, job: Job) -> tuple[list[str], float]:
    """The baselines that a job has still to compute, and when the last one that is there was; 0 without any."""
    folder = job_folder(workspace, job.kind, job.id)
    wanted = workspace.wanted_baselines(*job.id.split("/"))
    there = [path.stat().st_mtime for path in folder.glob("*.json") if path.stem in wanted]
    return [name for name in wanted if not is_settled(folder, name)], max(there, default=0.0)
