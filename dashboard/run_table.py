"""How does Overview list the training runs of the workspace: hits, state, duration, age, and the way to each?"""

from __future__ import annotations

import streamlit as st

from dashboard import damage_card, progress_view, row_actions, row_table, state, summary_cells
from dashboard.row_table import Column, Row, RowTable
from gru4rec_core.config import PROTOCOL_LABELS, default_deciding_k
from gru4rec_core.errors import RunError
from gru4rec_core.words import per_100
from gru4rec_core.workspace.records import ComparisonRecord, DatasetRecord, RunRecord
from gru4rec_core.workspace.store import Workspace

_COLUMNS = (
    Column("Run", 11),
    Column("Dataset, test rule", 11),
    Column("Hits per 100", 8),
    Column("State", 9),
    Column("Started", 6, wide_only=True),
)


def show(selection: state.Selection) -> None:
    """All runs, collapsed; nothing where there is none. Damaged ones of the selected comparison have a card above."""
    workspace = state.workspace()
    runs = {run.id: run for run in workspace.runs()}
    above = selection.comparison.run_ids if selection.comparison else ()
    damage_card.show_unreadable(workspace, "run", {*runs, *above})
    if not runs:
        return
    expanded = row_actions.is_any_asked(runs)
    expander = st.expander(f"Runs ({len(runs):,})", key="runs", expanded=expanded, on_change="rerun")
    if expander.open:  # the rows read files of every run they show
        with expander:
            _show_rows(workspace, runs)


def _show_rows(workspace: Workspace, runs: dict[str, RunRecord]) -> None:
    datasets = {record.id: record for record in workspace.datasets()}
    comparisons: dict[str, ComparisonRecord] = {}  # the newest of each run
    for comparison in reversed(workspace.comparisons()):
        comparisons |= dict.fromkeys(comparison.run_ids, comparison)
    table = RowTable(
        "run",
        _COLUMNS,
        lambda run_id: _build(workspace, runs[run_id], datasets.get(runs[run_id].dataset_id), comparisons.get(run_id)),
        row_actions.ask,
        lambda run_id: _ask_before_deleting(workspace, run_id),
    )
    row_table.show_rows(table, {run.id: _searched(run, datasets.get(run.dataset_id)) for run in runs.values()})


def _searched(run: RunRecord, dataset: DatasetRecord | None) -> str:
    return f"{progress_view.run_label(run.config)} {run.id} {dataset.name if dataset else ''}"


def _build(
    workspace: Workspace, run: RunRecord, dataset: DatasetRecord | None, comparison: ComparisonRecord | None
) -> Row:
    rule = summary_cells.muted(PROTOCOL_LABELS[run.split.protocol].lower())
    return Row(
        title=progress_view.run_label(run.config),
        cells=(
            summary_cells.name(dataset.name if dataset else run.dataset_id) + rule,
            hits(workspace, run, comparison.config.deciding_k if comparison else _usual_k(dataset)),
            summary_cells.name(progress_view.describe_state(workspace.state(run.id))),
            summary_cells.moment(run.created),
        ),
        page="train" if comparison else "",
        params={"dataset": run.dataset_id, "comparison": comparison.id} if comparison else {},
        menu=row_actions.allowed_of({"delete": "Delete"}),
    )


def _usual_k(dataset: DatasetRecord | None) -> int:
    return default_deciding_k(dataset.n_items) if dataset else 10


def hits(workspace: Workspace, run: RunRecord, k: int) -> str:
    """ "53.7, top 10" as a cell; "" for a run without results, or where this k was not measured."""
    try:
        rate = workspace.metrics(run.id)["accuracy"].get(str(k))
    except (RunError, KeyError):
        return ""
    return "" if rate is None else f"<strong>{per_100(rate)}</strong>{summary_cells.muted(f'top {k}')}"


def _ask_before_deleting(workspace: Workspace, run_id: str) -> None:
    row_actions.ask_before_deleting(
        run_id,
        f"run {run_id}",
        lambda: row_actions.describe_deleting(f"run {run_id}", workspace.run_dependents(run_id)),
        lambda: workspace.delete_run(run_id, with_comparisons=True),
    )
