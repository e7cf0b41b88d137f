"""Which active jobs have lost their worker or will never get one, and which were cancelled but have not stopped?"""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import psutil

from gru4rec_core.errors import DiskError, RunError
from gru4rec_core.jobs.client import end_worker, is_encrypted, job_key
from gru4rec_core.jobs.cluster_check import NOT_ENCRYPTED
from gru4rec_core.jobs.engine import EngineAddress, find_engine
from gru4rec_core.jobs.job_list import Job, job_folder, list_jobs
from gru4rec_core.jobs.queue_checks import Obstacle, find_obstacles
from gru4rec_core.jobs.watching import Watch
from gru4rec_core.storage import exclusive_lock, is_copy
from gru4rec_core.words import counted
from gru4rec_core.workspace.job_state import JobState, cancel_requested, read_state, write_state
from gru4rec_core.workspace.store import Workspace

HARD_AFTER = 10.0
"""Seconds that a job may go on after its cancellation before its worker is ended."""

LOST_AFTER = 60.0
"""Seconds without a heartbeat after which a job counts as lost."""

SILENT_AFTER = 20.0
"""Seconds without a heartbeat after which people are told."""

UNSERVED_AFTER = 600.0
"""Seconds that a job waits for a cluster that has no worker, or cannot be reached, before it counts as lost."""

_CONFIRM_AFTER = 3.0  # seconds to watch a heartbeat that is old by the clock: clocks differ
_DROPPED_AFTER = 20.0  # the same for a queued job that the local engine does not have: it may be on its way there
_LOST_WITHOUT_ENGINE_AFTER = 5.0  # the same as LOST_AFTER where its engine is gone too

# A page looks once a second. A process that looks less often learns more slowly that a job is silent.
_heartbeats = Watch(longest_gap=1.5)
_obstacles = Watch()
_cancellations = Watch()
_notices: dict[tuple[Path, str], str] = {}

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Finding:
    """What is wrong with an active job.

    Attributes:
        notice: for people; "" when there is nothing.
        lost: why it is lost; "" when it is not.
        must_end_worker: its worker is still there, and has to be ended.
    """

    notice: str = ""
    lost: str = ""
    must_end_worker: bool = False


def reconcile_jobs(workspace: Workspace, *, stop_hard: bool = False) -> list[Job]:
    """Marks active jobs as lost when nothing works on them any more; returns those that it changed.

    Args:
        workspace: whose jobs.
        stop_hard: also end workers that were halted, and those of jobs that ignore their cancellation, and ask the
            local engine for the jobs that wait (the engine does this).
    """
    changed: list[Job] = []
    jobs = list_jobs(workspace, active_only=True, unreadable=True)
    _forget_others(workspace, jobs)
    asked = [job for job in jobs if job.state.state == "queued" and (job.state.on_cluster or stop_hard)]
    obstacles = find_obstacles(workspace.root, asked) if asked else {}
    engine = find_engine(workspace.root) if jobs else None  # once: of forty waiting jobs, each would look for it
    for job in jobs:
        finding = _examine(workspace, job, obstacles.get(job_key(job)), engine)
        _notices[_place(workspace, job)] = finding.notice
        try:
            changed += _end_if_lost(workspace, job, finding, stop_hard)
        except DiskError:  # the disk is full, or read-only here: another process will do it
            pass
        except (OSError, RunError, psutil.Error) as error:  # no answer from its scheduler, another user's process
            _logger.warning("%s could not be ended, and is looked at again: %s", job.title, error)
    return changed


def find_notice(workspace: Workspace, job: Job) -> str:
    """What people should know about an active job, as this process last saw it ("no sign of life for 25 seconds").

    "" as a rule. See `reconcile_jobs`, which looks.
    """
    return _notices.get(_place(workspace, job), "") if job.state.is_active else ""


def list_notices(workspace: Workspace, jobs: Sequence[Job]) -> list[str]:
    """Sentences on what keeps these jobs from going on, and on a cluster that is not encrypted; each once."""
    sentences = []
    for job in jobs:
        if text := find_notice(workspace, job):
            is_of_all = job.state.state == "queued"
            sentences.append(f"{text[0].upper()}{text[1:]}." if is_of_all else f"{job.title}: {text}.")
        if job.state.is_active and job.state.on_cluster and not is_encrypted(job.state.scheduler):
            sentences.append(NOT_ENCRYPTED)
    return list(dict.fromkeys(sentences))


def record_end(folder: Path, state: JobState, name: Literal["lost", "cancelled"], reason: str) -> JobState:
    """Writes down that a job ended without saying so itself; returns its new state."""
    ended = state.model_copy(update={"state": name, "reason": reason, "ended": time.time(), "seconds_left": None})
    write_state(folder, ended)
    return ended


def _place(workspace: Workspace, job: Job) -> tuple[Path, str]:
    return workspace.root, job_key(job)


def _forget_others(workspace: Workspace, jobs: Sequence[Job]) -> None:
    """Forgets what was seen of this workspace's jobs that have ended meanwhile."""
    active = {_place(workspace, job) for job in jobs}
    for place in [place for place in list(_notices) if place[0] == workspace.root and place not in active]:
        _notices.pop(place, None)
        for watch in (_heartbeats, _obstacles, _cancellations):
            watch.forget(place)


def _examine(workspace: Workspace, job: Job, obstacle: Obstacle | None, engine: EngineAddress | None) -> _Finding:
    if job.state.state == "queued":
        return _examine_queued(workspace, job, obstacle, engine)
    state, worker = job.state, job.state.worker
    watched = _heartbeats.seconds_unchanged(_place(workspace, job), state.heartbeat)
    by_the_clock = time.time() - state.heartbeat
    # Before the worker is looked at, which works in the workspace that this one was copied from.
    if max(watched, by_the_clock) > _CONFIRM_AFTER and is_copy(
        job_folder(workspace, job.kind, job.id), state.folder_number
    ):
        return _Finding(lost="This workspace was copied while the job was running.")
    # Whoever works on a job says so with its first sign of life: without a worker there is nothing to watch.
    silent = max(watched, by_the_clock) if watched > _CONFIRM_AFTER or worker is None else watched
    # A cluster's worker in a container may have this machine's name, but not its processes.
    if worker is not None and worker.is_local() and not state.on_cluster:
        if not worker.is_alive():
            return _Finding(lost="The process that worked on it has ended.")
        if worker.is_stopped():
            return _examine_halted(state, watched)
    elif silent > LOST_AFTER:
        return _Finding(lost=f"No sign of life for {counted(round(silent), 'second')}.")
    elif state.scheduler and by_the_clock > _LOST_WITHOUT_ENGINE_AFTER and _is_engine_gone(engine, state):
        return _Finding(lost="The job engine that it ran on is gone.")
    if silent > SILENT_AFTER:
        return _Finding(notice=f"no sign of life for {counted(round(silent), 'second')}; Cancel on Train ends it")
    return _Finding()


def _examine_halted(state: JobState, watched: float) -> _Finding:
    """A job whose process was halted by a signal: the engine ends it after a minute, but no training in a shell."""
    text = f"no sign of life for {counted(round(watched), 'second')}: its process is halted"
    if watched <= SILENT_AFTER:
        return _Finding()
    if not state.scheduler:
        return _Finding(notice=f"{text}; continue it where it was started")
    if watched <= LOST_AFTER:
        return _Finding(notice=f"{text}; it is ended after {counted(LOST_AFTER, 'second')}")
    return _Finding(
        text, f"Its process was halted and gave no sign of life for {counted(round(watched), 'second')}.", True
    )


def _examine_queued(
    workspace: Workspace, job: Job, obstacle: Obstacle | None, engine: EngineAddress | None
) -> _Finding:
    if not job.state.on_cluster and _is_engine_gone(engine, job.state):
        return _Finding(lost="The job engine ended before the job began.")
    lasts = _obstacles.seconds_unchanged(_place(workspace, job), obstacle)
    if obstacle is None:
        return _Finding()
    if obstacle.is_certain and lasts > _patience(job.state, obstacle):
        return _Finding(lost=f"It had not begun: {obstacle.text}.")
    minutes = counted(round(_patience(job.state, obstacle) / 60), "minute")
    after = (
        f"a job that waits like this for {minutes} counts as lost" if obstacle.is_certain else "Cancel ends the wait"
    )
    return _Finding(notice=f"{obstacle.text}; {after}" if job.state.on_cluster else "")


def _patience(state: JobState, obstacle: Obstacle) -> float:
    """Seconds that an obstacle may last. On a shared disk it may take a while to be seen that a job has begun."""
    if not obstacle.is_final:
        return UNSERVED_AFTER
    return LOST_AFTER if state.on_cluster else _DROPPED_AFTER


def _is_engine_gone(engine: EngineAddress | None, state: JobState) -> bool:
    """Whether the local engine that a job was submitted to has ended; False for one on a cluster."""
    if state.on_cluster:
        return False
    return engine is None or engine.address != state.scheduler


def _ignores_cancellation(workspace: Workspace, job: Job) -> bool:
    asked = cancel_requested(job_folder(workspace, job.kind, job.id))
    since = _cancellations.seconds_unchanged(_place(workspace, job), asked)
    return asked is not None and since > HARD_AFTER


def _end_if_lost(workspace: Workspace, job: Job, finding: _Finding, stop_hard: bool) -> list[Job]:
    """Writes down the end of a job that nothing works on any more; returns the job if it did."""
    if finding.lost and (stop_hard or not finding.must_end_worker):
        if finding.must_end_worker:
            end_worker(workspace, job)
        return _end_lost(workspace, job, finding.lost)
    if stop_hard and _ignores_cancellation(workspace, job):
        end_worker(workspace, job)
        return _end_cancelled(workspace, job)
    return []


def _end_lost(workspace: Workspace, job: Job, reason: str) -> list[Job]:
    folder = job_folder(workspace, job.kind, job.id)
    with exclusive_lock(folder / "submit.lock"):
        if read_state(folder) != job.state:  # it has changed meanwhile: the next look will tell
            return []
        state = record_end(folder, job.state, *_lost_state(folder, reason))
    return [Job(job.kind, job.id, job.title, state)]


def _end_cancelled(workspace: Workspace, job: Job) -> list[Job]:
    folder = job_folder(workspace, job.kind, job.id)
    with exclusive_lock(folder / "submit.lock"):
        state = read_state(folder)
        if not state.is_active:  # it ended by itself meanwhile
            return []
        state = record_end(folder, state, "cancelled", "Cancelled; it did not stop by itself.")
    return [Job(job.kind, job.id, job.title, state)]


def _lost_state(folder: Path, reason: str) -> tuple[Literal["lost", "cancelled"], str]:
    if cancel_requested(folder) is not None:
        return "cancelled", "Cancelled."
    return "lost", reason + " Start it again with Retry: what was finished is kept."
