"""Facts about the step that is open."""

from types import SimpleNamespace

import pytest

from dashboard import state, steps_view


@pytest.mark.parametrize(
    ("requested", "position"), [("1", 0), ("5", 4), ("0", 3), ("6", 3), ("-1", 3), ("x", 3), ("9" * 4301, 3), (None, 3)]
)
def test_a_link_opens_one_of_the_steps_and_else_the_one_that_was_tested(monkeypatch, requested, position):
    params = {} if requested is None else {"step": requested}
    monkeypatch.setattr(state, "st", SimpleNamespace(query_params=params))
    said = []
    monkeypatch.setattr(state, "say_wrong", lambda *wrong: said.append(wrong))
    wrong = requested is not None and position == 3
    assert steps_view._requested_step(5, 3) == position
    assert said == ([(f"step {requested}", "which this session does not have")] if wrong else [])
    assert ("step" in params) == (requested is not None and not wrong)
