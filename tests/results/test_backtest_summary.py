"""A backtest's line in a list has the figures of its verdict over all windows, and is read from one small file."""

import pytest

from gru4rec_core.results import backtest_summary
from gru4rec_core.results.backtest import build_backtest_result
from gru4rec_core.results.backtest_summary import load_backtest_summary, precompute_backtests, readable_windows
from gru4rec_core.workspace.backtests import FILE, BacktestRecord, backtest_folder, list_backtests
from gru4rec_core.workspace.job_state import change_state
from gru4rec_core.workspace.store import Workspace


@pytest.fixture
def record(backtested: Workspace) -> BacktestRecord:
    return list_backtests(backtested)[0]


def run_of_a_window(workspace: Workspace, record: BacktestRecord, window: int):
    return workspace.run_folder(workspace.comparison(record.comparison_ids[window]).run_ids[0])


def test_the_figures_are_those_of_the_verdict_over_all_windows(backtested: Workspace, record: BacktestRecord) -> None:
    summary, result = load_backtest_summary(backtested, record), build_backtest_result(backtested, record.id)
    line, verdict = summary.line, result.verdict.verdict
    assert summary.scope == "over all windows"
    assert (line.k, line.verdict, line.sentence) == (3, verdict.label, verdict.sentences[0])
    assert (line.best.name, line.best.value) == (verdict.baselines.model, verdict.baselines.model_value)


def test_a_list_reads_it_back_without_opening_the_predictions(
    backtested: Workspace, record: BacktestRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = load_backtest_summary(backtested, record)
    monkeypatch.setattr(backtest_summary, "build_backtest_result", None)
    assert load_backtest_summary(backtested, record) == line


def test_there_is_none_until_two_windows_have_results(backtested: Workspace, record: BacktestRecord) -> None:
    for run_id in backtested.comparison(record.comparison_ids[0]).run_ids:
        change_state(backtested.run_folder(run_id), state="running")
    assert load_backtest_summary(backtested, record) is None


def test_a_verdict_over_some_windows_says_so(backtested: Workspace, record: BacktestRecord) -> None:
    """Made, and read back."""
    more = {"periods": (*record.periods, "later"), "comparison_ids": (*record.comparison_ids, "bpr-00000000")}
    longer = record.model_copy(update=more)
    longer.write(backtest_folder(backtested, record.id) / FILE)
    for _ in range(2):
        assert load_backtest_summary(backtested, longer).scope == "over 2 of 3 windows so far"


def test_a_damaged_window_is_left_out(backtested: Workspace, record: BacktestRecord) -> None:
    assert load_backtest_summary(backtested, record) is not None
    (backtested.comparison_folder(record.comparison_ids[0]) / "comparison.json").write_text("", encoding="utf-8")
    assert [one.id for one in readable_windows(backtested, record)] == list(record.comparison_ids[1:])
    assert load_backtest_summary(backtested, record) is None


def test_it_is_there_before_a_reader_asks(backtested: Workspace, record: BacktestRecord) -> None:
    path = backtest_folder(backtested, record.id) / "summary.json"
    path.unlink(missing_ok=True)
    folder = run_of_a_window(backtested, record, 0)
    change_state(folder, state="running")
    precompute_backtests(backtested, record.dataset_id)
    assert not path.exists()
    change_state(folder, state="done")
    precompute_backtests(backtested, record.dataset_id)
    assert path.exists()
    assert (path.parent / "statistics.json").exists()
