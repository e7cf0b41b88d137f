"""How far along is a tuning, and what did it find?"""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from dashboard import (
    actions,
    damage_card,
    dialogs,
    focus,
    messages,
    progress_view,
    setting_fields,
    sign_in,
    state,
    theme,
    widgets,
)
from gru4rec_core.access.guard import is_allowed
from gru4rec_core.access.rights import Action
from gru4rec_core.config import LOSS_LABELS
from gru4rec_core.jobs import jobs
from gru4rec_core.jobs.follow_up import set_aside, unfinished_tuning
from gru4rec_core.jobs.job_list import Job, read_job_state, tuning_job_id
from gru4rec_core.jobs.lost_jobs import reconcile_jobs
from gru4rec_core.jobs.winners import finished_tuning
from gru4rec_core.report.charts.tuning import tuning_curve
from gru4rec_core.report.export import TableSource, export_table
from gru4rec_core.report.frames.tuning import TriedMethod, best_so_far_frame
from gru4rec_core.results.tuning import MethodResult, TuningResult, load_tuning
from gru4rec_core.workspace.records import DatasetRecord
from gru4rec_core.workspace.store import Workspace
from gru4rec_core.workspace.tuning_checks import find_unreadable_tunings
from gru4rec_core.workspace.tunings import TuningRecord, method_label, planned_comparison

_MOST_IMPORTANT = 3  # settings that are named
_FIGURES = {"before": "hits before, per 100", "tuned": "hits tuned, per 100", "seconds": "seconds"}


def show_progress(record: DatasetRecord) -> None:
    """The tuning of a log that has not led to its comparison yet, if there is one, drawn anew every second."""
    workspace = state.workspace()
    damage_card.show_cards(workspace, find_unreadable_tunings(workspace, record.id), place="tunings")
    tuning = unfinished_tuning(workspace, record.id)
    if tuning is None:
        return
    with st.container(border=True, key="tuning"):
        active = _is_active(workspace, tuning)
        st.header("Tuning now" if active else "Tuning, not finished")
        st.text(
            f"Each method gets {tuning.budget}, on training and validation data only. The winners are then trained and"
            " compared automatically."
        )
        sign_in.draw_again(progress_view.POLL_SECONDS, _show_progress, workspace, tuning, active)


def _show_progress(workspace: Workspace, tuning: TuningRecord, was_active: bool) -> None:
    """The tuning as it is now; the whole page where it has ended or began again, for the heading."""
    if unfinished_tuning(workspace, tuning.dataset_id) != tuning:
        comparison = planned_comparison(workspace, tuning)
        if comparison is not None:
            state.select(comparison=comparison.id, k=comparison.config.shown_k)
            focus.tell_action("Tuned. The winners are being trained.", place="progress")
        st.rerun()
    is_active = _is_active(workspace, tuning)
    if is_active != was_active:
        st.rerun()
    listed = _list_jobs(workspace, tuning)
    if all(job.state.state == "done" for job in listed) and is_allowed(Action.TRAIN):
        messages.attempt(lambda: jobs.go_on_after(workspace, tuning))
    if actions.is_starting(tuning.id):
        messages.show_aside("Starting the job engine. This takes a few seconds, once.")
    progress_view.show_notices(workspace, listed)
    n_done = sum(job.state.state == "done" for job in listed)
    said = f"{n_done} of {len(listed)} methods tuned"
    st.text(said)
    focus.tell_progress(said, "tuning", mark=n_done)
    result = load_tuning(workspace, tuning)
    damage_card.show_cards(workspace, result.damages)
    _show_curve(result)
    for job in listed:
        progress_view.show_job(workspace, job)
    if actions.is_starting(tuning.id):  # what is cancelled before it is queued would be queued all the same
        return
    if any(job.state.is_active for job in listed):
        _offer_to_cancel(workspace, tuning)
    elif not is_active:  # else its comparison is being queued
        _offer_to_go_on(workspace, tuning)


def _offer_to_cancel(workspace: Workspace, tuning: TuningRecord) -> None:
    if is_allowed(Action.CANCEL):
        draw = partial(_ask_to_cancel, workspace, tuning)
        dialogs.show_button("Cancel the whole tuning", draw, key="cancel-tuning", type="tertiary")


def _offer_to_go_on(workspace: Workspace, tuning: TuningRecord) -> None:
    with st.container(horizontal=True):
        if is_allowed(Action.TRAIN) and st.button("Continue this tuning", key="continue-tuning"):
            messages.attempt(lambda: _continue(workspace, tuning))
        if is_allowed(Action.CANCEL):
            draw = partial(_ask_to_set_aside, workspace, tuning)
            dialogs.show_button("Set this tuning aside", draw, key="set-aside", type="tertiary")


def _ask_to_cancel(workspace: Workspace, tuning: TuningRecord) -> None:
    st.text("Finished trials are kept; those at work are lost. You can continue later.")
    if st.button("Cancel all methods", key="cancel-tuning-now"):
        dialogs.attempt(lambda: jobs.cancel_tuning(workspace, tuning), "The tuning was cancelled.", place="tuning")


def _continue(workspace: Workspace, tuning: TuningRecord) -> None:
    actions.continue_tuning(workspace, tuning)
    focus.tell_action("The tuning continues.", place="tuning")


def _ask_to_set_aside(workspace: Workspace, tuning: TuningRecord) -> None:
    st.text("It is no longer shown here, and its winners are not compared. What it tried stays on disk.")
    if st.button("Set it aside", key="set-aside-now"):
        dialogs.attempt(lambda: set_aside(workspace, tuning), "The tuning was set aside.")


def _is_active(workspace: Workspace, tuning: TuningRecord) -> bool:
    reconcile_jobs(workspace)
    listed = _list_jobs(workspace, tuning)
    all_done = all(job.state.state == "done" for job in listed)  # the comparison follows at once
    return all_done or actions.is_starting(tuning.id) or any(job.state.is_active for job in listed)


def _list_jobs(workspace: Workspace, tuning: TuningRecord) -> list[Job]:
    ids = {method: tuning_job_id(tuning, method) for method in tuning.methods}
    return [
        Job("tuning", job_id, method_label(method), read_job_state(workspace, "tuning", job_id))
        for method, job_id in ids.items()
    ]


def show_result(tuning: TuningRecord, selection: state.Selection) -> None:
    """What a finished tuning found: the curve, and the winning settings beside those that each method began with."""
    result = load_tuning(state.workspace(), tuning)
    damage_card.show_cards(state.workspace(), result.damages)
    messages.show_aside(
        f"Each method had {tuning.budget}, on training and validation data. The settings were chosen by these"
        " figures, so a test will probably give lower ones."
    )
    _show_curve(result)
    table = winners_table(result)
    name = selection.dataset.name if selection.dataset else ""
    source = TableSource(dataset=name, split=tuning.split, k=tuning.judging.deciding_k)
    widgets.show_table(
        export_table(table, source),
        key="winners",
        name="tuned-settings",
        shown=table,
        columns={
            "method": st.column_config.TextColumn("method", pinned=True, width=150),
            **{name: st.column_config.NumberColumn(label, format="%.1f") for name, label in _FIGURES.items()},
        },
    )
    # Train offers the settings of the newest tuning.
    is_newest = finished_tuning(state.workspace(), tuning.dataset_id) == tuning
    if is_newest and is_allowed(Action.TRAIN) and st.button("Use these settings", key="use-tuned"):
        state.open_page("train", selection, new="1", settings="tuned")


def _show_curve(result: TuningResult) -> None:
    frame = best_so_far_frame([_tried(method) for method in result.methods])
    if frame.empty:
        messages.show_aside("The curve appears after the first trial.")
        return
    k = result.tuning.judging.deciding_k
    widgets.show_chart(
        partial(tuning_curve, frame, k, theme.is_dark()),
        key="tuning-curve",
        alt=f"Best hits in the top {k} per 100 on validation data, by method and minutes spent",
    )


def _tried(method: MethodResult) -> TriedMethod:
    trials = method.trials.trials
    return TriedMethod(
        method.method,
        method.label,
        "gru4rec" if method.method in LOSS_LABELS else "baseline",
        tuple(trial.seconds for trial in trials),
        tuple(trial.value for trial in trials),
    )


def winners_table(result: TuningResult) -> pd.DataFrame:
    """One row per method: hits per 100 before and after, the settings that won, and what was spent on it.

    What mattered most is there only where it is known of a method.
    """
    table = pd.DataFrame(
        {
            "method": method.label,
            "before": None if method.start is None else 100 * method.start,
            "tuned": None if method.best is None else 100 * method.best,
            "winning settings": _settings_text(method),
            "what mattered most": _importances_text(method),
            "trials": len(method.trials.trials),
            "seconds": method.trials.seconds,
        }
        for method in result.methods
    )
    return table if table["what mattered most"].any() else table.drop(columns="what mattered most")


def _settings_text(method: MethodResult) -> str:
    if method.trials.refused:
        return method.trials.refused
    best = method.trials.best
    if best is None:
        return ""
    if not best.settings:
        return "the ones it began with"
    text = ", ".join(f"{_short_label(name)} {_value_text(value)}" for name, value in best.settings.items())
    return f"{text}, epochs {best.epochs}" if method.method in LOSS_LABELS else text


def _importances_text(method: MethodResult) -> str:
    """ "learning rate 61 %, dropout hidden 20 %": the settings that mattered, the first three."""
    shares = [(name, round(100 * share)) for name, share in list(method.importances.items())[:_MOST_IMPORTANT]]
    return ", ".join(f"{_short_label(name)} {share} %" for name, share in shares if share)


def _short_label(name: str) -> str:
    return setting_fields.label(name).partition(" (")[0]


def _value_text(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
