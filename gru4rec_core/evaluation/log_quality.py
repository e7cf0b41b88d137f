"""Is a log clean? Every check with its figure, its effect on training or the test, and what can be done."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from gru4rec_core.data.cleaning_types import CleaningStep, describe_robot_limits
from gru4rec_core.data.log_faults import (
    duplicate_events,
    far_away_events,
    find_robots,
    long_pauses,
    single_items,
    tied_events,
)
from gru4rec_core.data.row_counts import RowCounts
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.times import USUAL_PAUSE
from gru4rec_core.evaluation.data_warnings import count_out_of_order, count_repeats, find_dataset_warnings
from gru4rec_core.evaluation.diagnostic_warning import DiagnosticWarning, Severity, worst_first
from gru4rec_core.evaluation.quality_types import NO_DATES, QualityCheck, QualityReport
from gru4rec_core.evaluation.timeline import count_days
from gru4rec_core.evaluation.timeline_checks import check_days, check_gaps
from gru4rec_core.words import share_text

MANY = 0.01  # of all events


def check_quality(
    dataset: SessionDataset, import_summary: Mapping[str, Any] | None = None, set_aside: tuple[str, ...] = ()
) -> QualityReport:
    """Checks a log.

    Args:
        dataset: the log.
        import_summary: `ImportSummary.to_json()`, where the log was read from a file.
        set_aside: codes of checks whose warnings are ignored.
    """
    summary = import_summary or {}
    warnings = find_dataset_warnings(dataset, summary)
    checks = (
        _check_duplicates(dataset),  # first, because duplicates are also ties and repeats
        *_checks_with_warnings(dataset, summary, {warning.code: warning for warning in warnings}),
        _check_robots(dataset),
        _check_pauses(dataset),
        _check_one_event_sessions(dataset),
        _check_single_items(dataset),
        check_gaps(dataset),
        *check_days(count_days(dataset)),
    )
    return QualityReport(RowCounts.from_summary(summary), checks, set_aside, tuple(worst_first(warnings)))


def _checks_with_warnings(
    dataset: SessionDataset, summary: Mapping[str, Any], warnings: Mapping[str, DiagnosticWarning]
) -> list[QualityCheck]:
    """The checks whose warnings, by code, are shown beside every result too (see data_warnings.py)."""
    n_events, n_sessions = dataset.n_events, dataset.n_sessions
    in_file = int(summary.get("sessions_in_file", n_sessions))
    figures = (
        ("out-of-order", "Sessions out of order", count_out_of_order(dataset, summary), in_file, "sessions"),
        ("tied-timestamps", "Events at the same time", int(tied_events(dataset).sum()), n_events, "events"),
        ("consecutive-repeats", "Same item twice in a row", count_repeats(dataset), n_events - n_sessions, "steps"),
        ("far-away-dates", "Dates years from the rest", int(far_away_events(dataset).sum()), n_events, "events"),
    )
    return [
        QualityCheck(
            *figure,
            warning=warnings.get(figure[0]),
            steps=(CleaningStep("far-away-dates"),) if figure[0] == "far-away-dates" and figure[2] else (),
        )
        for figure in figures
    ]


def _check_duplicates(dataset: SessionDataset) -> QualityCheck:
    count = int(duplicate_events(dataset).sum())
    warning = DiagnosticWarning(
        "duplicates",
        _severity(count, dataset.n_events),
        "Some events are in the log twice.",
        f"{share_text(count, dataset.n_events)} events have the session, time and item of an earlier one.",
        "The model learns that an item follows itself, and in the test, predicting the same item again is a hit.",
        "Drop them; the first of each stays. Keep them if times are coarse (whole minutes, say), so that"
        " real events can share one.",
    )
    return _check("duplicates", "Duplicates", count, dataset.n_events, "events", warning)


def _check_robots(dataset: SessionDataset) -> QualityCheck:
    robots = find_robots(dataset)
    count, n_events = int(robots.sessions.sum()), int(dataset.lengths[robots.sessions].sum())
    limits = describe_robot_limits(robots.most_events, robots.most_per_minute)
    warning = DiagnosticWarning(
        "robots",
        _severity(n_events, dataset.n_events),
        "Some sessions probably come from robots, not people.",
        f"{share_text(count, dataset.n_sessions)} sessions have {limits}; they hold"
        f" {share_text(n_events, dataset.n_events)} events.",
        "The order in which a program goes through items says nothing about how people behave, and one such session"
        " counts as much as many visits, in training and in the test.",
        "Drop them if they are crawlers, monitors or tests. If each one is a person's many visits run together, cut"
        " sessions at pauses instead.",
    )
    return _check("robots", "Likely robots", count, dataset.n_sessions, "sessions", warning)


def _check_pauses(dataset: SessionDataset) -> QualityCheck:
    label, n_sessions = f"Pauses of more than {USUAL_PAUSE:g} minutes", dataset.n_sessions
    if dataset.unit_or_guess() is None:
        return QualityCheck("long-pauses", label, 0, n_sessions, "sessions", not_judged=NO_DATES)
    places = np.flatnonzero(long_pauses(dataset, USUAL_PAUSE))
    count = len(np.unique(np.searchsorted(dataset.offsets, places, side="right")))
    warning = DiagnosticWarning(
        "long-pauses",
        "note",
        "Some sessions have long pauses.",
        f"{share_text(count, n_sessions)} sessions have a pause of more than {USUAL_PAUSE:g} minutes.",
        "What comes after a pause may be another visit: the model then learns, and is tested on, which item follows"
        " across two visits.",
        "Cut at pauses if each session should be one visit. Leave the log as it is if a session may hold several.",
    )
    step = CleaningStep("pauses", USUAL_PAUSE)
    return QualityCheck("long-pauses", label, count, n_sessions, "sessions", *_if_any(count, warning, step))


def _check_one_event_sessions(dataset: SessionDataset) -> QualityCheck:
    count = int((dataset.lengths == 1).sum())
    warning = DiagnosticWarning(
        "one-event-sessions",
        "note",
        "Some sessions have a single event.",
        f"{share_text(count, dataset.n_sessions)} sessions have only one event.",
        "There is nothing to predict in them. Test rules leave sessions of fewer than two events out of training and"
        " test, unless you set that limit to one.",
        "Dropping them changes no result of the default test rules; it only makes the log's counts match those of the"
        " test.",
    )
    return _check("one-event-sessions", "Sessions of one event", count, dataset.n_sessions, "sessions", warning)


def _check_single_items(dataset: SessionDataset) -> QualityCheck:
    count = int(single_items(dataset).sum())
    is_most = 2 * count > dataset.n_events
    warning = DiagnosticWarning(
        "single-items",
        "error" if is_most else "note",
        "Most events are of items that occur once, so there is little to learn."
        if is_most
        else "Some items occur once.",
        f"{share_text(count, dataset.n_items)} items occur in one event each, of {dataset.n_events:,} events in all.",
        "No model can learn when such an item comes next. If its event is in the test, it is a miss for every model; if"
        " not, it makes the catalogue larger and training slower.",
        "Import the log with another column as the item: one whose values come back, such as a product or a page."
        if is_most
        else "Drop these events. Sessions that have one event left then have nothing to predict: drop them next.",
    )
    return _check("single-items", "Items that occur once", count, dataset.n_items, "items", warning)


def _check(code: str, label: str, count: int, of: int, counted: str, warning: DiagnosticWarning) -> QualityCheck:
    """A check whose warning is dealt with by the step of the same name."""
    return QualityCheck(code, label, count, of, counted, *_if_any(count, warning, CleaningStep(code)))


def _if_any(
    count: int, warning: DiagnosticWarning, step: CleaningStep
) -> tuple[DiagnosticWarning | None, tuple[CleaningStep, ...]]:
    return (warning, (step,)) if count else (None, ())


def _severity(n_events: int, of: int) -> Severity:
    return "warning" if n_events > MANY * of else "note"
