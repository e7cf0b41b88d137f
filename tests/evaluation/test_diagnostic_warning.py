"""Warnings keep their printed form, stand worst first, and their figures read well."""

import pytest

from gru4rec_core.evaluation.diagnostic_warning import (
    DiagnosticWarning,
    visible_difference_text,
    worst_first,
)


def warning(severity: str, code: str = "code") -> DiagnosticWarning:
    return DiagnosticWarning(code, severity, "A title.", "1 of 2.", "An effect.", "A remedy.")


def test_a_warning_is_printed_under_the_keys_that_scripts_know():
    printed = warning("note").to_json()
    assert list(printed) == ["code", "severity", "title", "figure", "why", "remedy"]
    assert printed["why"] == "An effect."


def test_what_was_printed_is_read_back():
    assert DiagnosticWarning.from_json(warning("error").to_json()) == warning("error")
    with pytest.raises(KeyError):
        DiagnosticWarning.from_json({"code": "code"})


def test_the_worst_come_first_and_equals_stay_in_order():
    given = [warning("note"), warning("warning", "a"), warning("error"), warning("warning", "b")]
    assert [(each.severity, each.code) for each in worst_first(given)] == [
        ("error", "code"),
        ("warning", "a"),
        ("warning", "b"),
        ("note", "code"),
    ]


def test_a_difference_that_no_test_shows_has_no_percentage():
    assert visible_difference_text(0.08) == "about 8.0 %"
    assert visible_difference_text(float("inf")) == "none but very large ones"
