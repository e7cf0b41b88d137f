"""How does Overview list the comparisons of the workspace: verdict, state, duration, age, and the way to each?"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard import damage_card, progress_view, row_actions, row_table, state, summary_cells
from dashboard.row_table import Column, Row, RowTable
from gru4rec_core.config import PROTOCOL_LABELS
from gru4rec_core.errors import WorkbenchError
from gru4rec_core.evaluation.verdict import KIND_LABELS
from gru4rec_core.results.summary import ComparisonSummary, load_summary
from gru4rec_core.words import counted
from gru4rec_core.workspace.backtests import list_backtests
from gru4rec_core.workspace.job_state import JobState
from gru4rec_core.workspace.records import ComparisonRecord
from gru4rec_core.workspace.store import Workspace

_COLUMNS = (
    Column("Comparison", 11),
    Column("Dataset, test rule", 9),
    Column("Verdict", 8),
    Column("Best model, hits per 100", 8),
    Column("Runs", 8, wide_only=True),
    Column("Started", 6, wide_only=True),
)


def show(selection: state.Selection) -> None:
    """The table of comparisons, newest first, without the windows of backtests; nothing where there is none."""
    workspace = state.workspace()
    readable = workspace.comparisons()
    damage_card.show_unreadable(workspace, "comparison", {record.id for record in readable}, selection.damages)
    windows = {window for backtest in list_backtests(workspace) for window in backtest.comparison_ids}
    records = {record.id: record for record in readable if record.id not in windows}
    if not records:
        return
    datasets = {record.id: record.name for record in workspace.datasets()}
    st.header("Comparisons")
    table = RowTable(
        "comparison",
        _COLUMNS,
        lambda comparison_id: _build(workspace, records[comparison_id], datasets, selection),
        row_actions.ask,
        lambda comparison_id: row_actions.ask_before_deleting(
            comparison_id,
            records[comparison_id].name,
            lambda: describe_deleting(workspace, records[comparison_id]),
            lambda: workspace.delete_comparison(comparison_id),
        ),
    )
    row_table.show_rows(
        table, {record.id: f"{record.name} {datasets.get(record.dataset_id, '')}" for record in records.values()}
    )


def _build(workspace: Workspace, record: ComparisonRecord, datasets: dict[str, str], selection: state.Selection) -> Row:
    states = [workspace.state(run_id) for run_id in record.run_ids]
    summary = _summary(workspace, record)
    dataset = summary_cells.name(datasets.get(record.dataset_id, record.dataset_id))
    return Row(
        title=record.name,
        cells=(
            dataset + summary_cells.muted(describe_test(record)),
            summary_cells.name(say_verdict(summary)) if summary else "",
            summary_cells.best_model(summary) if summary else "",
            summary_cells.name(describe_states(states), 200) + summary_cells.muted(describe_duration(states)),
            summary_cells.moment(record.created),
        ),
        page="compare" if summary else "train",
        params={"dataset": record.dataset_id, "comparison": record.id},
        menu=row_actions.allowed_of({"delete": "Delete"}),
        is_selected=selection.comparison is not None and record.id == selection.comparison.id,
    )


def describe_test(record: ComparisonRecord) -> str:
    """The test rule, and whether the settings were tuned: "later days, tuned"."""
    return PROTOCOL_LABELS[record.split.protocol].lower() + (", tuned" if record.tuned else "")


def describe_deleting(workspace: Workspace, record: ComparisonRecord) -> str:
    """What goes and what stays when a comparison is deleted."""
    dependents = workspace.comparison_dependents(record.id)
    removal = dependents.describe_removal("Deletes", f"the comparison {record.name}")
    return f"{removal} Its runs stay. {dependents.kept}".rstrip()


def say_verdict(summary: ComparisonSummary) -> str:
    """The verdict in a few words: "BPR is better", "A baseline leads"; "" with a single model."""
    best = summary.best.label if summary.best else ""
    words = {
        KIND_LABELS["clear"]: f"{best} is better",
        KIND_LABELS["size-open"]: f"{best} is better; by how much is open",
        KIND_LABELS["equivalent"]: "Take either",
        KIND_LABELS["undecided"]: "Not decided",
    }
    return words.get(summary.verdict, summary.verdict)


def _summary(workspace: Workspace, record: ComparisonRecord) -> ComparisonSummary | None:
    try:
        return load_summary(workspace, record)
    except WorkbenchError:  # a damaged file; the comparison's own page says so
        return None


def describe_states(states: Sequence[JobState]) -> str:
    """ "6 runs, done", "6 runs: 3 done, 1 running, 2 waiting for a worker"."""
    runs = counted(len(states), "run")
    if all(state.state == "done" for state in states):
        return f"{runs}, done"
    return f"{runs}: {', '.join(progress_view.count_states(state.state for state in states))}"


def describe_duration(states: Sequence[JobState]) -> str:
    """ "58 s of training in all", of the runs that have ended; "" where none has.

    Runs go side by side, so this may be more than has passed since they started.
    """
    seconds = [state.seconds for state in states if state.ended is not None and state.seconds is not None]
    return f"{progress_view.duration(sum(seconds))} of training in all" if seconds else ""
