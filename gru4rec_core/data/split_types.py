"""What does splitting a log return: its parts, the events to predict, and what happened to every event?"""

from dataclasses import asdict, dataclass
from typing import Any, NamedTuple, Self

import numpy as np

from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.errors import DataError


@dataclass(frozen=True)
class SplitStep:
    """What one step of a split left, and what it dropped.

    Attributes:
        name: Of the step.
        why: One sentence for people.
        sessions, events, items: How many there are after the step.
        dropped_sessions, dropped_events: How many it dropped.
    """

    name: str
    why: str
    sessions: int
    events: int
    items: int
    dropped_sessions: int = 0
    dropped_events: int = 0

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of_part(cls, name: str, why: str, part: SessionDataset) -> Self:
        """A step that only names a part of the log; nothing is dropped by it."""
        return cls(name, why, part.n_sessions, part.n_events, part.n_items_used)

    @classmethod
    def between(cls, name: str, why: str, before: SessionDataset, after: SessionDataset) -> Self:
        """The step that led from one log to another."""
        dropped = before.n_sessions - after.n_sessions, before.n_events - after.n_events
        return cls(name, why, after.n_sessions, after.n_events, after.n_items_used, *dropped)


class EventIndex(NamedTuple):
    """The predicted events, in session order.

    Attributes:
        session: int32 [n], index of the session.
        position: int32 [n], position in the session, from 0; the items before it are the history.
        target: int32 [n], the true item; -1 when training does not know it.
    """

    session: np.ndarray
    position: np.ndarray
    target: np.ndarray


class EvaluationSet:
    """Sessions, and which of their events are to be predicted from all events before them.

    Attributes:
        dataset: The sessions, whole; items that training does not know are -1.
        predicted: bool [n_events].

    Args:
        dataset: The sessions.
        predict_from: int [n_sessions], the position from which on every event is predicted.
        predicted: bool [n_events], instead of predict_from.

    Raises:
        DataError: Neither or both are given, or the length is wrong.
    """

    def __init__(
        self, dataset: SessionDataset, predict_from: np.ndarray | None = None, *, predicted: np.ndarray | None = None
    ) -> None:
        if (predict_from is None) == (predicted is None):
            raise DataError("An evaluation set has predict_from or predicted, one of the two.", found="both or neither")
        if predicted is None:
            predict_from = np.asarray(predict_from)
            if len(predict_from) != dataset.n_sessions:
                raise DataError(
                    f"predict_from has one position for each of {dataset.n_sessions} sessions.",
                    found=str(len(predict_from)),
                )
            predicted = dataset.positions >= np.repeat(predict_from, dataset.lengths)
        if len(predicted) != dataset.n_events:
            raise DataError(f"predicted has a value for each of {dataset.n_events} events.", found=str(len(predicted)))
        self.dataset = dataset
        self.predicted = predicted

    @property
    def n_predicted(self) -> int:
        return int(self.predicted.sum())

    def events(self) -> EventIndex:
        """The predicted events in session order."""
        at = np.flatnonzero(self.predicted)
        session = np.searchsorted(self.dataset.offsets, at, side="right") - 1
        position = at - self.dataset.offsets[session]
        return EventIndex(session.astype(np.int32), position.astype(np.int32), np.asarray(self.dataset.items)[at])


@dataclass(frozen=True)
class SplitSummary:
    """An account of every event of a log.

    log_events = train_events + validation_events + test_events + dropped_events, where an event of a history that is
    also trained on counts as training.

    Attributes:
        protocol: The test rule.
        steps: In order, the log as it came first: what each left and dropped, and why.
        log_sessions, log_events: Of the log as it came.
        train_sessions, train_events, n_items: Of the training part; its items are the vocabulary.
        validation_sessions, validation_events, validation_predicted: Held out to watch training.
        test_sessions, test_events: Held out to judge.
        test_predicted: Events that are predicted.
        unseen_events: Of the events to predict, those whose item training does not know; `unseen` says whether they
            count as misses or are left out.
        dropped_events: In no part.
        time_unit: "s", "ms", "us", "ns" since 1970, or None for numbers that are not dates.
        cut: Where the time rule cuts, in the log's unit, else None.
        train_from, train_to, test_from, test_to: First and last time of the training events, and of the events to
            predict, in the log's unit.
    """

    protocol: str
    unseen: str
    steps: tuple[SplitStep, ...]
    log_sessions: int
    log_events: int
    train_sessions: int
    train_events: int
    n_items: int
    validation_sessions: int
    validation_events: int
    validation_predicted: int
    test_sessions: int
    test_events: int
    test_predicted: int
    unseen_events: int
    dropped_events: int
    time_unit: str | None
    cut: float | None
    train_from: float
    train_to: float
    test_from: float
    test_to: float

    @property
    def unseen_share(self) -> float:
        """Share of the events to predict whose item training does not know, 0 to 1; dropped ones counted."""
        asked = self.test_predicted + (self.unseen_events if self.unseen == "drop" else 0)
        return self.unseen_events / asked if asked else 0.0

    def to_dict(self) -> dict[str, Any]:
        """In JSON's own types."""
        return {**asdict(self), "steps": [step.to_dict() for step in self.steps], "unseen_share": self.unseen_share}


@dataclass(frozen=True)
class Split:
    """The parts of a log; the vocabulary of all of them is the training part's.

    Attributes:
        train: What models learn from.
        validation: What training is watched by; in no other part, or None.
        test: What models are judged by.
        summary: Where each event went.
    """

    train: SessionDataset
    validation: EvaluationSet | None
    test: EvaluationSet
    summary: SplitSummary
