"""Sentences about the quality of a log."""

import pytest

from dashboard.quality_view import clean_line, rows_sentence
from gru4rec_core.evaluation.quality_types import QualityCheck, QualityReport


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (
            {"read": 1_204, "kept": 1_200, "filtered": 0, "rejected": {"no item": 4}},
            "1,204 rows were read: 1,200 are events, 4 were left out (listed below).",
        ),
        (
            {"read": 9, "kept": 6, "filtered": 3, "rejected": {}},
            "9 rows were read: 6 are events, 3 are of other kinds of event.",
        ),
        (
            {"read": 3, "kept": 1, "filtered": 1, "rejected": {"no item": 1}},
            "3 rows were read: 1 are events, 1 was left out (listed below), 1 is of other kinds of event.",
        ),
        ({"read": 9, "kept": 9, "filtered": 0, "rejected": {}}, "9 rows were read: all are events."),
    ],
)
def test_rows_in_a_sentence(rows: dict, sentence: str):
    assert rows_sentence(QualityReport(rows, ())) == sentence


@pytest.mark.parametrize(
    ("check", "line"),
    [
        (QualityCheck("gaps", "Gaps", 0, 0, "stretches"), "Gaps: none"),
        (QualityCheck("ties", "Ties in time", 2, 900, "events"), "Ties in time: 2 of 900 events"),
        (QualityCheck("volume", "Volume", 0, 0, "days", not_judged="no dates"), "Volume: not checked, no dates"),
    ],
)
def test_a_clean_check_in_a_line(check: QualityCheck, line: str):
    assert clean_line(check) == line
