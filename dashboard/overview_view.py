"""What does a user see first: the task, the latest verdict, what is running, and what the workspace holds?"""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from dashboard import (
    actions,
    cached,
    compare_view,
    messages,
    navigation,
    progress_view,
    recheck_view,
    review_context,
    state,
)
from dashboard.session_html import show_task
from gru4rec_core.config import PROTOCOL_LABELS
from gru4rec_core.data.samples import SAMPLES
from gru4rec_core.data.times import DAY_SECONDS
from gru4rec_core.errors import WorkbenchError
from gru4rec_core.jobs.job_list import list_jobs
from gru4rec_core.jobs.lost_jobs import reconcile_jobs
from gru4rec_core.jobs.planning import default_comparison_plan
from gru4rec_core.words import counted
from gru4rec_core.workspace.importing import import_sample
from gru4rec_core.workspace.records import DatasetRecord, RunRecord
from gru4rec_core.workspace.store import Workspace


def show_first_visit() -> None:
    """The empty workspace: the task in one picture, and the button that gets further."""
    st.text(
        "Upload a log of sessions, train two models, and see which one predicts the next item best: by how much, "
        "how sure that is, and what each model predicted, session by session."
    )
    show_task()
    if st.button("Load the sample workouts", type="primary", key="load-sample", icon=":material/download:"):
        with st.spinner("Generating 1,082 sessions…"):
            record = import_sample(state.workspace(), "workouts")
        state.select(dataset=record.id)
        st.rerun()
    messages.show_aside(SAMPLES["workouts"].text)
    if st.button("Use my own file", type="tertiary", key="own-file", icon=":material/upload_file:"):
        st.switch_page(navigation.PAGES["data"])


def show_headline(selection: state.Selection, record: DatasetRecord) -> None:
    """The latest verdict and the way to it; before that, the button that trains."""
    if selection.comparison is None:
        _offer_training(selection, record)
        return
    if progress_view.is_active(state.workspace(), selection.comparison):
        return
    review = review_context.open_review(selection, "show")
    if review is None:
        return
    words, square = st.columns([5, 4], gap="medium")
    with words:
        compare_view.show_headline(review, review.record.config.deciding_k)
        state.next_button("See the verdict", "compare", selection, key="see-verdict")
    if len(review.contenders) > 1 and review.result.comparison.obstacle is None:
        pair = review.contenders[0], review.contenders[1]
        with square:
            compare_view.show_hit_overlap(review, pair, review.record.config.deciding_k, selection)


def choose_comparison(selection: state.Selection, record: DatasetRecord) -> None:
    """Which comparison the pages look at, where the dataset has several."""
    comparisons = {comparison.id: comparison for comparison in state.workspace().comparisons(record.id)}
    if selection.comparison is None or len(comparisons) < 2:
        return

    def describe(comparison_id: str) -> str:
        comparison = comparisons[comparison_id]
        test_rule = PROTOCOL_LABELS[comparison.split.protocol].lower()
        size = f"top {comparison.config.deciding_k}, {len(comparison.run_ids)} runs"
        return f"{comparison.name}, {test_rule}, {size}, {age(comparison.created)}"

    chosen = st.selectbox(
        "Comparison",
        list(comparisons),
        index=list(comparisons).index(selection.comparison.id),
        format_func=describe,
        key=f"comparison-of-{record.id}",
    )
    if chosen != selection.comparison.id:
        state.select(comparison=chosen, k=None)
        st.rerun()


def _offer_training(selection: state.Selection, record: DatasetRecord) -> None:
    reason = cached.default_plan(record).reason
    with st.container(border=True):
        st.text(f"{record.name}: {record.n_sessions:,} sessions, {record.n_items:,} items. Nothing is trained yet.")
        messages.show_aside(f"{reason[0].upper()}{reason[1:]}.")
        with st.container(horizontal=True):
            if st.button("Train TOP1 and BPR", type="primary", key="train-both", icon=":material/play_arrow:"):
                _start_default(selection, record)
            if st.button("Look at the data first", type="tertiary", key="to-data"):
                state.open_page("data", selection)


def _start_default(selection: state.Selection, record: DatasetRecord) -> None:
    """Starts TOP1 against BPR with the quick preset and opens the page that shows their progress."""
    workspace = state.workspace()
    try:
        comparison = actions.start_comparison(workspace, record.id, default_comparison_plan(workspace, record))
    except WorkbenchError as error:
        messages.show_problem(error)
        return
    state.open_page("train", selection, comparison=comparison.id, k=comparison.config.deciding_k)


def show_running_jobs(selection: state.Selection) -> None:
    """Jobs anywhere in the workspace; asks the disk while there are any."""
    reconcile_jobs(state.workspace())
    if list_jobs(state.workspace(), active_only=True):
        st.header("Running now")
        st.fragment(run_every=progress_view.POLL_SECONDS)(_show_active_jobs)()
        state.next_button("See the progress", "train", selection, key="see-progress")


def _show_active_jobs() -> None:
    active = progress_view.list_active_jobs(state.workspace())
    if not active:
        st.rerun()
    for job in active:
        progress_view.show_job(state.workspace(), job)


def show_datasets(selection: state.Selection) -> None:
    """The logs of the workspace: size, age, best model; select, re-check, delete."""
    workspace = state.workspace()
    st.header("Datasets")
    for record in workspace.datasets():
        _show_dataset(workspace, record, selection)
    with st.container(horizontal=True):
        if st.button("Add a dataset", type="tertiary", key="add-dataset", icon=":material/add:"):
            state.open_page("data", selection, add="1")


def _show_dataset(workspace: Workspace, record: DatasetRecord, selection: state.Selection) -> None:
    is_selected = selection.dataset is not None and record.id == selection.dataset.id
    with st.container(border=True, gap="xsmall", key=f"dataset-{record.id}"):
        st.text(f"{record.name}{'  (selected)' if is_selected else ''}")
        messages.show_aside(
            f"{record.n_sessions:,} sessions, {record.n_items:,} items, {record.n_events:,} events, "
            f"added {age(record.created)}"
        )
        if record.made_from is not None:
            messages.show_aside(record.made_from.sentence)
        if sentence := _best_model(workspace, record):
            messages.show_aside(sentence)
        with st.container(horizontal=True):
            if not is_selected and st.button("Select", key=f"select-{record.id}", type="tertiary"):
                state.select(dataset=record.id)
                st.rerun()
            question = "How good is an older model on this log?"
            if st.button("Re-check", key=f"recheck-{record.id}", type="tertiary", help=question):
                st.query_params["recheck"] = record.id
                st.rerun()
            _offer_to_delete_dataset(workspace, record)
        recheck_view.show_block(selection, record)


def _best_model(workspace: Workspace, record: DatasetRecord) -> str:
    """`best_model_sentence` for the newest finished comparison; "" where there is none."""
    for comparison in workspace.comparisons(record.id):
        result = cached.comparison_result(comparison)
        if result is not None:
            return best_model_sentence(result.models, comparison.config.deciding_k)
    return ""


def best_model_sentence(models: pd.DataFrame, k: int) -> str:
    """ "Best model: BPR, 96.2 of 100 in the top 3, best-sellers 61.0." from a comparison's table of models."""
    column = f"accuracy@{k}"
    trained = models[models["kind"] == "gru4rec"]
    if trained.empty or column not in models:
        return ""
    best = trained.sort_values(column, ascending=False).iloc[0]
    sellers = models.loc[models["name"] == "popularity", column]
    tail = f", best-sellers {100 * sellers.iloc[0]:.1f}" if len(sellers) else ""
    return f"Best model: {best['label']}, {100 * best[column]:.1f} of 100 in the top {k}{tail}."


def _offer_to_delete_dataset(workspace: Workspace, record: DatasetRecord) -> None:
    with st.popover("Delete", type="tertiary", key=f"delete-{record.id}"):
        dependents = workspace.dataset_dependents(record.id).describe()
        also = f" with {dependents}" if dependents else ""
        st.text(f"Deletes {record.name}{also} from this workspace. This cannot be undone.")
        if st.button("Delete for good", key=f"delete-now-{record.id}"):
            messages.attempt(lambda: workspace.delete_dataset(record.id, with_runs=True))


def show_runs() -> None:
    """All runs, collapsed, each with its state; deleting one asks first."""
    workspace = state.workspace()
    runs = workspace.runs()
    if not runs:
        return
    with st.expander(f"Runs ({len(runs)})", key="runs"):
        st.dataframe(_runs_table(workspace, runs), hide_index=True, key="runs-table")
        _offer_to_delete_run(workspace, runs)


def _runs_table(workspace: Workspace, runs: list[RunRecord]) -> pd.DataFrame:
    names = {record.id: record.name for record in workspace.datasets()}
    return pd.DataFrame(
        {
            "run": [progress_view.run_label(run.config) for run in runs],
            "dataset": [names.get(run.dataset_id, run.dataset_id) for run in runs],
            "state": [workspace.state(run.id).state for run in runs],
            "test rule": [PROTOCOL_LABELS[run.split.protocol].lower() for run in runs],
            "created": [run.created for run in runs],
            "id": [run.id for run in runs],
        }
    )


def _offer_to_delete_run(workspace: Workspace, runs: list[RunRecord]) -> None:
    run_id = st.selectbox(
        "Delete a run",
        [run.id for run in runs],
        index=None,
        placeholder="Choose a run",
        key="run-to-delete",
    )
    if run_id is None:
        return
    dependents = workspace.run_dependents(run_id).describe()
    also = f" with {dependents}" if dependents else ""
    st.text(f"Deletes run {run_id}{also} from this workspace. This cannot be undone.")
    if st.button("Delete for good", key="delete-run-now"):
        messages.attempt(lambda: workspace.delete_run(run_id, with_comparisons=True))


def age(moment: datetime) -> str:
    """How long ago, in words."""
    seconds = (datetime.now(UTC) - moment).total_seconds()
    if seconds < 90:
        return "just now"
    size, word = next(unit for unit in ((DAY_SECONDS, "day"), (3_600, "hour"), (60, "minute")) if seconds >= unit[0])
    count = int(seconds // size)
    return f"{counted(count, word)} ago"
