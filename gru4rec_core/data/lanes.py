"""Which session stands in which lane, for any stretch of steps, without holding the whole schedule?

8 bytes a session instead of 10 bytes an event: a pass over 10 million events must not cost more memory than
the events. Training walks through passes with it, evaluation through its histories.
"""

import heapq
from typing import NamedTuple

import numpy as np


class Cells(NamedTuple):
    """The occupied cells of a stretch of steps, int64 arrays of one length.

    Attributes:
        session: place of the session in the plan's `lengths`.
        within: step within the session, from 0.
        step: step within the stretch. lane: its lane.
    """

    session: np.ndarray
    within: np.ndarray
    step: np.ndarray
    lane: np.ndarray


class LanePlan:
    """Sessions put one after the other into the lane that is free first (the lowest such lane).

    Args:
        lengths: steps of each session, at least 1, in the order they are taken.
        n_lanes: lanes side by side.
    """

    def __init__(self, lengths: np.ndarray, n_lanes: int) -> None:
        self.lengths = lengths.astype(np.int32)
        self.n_lanes = n_lanes
        self.lane = np.empty(len(lengths), np.int32)
        self.start = np.empty(len(lengths), np.int32)
        free = [(0, lane) for lane in range(n_lanes)]
        # Python's heap beats any vectorised way up to millions of sessions: 0.3 µs each.
        for i, length in enumerate(self.lengths.tolist()):
            start, lane = free[0]
            self.lane[i], self.start[i] = lane, start
            heapq.heapreplace(free, (start + length, lane))
        self.n_steps = max(start for start, _ in free)
        self._carried_to = 0
        self._seen = 0
        self._current = np.full(n_lanes, -1, np.int64)

    def window(self, first: int, end: int) -> Cells:
        """The cells of steps first … end - 1. Cheapest when windows follow each other."""
        carried = self._carried(first)
        # Sessions start in the order they are taken, so those that start in the window are a slice.
        low, high = np.searchsorted(self.start, [first, end])
        session = np.concatenate([carried, np.arange(low, high)])
        begin = np.maximum(self.start[session], first)
        stop = np.minimum(self.start[session] + self.lengths[session], end)
        count = (stop - begin).astype(np.int64)
        offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        step = np.repeat(begin, count) + offset
        session = np.repeat(session, count)
        return Cells(session, step - self.start[session], step - first, self.lane[session])

    def _carried(self, first: int) -> np.ndarray:
        """Sessions that started before step `first` and are not over by then."""
        if first < self._carried_to:
            self._seen, self._current[:] = 0, -1
        high = int(np.searchsorted(self.start, first))
        # Of several sessions of a lane the last one written stays: the one under way.
        self._current[self.lane[self._seen : high]] = np.arange(self._seen, high)
        self._seen, self._carried_to = high, first
        current = self._current[self._current >= 0]
        return current[self.start[current] + self.lengths[current] > first]
