"""Which window is shown, and how far are the others?"""

import pytest

from dashboard import progress_view
from dashboard.backtest_view import describe_place, describe_window
from gru4rec_core.workspace.backtests import list_backtests
from gru4rec_core.workspace.job_state import change_state
from gru4rec_core.workspace.store import Workspace


def test_a_window_has_its_place_and_how_far_it_is(backtested: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    (backtest,) = list_backtests(backtested)
    second = backtest.comparison_ids[1]
    assert describe_place(backtest, second).startswith("Window 2 of 2 of a test on several weeks.")
    assert describe_window(backtested, "May", second) == "May: done"
    folder = backtested.run_folder(backtested.comparison(second).run_ids[0])
    change_state(folder, state="failed")
    assert describe_window(backtested, "May", second) == "May: not done"
    change_state(folder, state="queued")
    monkeypatch.setattr(progress_view, "is_active", lambda workspace, comparison: True)
    assert describe_window(backtested, "May", second) == "May: at work"
    (backtested.comparison_folder(second) / "comparison.json").write_text("", encoding="utf-8")
    assert describe_window(backtested, "May", second) == "May: damaged"
