"""What does a reader meet first: the task, the latest verdict, what is at work, what is there?"""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from dashboard import (
    actions,
    compare_view,
    messages,
    progress_view,
    recheck_view,
    review_context,
    state,
    test_rule_form,
)
from dashboard.session_html import task_picture
from dashboard.training_form import default_plan
from gru4rec_core.config import PROTOCOL_LABELS
from gru4rec_core.data.samples import SAMPLES
from gru4rec_core.errors import WorkbenchError
from gru4rec_core.jobs.job_list import list_jobs
from gru4rec_core.jobs.reconcile import reconcile_jobs
from gru4rec_core.workspace.importing import import_sample
from gru4rec_core.workspace.records import DatasetRecord, RunRecord
from gru4rec_core.workspace.store import Workspace


def first_visit() -> None:
    """The empty workspace: the task in one picture, and the button that gets further."""
    st.text(
        "Upload a log of sessions, train two models, and see which one predicts the next item best: by how much, "
        "how sure that is, and what each model said, session by session."
    )
    task_picture()
    if st.button("Load the sample workouts", type="primary", key="load-sample", icon=":material/download:"):
        with st.spinner("Generating 1,082 athletes…"):
            record = import_sample(state.workspace(), "workouts")
        state.select(dataset=record.id)
        st.rerun()
    messages.aside(SAMPLES["workouts"].text)
    if st.button("Use my own file", type="tertiary", key="own-file", icon=":material/upload_file:"):
        st.switch_page(state.PAGES["data"])


def headline(selection: state.Selection, record: DatasetRecord) -> None:
    """The latest verdict and the way to it; before that, the button that trains."""
    if selection.comparison is None:
        _offer_training(selection, record)
        return
    if progress_view.is_active(state.workspace(), selection.comparison):
        return
    view = review_context.open_review(selection, "show")
    if view is None:
        return
    words, square = st.columns([5, 4], gap="medium")
    with words:
        compare_view.headline(view)
        state.way_on("See the verdict", "compare", selection, key="see-verdict")
    if len(view.contenders) > 1 and view.result.comparison.obstacle is None:
        first, second = view.contenders[:2]
        with square:
            compare_view.outcomes(view, (first, second), view.record.config.deciding_k, selection)


def choose_comparison(selection: state.Selection, record: DatasetRecord) -> None:
    """Which comparison the pages look at, where the dataset has several."""
    listed = {one.id: one for one in state.workspace().comparisons(record.id)}
    if selection.comparison is None or len(listed) < 2:
        return

    def described(comparison_id: str) -> str:
        one = listed[comparison_id]
        rule = PROTOCOL_LABELS[one.split.protocol].lower()
        return f"{one.name}, {rule}, top {one.config.deciding_k}, {len(one.run_ids)} runs, {age(one.created)}"

    chosen = st.selectbox(
        "Comparison",
        list(listed),
        index=list(listed).index(selection.comparison.id),
        format_func=described,
        key=f"comparison-of-{record.id}",
    )
    if chosen != selection.comparison.id:
        state.select(comparison=chosen, k=None)
        st.rerun()


def _offer_training(selection: state.Selection, record: DatasetRecord) -> None:
    with st.container(border=True):
        st.text(f"{record.name}: {record.n_sessions:,} sessions, {record.n_items:,} items. Nothing is trained yet.")
        messages.aside(f"Tested {test_rule_form.in_words(test_rule_form.default_rule(record))}.")
        with st.container(horizontal=True):
            if st.button("Train TOP1 and BPR", type="primary", key="train-both", icon=":material/play_arrow:"):
                start_default(selection, record)
            if st.button("Look at the data first", type="tertiary", key="to-data"):
                state.open_page("data", selection)


def start_default(selection: state.Selection, record: DatasetRecord) -> None:
    """Starts TOP1 against BPR with the quick preset and opens the live view."""
    try:
        comparison = actions.start(
            state.workspace(), record.id, default_plan(record, test_rule_form.default_rule(record))
        )
    except WorkbenchError as error:
        messages.problem(error)
        return
    state.open_page("train", selection, comparison=comparison.id, k=comparison.config.deciding_k)


def running(selection: state.Selection) -> None:
    """Jobs at work anywhere in the workspace; asks the disk while there are any."""
    reconcile_jobs(state.workspace())
    active = bool(list_jobs(state.workspace(), active_only=True))
    if active:
        st.header("Running now")
        st.fragment(run_every=progress_view.POLL_SECONDS)(_running)()
        state.way_on("Watch it live", "train", selection, key="watch-live")


def _running() -> None:
    listed = progress_view.jobs_at_work(state.workspace())
    if not listed:
        st.rerun()
    for job in listed:
        progress_view.job_row(state.workspace(), job)


def datasets(selection: state.Selection) -> None:
    """The logs of the workspace: size, age, best model; open, re-check, rename, delete."""
    home = state.workspace()
    st.header("Datasets")
    for record in home.datasets():
        _dataset_row(home, record, selection)
    with st.container(horizontal=True):
        if st.button("Add a dataset", type="tertiary", key="add-dataset", icon=":material/add:"):
            state.open_page("data", selection, add="1")


def _dataset_row(home: Workspace, record: DatasetRecord, selection: state.Selection) -> None:
    chosen = selection.dataset is not None and record.id == selection.dataset.id
    with st.container(border=True, gap="xsmall", key=f"dataset-{record.id}"):
        st.text(f"{record.name}{'  (selected)' if chosen else ''}")
        messages.aside(
            f"{record.n_sessions:,} sessions, {record.n_items:,} items, {record.n_events:,} events, "
            f"added {age(record.created)}"
        )
        best = _best_model(home, record)
        if best:
            messages.aside(best)
        with st.container(horizontal=True):
            if not chosen and st.button("Select", key=f"select-{record.id}", type="tertiary"):
                state.select(dataset=record.id)
                st.rerun()
            told = "How does an older model do on this log today?"
            if st.button("Re-check", key=f"recheck-{record.id}", type="tertiary", help=told):
                st.query_params["recheck"] = record.id
                st.rerun()
            _delete_dataset(home, record)
        recheck_view.block(selection, record)


def _best_model(home: Workspace, record: DatasetRecord) -> str:
    """The best model of the newest finished comparison and its margin over best-sellers, in words."""
    for comparison in home.comparisons(record.id):
        result = state.comparison_result(comparison)
        if result is not None:
            return best_of(result.models, comparison.config.deciding_k)
    return ""


def best_of(models: pd.DataFrame, k: int) -> str:
    """ "Best: BPR, 96.2 of 100 in the top 3, best-sellers 61.0." from a comparison's table of models."""
    column = f"accuracy@{k}"
    trained = models[models["kind"] == "gru4rec"]
    if trained.empty or column not in models:
        return ""
    best = trained.sort_values(column, ascending=False).iloc[0]
    sellers = models.loc[models["name"] == "popularity", column]
    tail = f", best-sellers {100 * sellers.iloc[0]:.1f}" if len(sellers) else ""
    return f"Best model: {best['label']}, {100 * best[column]:.1f} of 100 in the top {k}{tail}."


def _delete_dataset(home: Workspace, record: DatasetRecord) -> None:
    with st.popover("Delete", type="tertiary", key=f"delete-{record.id}"):
        dependents = home.dataset_dependents(record.id).describe()
        st.text(
            f"Deletes {record.name}"
            + (f" with {dependents}" if dependents else "")
            + " from this workspace. It cannot be undone."
        )
        if st.button("Delete for good", key=f"delete-now-{record.id}"):
            messages.attempt(lambda: home.delete_dataset(record.id, with_runs=True))


def runs() -> None:
    """All runs, collapsed, each with its state and a delete that asks first."""
    home = state.workspace()
    listed = home.runs()
    if not listed:
        return
    with st.expander(f"Runs ({len(listed)})", key="runs"):
        st.dataframe(_runs_table(home, listed), hide_index=True, key="runs-table")
        _delete_run(home, listed)


def _runs_table(home: Workspace, listed: list[RunRecord]) -> pd.DataFrame:
    names = {record.id: record.name for record in home.datasets()}
    return pd.DataFrame(
        {
            "run": [progress_view.run_label(run.config) for run in listed],
            "dataset": [names.get(run.dataset_id, run.dataset_id) for run in listed],
            "state": [home.state(run.id).state for run in listed],
            "test rule": [run.split.protocol for run in listed],
            "made": [run.created for run in listed],
            "id": [run.id for run in listed],
        }
    )


def _delete_run(home: Workspace, listed: list[RunRecord]) -> None:
    chosen = st.selectbox(
        "Delete a run",
        [run.id for run in listed],
        index=None,
        placeholder="Choose a run",
        key="run-to-delete",
    )
    if chosen is None:
        return
    dependents = home.run_dependents(chosen).describe()
    st.text(
        f"Deletes run {chosen}"
        + (f" with {dependents}" if dependents else "")
        + " from this workspace. It cannot be undone."
    )
    if st.button("Delete for good", key="delete-run-now"):
        messages.attempt(lambda: home.delete_run(chosen, with_comparisons=True))


def age(moment: datetime) -> str:
    """How long ago, in words."""
    seconds = (datetime.now(UTC) - moment).total_seconds()
    if seconds < 90:
        return "just now"
    for size, word in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {word}{'s' * (count > 1)} ago"
    return "just now"
