"""A report knows what was found, what is ignored and what gave no warning."""

from dataclasses import replace

from gru4rec_core.data.cleaning_types import CleaningStep
from gru4rec_core.evaluation.diagnostic_warning import DiagnosticWarning
from gru4rec_core.evaluation.quality_types import NO_DATES, QualityCheck, QualityReport

WARNING = DiagnosticWarning("duplicates", "note", "Twice.", "3 of 9.", "Effect.", "Remedy.")
FOUND = QualityCheck("duplicates", "Duplicates", 3, 9, "events", WARNING, (CleaningStep("duplicates"),))
CLEAN = QualityCheck("gaps", "Gaps", 0, 0, "stretches")


def test_what_is_ignored_is_no_longer_among_what_was_found():
    report = QualityReport(None, (FOUND, CLEAN))
    assert (report.found, report.ignored, report.without_warning) == ([FOUND], [], [CLEAN])
    aside = QualityReport(None, (FOUND, CLEAN), ("duplicates",))
    assert (aside.found, aside.ignored, aside.without_warning) == ([], [FOUND], [CLEAN])


def test_checks_that_were_not_run_are_not_counted_as_clean():
    undated = QualityCheck("volume", "Volume", 0, 0, "days", not_judged=NO_DATES)
    report = QualityReport(None, (FOUND, CLEAN, undated, undated))
    assert (
        report.count_without_warning() == "1 of 4 checks found nothing worth a warning; 2 need dates and were not run"
    )


def test_the_report_as_json_has_the_figures_of_clean_checks_too():
    checks = QualityReport(None, (FOUND, CLEAN), ("duplicates",)).to_json()["checks"]
    assert [(check["code"], check["count"], check["severity"], check["set_aside"]) for check in checks] == [
        ("duplicates", 3, "note", True),
        ("gaps", 0, None, False),
    ]
    assert checks[0]["steps"] == [{"kind": "duplicates", "value": None}]
    assert checks[0]["why"] == "Effect."


def test_warnings_about_the_data_are_the_logs_without_notes_and_what_is_set_aside_and_the_tests():
    serious = replace(WARNING, code="robots", severity="warning")
    robots = QualityCheck("robots", "Likely robots", 2, 9, "sessions", serious)
    small = replace(WARNING, code="small-test", severity="error")
    report = QualityReport(None, (FOUND, robots, CLEAN))
    assert report.with_test([small]) == [small, serious]
    assert replace(report, set_aside=("robots",)).with_test([]) == []
