"""Which comparisons of tuned models are planned, and wait to be queued?

A worker that ends a tuning plans the comparison of its winners, and queues nothing itself; the local engine does, so
that it goes on where nobody looks. On a cluster, or once the engine has ended, whoever looks does
(`jobs.go_on_after`).
"""

import logging

from gru4rec_core.access.actors import SYSTEM, acting_as
from gru4rec_core.access.guard import require
from gru4rec_core.access.rights import Action
from gru4rec_core.errors import RunError, WorkbenchError
from gru4rec_core.jobs.engine import find_engine
from gru4rec_core.jobs.job_list import job_folder, tuning_job_id
from gru4rec_core.jobs.queueing import Destination, MissingParts, queue_job
from gru4rec_core.storage import write_json
from gru4rec_core.workspace.job_state import JobState, read_state
from gru4rec_core.workspace.records import ComparisonRecord
from gru4rec_core.workspace.store import Workspace
from gru4rec_core.workspace.tunings import QUEUED, TuningRecord, list_tunings, planned_comparison, tuning_folder

_logger = logging.getLogger(__name__)


def queue_planned(workspace: Workspace) -> list[ComparisonRecord]:
    """Queues the comparisons of winners that are planned and were not queued yet; returns them.

    One that its scheduler does not take is tried again by the next call.
    """
    queued = []
    for dataset_id in (record.id for record in workspace.datasets()):
        for tuning in list_tunings(workspace, dataset_id):
            if not tuning.by_job or (comparison := _waiting(workspace, tuning)) is None:
                continue
            try:
                _queue(workspace, tuning, comparison)
                queued.append(comparison)
            except (WorkbenchError, OSError) as error:
                _logger.warning("the winners of tuning %s could not be queued: %s", tuning.id, error)
    return queued


def unfinished_tuning(workspace: Workspace, dataset_id: str) -> TuningRecord | None:
    """The newest tuning of a log that jobs carry out and that has not led to its comparison yet; None without one."""
    for tuning in list_tunings(workspace, dataset_id):
        if tuning.by_job:
            return None if _is_settled(workspace, tuning) else tuning
    return None


def set_aside(workspace: Workspace, tuning: TuningRecord) -> None:
    """Leaves a tuning as it is: its winners are not compared. What it tried stays on disk."""
    require(workspace.root, Action.CANCEL, "tuning", tuning.id)
    write_json(tuning_folder(workspace, tuning.dataset_id, tuning.id) / QUEUED, {"comparison": None})


def _is_settled(workspace: Workspace, tuning: TuningRecord) -> bool:
    """Whether its comparison is queued, or it was set aside."""
    return (tuning_folder(workspace, tuning.dataset_id, tuning.id) / QUEUED).exists()


def _waiting(workspace: Workspace, tuning: TuningRecord) -> ComparisonRecord | None:
    return None if _is_settled(workspace, tuning) else planned_comparison(workspace, tuning)


def _queue(workspace: Workspace, tuning: TuningRecord, comparison: ComparisonRecord) -> None:
    to = _destination(workspace, tuning)
    with acting_as(SYSTEM):  # the person who started the tuning was allowed to
        missing = MissingParts.of(workspace, comparison)
        missing.queue(workspace, lambda kind, job_id: queue_job(workspace, kind, job_id, lambda: to))
    mark_queued(workspace, tuning, comparison)


def mark_queued(workspace: Workspace, tuning: TuningRecord, comparison: ComparisonRecord) -> None:
    """Writes down that the comparison of a tuning's winners is queued."""
    write_json(tuning_folder(workspace, tuning.dataset_id, tuning.id) / QUEUED, {"comparison": comparison.id})


def _destination(workspace: Workspace, tuning: TuningRecord) -> Destination:
    """The cluster that carried the tuning out; else the local engine that is alive now.

    Raises:
        RunError: there is neither.
    """
    states = [_state(workspace, tuning, method) for method in tuning.methods]
    last = max(states, key=lambda state: state.ended or 0.0)
    if last.on_cluster:
        return Destination(last.scheduler, last.cluster)
    engine = find_engine(workspace.root)
    if engine is None:
        raise RunError("Jobs are queued where an engine is alive.", found="none", where=f"tuning {tuning.id}")
    return Destination(engine.address)


def _state(workspace: Workspace, tuning: TuningRecord, method: str) -> JobState:
    return read_state(job_folder(workspace, "tuning", tuning_job_id(tuning, method)))
