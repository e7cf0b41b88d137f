"""The table of a backtest, window by window."""

from gru4rec_core.report.frames.backtest import answer_text, difference_text, window_table
from gru4rec_core.results.backtest import build_backtest_result
from gru4rec_core.workspace.backtests import list_backtests
from gru4rec_core.workspace.store import Workspace


def test_a_row_per_window_and_one_for_all(two_weeks) -> None:
    workspace = Workspace(two_weeks)
    result = build_backtest_result(workspace, list_backtests(workspace)[0].id)
    table = window_table(result.verdict, result.comparison)
    assert list(table.columns[:2]) == ["window", "sessions"]
    assert set(table.columns[2:4]) == {"TOP1", "BPR"}
    assert list(table.columns[4:]) == ["difference in % (95 %)", "answer"]
    counts = [int(text) for text in table["sessions"]]
    assert counts[-1] == sum(counts[:-1])
    assert table["window"].iloc[-1] == "all windows"


def test_differences_and_answers_are_short() -> None:
    assert difference_text(0.0751, 0.021, 0.128) == "+7.5 (2.1 to 13)"
    assert difference_text(-0.0064, -0.022, 0.011) == "−0.6 (−2.2 to 1.1)"
    assert answer_text("clear", "BPR") == "BPR better"
    assert answer_text("size-open", "BPR") == "BPR better, size open"
    assert answer_text("undecided", "") == "undecided"
