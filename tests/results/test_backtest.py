"""The result of a backtest: from the files of its windows, as far as they have results."""

import json

import pytest

from gru4rec_core.evaluation.backtest import OTHER_WEEKS
from gru4rec_core.results.backtest import build_backtest_result, find_backtest_result
from gru4rec_core.results.comparison import build_comparison_result
from gru4rec_core.workspace.backtests import backtest_folder, list_backtests
from gru4rec_core.workspace.job_state import change_state
from gru4rec_core.workspace.store import Workspace


def test_it_is_the_verdict_over_the_windows_and_of_each(backtested: Workspace) -> None:
    (record,) = list_backtests(backtested)
    result = build_backtest_result(backtested, record.id)
    assert result.verdict is not None
    assert list(result.windows) == list(record.periods) == [window.period for window in result.verdict.windows]
    ones = [build_comparison_result(backtested, one).comparison for one in record.comparison_ids]
    numbers = result.verdict.verdict.numbers
    assert numbers["n_events"] == sum(one.models[0].n_events for one in ones)
    assert OTHER_WEEKS in result.sentences
    for window, one in zip(result.verdict.windows, ones, strict=True):
        figures = one.pair(numbers["other"], numbers["leader"]).deciding
        assert (window.relative, window.low, window.high) == (
            figures.relative,
            figures.relative_low,
            figures.relative_high,
        )
    assert json.loads(json.dumps(result.to_json(), allow_nan=False))["left_out"] == []
    assert result.table["window"].tolist() == [*record.periods, "all windows"]


def test_statistics_are_computed_once(backtested: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    (record,) = list_backtests(backtested)
    first = build_backtest_result(backtested, record.id)
    monkeypatch.setattr("gru4rec_core.results.backtest.compare_models", None)
    assert build_backtest_result(backtested, record.id).verdict == first.verdict
    (backtest_folder(backtested, record.id) / "statistics.json").write_text("{", encoding="utf-8")
    monkeypatch.undo()
    assert build_backtest_result(backtested, record.id).verdict == first.verdict


def test_a_window_without_results_is_named_and_left_out(backtested: Workspace) -> None:
    (record,) = list_backtests(backtested)
    waiting = backtested.comparison(record.comparison_ids[0]).run_ids[0]
    change_state(backtested.run_folder(waiting), state="running")
    result = build_backtest_result(backtested, record.id)
    assert (result.verdict, result.table, list(result.windows)) == (None, None, [record.periods[1]])
    assert result.left_out == (
        f"The window {record.periods[0]} is left out: its models are not all trained and tested.",
    )
    assert result.sentences[0] == "No verdict over several windows yet: 1 window can be judged."
    assert result.to_json()["verdict"] is None
    assert find_backtest_result(backtested, record.comparison_ids[1]) is None


def test_a_comparison_finds_the_backtest_it_is_a_window_of(backtested: Workspace) -> None:
    (record,) = list_backtests(backtested)
    found = find_backtest_result(backtested, record.comparison_ids[0])
    assert found is not None
    assert found.record == record
    backtested.delete_comparison(record.comparison_ids[0])
    assert find_backtest_result(backtested, record.comparison_ids[1]) is None
