"""How does a log become training, validation and test parts over one vocabulary, every event accounted for?"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from gru4rec_core.config import SplitConfig
from gru4rec_core.data.filters import apply_filters
from gru4rec_core.data.protocols import PROTOCOLS, Parts, describe_cuts, find_fitting_cuts, suggest_cut
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.split_types import EvaluationSet, Split, SplitStep, SplitSummary
from gru4rec_core.data.times import describe_time
from gru4rec_core.data.vocabulary import UNKNOWN, ItemVocabulary, number_by_appearance
from gru4rec_core.errors import DataError


def split(dataset: SessionDataset, config: SplitConfig | None = None) -> Split:
    """Cut a log into training, validation and test.

    protocols.py has the three test rules: "last-item", "time" and "session-holdout".

    Args:
        dataset: The log; stays as it is.
        config: The test rule and the filters.

    Raises:
        DataError: No training or no test event is left, or a date cuts a log whose timestamps are not dates.
    """
    config = config or SplitConfig()
    log = SessionDataset.from_arrays(
        dataset.items,
        dataset.timestamps,
        dataset.offsets,
        dataset.session_ids,
        dataset.vocabulary,
        dataset.unit_or_guess(),  # once, for the whole log: a part of it could be guessed otherwise
    )
    filtered, filter_steps = apply_filters(log, config)
    if filtered.n_events == 0:
        raise DataError(
            "The filters leave no event.",
            found=f"none of {log.n_events:,}",
            where=f"item support {config.min_item_support}, session length {config.min_session_length}",
            remedy="Lower these limits.",
        )
    parts = PROTOCOLS[config.protocol](config).cut(filtered)
    _check_trains(parts, filtered)
    first = SplitStep.of_part("log", "As it was read.", log)
    parts = replace(parts, steps=(first, *filter_steps, *parts.steps))
    train, new_ids = _renumber(parts.train)
    settings = train.vocabulary, parts.predicts_last_only, config.unseen
    validation = None if parts.validation is None else _build_evaluation(parts.validation, new_ids, *settings)
    test = _build_evaluation(parts.test, new_ids, *settings)
    if test.events.n_predicted == 0:
        raise _no_test(parts, filtered)
    summary = _summarise(log, config, parts, train, validation, test)
    return Split(train, None if validation is None else validation.events, test.events, summary)


def _renumber(train: SessionDataset) -> tuple[SessionDataset, np.ndarray]:
    """The training part over its own vocabulary, and the new id of each old one (see `number_by_appearance`)."""
    used, new_ids = number_by_appearance(train.items, train.n_items)
    return _with_items(train, new_ids, ItemVocabulary(train.vocabulary.items[used])), new_ids


def _with_items(dataset: SessionDataset, new_ids: np.ndarray, vocabulary: ItemVocabulary) -> SessionDataset:
    return SessionDataset.from_arrays(
        new_ids[dataset.items],
        dataset.timestamps,
        dataset.offsets,
        dataset.session_ids,
        vocabulary,
        dataset.time_unit,
    )


class _Evaluation(NamedTuple):
    """A held-out part.

    Attributes:
        events: The sessions, and which of their events are predicted.
        n_unseen: Events to predict whose item training does not know, whether or not they are dropped.
        steps: The step that dropped them, if one did.
    """

    events: EvaluationSet
    n_unseen: int
    steps: tuple[SplitStep, ...]


def _build_evaluation(
    part: SessionDataset, new_ids: np.ndarray, vocabulary: ItemVocabulary, last_only: bool, unseen: str
) -> _Evaluation:
    """A held-out part over the training vocabulary; arguments as in `Parts` and `SplitConfig`."""
    dataset = _with_items(part, new_ids, vocabulary)
    first_predicted = np.repeat(dataset.lengths - 1, dataset.lengths) if last_only else 1
    predicted = dataset.positions >= first_predicted
    is_unseen = predicted & (dataset.items == UNKNOWN)
    n_unseen = int(is_unseen.sum())
    if unseen == "miss" or n_unseen == 0:
        return _Evaluation(EvaluationSet(dataset, predicted=predicted), n_unseen, ())
    why = f"{n_unseen:,} events whose item is not in training are not predicted; histories skip them."
    step = SplitStep.of_part("unseen items", why, part)
    return _Evaluation(EvaluationSet(dataset, predicted=predicted & ~is_unseen), n_unseen, (step,))


def _summarise(
    log: SessionDataset,
    config: SplitConfig,
    parts: Parts,
    train: SessionDataset,
    validation: _Evaluation | None,
    test: _Evaluation,
) -> SplitSummary:
    n_validation = 0 if validation is None else _n_held_out(validation.events, parts)
    n_test = _n_held_out(test.events, parts)
    sessions = test.events.dataset
    test_times = np.asarray(sessions.timestamps)[test.events.predicted]
    return SplitSummary(
        protocol=config.protocol,
        unseen=config.unseen,
        steps=(*parts.steps, *test.steps),
        log_sessions=log.n_sessions,
        log_events=log.n_events,
        train_sessions=train.n_sessions,
        train_events=train.n_events,
        n_items=train.n_items,
        validation_sessions=0 if validation is None else validation.events.dataset.n_sessions,
        validation_events=n_validation,
        validation_predicted=0 if validation is None else validation.events.n_predicted,
        test_sessions=sessions.n_sessions,
        test_events=n_test,
        test_predicted=test.events.n_predicted,
        unseen_events=test.n_unseen,
        # What is in no part: left out by the filters, or by the test rule itself.
        dropped_events=log.n_events - train.n_events - n_validation - n_test,
        time_unit=log.time_unit,
        cut=parts.cut,
        train_from=train.timestamps.min().item(),
        train_to=train.timestamps.max().item(),
        test_from=test_times.min().item(),
        test_to=test_times.max().item(),
    )


def _n_held_out(evaluation: EvaluationSet, parts: Parts) -> int:
    """Events of an evaluation set that are in no other part.

    Where only the last event is predicted, training has the events before it.
    """
    return evaluation.dataset.n_sessions if parts.predicts_last_only else evaluation.dataset.n_events


def _check_trains(parts: Parts, dataset: SessionDataset) -> None:
    if parts.train.n_events > parts.train.n_sessions:
        return
    where, remedy = _describe_cut(parts, dataset, "a later")
    raise DataError(
        "Training needs a session of at least two events.",
        found=f"{parts.train.n_sessions:,} training sessions, none longer than one event",
        where=where,
        remedy=remedy,
    )


def _no_test(parts: Parts, dataset: SessionDataset) -> DataError:
    where, remedy = _describe_cut(parts, dataset, "an earlier")
    return DataError(
        "A test needs at least one event to predict.",
        found=f"{parts.test.n_sessions:,} test sessions, none with an event to predict",
        where=where,
        remedy=remedy,
    )


def _describe_cut(parts: Parts, dataset: SessionDataset, better: str) -> tuple[str, str]:
    """Where an error lies, and its remedy: a cut that is `better`, where the rule has one."""
    if parts.cut is None:
        return "test rule", "Use a longer log, lower the filters, or choose another test rule."
    times, unit = dataset.timestamps, dataset.time_unit
    first, last = (describe_time(time.item(), unit) for time in (times.min(), times.max()))
    end = "" if parts.until is None else f" and test until {describe_time(parts.until, unit)}"
    where = f"cut at {describe_time(parts.cut, unit)}{end}, in a log from {first} to {last}"
    fitting = find_fitting_cuts(dataset)
    if fitting is None:
        return where, "No cut gives this log both a training and a test part: choose another test rule."
    if parts.until is not None and better == "an earlier":
        return where, "Choose a later end of the test, or an earlier cut."
    moment = suggest_cut(dataset)
    remedy = f"Choose {better} cut, such as {moment} (with the command: --test-from '{moment}')."
    is_outside = not fitting[0] < parts.cut <= fitting[1]
    return where, f"{remedy} {describe_cuts(*fitting, dataset)}" if is_outside else remedy
