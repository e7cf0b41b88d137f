"""How long had the trials of a method been working that were interrupted?

A trial that was killed or cancelled is tried again from its beginning. What it had used belongs to the method's budget
all the same: otherwise a method would get more time each time it is interrupted. `interrupted.json` in the method's
folder has the seconds of all that were interrupted before, and those of the trial at work, written with each sign of
life of the job.
"""

import threading
import time
from collections.abc import Callable, Collection
from pathlib import Path

from gru4rec_core.errors import RunError
from gru4rec_core.storage import cache_json, read_json, write_json

INTERRUPTED = "interrupted.json"


def read_interrupted(folder: Path, finished: Collection[int]) -> float:
    """Seconds that trials had been working when they were interrupted.

    Args:
        folder: of the method.
        finished: numbers of the trials that ended; what is noted of one of these is part of its own time.
    """
    try:
        values = read_json(folder / INTERRUPTED, "a tuning") if (folder / INTERRUPTED).exists() else {}
        at_work = 0.0 if values.get("trial") in (None, *finished) else float(values["seconds"])
        return float(values.get("before", 0.0)) + at_work
    except (RunError, KeyError, TypeError, ValueError, AttributeError):  # damaged: what is not known is not charged
        return 0.0


class TrialClock:
    """Notes how long the trial at work has been working.

    Args:
        folder: of the method.
        before: seconds of trials that were interrupted before (see `read_interrupted`).
        clock: seconds that pass.
    """

    def __init__(self, folder: Path, before: float, clock: Callable[[], float] = time.perf_counter) -> None:
        self._path = folder / INTERRUPTED
        self._before = before
        self._clock = clock
        self._at_work: tuple[int, float] | None = None  # number and begin
        self._lock = threading.Lock()  # so that a note is whole before the trial that it is about has ended
        self._is_kept = not before

    def begin(self, number: int) -> None:
        """A trial begins."""
        with self._lock:
            if not self._is_kept:  # else a trial of the same number would take the place of one that was interrupted
                write_json(self._path, {"before": self._before})
                self._is_kept = True
            self._at_work = number, self._clock()

    def end(self) -> None:
        """The trial has ended by itself, and its time is stored with it."""
        with self._lock:
            self._at_work = None

    def note(self) -> None:
        """Writes down how long the trial at work has taken so far; quick ones, between two notes, cost nothing."""
        with self._lock:
            if self._at_work is not None:
                number, began = self._at_work
                seconds = round(self._clock() - began, 3)
                # Not flushed: a killed process loses nothing, a power cut the last seconds.
                cache_json(self._path, {"before": self._before, "trial": number, "seconds": seconds})
