"""What does a user see first: the task, the latest verdict, what is running, and what the workspace holds?"""

from __future__ import annotations

import streamlit as st

from dashboard import (
    actions,
    cached,
    compare_view,
    focus,
    messages,
    navigation,
    progress_view,
    review_context,
    sign_in,
    state,
)
from dashboard.session_html import show_task
from gru4rec_core.access.guard import is_allowed
from gru4rec_core.access.rights import Action
from gru4rec_core.data.samples import SAMPLES
from gru4rec_core.errors import WorkbenchError
from gru4rec_core.jobs.job_list import list_jobs
from gru4rec_core.jobs.lost_jobs import reconcile_jobs
from gru4rec_core.jobs.planning import default_comparison_plan
from gru4rec_core.words import counted
from gru4rec_core.workspace.importing import import_sample
from gru4rec_core.workspace.records import DatasetRecord


def show_first_visit() -> None:
    """The empty workspace: the task in one picture, and the button that gets further."""
    st.text(
        "Upload a log of sessions, train two models, and see which one predicts the next item best: by how much, "
        "how sure that is, and what each model predicted, session by session."
    )
    show_task()
    if not is_allowed(Action.IMPORT):
        sign_in.explain_what_is_hidden("add the first log")
        return
    if st.button("Load the sample workouts", type="primary", key="load-sample", icon=":material/download:"):
        with st.spinner("Generating 1,082 sessions…"):
            record = import_sample(state.workspace(), "workouts")
        state.select(dataset=record.id)
        focus.tell_action(f"Loaded: {record.name}.")
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
    pair = review.result.pair  # the one that the headline speaks of
    if pair is not None:
        with square:
            compare_view.show_hit_overlap(review, pair, review.record.config.deciding_k, selection)


def _offer_training(selection: state.Selection, record: DatasetRecord) -> None:
    reason = cached.default_plan(record).reason
    with st.container(border=True):
        runs = state.workspace().runs(record.id)  # of a comparison that was deleted or is damaged
        trained = f"{counted(len(runs), 'run')}, but no comparison to show" if runs else "Nothing is trained yet"
        st.text(f"{record.name}: {record.n_sessions:,} sessions, {record.n_items:,} items. {trained}.")
        messages.show_aside(f"{reason[0].upper()}{reason[1:]}.")
        with st.container(horizontal=True):
            may_train = is_allowed(Action.TRAIN)
            if may_train and st.button(
                "Train TOP1 and BPR", type="primary", key="train-both", icon=":material/play_arrow:"
            ):
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
    state.open_page("train", selection, comparison=comparison.id, k=None)


def show_running_jobs(selection: state.Selection) -> None:
    """Jobs anywhere in the workspace; asks the disk while there are any."""
    reconcile_jobs(state.workspace())
    if list_jobs(state.workspace(), active_only=True):
        st.header("Running now")
        sign_in.draw_again(progress_view.POLL_SECONDS, _show_active_jobs)
        state.next_button("See the progress", "train", selection, key="see-progress")


def _show_active_jobs() -> None:
    reconcile_jobs(state.workspace())
    active = progress_view.list_active_jobs(state.workspace())
    if not active:
        st.rerun()
    progress_view.show_notices(state.workspace(), active)
    for job in active:
        progress_view.show_job(state.workspace(), job)
