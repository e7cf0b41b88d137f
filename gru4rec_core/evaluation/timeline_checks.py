"""Which changes over time (gaps, unusual days, a new catalogue) deserve to be told, and what can be done?"""

import numpy as np

from gru4rec_core.data.cleaning_types import CleaningStep
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.times import describe_time, iso_times
from gru4rec_core.evaluation.diagnostic_warning import DiagnosticWarning, percent_text
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
)

LONG_GAP = 0.1  # of the log's whole time
_SHOWN_DAYS = 5
_BY_DAY = ("volume", "Sudden changes of volume"), ("catalogue", "Sudden changes of the catalogue")


def check_gaps(dataset: SessionDataset) -> QualityCheck:
    gaps = find_gaps(dataset)
    check = QualityCheck("gaps", "Stretches without any event", len(gaps), len(gaps), "stretches")
    return check if not gaps else _with_gaps(check, gaps, dataset)


def _with_gaps(check: QualityCheck, gaps: list[Gap], dataset: SessionDataset) -> QualityCheck:
    unit, longest = dataset.unit_or_guess(), gaps[0]
    times = dataset.timestamps
    share = (longest.end - longest.start) / (times.max() - times.min()).item()
    stretch = f"from {describe_time(longest.start, unit)} to {describe_time(longest.end, unit)}"
    duration = f", {_duration(seconds_of(longest, unit))}" if unit else ""
    number = "One stretch has" if len(gaps) == 1 else f"{len(gaps)} stretches have"
    warning = DiagnosticWarning(
        "gaps",
        "warning" if share >= LONG_GAP else "note",
        "For a time, nothing was recorded.",
        f"{number} no event at all, more than three times as long as is usual in this log;"
        f" the longest is {stretch}{duration}.",
        "Habits and items may differ before and after. A test on the last days also counts days without events.",
        "If events were lost, export them again. Else keep the part of the log that is like the days to come.",
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
        listed = _list_days([f"{days.date(int(i))} ({days.events[i]:,} events)" for i in odd])
        figures.append(f"{subject} three times as many events as the days around, or a third: {listed}.")
    figures += [_describe_change(days, i) for i in changes[:_SHOWN_DAYS]]
    warning = DiagnosticWarning(
        "volume",
        "warning" if changes else "note",
        "The number of events changes suddenly.",
        " ".join(figures),
        "A day of its own kind (a sale, a robot, a fault in recording) shapes what is learnt, and a test that falls on"
        " it judges that day. After a lasting change, what was learnt before may no longer hold.",
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
    return f"From {days.date(i)} on there are about {after:,.0f} events per day, before {before:,.0f}."


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
        "Many items are new from one day to the next.",
        f"{subject} an unusual share of events of items never seen before: {listed}; usual is {percent_text(usual)}.",
        "What was learnt before says nothing of these items, and those that they replaced are learnt in vain. If the"
        " test begins on such a day, most of it is on items that training never saw.",
        "Check whether the items got other ids. If so, translate the old ones and import the log again, or keep what"
        " came after.",
    )
    last_run = np.split(found, np.flatnonzero(np.diff(found) > 1) + 1)[-1]  # what is new stays so for a day or two
    step = CleaningStep("period", (days.date(int(last_run[0])), ""))
    return QualityCheck(*names, len(found), len(days.events), "days", warning, (step,))


def _list_days(texts: list[str]) -> str:
    more = len(texts) - _SHOWN_DAYS
    return ", ".join(texts[:_SHOWN_DAYS]) + (f" and {more} more" if more > 0 else "")


def _duration(seconds: float) -> str:
    """A time for people: "3.5 days", "14 hours"."""
    size, word = next(
        (size, word) for size, word in ((86_400, "days"), (3_600, "hours"), (1, "seconds")) if seconds >= size
    )
    return f"{seconds / size:.1f} {word}"
