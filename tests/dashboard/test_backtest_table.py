"""Facts about the row of a backtest on Overview: what it says, where it leads, what deleting it takes along."""

import pytest

from dashboard.backtest_table import choose_window, describe_deleting, describe_windows
from gru4rec_core.workspace.backtests import BacktestRecord, list_backtests
from gru4rec_core.workspace.job_state import change_state
from gru4rec_core.workspace.store import Workspace


@pytest.fixture
def record(backtested: Workspace) -> BacktestRecord:
    return list_backtests(backtested)[0]


def test_its_windows_are_told_from_the_first_day_to_the_last(record: BacktestRecord) -> None:
    first, last = record.periods[0].split(" to ")[0], record.periods[1].split(" to ")[1]
    assert describe_windows(record) == f"2 windows, {first} to {last}"


def test_it_leads_to_the_newest_window_with_a_result(backtested: Workspace, record: BacktestRecord) -> None:
    first, second = record.comparison_ids
    assert choose_window(backtested, record) == second
    for run_id in backtested.comparison(second).run_ids:
        change_state(backtested.run_folder(run_id), state="running")
    assert choose_window(backtested, record) == first
    for comparison_id in record.comparison_ids:
        (backtested.comparison_folder(comparison_id) / "comparison.json").write_text("", encoding="utf-8")
    assert choose_window(backtested, record) == first


def test_what_goes_and_what_stays_is_told_before_it_is_deleted(backtested: Workspace, record: BacktestRecord) -> None:
    told = describe_deleting(backtested, record)
    assert told.startswith(f"Deletes the test on several weeks {record.name} with 2 comparisons from this workspace.")
    assert " This frees " in told
    assert told.endswith("The runs of its windows stay.")
