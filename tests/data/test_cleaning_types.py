"""Steps say what they do in the words of buttons, names and records."""

import pytest

from gru4rec_core.data.cleaning_types import DROPS, CleaningStep, LogSize, StepOutcome, describe_robot_limits
from gru4rec_core.errors import DataError

DAYS = CleaningStep("days", ("2024-05-01", "2024-05-02"))


@pytest.mark.parametrize(
    ("step", "label", "phrase", "action"),
    [
        (CleaningStep("duplicates"), "Drop duplicates", "without duplicates", "dropping duplicates"),
        (CleaningStep("robots"), "Drop likely robots", "without likely robots", "dropping likely robots"),
        (
            CleaningStep("pauses", 30.0),
            "Cut at pauses over 30 min",
            "cut at pauses over 30 min",
            "cutting sessions at pauses of more than 30 minutes",
        ),
        (
            CleaningStep("period", ("2024-05-01", "")),
            "Keep sessions that start on or after 2024-05-01",
            "from 2024-05-01",
            "keeping the sessions that start from 2024-05-01",
        ),
        (
            CleaningStep("period", ("2024-05-01", "2024-06-01")),
            "Keep sessions that start from 2024-05-01 until 2024-06-01",
            "from 2024-05-01 until 2024-06-01",
            "keeping the sessions that start from 2024-05-01 until 2024-06-01",
        ),
        (
            DAYS,
            "Drop sessions that start on these 2 days",
            "without 2 days",
            "dropping the sessions that start on 2024-05-01, 2024-05-02",
        ),
        (
            CleaningStep("days", ("2024-05-01",)),
            "Drop sessions that start on 2024-05-01",
            "without 2024-05-01",
            "dropping the sessions that start on 2024-05-01",
        ),
    ],
)
def test_words(step: CleaningStep, label: str, phrase: str, action: str):
    assert (step.label, step.phrase, step.action) == (label, phrase, action)


@pytest.mark.parametrize(
    ("kind", "value"),
    [("dupes", None), ("pauses", None), ("pauses", 0.0), ("pauses", float("inf")), ("period", ("", "")), ("days", ())],
)
def test_a_step_that_is_none_is_refused(kind, value):
    with pytest.raises(DataError):
        CleaningStep(kind, value)


def test_items_are_dropped_before_the_sessions_that_they_shorten():
    assert list(DROPS).index("single-items") < list(DROPS).index("one-event-sessions")


def test_what_is_left_is_told_in_a_sentence():
    step = CleaningStep("single-items")
    outcome = StepOutcome(step, LogSize(1_200, 40, 9), LogSize(1_190, 39, 7), 1)
    assert outcome.describe() == (
        "Leaves 1,190 of 1,200 events, 39 of 40 sessions, 7 of 9 items; 1 more session is left with one event."
    )
    assert StepOutcome(step, outcome.before, outcome.before, 0).describe().startswith("This step changes nothing")
    cut = StepOutcome(CleaningStep("pauses", 5.0), LogSize(9, 2, 3), LogSize(9, 4, 3), 2)
    assert cut.describe() == "Turns 2 sessions into 4; 2 more than before have only one event."


def test_an_outcome_as_json():
    values = StepOutcome(DAYS, LogSize(9, 3, 3), LogSize(6, 2, 3), 0).to_json()
    assert values["kind"] == "days"
    assert values["before"] == {"events": 9, "sessions": 3, "items": 3}


def test_the_limits_of_a_robot():
    assert describe_robot_limits(120.0, 75.0) == "more than 120 events, or at least 20 at more than 75 per minute"
    assert describe_robot_limits(120.0, float("inf")) == "more than 120 events"
