"""Will a queued job ever begin: does its scheduler answer, still have the job, and have workers?

A job belongs to the scheduler written in its state, whichever scheduler the environment of the reading process names.
Only two may say that a job is lost: a process that gets an answer from that very scheduler, and the machine that handed
the job over, which could reach it. Any other process may lack the credentials or be in another network: it only reports
what it sees.
"""

import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from gru4rec_core.errors import RunError
from gru4rec_core.jobs import client
from gru4rec_core.jobs.client import Answer, job_key
from gru4rec_core.jobs.job_list import Job

ASK_EVERY = 5.0
"""Seconds for which a scheduler's answer, or its silence, is believed."""

_REACH_TIMEOUT = 0.5  # seconds


@dataclass(frozen=True)
class Obstacle:
    """Why a queued job does not begin.

    Attributes:
        text: for people: "the cluster at tcp://scheduler:8786 has no worker".
        is_final: the job will never begin; otherwise it may, once a worker or the scheduler is there.
        is_certain: this process may say that the job is lost.
    """

    text: str
    is_final: bool
    is_certain: bool


@dataclass(frozen=True)
class _Silence:
    """No answer: `reached` says whether something listens at the address."""

    reached: bool


@dataclass(frozen=True)
class _Memory:
    asked: float
    outcome: Answer | _Silence


_remembered: dict[str, _Memory] = {}
_locks: dict[str, threading.Lock] = {}


def find_obstacles(root: Path, jobs: Sequence[Job]) -> dict[str, Obstacle]:
    """What keeps queued jobs of a workspace from beginning, by `job_key`; jobs that only wait their turn are left out.

    Every scheduler is asked at most once in `ASK_EVERY` seconds, and given 1.5 seconds.
    """
    obstacles = {}
    for address in dict.fromkeys(job.state.scheduler for job in jobs):
        its_jobs = [job for job in jobs if job.state.scheduler == address]
        outcome = _ask(root, address, its_jobs)
        for job in its_jobs:
            if obstacle := _find_obstacle(job, outcome):
                obstacles[job_key(job)] = obstacle
    return obstacles


def _ask(root: Path, address: str, jobs: Sequence[Job]) -> Answer | _Silence:
    # Several pages look at once: one asks, the others take its answer.
    with _locks.setdefault(address, threading.Lock()):
        memory = _remembered.get(address)
        if memory is None or time.monotonic() - memory.asked > ASK_EVERY:
            outcome = _ask_now(root, address, jobs)
            memory = _remembered[address] = _Memory(time.monotonic(), outcome)
        return memory.outcome


def _ask_now(root: Path, address: str, jobs: Sequence[Job]) -> Answer | _Silence:
    try:
        return client.ask(root, address, jobs)
    except (OSError, TimeoutError, RunError):
        return _Silence(_is_reached(address))


def _is_reached(address: str) -> bool:
    """Whether something listens there; if so, the credentials do not fit, or it hangs."""
    parts = urlsplit(address if "://" in address else f"tcp://{address}")
    try:
        with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=_REACH_TIMEOUT):
            return True
    except (OSError, ValueError):
        return False


def _find_obstacle(job: Job, outcome: Answer | _Silence) -> Obstacle | None:
    if not job.state.on_cluster:
        return _find_local_obstacle(job, outcome)
    address, ticket = job.state.scheduler, job.state.cluster
    from_here = ticket is not None and ticket.host == socket.gethostname()
    if isinstance(outcome, _Silence):
        if outcome.reached:
            return Obstacle(
                f"the cluster at {address} does not answer this program, which may lack its certificates", False, False
            )
        return Obstacle(f"the cluster at {address} cannot be reached", False, from_here)
    same = ticket is not None and ticket.scheduler_id == outcome.scheduler_id
    if ticket is not None and not same:
        return Obstacle(f"the scheduler at {address} was restarted and does not know the job", True, from_here)
    if job_key(job) in outcome.unknown:
        return Obstacle(f"the scheduler at {address} has dropped the job", True, same)
    if outcome.n_workers == 0:
        return Obstacle(f"the cluster at {address} has no worker", False, same)
    return None


def _find_local_obstacle(job: Job, outcome: Answer | _Silence) -> Obstacle | None:
    """When a worker is killed, the engine drops the jobs that were waiting for it."""
    if isinstance(outcome, Answer) and job_key(job) in outcome.unknown:
        return Obstacle("the worker that it waited for has ended", True, True)
    return None
