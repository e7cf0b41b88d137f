"""Which session is in which lane at which step?

Session-parallel mini-batches (Hidasi et al. 2016, section 3.1.1): each lane walks through one session
at a time, feeding event j to predict event j + 1; when its session ends it takes the next one in order.
"""

import heapq
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.errors import DataError


@dataclass(frozen=True)
class Schedule:
    """One pass over all transitions, step by step.

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

    "time" sorts by a session's first timestamp (ties keep the dataset's order); "shuffled" draws anew.
    """
    if order == "time":
        return np.argsort(dataset.start_times, kind="stable")
    return generator.permutation(dataset.n_sessions)


@dataclass(frozen=True)
class PassPlan:
    """Where each session of a pass lies; any stretch of steps is laid out when it is needed.

    Holds a few numbers a session, nothing an event: ten million events need no schedule of their own.

    Attributes:
        dataset: the sessions.
        n_lanes: sessions side by side.
        sessions: int64 [n], indices of the sessions with at least two events, in the order visited.
        lanes, starts: int64 [n], each session's lane and first step; starts never fall.
    """

    dataset: SessionDataset
    n_lanes: int
    sessions: np.ndarray
    lanes: np.ndarray
    starts: np.ndarray

    @cached_property
    def lengths(self) -> np.ndarray:
        """Transitions of each session, int64 [n]."""
        return self.dataset.lengths[self.sessions] - 1

    @property
    def n_steps(self) -> int:
        return int((self.starts + self.lengths).max())

    @property
    def n_transitions(self) -> int:
        return int(self.lengths.sum())

    def steps(self, first: int, stop: int) -> Schedule:
        """The schedule of steps first to stop - 1; steps past the pass's end are not valid.

        Raises:
            DataError: an empty or negative stretch.
        """
        if not 0 <= first < stop:
            raise DataError("A stretch of steps begins at 0 or later and is not empty.", found=f"{first} to {stop}")
        # Starts never fall, so only sessions from a short stretch of the plan can touch these steps.
        low = np.searchsorted(self.starts, first - self._longest, side="right")
        high = np.searchsorted(self.starts, stop, side="left")
        start, length, lane = self.starts[low:high], self.lengths[low:high], self.lanes[low:high]
        skipped = np.maximum(first - start, 0)
        count = np.maximum(np.minimum(start + length, stop) - np.maximum(start, first), 0)

        # One entry a transition: its event in the dataset and its cell in the schedule.
        within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        first_event = self.dataset.offsets[self.sessions[low:high]] + skipped
        event = np.repeat(first_event, count) + within
        cell = (np.repeat(start + skipped - first, count) + within) * self.n_lanes + np.repeat(lane, count)

        shape = (stop - first, self.n_lanes)
        inputs, targets = np.zeros(shape, np.int32), np.zeros(shape, np.int32)
        reset, valid = np.zeros(shape, bool), np.zeros(shape, bool)
        inputs.ravel()[cell] = self.dataset.items[event]
        targets.ravel()[cell] = self.dataset.items[event + 1]
        valid.ravel()[cell] = True
        begins = start >= first
        reset[start[begins] - first, lane[begins]] = True
        return Schedule(inputs, targets, reset, valid)

    @cached_property
    def _longest(self) -> int:
        return int(self.lengths.max())


def plan_pass(dataset: SessionDataset, n_lanes: int, session_order: np.ndarray) -> PassPlan:
    """Gives every session of at least two events a lane and a first step.

    The next session in order goes to the lane that is free first (the lowest such lane), as in the
    paper's figure 1. Sessions of one event have no transition and are passed over.

    Args:
        dataset: sessions of known items.
        n_lanes: sessions side by side, at least 1; more lanes than sessions leaves lanes idle.
        session_order: session indices, each at most once.

    Raises:
        DataError: no session has two events.
    """
    order = session_order[dataset.lengths[session_order] > 1]
    if len(order) == 0:
        raise DataError(
            "Training needs sessions of at least two events.",
            found=f"{dataset.n_sessions} sessions, all of one event",
            remedy="Check that the session column names visits, not single events.",
        )
    lanes, starts = _assign(dataset.lengths[order] - 1, n_lanes)
    return PassPlan(dataset, n_lanes, order, lanes, starts)


def build_schedule(dataset: SessionDataset, n_lanes: int, session_order: np.ndarray) -> Schedule:
    """A whole pass at once: every transition of every session in exactly one cell.

    A session of n events has n - 1 transitions. Lanes stay idle (not valid) when no session is left:
    nothing is dropped. Arguments and errors are those of `plan_pass`.
    """
    plan = plan_pass(dataset, n_lanes, session_order)
    return plan.steps(0, plan.n_steps)


def _assign(lengths: np.ndarray, n_lanes: int) -> tuple[np.ndarray, np.ndarray]:
    """Lane and first step of each session: always the lane that is free first."""
    lanes = np.empty(len(lengths), np.int64)
    starts = np.empty(len(lengths), np.int64)
    free = [(0, lane) for lane in range(n_lanes)]
    for i, length in enumerate(lengths.tolist()):
        start, lane = free[0]
        lanes[i], starts[i] = lane, start
        heapq.heapreplace(free, (start + length, lane))
    return lanes, starts
