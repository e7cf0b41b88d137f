"""May these models be compared at all?

Only if they predicted exactly the same events, and none of them was trained on these events. They may have been
trained on different data.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from gru4rec_core.data.sessions import ITEM, SESSION, TIMESTAMP, SessionDataset
from gru4rec_core.data.split_types import EvaluationSet
from gru4rec_core.data.times import to_microseconds
from gru4rec_core.errors import RunError
from gru4rec_core.evaluation.scoring import Evaluation

ModelKind = Literal["gru4rec", "baseline"]


@dataclass(frozen=True, eq=False)
class ModelResults:
    """One model's predictions of the test events, one evaluation per seed, and what a comparison must know of it.

    Attributes:
        name: key, unique in a comparison, e.g. "top1" or "markov".
        label: what people call it, e.g. "TOP1" or "Lookup table (Markov)".
        kind: "gru4rec" models are contenders; baselines are what they must beat.
        evaluations: one per seed, all of the same events in the same order.
        test_key: identifies the test events (see `build_test_key`); with "" the ids in the evaluations are compared,
            which is right for models that share a vocabulary.
        tested_on: the test in words, shown when two models were not tested on the same events.
        leaked_events: test events that were in the training part (see `count_leaked`).
        overlaps_training_days: whether test events come from days that training covers (last-item rule).
        still_improving: whether training stopped while the validation figure was still rising.
        too_few_epochs: whether it trained for too few epochs to tell that (see `convergence`).
        training_seconds: of one run, where known.
        run_seconds: of every run, in the order of the evaluations; empty where not known.
    """

    name: str
    label: str
    kind: ModelKind
    evaluations: tuple[Evaluation, ...]
    test_key: str = ""
    tested_on: str = ""
    leaked_events: int = 0
    overlaps_training_days: bool = False
    still_improving: bool = False
    too_few_epochs: bool = False
    training_seconds: float | None = None
    run_seconds: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if not self.evaluations:
            raise RunError(
                "A model's results hold one evaluation per seed.",
                found="none",
                where=self.label,
                remedy="Wait for its runs to finish, or leave the model out.",
            )
        first = self.evaluations[0]
        for other in self.evaluations[1:]:
            if not _same_events(first, other):
                raise RunError(
                    "All seeds of a model predict the same test events.",
                    found=f"{len(first.session)} and {len(other.session)} predictions that do not pair up",
                    where=self.label,
                    remedy="Evaluate every seed on the same test part.",
                )

    @property
    def n_seeds(self) -> int:
        return len(self.evaluations)

    @property
    def n_events(self) -> int:
        return len(self.evaluations[0].session)

    @property
    def n_sessions(self) -> int:
        return len(np.unique(self.evaluations[0].session))

    @property
    def unit(self) -> str:
        """What its hits are counted in (see `counted_unit`)."""
        return counted_unit(self.n_events, self.n_sessions)


@dataclass(frozen=True)
class Obstacle:
    """Why models cannot be compared, what to do about it, and the names of the models concerned."""

    sentence: str
    remedy: str
    models: tuple[str, ...]


def find_obstacle(models: Sequence[ModelResults]) -> Obstacle | None:
    """The first reason not to compare these models, or None."""
    first = models[0]
    if first.n_events == 0:
        return Obstacle(
            "These cannot be compared. There are no test events.",
            "Choose a test rule that leaves events to predict.",
            tuple(model.name for model in models),
        )
    for other in models[1:]:
        if not _same_test(first, other):
            return _different_tests(first, other, len(models))
    for model in models:
        if model.leaked_events:
            return Obstacle(
                f"{_these(len(models))} cannot be compared. {model.label} was trained on"
                f" {model.leaked_events:,} of the {model.n_events:,} test events.",
                f"Test on sessions that came after {model.label}'s training, or train it again without them.",
                (model.name,),
            )
    return None


def counted_unit(n_events: int, n_sessions: int) -> str:
    """What the hits of a test are counted in: "sessions" where each has one predicted event, else "events"."""
    return "sessions" if n_events == n_sessions else "events"


def build_test_key(session_ids: Iterable[Any], positions: Iterable[int], items: Iterable[Any]) -> str:
    """A key that equal test events share, made from sessions, positions and true items as the log names them.

    Item ids would not do, because two models trained on different logs number the same items differently. Order
    counts, because predictions are paired row by row.

    Returns:
        16 hexadecimal digits.
    """
    frame = pd.DataFrame({"session": _text(session_ids), "position": _text(positions), "item": _text(items)})
    hashes = pd.util.hash_pandas_object(frame, index=False).to_numpy()
    return hashlib.sha256(hashes.tobytes()).hexdigest()[:16]


def count_leaked(train: SessionDataset, events: EvaluationSet) -> int:
    """How many of the predicted events were in the training part (see `find_leaked`)."""
    return len(find_leaked(train, events))


def find_leaked(train: SessionDataset, events: EvaluationSet) -> np.ndarray:
    """Which of the predicted events were in the training part.

    An event is identified by its session, time and item; of several events that share all three, as many count as
    leaked as training had. Times in different units are compared as moments.

    Args:
        train: what a model was trained on.
        events: what it is asked to predict.

    Returns:
        int64 [n], their places among all events of `events.dataset`.
    """
    test = events.dataset
    # A hash table: np.isin compares text pair by pair, minutes for 50,000 sessions.
    shared = pd.Index(_text(test.session_ids)).isin(_text(train.session_ids))
    index = events.events()
    predicted = shared[index.session]
    if not predicted.any():
        return np.empty(0, np.int64)
    # Where the predicted events lie in the flat arrays of the test log.
    events_at = test.offsets[index.session[predicted]] + index.position[predicted]
    as_moments = test.time_unit != train.time_unit and None not in (test.time_unit, train.time_unit)
    to_predict = _numbered_events(test, as_moments).iloc[events_at]
    columns = list(to_predict.columns)
    found = to_predict.assign(at=events_at).merge(_numbered_events(train, as_moments), on=columns, how="inner")
    return found["at"].to_numpy(np.int64)


def _numbered_events(dataset: SessionDataset, as_moments: bool) -> pd.DataFrame:
    times = np.asarray(dataset.timestamps)
    if as_moments and dataset.time_unit is not None:
        times = to_microseconds(times, dataset.time_unit)
    items = pd.Series(dataset.vocabulary.decode(np.maximum(dataset.items, 0))).astype(str)
    frame = pd.DataFrame(
        {
            SESSION: np.repeat(_text(dataset.session_ids), dataset.lengths),
            TIMESTAMP: times.astype(np.float64),
            # An unknown item matches nothing: a training part knows all its items.
            ITEM: items.where(dataset.items >= 0, None),
        }
    )
    # The nth of several equal events pairs up with the nth in training, so none is counted twice.
    occurrence = frame.groupby([SESSION, TIMESTAMP, ITEM], dropna=False, sort=False).cumcount()
    return frame.assign(occurrence=occurrence)


def _same_test(a: ModelResults, b: ModelResults) -> bool:
    if a.test_key or b.test_key:
        return a.test_key == b.test_key and a.n_events == b.n_events
    return _same_events(a.evaluations[0], b.evaluations[0])


def _same_events(a: Evaluation, b: Evaluation) -> bool:
    return (
        np.array_equal(a.session_id, b.session_id)
        and np.array_equal(a.position, b.position)
        and np.array_equal(a.target, b.target)
    )


def _different_tests(a: ModelResults, b: ModelResults, n_models: int) -> Obstacle:
    tests = [model.tested_on or _size(model) for model in (b, a)]
    if tests[0] == tests[1]:
        tests = [f"{text} (test {model.test_key or 'unnamed'})" for text, model in zip(tests, (b, a), strict=True)]
    if tests[0] == tests[1]:
        tests[0] = f"other events ({tests[0]})"
    return Obstacle(
        f"{_these(n_models)} cannot be compared. {b.label} was tested on {tests[0]}, {a.label} on {tests[1]}.",
        "Re-test both on one test part.",
        (b.name, a.name),
    )


def _these(n_models: int) -> str:
    return "These two" if n_models == 2 else "These"


def _size(model: ModelResults) -> str:
    return f"{model.n_events:,} events of {model.n_sessions:,} sessions"


def _text(values: Iterable[Any]) -> np.ndarray:
    return pd.Series(np.asarray(values)).astype(str).to_numpy(dtype=object)
