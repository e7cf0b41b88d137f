"""Filters before the cut: what goes, in which order, and how it is counted."""

import pytest

from gru4rec_core.config import SplitConfig
from gru4rec_core.data.splits import split
from gru4rec_core.errors import DataError
from tests.data.logs import of_sessions, texts

NO_VALIDATION = {"validation_fraction": 0.0}


def test_filters_run_in_a_fixed_order_until_nothing_more_goes() -> None:
    # z is rare; without it "azab" repeats a and collapses to "ab"; the pair "cz" becomes too short, and then c is rare.
    log = of_sessions((0, "azab"), (0, "abab"), (0, "cz"), (0, "abc"))
    config = SplitConfig(collapse_repeats=True, min_item_support=3, min_session_length=2, **NO_VALIDATION)
    result = split(log, config)
    assert texts(result.test.dataset) == ["ab", "abab", "ab"]
    names = [step.name for step in result.summary.steps]
    assert names[:5] == ["log", "collapse repeats", "item support", "session length", "collapse repeats, round 2"]
    dropped = {step.name: step.dropped_events for step in result.summary.steps}
    assert dropped["item support"] == 4
    support = next(step for step in result.summary.steps if step.name == "item support")
    assert "in the whole log, the later test included" in support.why
    assert "test included" in str(SplitConfig.model_fields["min_item_support"].description)
    assert dropped["session length"] == 0
    assert dropped["collapse repeats, round 2"] == 1
    assert result.summary.dropped_events == 5


def test_repeats_across_sessions_are_no_repeats() -> None:
    result = split(of_sessions((0, "aabc"), (0, "ccba")), SplitConfig(collapse_repeats=True, **NO_VALIDATION))
    assert texts(result.test.dataset) == ["abc", "cba"]


def test_filters_that_leave_nothing_are_refused() -> None:
    with pytest.raises(DataError, match="none of 3"):
        split(of_sessions((0, "abc")), SplitConfig(min_item_support=5))
