"""Which changes over time (gaps, unusual days, a new catalogue) deserve a warning, and what can be done?"""

import numpy as np

from gru4rec_core.data.cleaning_types import CleaningStep
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.times import describe_time, iso_times
from gru4rec_core.evaluation.diagnostic_warning import DiagnosticWarning
from gru4rec_core.evaluation.quality_types import NO_DATES, QualityCheck
from gru4rec_core.evaluation.timeline import (
    LEVEL_DAYS,
    Days,
    Gap,
    find_gaps,
    find_level_changes,
    find_new_catalogues,
    find_odd_days,
    seconds_of,
    usual_events,
)
from gru4rec_core.words import duration_text, percent_text

LONG_GAP = 0.1  # of the log's whole time
_SHOWN_DAYS = 5
_BY_DAY = ("volume", "Sudden changes of volume"), ("catalogue", "Sudden changes of the catalogue")


def check_gaps(dataset: SessionDataset) -> QualityCheck:
    gaps = find_gaps(dataset)
    check = QualityCheck("gaps", "Long gaps without any event", len(gaps), dataset.n_events - 1, "stretches")
    return check if not gaps else _describe_gaps(check, gaps, dataset)


def _describe_gaps(check: QualityCheck, gaps: list[Gap], dataset: SessionDataset) -> QualityCheck:
    unit, longest = dataset.unit_or_guess(), gaps[0]
    times = dataset.timestamps
    share = (longest.end - longest.start) / (times.max() - times.min()).item()
    stretch = f"from {describe_time(longest.start, unit)} to {describe_time(longest.end, unit)}"
    duration = f", {duration_text(seconds_of(longest, unit))}" if unit else ""
    number, longest_is = ("1 gap is", "it is") if len(gaps) == 1 else (f"{len(gaps)} gaps are", "the longest is")
    warning = DiagnosticWarning(
        "gaps",
        "warning" if share >= LONG_GAP else "note",
        "There are unusually long gaps without any event.",
        f"{number} more than three times as long as the tenth-longest gap in this log; {longest_is} {stretch}"
        f"{duration}.",
        "Habits and items may differ before and after. If the test covers such days, it has fewer events than its"
        " length suggests.",
        "If events were lost, export them again. Otherwise keep the part that resembles what you want to predict.",
    )
    # Nothing starts inside a gap, so a whole second of it parts the log as well as its exact end.
    moment = str(iso_times(np.array([longest.end]), unit)[0]).partition(".")[0] if unit else f"{longest.end!r}"
    return QualityCheck(check.code, check.label, check.count, check.of, check.counted, warning, _periods_around(moment))


def _periods_around(moment: str) -> tuple[CleaningStep, ...]:
    return CleaningStep("period", (moment, "")), CleaningStep("period", ("", moment))


def check_days(days: Days | None) -> tuple[QualityCheck, QualityCheck]:
    if days is None:
        volume, catalogue = (QualityCheck(*names, 0, 0, "days", not_judged=NO_DATES) for names in _BY_DAY)
        return volume, catalogue
    return _check_volume(days), _check_catalogue(days)


def _check_volume(days: Days) -> QualityCheck:
    odd, changes = np.flatnonzero(find_odd_days(days)), find_level_changes(days)
    count, names = len(odd) + len(changes), _BY_DAY[0]
    if not count:
        return QualityCheck(*names, 0, len(days.events), "days")
    figures = []
    if len(odd):
        subject = "1 day has" if len(odd) == 1 else f"{len(odd)} days have"
        usual = usual_events(days)
        listed = _list_days([f"{days.date(int(i))} ({days.events[i]:,} instead of about {usual[i]:,.0f})" for i in odd])
        figures.append(f"{subject} far more or far fewer events than the days around: {listed}.")
    figures += [_describe_change(days, i) for i in changes[:_SHOWN_DAYS]]
    warning = DiagnosticWarning(
        "volume",
        "warning" if changes else "note",
        "The number of events changes suddenly.",
        " ".join(figures),
        "An exceptional day (a sale, a robot, a recording fault) affects what the model learns, and a test on that day"
        " measures only that day. After a lasting change, what was learnt before may no longer hold.",
        "Find out what happened. Drop such days (with the sessions that start on them), or keep what came after the"
        " last change.",
    )
    drop = [CleaningStep("days", tuple(days.date(int(i)) for i in odd))] if len(odd) else []
    keep = [CleaningStep("period", (days.date(changes[-1]), ""))] if changes else []
    return QualityCheck(*names, count, len(days.events), "days", warning, (*drop, *keep))


def _describe_change(days: Days, i: int) -> str:
    used = days.events > 0
    before = float(np.median(days.events[:i][used[:i]][-LEVEL_DAYS:]))
    after = float(np.median(days.events[i:][used[i:]][:LEVEL_DAYS]))
    return f"From {days.date(i)} on there are about {after:,.0f} events per day; before that, about {before:,.0f}."


def _check_catalogue(days: Days) -> QualityCheck:
    found, names = np.flatnonzero(find_new_catalogues(days)), _BY_DAY[1]
    if not len(found):
        return QualityCheck(*names, 0, len(days.events), "days")
    shares = days.new / np.maximum(days.events, 1)
    usual = float(np.median(shares[LEVEL_DAYS:][days.events[LEVEL_DAYS:] > 0]))
    listed = _list_days([f"{days.date(int(i))} ({percent_text(shares[i])})" for i in found])
    subject = "1 day has" if len(found) == 1 else f"{len(found)} days have"
    warning = DiagnosticWarning(
        "catalogue",
        "warning",
        "On some days many new items appear at once.",
        f"{subject} an unusual share of events on items never seen before: {listed}; {percent_text(usual)} is usual.",
        "What was learnt before says nothing about these items, and what was learnt about the items they replaced is"
        " useless. If the test begins on such a day, most of it is on items that training never saw.",
        "Check whether the items were given new ids. If so, map the old ids to the new ones and import the log again,"
        " or keep what came after.",
    )
    last_run = np.split(found, np.flatnonzero(np.diff(found) > 1) + 1)[-1]  # what is new stays so for a day or two
    step = CleaningStep("period", (days.date(int(last_run[0])), ""))
    return QualityCheck(*names, len(found), len(days.events), "days", warning, (step,))


def _list_days(texts: list[str]) -> str:
    more = len(texts) - _SHOWN_DAYS
    return ", ".join(texts[:_SHOWN_DAYS]) + (f" and {more} more" if more > 0 else "")
