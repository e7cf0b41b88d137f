"""Which session occupies which lane of the mini-batch at each step?

Session-parallel mini-batches (Hidasi et al. 2016, section 3.1.1): each lane walks through one session
at a time, feeding event j to predict event j + 1; when its session ends it takes the next one in order.
Both training (over passes) and evaluation (over session histories) use it.
"""

import heapq
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.errors import DataError


@dataclass(frozen=True)
class Schedule:
    """Consecutive steps of a pass.

    Attributes:
        inputs: int32 [steps, lanes], item fed in; 0 where not valid.
        targets: int32 [steps, lanes], item to predict; 0 where not valid.
        reset: bool [steps, lanes], the lane starts a new session: its hidden state is 0 before this step.
        valid: bool [steps, lanes]; False once a lane has run out of sessions.
    """

    inputs: np.ndarray
    targets: np.ndarray
    reset: np.ndarray
    valid: np.ndarray

    @property
    def n_steps(self) -> int:
        return len(self.inputs)

    @property
    def n_transitions(self) -> int:
        return int(self.valid.sum())


def pass_order(
    dataset: SessionDataset, order: Literal["shuffled", "time"], generator: np.random.Generator
) -> np.ndarray:
    """Session indices in the order a pass visits them, int64 [n_sessions].

    "time" sorts by a session's first timestamp (ties keep the dataset's order); "shuffled" draws a new order.
    """
    if order == "time":
        return np.argsort(dataset.start_times, kind="stable")
    return generator.permutation(dataset.n_sessions)


class PassPlan:
    """One pass over all transitions; any range of its steps is laid out when it is needed.

    Sessions go to lanes as in the paper's figure 1 (see `LanePlan`). Sessions of one event have no transition and
    are skipped.

    Args:
        dataset: sessions of known items.
        n_lanes: sessions side by side, at least 1; more lanes than sessions leaves lanes idle.
        session_order: session indices, each at most once.

    Raises:
        DataError: no session has two events.
    """

    def __init__(self, dataset: SessionDataset, n_lanes: int, session_order: np.ndarray) -> None:
        transitions = dataset.lengths[session_order] - 1
        trainable = transitions > 0
        if not trainable.any():
            raise DataError(
                "Training needs sessions of at least two events.",
                found=f"{dataset.n_sessions} sessions, all of one event",
                remedy="Check that the session column names visits, not single events.",
            )
        self._items = dataset.items
        self._first_event = dataset.offsets[session_order[trainable]]
        self._plan = LanePlan(transitions[trainable], n_lanes)
        self.n_steps = self._plan.n_steps
        self.n_transitions = int(transitions[trainable].sum())

    def steps(self, first: int = 0, stop: int | None = None) -> Schedule:
        """Steps first to stop - 1, fewer where the pass ends before; all of them by default.

        Raises:
            DataError: an empty range, or one that starts outside the pass.
        """
        stop = self.n_steps if stop is None else min(stop, self.n_steps)
        if not 0 <= first < stop:
            raise DataError(
                f"A range of steps is not empty and lies within the {self.n_steps} steps of the pass.",
                found=f"{first} to {stop}",
            )
        cells = self._plan.window(first, stop)
        at = (cells.step, cells.lane)
        shape = (stop - first, self._plan.n_lanes)
        inputs, targets = np.zeros(shape, np.int32), np.zeros(shape, np.int32)
        reset, valid = np.zeros(shape, bool), np.zeros(shape, bool)
        event = self._first_event[cells.session] + cells.within
        inputs[at], targets[at] = self._items[event], self._items[event + 1]
        reset[at], valid[at] = cells.within == 0, True
        return Schedule(inputs, targets, reset, valid)


class Cells(NamedTuple):
    """The occupied cells of a range of steps, int64 arrays of one length.

    Attributes:
        session: index into the plan's `lengths`.
        within: step within the session, from 0.
        step: step within the range, from 0.
        lane: its lane.
    """

    session: np.ndarray
    within: np.ndarray
    step: np.ndarray
    lane: np.ndarray


class LanePlan:
    """Sessions in lanes: each goes to the lane that is free first, the lowest of several.

    The plan holds 8 bytes per session. A whole schedule would hold 10 bytes per event, more than the events
    themselves (4 bytes) at 10 million of them.

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
        # Where the last window began, how many sessions had started before it, and the latest one of each lane.
        self._window_start = 0
        self._n_started = 0
        self._latest = np.full(n_lanes, -1, np.int64)

    def window(self, first: int, end: int) -> Cells:
        """The cells of steps first to end - 1. Cheapest when windows follow each other."""
        running = self._running_at(first)
        # Sessions start in the order they are taken, so those that start in the window are a slice.
        low, high = np.searchsorted(self.start, [first, end])
        session = np.concatenate([running, np.arange(low, high)])
        begin = np.maximum(self.start[session], first)
        stop = np.minimum(self.start[session] + self.lengths[session], end)
        # From here on one entry per cell, not per session.
        count = (stop - begin).astype(np.int64)
        offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        step = np.repeat(begin, count) + offset
        session = np.repeat(session, count)
        return Cells(session, step - self.start[session], step - first, self.lane[session])

    def _running_at(self, first: int) -> np.ndarray:
        """Sessions that started before step `first` and are not over by then."""
        if first < self._window_start:
            self._n_started, self._latest[:] = 0, -1
        n_started = int(np.searchsorted(self.start, first))
        # Where several sessions share a lane, the last one written stays: the one under way.
        self._latest[self.lane[self._n_started : n_started]] = np.arange(self._n_started, n_started)
        self._n_started, self._window_start = n_started, first
        latest = self._latest[self._latest >= 0]
        return latest[self.start[latest] + self.lengths[latest] > first]
