"""The three test rules: how does each divide a log into training, validation and test?"""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from typing import Protocol

import numpy as np

from gru4rec_core.config import SplitConfig
from gru4rec_core.data.filters import select, select_sessions
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.split_types import SplitStep
from gru4rec_core.data.times import day_length, describe_time, parse_moment
from gru4rec_core.errors import DataError

MAX_VALIDATION_SESSIONS = 2_000


@dataclass(frozen=True)
class Parts:
    """A log cut in parts, all of them in the log's own item ids.

    Attributes:
        train: What models learn from.
        validation: Sessions held out to watch training, or None.
        test: Sessions held out to judge.
        predicts_last_only: Only the last event of a held-out session is predicted; else all but its first.
        steps: What each step left and dropped, in order.
        cut: Where the time rule cuts, in the log's unit.
        until: Where its test ends, in the log's unit; None where it goes on to the end of the log.
    """

    train: SessionDataset
    validation: SessionDataset | None
    test: SessionDataset
    predicts_last_only: bool
    steps: tuple[SplitStep, ...]
    cut: float | None = None
    until: float | None = None


class TestRule(Protocol):
    """A test rule with its settings."""

    def cut(self, dataset: SessionDataset) -> Parts:
        """The parts of a log, which stays as it is.

        Raises:
            DataError: The rule's settings do not fit the log's timestamps.
        """


@dataclass(frozen=True)
class LastItem:
    """The last item of each session of two or more is predicted from all before it, which are trained on.

    Leaks across time: other sessions' later events are trained on. Validation takes the last training item of some
    sessions out of training.

    >>> import pandas as pd
    >>> log = SessionDataset(pd.DataFrame({"session": [1, 1, 1, 2, 2], "timestamp": range(5), "item": list("abcba")}))
    >>> parts = LastItem(SplitConfig(protocol="last-item", validation_fraction=0)).cut(log)
    >>> parts.train.df["item"].tolist(), parts.test.df["item"].tolist()
    (['a', 'b', 'b'], ['a', 'b', 'c', 'b', 'a'])
    """

    config: SplitConfig

    def cut(self, dataset: SessionDataset) -> Parts:
        tested = dataset.lengths >= 2
        in_training = np.ones(dataset.n_events, bool)
        in_training[dataset.offsets[1:][tested] - 1] = False
        steps = []
        if not tested.all():
            why = "Sessions of one event have nothing to predict; they are trained on, not tested."
            steps.append(SplitStep.of_part("one-event sessions", why, select_sessions(dataset, tested)))
        validated = self._choose_validation(dataset, in_training)
        validation = None
        if validated.any():
            # Validation sessions end with their last training item, which is the one to predict.
            validation = select(dataset, in_training & np.repeat(validated, dataset.lengths))
            in_training[dataset.offsets[1:][validated] - 2] = False
        train = select(dataset, in_training)
        test = select_sessions(dataset, tested)
        why = "All events but the last of each session and those that validation took."
        steps.append(SplitStep.of_part("training", why, train))
        if validation is not None:
            why = "The last training event of some sessions, drawn by the seed, watches training and leaves it."
            steps.append(SplitStep.of_part("validation", why, validation))
        why = "The last event of each session, predicted from all before it."
        steps.append(SplitStep.of_part("test", why, test))
        return Parts(train, validation, test, True, tuple(steps))

    def _choose_validation(self, dataset: SessionDataset, in_training: np.ndarray) -> np.ndarray:
        """Sessions whose last training event becomes a validation target, bool [n_sessions].

        Only those that still have two training events afterwards, and none that would take an item out of training.
        """
        chosen = np.zeros(dataset.n_sessions, bool)
        eligible = np.flatnonzero(dataset.lengths >= 4)
        n_chosen = min(round(self.config.validation_fraction * len(eligible)), MAX_VALIDATION_SESSIONS)
        chosen[np.random.default_rng([self.config.seed, 1]).permutation(eligible)[:n_chosen]] = True
        targets = dataset.items[dataset.offsets[1:][chosen] - 2]
        left = np.bincount(dataset.items[in_training], minlength=dataset.n_items)
        left -= np.bincount(targets, minlength=dataset.n_items)
        chosen[np.flatnonzero(chosen)[left[targets] == 0]] = False
        return chosen


@dataclass(frozen=True)
class ByTime:
    """Sessions that start at or after the cut are the test; every item after a session's first is predicted.

    With test_until, only those that start before it are, and later sessions are left out. A test session is tested to
    its end. Training is what came before the cut; what an earlier session has at or after the cut is dropped.
    Validation is the last sessions of the training time, cut the same way. Without test_days and test_from the cut
    leaves test_fraction of the sessions to the test.

    >>> import pandas as pd
    >>> log = SessionDataset(pd.DataFrame({"session": [1, 1, 1, 2, 2], "timestamp": [1, 2, 9, 8, 9], "item": 7}))
    >>> parts = ByTime(SplitConfig(protocol="time", test_from=5, validation_fraction=0)).cut(log)
    >>> parts.train.timestamps.tolist(), parts.test.timestamps.tolist()
    ([1, 2], [8, 9])
    """

    config: SplitConfig

    def cut(self, dataset: SessionDataset) -> Parts:
        cut, until = self._cut_time(dataset), self._end_time(dataset.time_unit)
        starts = np.asarray(dataset.start_times)
        in_test = (starts >= cut) & (starts < (np.inf if until is None else until))
        test = select_sessions(dataset, in_test)
        before = select_sessions(dataset, starts < cut)
        train = select(before, np.asarray(before.timestamps) < cut)
        why = f"Sessions that start at or after {describe_time(cut, dataset.time_unit)}."
        if until is not None:
            why = f"{why[:-1]}, and before {describe_time(until, dataset.time_unit)}."
        steps = [SplitStep.of_part("test", why, test)]
        if until is not None:
            why = "Sessions that start after the test are left out."
            kept = select_sessions(dataset, starts < until)
            steps.append(SplitStep.between("end of the test", why, dataset, kept))
        why = "Sessions that start earlier, as far as they go before the cut."
        steps.append(SplitStep.between("training", why, before, train))
        validation, rest, validation_steps = self._cut_validation(train)
        return Parts(rest, validation, test, False, (*steps, *validation_steps), cut, until)

    def _cut_time(self, dataset: SessionDataset) -> float:
        """Where to cut, in the log's unit."""
        config, unit = self.config, dataset.time_unit
        if unit is None and config.test_days is not None:
            raise DataError(
                "Days can cut only a log whose timestamps are dates.",
                found=f"plain numbers from {dataset.timestamps.min():g} to {dataset.timestamps.max():g}",
                where="test_days",
                remedy=f"Give test_from as a number in the log's own unit, such as {suggest_cut(dataset)}.",
            )
        given = find_given_cut(config, float(dataset.timestamps.max()), unit)
        if given is not None:
            return given
        return float(np.quantile(dataset.start_times, 1 - config.test_fraction, method="higher"))

    def _end_time(self, unit: str | None) -> float | None:
        """Where the test ends, in the log's unit; None for the end of the log."""
        until = self.config.test_until
        return None if until is None else parse_moment(until, unit, "test_until")

    def _cut_validation(
        self, train: SessionDataset
    ) -> tuple[SessionDataset | None, SessionDataset, tuple[SplitStep, ...]]:
        """Validation, what is left to train on, and the steps; no validation where training would lose too much."""
        n_latest = min(round(self.config.validation_fraction * train.n_sessions), MAX_VALIDATION_SESSIONS)
        if not n_latest:
            return None, train, ()
        starts = np.asarray(train.start_times)
        late = starts >= np.partition(starts, -n_latest)[-n_latest]
        earlier = select_sessions(train, ~late)
        rest = select(earlier, np.asarray(earlier.timestamps) < starts[late].min())
        # Coarse times, one per day, can put most sessions at the cut: then training is more important.
        if 2 * late.sum() > len(late) or rest.n_events == rest.n_sessions:
            return None, train, ()
        validation = select_sessions(train, late)
        why = "The last sessions of the training time watch training and leave it."
        step = SplitStep.of_part("validation", why, validation)
        why = "Sessions that start before the validation's, as far as they go before it."
        return validation, rest, (step, SplitStep.between("training without validation", why, earlier, rest))


@dataclass(frozen=True)
class SessionHoldout:
    """Sessions drawn by the seed are the test, others the validation; every item after a session's first is predicted.

    >>> import pandas as pd
    >>> log = SessionDataset(pd.DataFrame({"session": [1, 1, 2, 2, 3, 3], "timestamp": range(6), "item": 7}))
    >>> config = SplitConfig(protocol="session-holdout", test_fraction=0.3, validation_fraction=0)
    >>> parts = SessionHoldout(config).cut(log)
    >>> parts.train.n_sessions, parts.test.n_sessions
    (2, 1)
    """

    config: SplitConfig

    def cut(self, dataset: SessionDataset) -> Parts:
        n = dataset.n_sessions
        n_test = max(1, round(self.config.test_fraction * n))
        n_validation = min(round(self.config.validation_fraction * (n - n_test)), MAX_VALIDATION_SESSIONS)
        order = np.random.default_rng([self.config.seed, 2]).permutation(n)
        part = np.zeros(n, np.int8)  # 0 training, 1 test, 2 validation
        part[order[:n_test]] = 1
        part[order[n_test : n_test + n_validation]] = 2
        train, test = select_sessions(dataset, part == 0), select_sessions(dataset, part == 1)
        validation = select_sessions(dataset, part == 2) if n_validation else None
        steps = [SplitStep.of_part("test", f"{n_test:,} sessions drawn by the seed.", test)]
        if validation is not None:
            why = f"{n_validation:,} other sessions watch training."
            steps.append(SplitStep.of_part("validation", why, validation))
        steps.append(SplitStep.of_part("training", "All other sessions.", train))
        return Parts(train, validation, test, False, tuple(steps))


PROTOCOLS: dict[str, Callable[[SplitConfig], TestRule]] = {
    "last-item": LastItem,
    "time": ByTime,
    "session-holdout": SessionHoldout,
}


def find_given_cut(config: SplitConfig, last_time: float, unit: str | None) -> float | None:
    """Where the time rule cuts, in the log's unit, if its settings name a moment or days; else None.

    Args:
        config: The test rule.
        last_time: Of the log's last event.
        unit: The log's unit; a rule that names days needs one.

    Raises:
        DataError: The moment is not written as the log's times are.
    """
    if config.test_from is not None:
        return parse_moment(config.test_from, unit, "test_from")
    if config.test_days is None:
        return None
    return last_time - config.test_days * day_length(unit or "")


def find_fitting_cuts(dataset: SessionDataset) -> tuple[float, float] | None:
    """The moments after which, and up to which, a cut has two events of a session before it and a session after it.

    None where no cut does.
    """
    several = dataset.lengths >= 2
    if not several.any():
        return None
    begins = dataset.offsets[:-1][several]
    first, last = dataset.timestamps[begins + 1].min().item(), dataset.timestamps[begins].max().item()
    return (first, last) if first < last else None


def describe_cuts(first: float, last: float, dataset: SessionDataset) -> str:
    """Says which cuts work, in the log's unit; where times are dates, also how many test days that leaves."""
    unit = dataset.time_unit
    fitting = f"Any cut after {describe_time(first, unit)} and up to {describe_time(last, unit)} works"
    if unit is None:
        return f"{fitting}."
    # Rounded inwards to hundredths; the earliest moment itself leaves too little to train on.
    least, most = ((dataset.timestamps.max().item() - moment) / day_length(unit) * 100 for moment in (last, first))
    least, most = max(ceil(least), 1) / 100, (ceil(most) - 1) / 100
    return (
        f"{fitting}, which leaves the last {least:g} to {most:g} days as the test." if least <= most else f"{fitting}."
    )


def suggest_cut(dataset: SessionDataset) -> str:
    """A cut with about a tenth of the sessions after it, as a user would write it."""
    return describe_time(np.quantile(dataset.start_times, 0.9, method="lower").item(), dataset.time_unit)
