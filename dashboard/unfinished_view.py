"""What can be done with a comparison some of whose runs did not finish?"""

from __future__ import annotations

import streamlit as st

from dashboard import messages, progress_view, state
from gru4rec_core.access.guard import is_allowed
from gru4rec_core.access.rights import Action
from gru4rec_core.errors import WorkbenchError
from gru4rec_core.jobs.planning import compare_finished_runs
from gru4rec_core.words import counted
from gru4rec_core.workspace.records import ComparisonRecord
from gru4rec_core.workspace.store import Workspace


def offer_what_is_done(selection: state.Selection, comparison: ComparisonRecord) -> None:
    """Names the runs of a comparison at which nothing works that did not finish, and offers to compare the others."""
    sentence = describe_unfinished(state.workspace(), comparison)
    if not sentence:
        return
    with st.container(border=True, key="unfinished"):
        st.text(sentence)
        if not is_allowed(Action.COMPARE):
            return
        messages.show_aside(
            "Retry the others on Train; or compare the finished runs now, in a second comparison beside this one."
        )
        if st.button("Compare the finished runs", key="compare-done", icon=":material/balance:"):
            _compare(selection, comparison)


def describe_unfinished(workspace: Workspace, comparison: ComparisonRecord) -> str:
    """ "1 of 6 runs did not finish: BPR, seed 2 (cancelled)."; "" where all are done, or none."""
    states = {run_id: workspace.state(run_id).state for run_id in comparison.run_ids}
    labels = {run.id: progress_view.run_label(run.config) for run in workspace.readable_runs(comparison.run_ids)}
    stopped = [run_id for run_id, name in states.items() if name != "done" and run_id in labels]
    if len(stopped) in (0, len(states)):
        return ""
    names = [f"{labels[run_id]} ({progress_view.STATE_WORDS[states[run_id]]})" for run_id in stopped]
    return f"{len(stopped)} of {counted(len(states), 'run')} did not finish: {'; '.join(names)}."


def _compare(selection: state.Selection, comparison: ComparisonRecord) -> None:
    try:
        narrowed = compare_finished_runs(state.workspace(), comparison)
    except WorkbenchError as error:  # a run was deleted, or started again, meanwhile
        messages.show_problem(error)
        return
    state.open_page("compare", selection, comparison=narrowed.id, k=None)
