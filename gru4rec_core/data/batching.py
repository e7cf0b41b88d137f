"""Which session is in which lane at which step?

Session-parallel mini-batches (Hidasi et al. 2016, section 3.1.1): each lane walks through one session
at a time, feeding event j to predict event j + 1; when its session ends it takes the next one in order.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from gru4rec_core.data.lanes import LanePlan
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


class PassPlan:
    """A pass in which every session has its place; any stretch of steps is laid out when it is needed.

    The next session in order goes to the lane that is free first (the lowest such lane), as in the paper's
    figure 1. Sessions of one event have no transition and are passed over.

    Args:
        dataset: sessions of known items.
        n_lanes: sessions side by side, at least 1; more lanes than sessions leaves lanes idle.
        session_order: session indices, each at most once.

    Raises:
        DataError: no session has two events.
    """

    def __init__(self, dataset: SessionDataset, n_lanes: int, session_order: np.ndarray) -> None:
        transitions = dataset.lengths[session_order] - 1
        kept = transitions > 0
        if not kept.any():
            raise DataError(
                "Training needs sessions of at least two events.",
                found=f"{dataset.n_sessions} sessions, all of one event",
                remedy="Check that the session column names visits, not single events.",
            )
        self._items = dataset.items
        self._first_event = dataset.offsets[session_order[kept]]
        self._plan = LanePlan(transitions[kept], n_lanes)
        self.n_steps = self._plan.n_steps
        self.n_transitions = int(transitions[kept].sum())

    def steps(self, first: int, stop: int) -> Schedule:
        """The schedule of steps first to stop - 1, or of those that there are.

        Raises:
            DataError: a stretch without steps.
        """
        stop = min(stop, self.n_steps)
        if not 0 <= first < stop:
            raise DataError(
                f"A stretch of steps lies in the pass's {self.n_steps} and is not empty.", found=f"{first} to {stop}"
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


def build_schedule(dataset: SessionDataset, n_lanes: int, session_order: np.ndarray) -> Schedule:
    """A whole pass at once: every transition of every session in exactly one cell.

    A session of n events has n - 1 transitions. Lanes stay idle (not valid) when no session is left:
    nothing is dropped. Arguments and errors are those of `PassPlan`.
    """
    plan = PassPlan(dataset, n_lanes, session_order)
    return plan.steps(0, plan.n_steps)
