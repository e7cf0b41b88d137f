"""Can the test of a comparison be trusted: how is that checked, and what came of it?"""

from __future__ import annotations

import streamlit as st

from dashboard import cached, messages, progress_view, sign_in, state, widgets
from dashboard.review_context import Review
from gru4rec_core.access.guard import is_allowed
from gru4rec_core.access.rights import Action
from gru4rec_core.evaluation.self_check import SelfCheck
from gru4rec_core.jobs import jobs
from gru4rec_core.jobs.job_list import Job, read_job_state
from gru4rec_core.jobs.lost_jobs import reconcile_jobs
from gru4rec_core.results.comparison import ComparisonResult
from gru4rec_core.results.self_check import read_self_check, self_check_file


def show_self_check(agreed: Review) -> None:
    """What the self-check found; before it was made, the button that makes it, and while it is made, how far it is."""
    if agreed.result.verdict is None or agreed.result.verdict.best is None:
        return
    widgets.section("Can this test be trusted?")
    found = _read(agreed)
    if found is not None:
        show_answer(found)
        return
    messages.show_aside(
        "Two experiments whose answers are known: the best model is compared with itself, and neither side should be"
        " called better; then it is made worse with noise, and that should be noticed. Nothing is trained."
    )
    comparison_id, workspace = agreed.record.id, state.workspace()
    reconcile_jobs(workspace)
    job_state = read_job_state(workspace, "self-check", comparison_id)
    if job_state.state != "new" and job_state.state != "done":
        every = progress_view.POLL_SECONDS if job_state.is_active else None
        sign_in.draw_again(every, _show_job, comparison_id)
    elif is_allowed(Action.RECHECK) and st.button("Check this test", key="self-check", icon=":material/fact_check:"):
        messages.attempt(lambda: jobs.submit(workspace, "self-check", comparison_id, action=Action.RECHECK))


def show_answer(found: SelfCheck) -> None:
    """The answer, as an error where a check failed, then what it rests on."""
    passed = "good" if found.is_whole else "note"
    messages.show_message(found.sentences[0], passed if found.works else "error")
    for text in found.sentences[1:]:
        widgets.sentence(text)


def _read(agreed: Review) -> SelfCheck | None:
    stamp = cached.stamp_files(self_check_file(state.workspace(), agreed.record))
    return _read_once(agreed.record.id, (*agreed.files, *stamp), agreed.result)


@st.cache_resource(max_entries=32, show_spinner=False)
def _read_once(comparison_id: str, files: cached.Stamp, _result: ComparisonResult) -> SelfCheck | None:
    # What it depends on is hashed anew only when a file has changed.
    return read_self_check(state.workspace(), _result)


def _show_job(comparison_id: str) -> None:
    workspace = state.workspace()
    reconcile_jobs(workspace)
    job_state = read_job_state(workspace, "self-check", comparison_id)
    job = Job("self-check", comparison_id, "Self-check", job_state)
    progress_view.show_notices(workspace, [job])
    progress_view.show_job(workspace, job)
    if job_state.state == "done":
        st.rerun()
