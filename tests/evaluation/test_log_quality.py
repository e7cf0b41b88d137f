"""Every check has a log that provokes it and one that leaves it clean; figures agree with the steps they offer."""

import numpy as np
import pandas as pd
import pytest

from gru4rec_core.data.cleaning import clean
from gru4rec_core.data.samples import make_sample
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.evaluation.data_warnings import find_dataset_warnings
from gru4rec_core.evaluation.log_quality import check_quality
from gru4rec_core.evaluation.quality_types import QualityCheck

SPRING = 1_700_000_000
DAY = 86_400


def log(rows: list[tuple[object, int, str]]) -> SessionDataset:
    return SessionDataset(pd.DataFrame(rows, columns=["session", "timestamp", "item"]))


def plain_rows(n: int = 300) -> list[tuple[object, int, str]]:
    """A session of three events each hour."""
    return [(s, SPRING + 3_600 * s + 60 * i, "abcde"[(s + i) % 5]) for s in range(n) for i in range(3)]


def checks(dataset: SessionDataset, summary: dict | None = None) -> dict[str, QualityCheck]:
    return {check.code: check for check in check_quality(dataset, summary).checks}


@pytest.fixture(scope="module")
def messy() -> SessionDataset:
    """One of everything that can be dropped."""
    rows = plain_rows()
    rows += [(7, *rows[21][1:])]  # a duplicate
    rows += [("bot", SPRING + 40 * DAY + i, "abcde"[i % 5]) for i in range(500)]
    rows += [("odd", SPRING + 5 * DAY, "a"), ("odd", SPRING + 5 * DAY + 9_000, "once")]
    rows += [("lone", SPRING + 6 * DAY, "b"), ("old", 0, "a"), ("old", 60, "b")]
    dataset = log([(str(s), t, item) for s, t, item in rows])
    dataset.time_unit = "s"  # as an import knows it
    return dataset


def test_a_plain_log_is_clean():
    report = check_quality(log(plain_rows()))
    assert report.found == []
    assert report.rows is None
    assert len(report.without_warning) == 12
    assert not any(check.steps for check in report.checks)


def test_each_fault_is_counted_and_its_step_drops_just_that(messy):
    found = checks(messy)
    expected = {
        "duplicates": 1,
        "robots": 1,
        "one-event-sessions": 1,
        "single-items": 1,
        "far-away-dates": 2,
        "long-pauses": 1,
    }
    assert {code: found[code].count for code in expected} == expected
    for code in ("duplicates", "far-away-dates"):
        _, (outcome,) = clean(messy, found[code].steps)
        assert outcome.before.events - outcome.after.events == expected[code]
    for code in ("robots", "one-event-sessions"):
        _, (outcome,) = clean(messy, found[code].steps)
        assert outcome.before.sessions - outcome.after.sessions == expected[code]


@pytest.mark.parametrize("code", ["duplicates", "one-event-sessions", "single-items", "far-away-dates", "long-pauses"])
def test_after_its_step_a_log_is_clean_of_it(messy, code):
    left, _ = clean(messy, checks(messy)[code].steps)
    assert checks(left)[code].warning is None


def test_the_report_says_what_the_warnings_say_in_the_same_words(messy):
    tied = log([(s, SPRING + 3_600 * s, item) for s in range(300) for item in "abb"])
    for dataset, summary in ((messy, {}), (tied, {"sessions_out_of_order": 3})):
        warnings = find_dataset_warnings(dataset, summary)
        found = [check.warning for check in check_quality(dataset, summary).checks]
        assert warnings
        assert all(warning in found for warning in warnings)
        codes = [warning.code for warning in found if warning]
        assert len(codes) == len(set(codes))


def test_a_log_whose_items_do_not_come_back_is_not_usable():
    invoices = log([(s, SPRING + 3_600 * s + i, f"invoice {s}-{i}") for s in range(200) for i in range(2)])
    warning = checks(invoices)["single-items"].warning
    assert (warning.severity, warning.figure[:30]) == ("error", "400 of 400 (100 %) items occur")
    assert "another column" in warning.remedy


def test_few_duplicates_are_good_to_know_and_many_a_warning():
    few = plain_rows() + plain_rows()[:1]
    assert checks(log(few))["duplicates"].warning.severity == "note"
    assert checks(log(few + plain_rows()[:100]))["duplicates"].warning.severity == "warning"


def test_rows_are_told_as_the_import_counted_them():
    summary = {"rows_read": 9, "rows_kept": 6, "rows_filtered": 1, "rejected_counts": {"no item": 2}}
    report = check_quality(log(plain_rows(2)), summary)
    assert report.to_json()["rows"] == {
        "read": 9,
        "kept": 6,
        "filtered": 1,
        "outside_sample": 0,
        "rejected": {"no item": 2},
    }


def test_what_depends_on_dates_is_not_judged_without_them(make_dataset):
    found = checks(make_dataset("abc", "bca"))
    assert {code for code, check in found.items() if check.not_judged} == {"long-pauses", "volume", "catalogue"}


@pytest.mark.parametrize("name", ["workouts", "shop"])
def test_the_samples_have_no_robots_duplicates_or_gaps(name):
    found = checks(SessionDataset(make_sample(name)))
    assert [code for code in ("robots", "duplicates", "gaps", "far-away-dates") if found[code].warning] == []


def test_an_ordinary_log_with_a_heavy_tail_is_free_of_what_only_faults_cause():
    rng = np.random.default_rng(8)
    lengths = np.minimum(rng.zipf(2.2, 3_000), 90)
    session = np.repeat(np.arange(3_000), lengths)
    starts = np.sort(rng.integers(SPRING, SPRING + 60 * DAY, 3_000))
    times = np.repeat(starts, lengths) + 40 * (
        np.arange(len(session)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    )
    items = rng.zipf(1.4, len(session)) % 400
    found = checks(SessionDataset(pd.DataFrame({"session": session, "timestamp": times, "item": items})))
    assert [c for c in ("robots", "duplicates", "gaps", "volume", "catalogue") if found[c].warning] == []
