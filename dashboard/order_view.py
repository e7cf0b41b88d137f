"""Does order matter in this log: the test, its progress and what it found."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboard import focus, messages, progress_view, sign_in, state, theme, widgets
from gru4rec_core.access.guard import is_allowed
from gru4rec_core.access.rights import Action
from gru4rec_core.errors import WorkbenchError
from gru4rec_core.jobs import jobs
from gru4rec_core.jobs.job_list import Job, read_job_state
from gru4rec_core.jobs.lost_jobs import reconcile_jobs
from gru4rec_core.jobs.time_left import ORDER_TEST_SECONDS
from gru4rec_core.report.charts.order import order_chart
from gru4rec_core.report.frames.order import order_rates
from gru4rec_core.results import order_text
from gru4rec_core.results.order import OrderTest, find_result
from gru4rec_core.workspace.job_state import State
from gru4rec_core.workspace.records import DatasetRecord

_PLACE = "order-test"


def show_order(record: DatasetRecord) -> None:
    """The block of the Data page: the result; until it is there, the button or the progress.

    Where there is neither a result nor a job, it is left out for whoever may not start one.
    """
    result, job = find_result(state.workspace(), record), _read_job(record)
    offers = is_to_start(job.state.state)
    if result is None and offers and not is_allowed(Action.TRAIN):
        return
    st.header("Does order matter here?")
    with st.container(key=_PLACE):
        if result is not None:
            show_result(result)
            return
        takes = progress_view.rough_duration(ORDER_TEST_SECONDS, "about ")
        messages.show_aside(f"{order_text.PURPOSE} It takes {takes}.")
        if offers:
            _offer_test(record)
            return
        active = job.state.is_active
        sign_in.draw_again(progress_view.POLL_SECONDS if active else None, _show_job, record, active)


def is_to_start(job: State) -> bool:
    """Whether a test without a result is offered: it never ran, or its result was damaged or is an older version's.

    One that ended otherwise is shown with its reason and *Retry*.
    """
    return job in ("new", "done")


def show_result(result: OrderTest) -> None:
    """The answer as a sentence, its figures as a chart, and what it means for choosing a model."""
    widgets.sentence(order_text.headline(result), size="1.1rem", weight=600)
    for text in order_text.advise(result):
        widgets.sentence(text)
    share = result.share
    chart = partial(
        order_chart,
        order_rates(share),
        100 * share.popularity.value,
        result.k,
        confidence=share.confidence,
        dark=theme.is_dark(),
    )
    widgets.show_chart(chart, key="order-chart", alt=order_text.describe_figures(result))
    messages.show_aside(order_text.describe_basis(result))


def _read_job(record: DatasetRecord) -> Job:
    job_state = read_job_state(state.workspace(), "order-test", record.id)
    return Job("order-test", record.id, "Order test", job_state, record.id)


def _offer_test(record: DatasetRecord) -> None:
    if st.button("Test it", key=f"order-test-{record.id}", icon=":material/play_arrow:"):
        try:
            with st.spinner("Starting…"):
                jobs.submit(state.workspace(), "order-test", record.id)
        except WorkbenchError as error:
            messages.show_problem(error)
            return
        focus.tell_action("The order test started.", place=_PLACE)
        st.rerun()


def _show_job(record: DatasetRecord, was_active: bool) -> None:
    """The job, drawn again each second while it is active; once it has ended, the page, which stops the polling."""
    workspace = state.workspace()
    reconcile_jobs(workspace)
    job = _read_job(record)
    if was_active != job.state.is_active:
        st.rerun()
    progress_view.show_notices(workspace, [job])
    progress_view.show_job(workspace, job)
