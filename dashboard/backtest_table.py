"""How does Overview list the backtests of the workspace: verdict over all windows, best model, and the way to each?"""

from __future__ import annotations

import streamlit as st

from dashboard import backtest_view, comparison_table, damage_card, row_actions, row_table, state, summary_cells
from dashboard.row_table import Column, Row, RowTable
from gru4rec_core.results.backtest_summary import BacktestSummary, readable_windows
from gru4rec_core.results.comparison import find_missing
from gru4rec_core.words import counted
from gru4rec_core.workspace.backtests import BacktestRecord, list_backtests
from gru4rec_core.workspace.store import Workspace

_COLUMNS = (
    Column("Test on several weeks", 11),
    Column("Dataset, windows", 9),
    Column("Verdict over all windows", 8),
    Column("Best model, hits per 100", 8),
    Column("Runs", 8, wide_only=True),
    Column("Started", 6, wide_only=True),
)


def show(selection: state.Selection) -> None:
    """The table of backtests, newest first; nothing where there is none."""
    workspace = state.workspace()
    records = {record.id: record for record in list_backtests(workspace)}
    damage_card.show_unreadable(workspace, "backtest", records)
    if not records:
        return
    datasets = {record.id: record.name for record in workspace.datasets()}
    st.header("Tests on several weeks")
    table = RowTable(
        "backtest",
        _COLUMNS,
        lambda backtest_id: _build(workspace, records[backtest_id], datasets, selection),
        row_actions.ask,
        lambda backtest_id: row_actions.ask_before_deleting(
            backtest_id,
            records[backtest_id].name,
            lambda: describe_deleting(workspace, records[backtest_id]),
            lambda: workspace.delete_backtest(backtest_id),
        ),
    )
    row_table.show_rows(
        table, {record.id: f"{record.name} {datasets.get(record.dataset_id, '')}" for record in records.values()}
    )


def _build(workspace: Workspace, record: BacktestRecord, datasets: dict[str, str], selection: state.Selection) -> Row:
    states = [workspace.state(run_id) for window in readable_windows(workspace, record) for run_id in window.run_ids]
    summary = backtest_view.find_summary(workspace, record)
    dataset = summary_cells.name(datasets.get(record.dataset_id, record.dataset_id))
    return Row(
        title=record.name,
        cells=(
            dataset + summary_cells.muted(describe_windows(record)),
            _verdict_cell(summary) if summary else "",
            summary_cells.best_model(summary.line) if summary else "",
            summary_cells.name(comparison_table.describe_states(states), 200)
            + summary_cells.muted(comparison_table.describe_duration(states)),
            summary_cells.moment(record.created),
        ),
        page="compare" if summary else "train",
        params={"dataset": record.dataset_id, "comparison": choose_window(workspace, record)},
        menu=row_actions.allowed_of({"delete": "Delete"}),
        is_selected=selection.comparison is not None and selection.comparison.id in record.comparison_ids,
    )


def _verdict_cell(summary: BacktestSummary) -> str:
    verdict = summary_cells.name(comparison_table.say_verdict(summary.line))
    return verdict if summary.is_whole else verdict + summary_cells.muted(summary.scope)


def describe_windows(record: BacktestRecord) -> str:
    """ "4 windows, 2026-04-27 to 2026-05-24"."""
    first, last = record.periods[0].partition(" to ")[0], record.periods[-1].rpartition(" to ")[2]
    return f"{counted(len(record.periods), 'window')}, {first} to {last}"


def choose_window(workspace: Workspace, record: BacktestRecord) -> str:
    """The comparison that the row leads to: the newest with a result; without one, the first that can be read."""
    windows = readable_windows(workspace, record)
    done = [one for one in windows if find_missing(workspace, one).has_result]
    if done:
        return done[-1].id
    return windows[0].id if windows else record.comparison_ids[0]


def describe_deleting(workspace: Workspace, record: BacktestRecord) -> str:
    """What goes and what stays when a backtest is deleted."""
    dependents = workspace.backtest_dependents(record.id)
    removal = dependents.describe_removal("Deletes", f"the test on several weeks {record.name}")
    return f"{removal} The runs of its windows stay. {dependents.kept}".rstrip()
