"""Which active jobs have lost their worker, and which were cancelled but have not stopped?"""

import time
from contextlib import suppress
from pathlib import Path
from typing import Literal

from gru4rec_core.errors import DiskError
from gru4rec_core.jobs.client import cluster_address, end_worker
from gru4rec_core.jobs.engine import find_engine
from gru4rec_core.jobs.job_list import Job, job_folder, list_jobs
from gru4rec_core.storage import exclusive_lock
from gru4rec_core.workspace.job_state import JobState, cancel_requested, read_state, write_state
from gru4rec_core.workspace.store import Workspace

HARD_AFTER = 10.0
"""Seconds that a job may go on after its cancellation before its worker is ended."""

LOST_AFTER = 60.0
"""Seconds without a heartbeat after which a job counts as lost."""

_LOST_WITHOUT_ENGINE_AFTER = 5.0  # the same where its engine is gone too


def reconcile_jobs(workspace: Workspace, *, stop_hard: bool = False) -> list[Job]:
    """Marks the jobs as lost that nothing works on any more; returns those that it changed.

    Args:
        workspace: whose jobs.
        stop_hard: also end the workers of jobs that ignore their cancellation (the engine does this).
    """
    changed: list[Job] = []
    for job in list_jobs(workspace, active_only=True):
        with suppress(DiskError):  # who may only look, or finds the disk full, leaves it to the next one
            state = _end_if_lost(workspace, job, stop_hard)
            if state is not None:
                changed.append(Job(job.kind, job.id, job.title, state))
    return changed


def _end_if_lost(workspace: Workspace, job: Job, stop_hard: bool) -> JobState | None:
    """Writes down the end of a job that nothing works on any more; None where it is left as it is."""
    folder = job_folder(workspace, job.kind, job.id)
    reason = _why_lost(workspace, job.state)
    if reason:
        with exclusive_lock(folder / "submit.lock"):
            if read_state(folder) == job.state:
                return record_end(folder, job.state, *_lost_state(folder, reason))
    elif stop_hard and time.time() - (cancel_requested(folder) or time.time()) > HARD_AFTER:
        end_worker(workspace, job)
        with exclusive_lock(folder / "submit.lock"):
            state = read_state(folder)
            if state.is_active:  # else it ended by itself meanwhile
                return record_end(folder, state, "cancelled", "Cancelled; it did not stop by itself.")
    return None


def record_end(folder: Path, state: JobState, name: Literal["lost", "cancelled"], reason: str) -> JobState:
    """Writes down that a job ended without saying so itself; returns its new state."""
    ended = state.model_copy(update={"state": name, "reason": reason, "ended": time.time(), "seconds_left": None})
    write_state(folder, ended)
    return ended


def _why_lost(workspace: Workspace, state: JobState) -> str:
    """Why an active job is lost; "" when it is not."""
    silent = time.time() - state.heartbeat
    worker = state.worker
    if state.state == "running" and worker is not None and worker.is_local():
        return "" if worker.is_alive() else "The process that worked on it has ended."
    if state.state == "running" and silent > LOST_AFTER:
        return f"No sign of life for {silent:.0f} seconds."
    if state.state == "queued" and _is_engine_gone(workspace, state):
        return "The job engine ended before it began."
    without_engine = state.scheduler and silent > _LOST_WITHOUT_ENGINE_AFTER
    if state.state == "running" and without_engine and _is_engine_gone(workspace, state):
        return "The job engine that it ran on is gone."
    return ""


def _is_engine_gone(workspace: Workspace, state: JobState) -> bool:
    if cluster_address():
        return False
    engine = find_engine(workspace.root)
    return engine is None or engine.address != state.scheduler


def _lost_state(folder: Path, reason: str) -> tuple[Literal["lost", "cancelled"], str]:
    if cancel_requested(folder) is not None:
        return "cancelled", "Cancelled."
    return "lost", reason + " Start it again: it goes on from its last checkpoint."
