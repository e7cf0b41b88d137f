"""Sentences about the quality of a log."""

import pytest

from dashboard.quality_view import clean_line
from gru4rec_core.evaluation.quality_types import QualityCheck


@pytest.mark.parametrize(
    ("check", "line"),
    [
        (QualityCheck("gaps", "Gaps", 0, 0, "stretches"), "Gaps: none"),
        (QualityCheck("ties", "Events at the same time", 2, 900, "events"), "Events at the same time: 2 of 900 events"),
        (QualityCheck("volume", "Volume", 0, 0, "days", not_judged="no dates"), "Volume: not checked, no dates"),
    ],
)
def test_a_clean_check_in_a_line(check: QualityCheck, line: str):
    assert clean_line(check) == line
