"""Facts about the one question about a row that waits for an answer."""

import os
from pathlib import Path

import pytest

from dashboard import dialogs, row_actions
from gru4rec_core.workspace.store import Dependents


@pytest.fixture
def session(monkeypatch):
    state: dict = {}
    monkeypatch.setattr(row_actions.st, "session_state", state)
    monkeypatch.setattr(row_actions.st, "rerun", lambda: None)
    monkeypatch.setattr(dialogs.st, "dialog", lambda title, **options: lambda draw: draw)
    return state


def test_only_the_action_that_was_chosen_last_is_asked(session):
    row_actions.ask("delete", "a")
    row_actions.ask("rename", "b")
    assert row_actions.is_any_asked({"b"})
    assert not row_actions.is_any_asked({"a"})
    dialogs.close()
    assert not row_actions.is_any_asked({"a", "b"})


def test_what_would_go_along_is_looked_up_only_where_deleting_is_asked(session):
    def describe() -> str:
        raise AssertionError

    row_actions.ask("rename", "a")
    row_actions.ask_before_deleting("a", "a", describe, lambda: None)
    row_actions.ask("delete", "a")
    row_actions.ask_before_deleting("b", "b", describe, lambda: None)
    with pytest.raises(AssertionError):
        row_actions.ask_before_deleting("a", "a", describe, lambda: None)


def test_what_is_deleted_is_told_with_what_goes_along(run, tmp_path):
    def of_size(size: int) -> tuple[Path, ...]:
        path = tmp_path / str(size)
        path.touch()
        os.truncate(path, size)
        return (path,)

    told = "Deletes shop log from this workspace. This frees 640 bytes."
    assert row_actions.describe_deleting("shop log", Dependents((), (), of_size(640))) == told
    told = "Deletes log 7 with 2 runs from this workspace. This frees 35.4 MB."
    assert row_actions.describe_deleting("log 7", Dependents((run, run), (), of_size(35_400_000))) == told
    kept = Dependents((), (), of_size(1), "1 recorded decision rests on it.")
    told = "Deletes run 7 from this workspace. This frees 1 byte. 1 recorded decision rests on it."
    assert row_actions.describe_deleting("run 7", kept) == told
