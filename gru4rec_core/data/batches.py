"""Which session is in which lane at which step?

Session-parallel mini-batches (Hidasi et al. 2016, section 3.1.1): each lane walks through one session
at a time, feeding event j to predict event j + 1; when its session ends it takes the next one in order.
"""

import heapq
from dataclasses import dataclass
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


def build_schedule(dataset: SessionDataset, n_lanes: int, session_order: np.ndarray) -> Schedule:
    """Puts every transition of every session in exactly one cell of a schedule.

    A session of n events has n - 1 transitions; sessions of one event have none and are passed over.
    The next session in order goes to the lane that is free first (the lowest such lane), as in the
    paper's figure 1. Lanes stay idle (not valid) when no session is left: nothing is dropped.

    Args:
        dataset: sessions of known items.
        n_lanes: sessions side by side, at least 1; more lanes than sessions leaves lanes idle.
        session_order: session indices, each at most once.

    Raises:
        DataError: no session has two events.
    """
    lengths = dataset.lengths[session_order] - 1
    order = session_order[lengths > 0]
    lengths = lengths[lengths > 0]
    if len(order) == 0:
        raise DataError(
            "Training needs sessions of at least two events.",
            found=f"{dataset.n_sessions} sessions, all of one event",
            remedy="Check that the session column names visits, not single events.",
        )
    lane_of, start_of = _assign(lengths, n_lanes)
    n_steps = int((start_of + lengths).max())

    # One flat index per transition: its event in the dataset, its step and its lane.
    within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    event = np.repeat(dataset.offsets[order], lengths) + within
    cell = (np.repeat(start_of, lengths) + within) * n_lanes + np.repeat(lane_of, lengths)

    shape = (n_steps, n_lanes)
    inputs, targets = np.zeros(shape, np.int32), np.zeros(shape, np.int32)
    reset, valid = np.zeros(shape, bool), np.zeros(shape, bool)
    inputs.ravel()[cell] = dataset.items[event]
    targets.ravel()[cell] = dataset.items[event + 1]
    valid.ravel()[cell] = True
    reset[start_of, lane_of] = True
    return Schedule(inputs, targets, reset, valid)


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
