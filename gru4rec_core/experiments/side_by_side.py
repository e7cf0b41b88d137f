"""How are several jobs carried out at a time, each in a process of its own, and stopped together?

The processes start afresh (TensorFlow must not be forked) and take one job after another. What they do is written in
the jobs' folders; the caller reads it there, and stops them by the same request to cancel that a page would write.
"""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from gru4rec_core.errors import RunError
from gru4rec_core.experiments.reporter import OnPart
from gru4rec_core.workspace.job_state import clear_cancel, read_state, request_cancel

LOOK_EVERY = 1.0
"""Seconds between two looks at a job that another process works on."""

PATIENCE = 10.0
"""Seconds that jobs have to stop when they are asked to; then their processes are killed."""

_REPORT_EVERY = 0.3  # seconds


class Part(Protocol):
    """A job; it is sent to another process, so it can be pickled."""

    @property
    def name(self) -> str: ...

    @property
    def folder(self) -> Path: ...

    def execute(self) -> None: ...


def work_side_by_side(
    parts: Sequence[Part],
    n_processes: int,
    on_change: OnPart | None = None,
    while_waiting: Callable[[], object] | None = None,
) -> None:
    """Carries out all parts, at most `n_processes` at a time, in the given order as far as possible.

    A part that somebody else works on is waited for, while the others go on.

    Args:
        parts: what to do.
        n_processes: how many processes work at a time; one is started only when there is a part for it.
        on_change: called with the name and the state of each part that is under way, several times a second.
        while_waiting: called once a second once nothing is left but what somebody else works on.

    Raises:
        Exception: what a part raised, or KeyboardInterrupt; all other parts are stopped then.
        RunError: a process ended without an answer.
    """
    pending = list(parts)
    with _processes(n_processes) as pool:
        at_work: dict[Future[None], Part] = {}
        try:
            while pending or at_work:
                for part in [part for part in pending if not _is_active(part)][: n_processes - len(at_work)]:
                    pending.remove(part)
                    clear_cancel(part.folder)
                    at_work[pool.submit(_execute, part)] = part
                _wait(at_work, while_waiting)
                # Before the report: of what ends meanwhile, the next one tells how.
                done = [future for future in at_work if future.done()]
                for part in [*at_work.values(), *filter(_is_active, pending)]:
                    if on_change:
                        on_change(part.name, read_state(part.folder))
                for future in done:
                    future.result()
                    del at_work[future]
        except BrokenProcessPool as error:
            raise _broken(at_work.values()) from error
        finally:
            _stop(at_work)


def _is_active(part: Part) -> bool:
    return read_state(part.folder).is_active


def _wait(at_work: Mapping[Future[None], Part], while_waiting: Callable[[], object] | None) -> None:
    """Until a part is done, or it is time to report."""
    if at_work:
        wait(at_work, _REPORT_EVERY, FIRST_COMPLETED)
        return
    time.sleep(LOOK_EVERY)
    if while_waiting:
        while_waiting()


def _stop(at_work: Mapping[Future[None], Part]) -> None:
    """Stops what is still under way; nothing is when all has gone well."""
    running = {future: part for future, part in at_work.items() if not future.done()}
    for part in running.values():
        request_cancel(part.folder)
    for future in wait(running, PATIENCE).done:
        clear_cancel(running[future].folder)


@contextmanager
def _processes(n: int) -> Iterator[ProcessPoolExecutor]:
    """A pool of fresh processes, which are killed where the block raises."""
    before = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(n, multiprocessing.get_context("spawn"), _begin)
    try:
        yield pool
    except BaseException:
        for process in set(multiprocessing.active_children()) - before:
            process.kill()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _begin() -> None:
    """At the start of each process: the caller alone hears Ctrl-C, and nothing outlives it.

    TensorFlow writes notes straight to file descriptor 2, past Python: nobody wants them in the middle of a progress
    display. Errors come back to the caller.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_caller, daemon=True).start()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


def _end_with_caller() -> None:
    caller = multiprocessing.parent_process()
    assert caller is not None
    caller.join()
    os._exit(1)


def _execute(part: Part) -> None:
    part.execute()


def _broken(parts: Iterable[Part]) -> RunError:
    return RunError(
        "A process that carried out a part of the comparison ended without an answer.",
        found="at work were " + "; ".join(part.name for part in parts),
        remedy="The memory may be too short for several at a time: use fewer processes. What was done is kept.",
    )
