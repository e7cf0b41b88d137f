"""What does training tell its caller, and how can the caller respond?"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gru4rec_core.model.batch_builder import Chunk


@dataclass(frozen=True)
class EpochReport:
    """One epoch in numbers.

    Attributes:
        epoch: from 1.
        epochs: how many the settings ask for.
        steps: mini-batches of this epoch.
        loss: mean over the transitions of this epoch.
        accuracy, top3_accuracy: share of the transitions whose item ranked first, and among the first three, when
            training passed over them; exact over all items with negatives "all", else None.
        validation: "accuracy@1" … "accuracy@20" and "mrr@20" on the validation part; None without one.
        events: transitions learnt from.
        events_per_s: transitions per second of training alone.
        seconds: of training and validation.
        seconds_left: estimate for the remaining epochs.
    """

    epoch: int
    epochs: int
    steps: int
    loss: float
    accuracy: float | None
    top3_accuracy: float | None
    validation: dict[str, float] | None
    events: int
    events_per_s: float
    seconds: float
    seconds_left: float


@dataclass(frozen=True)
class TrainingProgress:
    """How far training is, reported after each chunk of steps.

    Attributes:
        epoch: the current one, from 1.
        epochs: how many the settings ask for.
        step: mini-batches done.
        steps: mini-batches of the whole training; an estimate, since passes differ by a few.
        loss: mean of the current epoch so far.
        events_per_s: transitions per second of the current epoch so far.
        seconds_left: estimate for the rest of training.
    """

    epoch: int
    epochs: int
    step: int
    steps: int
    loss: float
    events_per_s: float
    seconds_left: float


@dataclass(frozen=True)
class Hooks:
    """Functions of the caller that training calls.

    Attributes:
        on_epoch: called with the report of each epoch.
        on_progress: called after each chunk of steps, several times a second.
        should_stop: asked before each chunk; True ends training.
    """

    on_epoch: Callable[[EpochReport], None] | None = None
    on_progress: Callable[[TrainingProgress], None] | None = None
    should_stop: Callable[[], bool] | None = None


class EpochMeter:
    """Sums and time of the current epoch.

    Attributes:
        events: transitions so far.
        hits: int64 [2], transitions whose item ranked first, and among the first three.
    """

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Begins an epoch."""
        self._start = time.perf_counter()
        self._loss = 0.0
        self.events = 0
        self.hits = np.zeros(2, np.int64)

    def add(self, chunk: Chunk, losses: np.ndarray, hits: np.ndarray) -> None:
        """Adds a chunk: losses float32 [n_steps], means over the valid lanes of each step; hits int64 [2]."""
        self.events += int(chunk.transitions.sum())
        self._loss += float(losses.astype(np.float64) @ chunk.transitions)
        self.hits += hits

    @property
    def loss(self) -> float:
        """Mean over the transitions so far."""
        return self._loss / self.events

    @property
    def seconds(self) -> float:
        """Since the epoch began."""
        return time.perf_counter() - self._start
