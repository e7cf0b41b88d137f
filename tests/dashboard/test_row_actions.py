"""Facts about the one question that waits for an answer below a row."""

import pytest

from dashboard import row_actions


@pytest.fixture
def session(monkeypatch):
    state: dict = {}
    monkeypatch.setattr(row_actions.st, "session_state", state)
    monkeypatch.setattr(row_actions.st, "rerun", lambda: None)
    return state


def test_only_the_action_that_was_chosen_last_is_asked(session):
    row_actions.ask("delete", "a")
    row_actions.ask("rename", "b")
    assert row_actions.is_asked("rename", "b")
    assert not row_actions.is_asked("delete", "a")
    assert row_actions.is_any_asked({"b"})
    assert not row_actions.is_any_asked({"a"})
    row_actions.close()
    assert not row_actions.is_any_asked({"a", "b"})
