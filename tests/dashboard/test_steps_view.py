"""Facts about the step that is open."""

from types import SimpleNamespace

import pytest

from dashboard import steps_view


@pytest.mark.parametrize(
    ("requested", "position"), [("1", 0), ("5", 4), ("0", 3), ("6", 3), ("-1", 3), ("x", 3), ("9" * 4301, 3), (None, 3)]
)
def test_a_link_opens_one_of_the_steps_and_else_the_one_that_was_tested(monkeypatch, requested, position):
    params = {} if requested is None else {"step": requested}
    monkeypatch.setattr(steps_view, "st", SimpleNamespace(query_params=params))
    assert steps_view._requested_step(5, 3) == position
