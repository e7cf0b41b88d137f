"""What is told about a log that changes, and what is offered."""

import numpy as np

from gru4rec_core.data.cleaning import clean
from gru4rec_core.evaluation.timeline import Days
from gru4rec_core.evaluation.timeline_checks import check_days, check_gaps
from tests.evaluation.test_timeline import DAY, FIRST, a_log, visits, weeks


def test_a_gap_is_told_with_its_ends_and_the_log_can_be_kept_on_either_side():
    starts = np.r_[DAY * FIRST + 600 * np.arange(1_000), DAY * (FIRST + 30) + 600 * np.arange(500)]
    data = visits(starts)
    check = check_gaps(data)
    assert (check.count, check.of, check.warning.severity) == (1, data.n_events - 1, "warning")
    assert "from 2023-12-15 22:32:00 to 2024-01-08 00:00:00, 23.1 days" in check.warning.figure
    after, before = (clean(data, [step])[0] for step in check.steps)
    assert (after.n_sessions, before.n_sessions) == (500, 1_000)


def test_a_log_without_gaps_has_none_to_tell():
    check = check_gaps(visits(DAY * FIRST + 600 * np.arange(1_000)))
    assert (check.count, check.warning, check.steps) == (0, None, ())


def test_gaps_of_plain_numbers_are_cut_by_number():
    data = visits(np.r_[10 * np.arange(1_000), 500_000 + 10 * np.arange(1_000)])
    check = check_gaps(data)
    assert check.steps[0].value == ("500000", "")
    assert clean(data, [check.steps[0]])[0].n_sessions == 1_000


def test_odd_days_can_be_dropped_and_what_follows_a_change_kept():
    counts = weeks(4) + [5 * n for n in weeks(4)]
    counts[10] = 3_000
    volume, _ = check_days(a_log(counts))
    assert volume.count == 2
    assert "1 day has far more or far fewer events" in volume.warning.figure
    assert "2023-12-19 (3,000 instead of about 405)" in volume.warning.figure
    assert "From 2024-01-06 on there are about" in volume.warning.figure
    assert [(step.kind, step.value) for step in volume.steps] == [
        ("days", ("2023-12-19",)),
        ("period", ("2024-01-06", "")),
    ]
    assert volume.warning.severity == "warning"


def test_a_list_of_many_days_is_cut_short():
    counts = [300] * 80
    for i in range(10, 70, 8):
        counts[i] = 3_000
    volume, _ = check_days(a_log(counts))
    assert "and 3 more" in volume.warning.figure
    assert volume.warning.severity == "note"
    assert len(volume.steps[0].value) == 8


def test_a_new_catalogue_is_told_with_its_share():
    new = [450, 200, 90] + [10] * 37
    new[25], new[26] = 480, 120
    _, catalogue = check_days(a_log([500] * 40, new))
    assert "2024-01-03 (96 %)" in catalogue.warning.figure
    assert "2.0 % is usual" in catalogue.warning.figure
    assert catalogue.steps[0].value == ("2024-01-03", "")


def test_an_even_log_is_clean_and_one_without_dates_not_judged():
    for check in check_days(Days(FIRST, np.full(40, 500), np.full(40, 10))):
        assert (check.count, check.warning, check.not_judged) == (0, None, "")
    assert {check.not_judged for check in check_days(None)} == {"because the times are not dates"}
