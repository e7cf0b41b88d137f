"""How does Overview list the logs of the workspace: size, best model, age, warnings, and what can be done with each?"""

from __future__ import annotations

import streamlit as st

from dashboard import cached, damage_card, focus, recheck_view, row_actions, row_table, state, summary_cells, theme
from dashboard.row_table import Column, Row, RowTable
from gru4rec_core.access.guard import is_allowed
from gru4rec_core.access.rights import Action
from gru4rec_core.errors import WorkbenchError
from gru4rec_core.results.log_warnings import WarningCount
from gru4rec_core.results.summary import ComparisonSummary, load_summary
from gru4rec_core.words import counted
from gru4rec_core.workspace.records import ComparisonRecord, DatasetRecord
from gru4rec_core.workspace.store import Workspace

_MENU = {"train": "Train", "recheck": "Re-check", "rename": "Rename", "delete": "Delete"}
_COLUMNS = (
    Column("Dataset", 11),
    Column("Sessions", 5, wide_only=True),
    Column("Items", 4, wide_only=True),
    Column("Best model, hits per 100", 8),
    Column("Ahead of the best baseline", 11),
    Column("Added", 6, wide_only=True),
    Column("Warnings", 6),
)
_MOST_EVENTS = 200_000  # of a log that is checked for its warnings here; larger ones wait for Data


def show(selection: state.Selection) -> None:
    """The table of datasets, and the way to add one."""
    workspace = state.workspace()
    records = {record.id: record for record in workspace.datasets()}
    newest: dict[str, list[ComparisonRecord]] = {}
    for comparison in workspace.comparisons():
        newest.setdefault(comparison.dataset_id, []).append(comparison)
    st.header("Datasets")
    table = RowTable(
        "dataset",
        _COLUMNS,
        lambda dataset_id: _build(workspace, records[dataset_id], newest.get(dataset_id, []), selection),
        lambda action, dataset_id: _act(selection, action, records[dataset_id]),
        lambda dataset_id: _show_below(workspace, selection, records[dataset_id]),
    )
    row_table.show_rows(table, {record.id: record.name for record in records.values()})
    damage_card.show_unreadable(workspace, "dataset", records, selection.damages)
    if is_allowed(Action.IMPORT) and st.button(
        "Add a dataset", type="tertiary", key="add-dataset", icon=":material/add:"
    ):
        state.open_page("data", selection, add="1")


def _build(
    workspace: Workspace, record: DatasetRecord, comparisons: list[ComparisonRecord], selection: state.Selection
) -> Row:
    summary = newest_summary(workspace, comparisons)
    made_from = f"made from {record.made_from.parent_name}" if record.made_from else ""
    return Row(
        title=record.name,
        cells=(
            f"{record.n_sessions:,}",
            f"{record.n_items:,}",
            summary_cells.best_model(summary)
            if summary
            else summary_cells.muted(_why_none(workspace, record, comparisons)),
            summary_cells.margin(summary, theme.is_dark()) if summary else "",
            summary_cells.moment(record.created) + summary_cells.muted(made_from),
            summary_cells.muted(describe_warnings(cached.count_log_warnings(record, _MOST_EVENTS))),
        ),
        page="overview",
        params={"dataset": record.id},
        menu=row_actions.allowed_of(_MENU),
        is_selected=selection.dataset is not None and record.id == selection.dataset.id,
    )


def newest_summary(workspace: Workspace, comparisons: list[ComparisonRecord]) -> ComparisonSummary | None:
    """That of the newest comparison with a result, among a dataset's comparisons, newest first."""
    for comparison in comparisons:
        try:
            summary = load_summary(workspace, comparison)
        except WorkbenchError:  # a damaged file; its own page says so
            continue
        if summary is not None and summary.best is not None:
            return summary
    return None


def _why_none(workspace: Workspace, record: DatasetRecord, comparisons: list[ComparisonRecord]) -> str:
    if comparisons:
        return "no result yet"
    return "no comparison to show" if workspace.runs(record.id) else "nothing trained yet"


def describe_warnings(count: WarningCount | WorkbenchError | None) -> str:
    """ "1 problem, 2 warnings", "none", "not checked yet"; where there can be no test, why not, as Data says it."""
    if count is None:
        return "not checked yet"
    if isinstance(count, WorkbenchError):
        return count.rule
    pieces = [(count.problems, "problem"), (count.warnings, "warning")]
    return ", ".join(counted(number, word) for number, word in pieces if number) or "none"


def _act(selection: state.Selection, action: str, record: DatasetRecord) -> None:
    recheck_view.close()
    if action == "train":
        state.open_page("train", selection, dataset=record.id, comparison=None, k=None, new="1")
    if action == "recheck":
        state.set_params(recheck=record.id)
        focus.tell_action(place="recheck")
        st.rerun()
    row_actions.ask(action, record.id)


def _show_below(workspace: Workspace, selection: state.Selection, record: DatasetRecord) -> None:
    """What was asked for in the menu of this row."""
    row_actions.ask_before_deleting(
        record.id,
        record.name,
        lambda: row_actions.describe_deleting(record.name, workspace.dataset_dependents(record.id)),
        lambda: workspace.delete_dataset(record.id, with_runs=True),
    )
    row_actions.ask_for_name(record.id, record.name, lambda name: workspace.rename_dataset(record.id, name))
    recheck_view.show_block(selection, record)
