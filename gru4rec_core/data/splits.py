"""Which events of a log are for training, and which next items must a model predict?"""

from typing import NamedTuple

import numpy as np

from gru4rec_core.config import SplitConfig
from gru4rec_core.data.filters import apply_filters, select, select_sessions
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.split_types import EvaluationSet, Split, SplitStep, SplitSummary
from gru4rec_core.data.times import DAY_SECONDS, UNITS, describe_time, parse_moment
from gru4rec_core.data.vocabulary import UNKNOWN, ItemVocabulary
from gru4rec_core.errors import DataError

MAX_VALIDATION_SESSIONS = 2_000


class _Parts(NamedTuple):
    """What a test rule makes of a log, all in the log's own ids."""

    train: SessionDataset
    validation: SessionDataset | None
    test: SessionDataset
    predicts_last_only: bool
    steps: tuple[SplitStep, ...]
    cut: float | None = None


def split(dataset: SessionDataset, config: SplitConfig | None = None) -> Split:
    """Cut a log into training, validation and test.

    - "last-item": the last item of each session of two or more is predicted from all before, which are trained on.
      Leaks across time: other sessions' later events are trained on. Validation: the last training item of some
      sessions leaves training.
    - "time": sessions that start at or after the cut are the test, every item after a session's first is predicted.
      Training is what came before the cut; what a session begun earlier has at or after it is dropped. Validation: the
      last sessions of the training time, cut the same way. Without test_days and test_from the cut leaves
      test_fraction of the sessions to the test.
    - "session-holdout": sessions drawn by the seed are the test, others the validation.

    Args:
        dataset: The log; stays as it is.
        config: The test rule and the filters.

    Raises:
        DataError: No training or no test event is left, or a date cuts a log whose timestamps are no dates.
    """
    config = config or SplitConfig()
    unit = dataset.unit_or_guess()
    dataset = SessionDataset.from_arrays(
        dataset.items, dataset.timestamps, dataset.offsets, dataset.session_ids, dataset.vocabulary, unit
    )
    filtered, filter_steps = apply_filters(dataset, config)
    if filtered.n_events == 0:
        raise DataError(
            "The filters leave events over.",
            found=f"none of {dataset.n_events:,}",
            where=f"item support {config.min_item_support}, session length {config.min_session_length}",
            remedy="Lower these limits.",
        )
    rules = {"last-item": _last_item, "time": _by_time, "session-holdout": _hold_out}
    parts = rules[config.protocol](filtered, config, unit)
    _check_trains(parts, filtered, unit)
    train, old_to_new = _renumbered(parts.train)
    first = SplitStep("log", "As it was read.", dataset.n_sessions, dataset.n_events, dataset.n_items_used)
    steps = (first, *filter_steps, *parts.steps)
    validation = None
    if parts.validation is not None:
        validation, _, _ = _evaluation(parts.validation, parts, train.vocabulary, old_to_new, config)
    test, unseen, unseen_steps = _evaluation(parts.test, parts, train.vocabulary, old_to_new, config)
    if test.n_predicted == 0:
        raise _no_test(parts, filtered, unit)
    summary = _summary(dataset, config, (*steps, *unseen_steps), parts, train, validation, test, unseen, unit)
    return Split(train, validation, test, summary)


# --- the test rules ------------------------------------------------------------------------------------------------


def _last_item(dataset: SessionDataset, config: SplitConfig, unit: str | None) -> _Parts:
    tested = dataset.lengths >= 2
    keep = np.ones(dataset.n_events, bool)
    keep[dataset.offsets[1:][tested] - 1] = False
    steps = []
    if not tested.all():
        why = "Sessions of one event have nothing to predict; they are trained on, not tested."
        steps.append(SplitStep.of_part("one-event sessions", why, select_sessions(dataset, tested)))
    chosen = _validation_sessions(dataset, keep, config)
    validation = None
    if chosen.any():
        # As long as its last training item: the validation target is that session's end.
        validation = select(dataset, keep & np.repeat(chosen, dataset.lengths))
        keep[dataset.offsets[1:][chosen] - 2] = False
    train = select(dataset, keep)
    test = select_sessions(dataset, tested)
    steps.append(
        SplitStep.of_part("training", "All but the last event of each session, and but what validation took.", train)
    )
    if validation is not None:
        why = "The last training event of some sessions, drawn by the seed, watches training and leaves it."
        steps.append(SplitStep.of_part("validation", why, validation))
    steps.append(SplitStep.of_part("test", "The last event of each session, predicted from all before it.", test))
    return _Parts(train, validation, test, True, tuple(steps))


def _validation_sessions(dataset: SessionDataset, keep: np.ndarray, config: SplitConfig) -> np.ndarray:
    """Sessions whose last training event becomes a validation target, bool [n_sessions].

    Only those that still have two training events afterwards, and none that would take an item out of training.
    """
    chosen = np.zeros(dataset.n_sessions, bool)
    eligible = np.flatnonzero(dataset.lengths >= 4)
    wanted = min(round(config.validation_fraction * len(eligible)), MAX_VALIDATION_SESSIONS)
    chosen[np.random.default_rng([config.seed, 1]).permutation(eligible)[:wanted]] = True
    targets = dataset.items[dataset.offsets[1:][chosen] - 2]
    left = np.bincount(dataset.items[keep], minlength=dataset.n_items)
    left -= np.bincount(targets, minlength=dataset.n_items)
    chosen[np.flatnonzero(chosen)[left[targets] == 0]] = False
    return chosen


def _by_time(dataset: SessionDataset, config: SplitConfig, unit: str | None) -> _Parts:
    starts = np.asarray(dataset.start_times)
    cut = _cut(dataset, config, unit)
    test = select_sessions(dataset, starts >= cut)
    before = select_sessions(dataset, starts < cut)
    train = select(before, np.asarray(before.timestamps) < cut)
    steps = [
        SplitStep.of_part("test", f"Sessions that start at or after {describe_time(cut, unit)}.", test),
        SplitStep.between("training", "Sessions that start earlier, as far as they go before the cut.", before, train),
    ]
    validation = None
    wanted = min(round(config.validation_fraction * train.n_sessions), MAX_VALIDATION_SESSIONS)
    if wanted:
        train_starts = np.asarray(train.start_times)
        later = train_starts >= np.partition(train_starts, -wanted)[-wanted]
        earlier = select_sessions(train, ~later)
        shorter = select(earlier, np.asarray(earlier.timestamps) < train_starts[later].min())
        # Coarse times (one a day) can put most sessions at the cut: then training is more important.
        if 2 * later.sum() <= len(later) and _n_transitions(shorter) > 0:
            validation = select_sessions(train, later)
            why = "The last sessions of the training time watch training and leave it."
            steps.append(SplitStep.of_part("validation", why, validation))
            why = "Sessions that start before the validation's, as far as they go before it."
            steps.append(SplitStep.between("training without validation", why, earlier, shorter))
            train = shorter
    return _Parts(train, validation, test, False, tuple(steps), float(cut))


def _cut(dataset: SessionDataset, config: SplitConfig, unit: str | None) -> float:
    """Where the time rule cuts, in the log's unit."""
    if config.test_from is not None:
        return parse_moment(config.test_from, unit)
    if config.test_days is None:
        return float(np.quantile(dataset.start_times, 1 - config.test_fraction, method="higher"))
    if unit is None:
        raise DataError(
            "Days can cut only a log whose timestamps are dates.",
            found=f"plain numbers from {dataset.timestamps.min():g} to {dataset.timestamps.max():g}",
            where="test_days",
            remedy=f"Give test_from as a number in the log's own unit, such as {_sensible_cut(dataset, None)}.",
        )
    return float(dataset.timestamps.max() - config.test_days * DAY_SECONDS * UNITS[unit])


def _hold_out(dataset: SessionDataset, config: SplitConfig, unit: str | None) -> _Parts:
    n = dataset.n_sessions
    n_test = max(1, round(config.test_fraction * n))
    n_validation = min(round(config.validation_fraction * (n - n_test)), MAX_VALIDATION_SESSIONS)
    order = np.random.default_rng([config.seed, 2]).permutation(n)
    part = np.zeros(n, np.int8)
    part[order[:n_test]] = 1
    part[order[n_test : n_test + n_validation]] = 2
    train, test = select_sessions(dataset, part == 0), select_sessions(dataset, part == 1)
    validation = select_sessions(dataset, part == 2) if n_validation else None
    steps = [SplitStep.of_part("test", f"{n_test:,} sessions drawn by the seed.", test)]
    if validation is not None:
        steps.append(SplitStep.of_part("validation", f"{n_validation:,} other sessions watch training.", validation))
    steps.append(SplitStep.of_part("training", "All other sessions.", train))
    return _Parts(train, validation, test, False, tuple(steps))


# --- the parts -----------------------------------------------------------------------------------------------------


def _renumbered(train: SessionDataset) -> tuple[SessionDataset, np.ndarray]:
    """The training part over its own vocabulary (by first appearance), and new id of each old one (-1: none)."""
    n_old = train.n_items
    first = np.full(n_old, train.n_events, np.int64)
    first[train.items[::-1]] = np.arange(train.n_events)[::-1]  # the last to be written is the first event
    by_appearance = np.argsort(first, kind="stable")[: train.n_items_used]
    old_to_new = np.full(n_old + 1, UNKNOWN, np.int32)  # the last stands for -1 itself
    old_to_new[by_appearance] = np.arange(len(by_appearance), dtype=np.int32)
    vocabulary = ItemVocabulary(train.vocabulary.items[by_appearance])
    return _with_items(train, old_to_new[train.items], vocabulary), old_to_new


def _with_items(dataset: SessionDataset, items: np.ndarray, vocabulary: ItemVocabulary) -> SessionDataset:
    return SessionDataset.from_arrays(
        items, dataset.timestamps, dataset.offsets, dataset.session_ids, vocabulary, dataset.time_unit
    )


def _evaluation(
    part: SessionDataset, parts: _Parts, vocabulary: ItemVocabulary, old_to_new: np.ndarray, config: SplitConfig
) -> tuple[EvaluationSet, int, tuple[SplitStep, ...]]:
    """A part as an evaluation set, how many events to predict have an unknown item, and the step that drops them."""
    dataset = _with_items(part, old_to_new[part.items], vocabulary)
    predict_from = dataset.lengths - 1 if parts.predicts_last_only else np.ones(dataset.n_sessions, np.int64)
    predicted = dataset.positions >= np.repeat(predict_from, dataset.lengths)
    unknown = predicted & (dataset.items == UNKNOWN)
    n_unknown = int(unknown.sum())
    if config.unseen == "miss" or n_unknown == 0:
        return EvaluationSet(dataset, predicted=predicted), n_unknown, ()
    why = f"{n_unknown:,} events whose item is not in training are not predicted; histories pass over them."
    return (
        EvaluationSet(dataset, predicted=predicted & ~unknown),
        n_unknown,
        (SplitStep.of_part("unseen items", why, part),),
    )


def _n_transitions(dataset: SessionDataset) -> int:
    return dataset.n_events - dataset.n_sessions


def _check_trains(parts: _Parts, dataset: SessionDataset, unit: str | None) -> None:
    if _n_transitions(parts.train) > 0:
        return
    where, remedy = _place(parts, dataset, unit, earlier=False)
    raise DataError(
        "Training needs a session of at least two events.",
        found=f"{parts.train.n_sessions:,} training sessions, none longer than one event",
        where=where,
        remedy=remedy,
    )


def _no_test(parts: _Parts, dataset: SessionDataset, unit: str | None) -> DataError:
    where, remedy = _place(parts, dataset, unit, earlier=True)
    return DataError(
        "A test needs at least one event to predict.",
        found=f"{parts.test.n_sessions:,} test sessions, none with an event to predict",
        where=where,
        remedy=remedy,
    )


def _place(parts: _Parts, dataset: SessionDataset, unit: str | None, *, earlier: bool) -> tuple[str, str]:
    if parts.cut is None:
        return "test rule", "Use a longer log, lower the filters, or choose another test rule."
    first, last = (describe_time(t.item(), unit) for t in (dataset.timestamps.min(), dataset.timestamps.max()))
    where = f"cut at {describe_time(parts.cut, unit)}, in a log from {first} to {last}"
    when = "an earlier" if earlier else "a later"
    return where, f"Choose {when} cut, such as {_sensible_cut(dataset, unit)}."


def _sensible_cut(dataset: SessionDataset, unit: str | None) -> str:
    """A cut with about a tenth of the sessions after it."""
    return describe_time(np.quantile(dataset.start_times, 0.9, method="lower").item(), unit)


def _held_out(evaluation: EvaluationSet | None, protocol: str) -> np.ndarray:
    """Which events of an evaluation set are in no other part, bool [n_events]."""
    if evaluation is None:
        return np.zeros(0, bool)
    if protocol != "last-item":
        return np.ones(evaluation.dataset.n_events, bool)
    held = np.zeros(evaluation.dataset.n_events, bool)
    held[evaluation.dataset.offsets[1:] - 1] = True
    return held


def _summary(
    log: SessionDataset,
    config: SplitConfig,
    steps: tuple[SplitStep, ...],
    parts: _Parts,
    train: SessionDataset,
    validation: EvaluationSet | None,
    test: EvaluationSet,
    unseen: int,
    unit: str | None,
) -> SplitSummary:
    n_validation = int(_held_out(validation, config.protocol).sum())
    n_test = int(_held_out(test, config.protocol).sum())
    test_times = np.asarray(test.dataset.timestamps)[test.predicted]
    return SplitSummary(
        protocol=config.protocol,
        unseen=config.unseen,
        steps=steps,
        log_sessions=log.n_sessions,
        log_events=log.n_events,
        train_sessions=train.n_sessions,
        train_events=train.n_events,
        n_items=train.n_items,
        validation_sessions=0 if validation is None else validation.dataset.n_sessions,
        validation_events=n_validation,
        validation_predicted=0 if validation is None else validation.n_predicted,
        test_sessions=test.dataset.n_sessions,
        test_events=n_test,
        test_predicted=test.n_predicted,
        unseen_events=unseen,
        dropped_events=log.n_events - train.n_events - n_validation - n_test,
        time_unit=unit,
        cut=parts.cut,
        train_from=train.timestamps.min().item(),
        train_to=train.timestamps.max().item(),
        test_from=test_times.min().item(),
        test_to=test_times.max().item(),
    )
