"""Is a log clean, and what can be done about what was found?"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from dashboard import cached, messages, state, theme, widgets
from dashboard.mapping_form import PAUSE_LABEL
from gru4rec_core.access.guard import is_allowed
from gru4rec_core.access.rights import Action
from gru4rec_core.data.cleaning_types import CleaningStep
from gru4rec_core.data.times import USUAL_PAUSE
from gru4rec_core.errors import WorkbenchError
from gru4rec_core.evaluation.quality_types import QualityCheck, QualityReport
from gru4rec_core.report.charts.quality import unusual_days_chart
from gru4rec_core.report.export import TableSource, export_table
from gru4rec_core.report.frames.quality import day_bars, day_marks
from gru4rec_core.workspace.derived_datasets import derive_dataset
from gru4rec_core.workspace.records import DatasetRecord

_PREVIEWED = "_previewed_step"
_MADE = "_made_dataset"
MAX_MINUTES = 100_000.0


def show_quality(record: DatasetRecord, report: QualityReport) -> None:
    """Warnings, worst first, each with what can be done; minor and ignored ones and clean checks collapsed."""
    made = st.session_state.pop(_MADE, None)
    if made:  # its origin stands at the top of the page, which may be out of sight
        st.toast(f"You are now looking at {widgets.plain_label(made, 80)}", icon=":material/check:")
    st.header("Is this log clean?")
    if report.rows is not None:
        st.text(report.rows.describe())
    serious = [check for check in report.found if check.warning and check.warning.severity != "note"]
    notes = [check for check in report.found if check not in serious]
    for check in sorted(serious, key=lambda check: check.warning.severity != "error"):  # type: ignore[union-attr]
        _show_finding(record, check)
    if not serious:
        found = "only minor warnings" if notes else "nothing that could distort a result"
        messages.show_message(f"Found {found}.", "good")
    if notes:
        # Stays open while what is in it is being used.
        is_used = any(_is_previewed(record, check) for check in notes)
        with st.expander(f"Minor warnings: {_list_labels(notes)}", expanded=is_used, key=f"notes-{record.id}"):
            for check in notes:
                _show_finding(record, check)
    if report.ignored:
        with st.expander(f"Ignored: {_list_labels(report.ignored)}", key=f"aside-{record.id}"):
            for check in report.ignored:
                _show_ignored(record, check)
    if report.without_warning:
        with st.expander(report.count_without_warning(), key=f"clean-{record.id}"):
            for check in report.without_warning:
                st.text(clean_line(check))


def clean_line(check: QualityCheck) -> str:
    """What was checked: how little of it there is, or why the log cannot be judged."""
    if check.not_judged:
        return f"{check.label}: not checked, {check.not_judged}"
    return f"{check.label}: {f'{check.count:,} of {check.of:,} {check.counted}' if check.count else 'none'}"


def _list_labels(checks: list[QualityCheck]) -> str:
    labels = [check.label if i == 0 else check.label[0].lower() + check.label[1:] for i, check in enumerate(checks)]
    return ", ".join(labels)


def _show_finding(record: DatasetRecord, check: QualityCheck) -> None:
    """The warning, the buttons below it, and the preview of the one that was pressed."""
    if check.warning is None:
        return
    with st.container(gap="xsmall", key=f"finding-{check.code}-{record.id}"):
        messages.show_warnings([check.warning])
        if check.code == "robots":
            _show_robots(record)
        if check.code in ("volume", "catalogue"):
            _show_days(record, check.code)
        if not is_allowed(Action.CLEAN):
            return
        with st.container(horizontal=True):
            for i, step in enumerate(check.steps):
                st.button(
                    f"{widgets.plain_label(step.label, 60)}…",
                    key=f"do-{check.code}-{i}-{record.id}",
                    on_click=_preview,
                    args=(record.id, check.code, i),
                )
            st.button(
                "Ignore",
                type="tertiary",
                key=f"keep-{check.code}-{record.id}",
                help=f"Hides “{check.label}” for this dataset. It is then listed below, where you can bring it back.",
                on_click=_ignore,
                args=(record.id, check.code),
            )
        for i, step in enumerate(check.steps):
            if st.session_state.get(_PREVIEWED) == (record.id, check.code, i):
                _show_preview(record, step)


def _preview(dataset_id: str, code: str, i: int) -> None:
    st.session_state[_PREVIEWED] = (dataset_id, code, i)


def _is_previewed(record: DatasetRecord, check: QualityCheck) -> bool:
    previewed = st.session_state.get(_PREVIEWED)
    return previewed is not None and previewed[:2] == (record.id, check.code)


def _close_preview() -> None:
    st.session_state.pop(_PREVIEWED, None)


def _ignore(dataset_id: str, code: str) -> None:
    _close_preview()
    _set_aside(dataset_id, {*state.workspace().dataset(dataset_id).set_aside, code})


def _stop_ignoring(dataset_id: str, code: str) -> None:
    _set_aside(dataset_id, set(state.workspace().dataset(dataset_id).set_aside) - {code})


def _set_aside(dataset_id: str, codes: set[str]) -> None:
    try:
        state.workspace().set_aside(dataset_id, codes)
    except WorkbenchError as error:
        messages.show_problem(error)


def _show_preview(record: DatasetRecord, step: CleaningStep) -> None:
    """What a step would leave, and the button that makes it."""
    with st.container(border=True, key="cleaning-preview"):
        if step.kind == "pauses":
            step = replace(step, value=_ask_for_minutes(record, step))
        try:
            outcome = cached.preview_cleaning(record, step)
            widgets.sentence(outcome.describe())
            messages.show_aside(f"Creates a new dataset, “{record.name}, {step.phrase}”. This one does not change.")
        except WorkbenchError as error:
            messages.show_problem(error)
            outcome = None
        with st.container(horizontal=True):
            can_make = outcome is not None and outcome.changes
            if st.button("Create this dataset", type="primary", key="make-dataset", disabled=not can_make):
                _make(record, step)
            st.button("Not now", type="tertiary", key="close-preview", on_click=_close_preview)


def _ask_for_minutes(record: DatasetRecord, step: CleaningStep) -> float:
    return float(
        st.number_input(
            PAUSE_LABEL,
            0.1,
            MAX_MINUTES,
            float(step.value),  # type: ignore[arg-type]
            format="%g",
            key=f"clean-minutes-{record.id}",
            help=f"{USUAL_PAUSE:g} minutes is usual in web shops.",
        )
    )


def _make(record: DatasetRecord, step: CleaningStep) -> None:
    with st.spinner("Creating the dataset…"):
        made, _ = derive_dataset(state.workspace(), record.id, [step])
    _close_preview()
    st.session_state[_MADE] = made.name
    state.select(dataset=made.id, k=None)
    st.rerun()


def _show_robots(record: DatasetRecord) -> None:
    """The sessions in question: only a person can tell what they are."""
    with st.expander("Which sessions?", key=f"robots-{record.id}"):
        frame = cached.robot_sessions(record)
        exported = export_table(frame, TableSource(record.name))
        widgets.show_table(exported, key=f"robot-table-{record.id}", name="likely-robots", shown=frame)


def _show_days(record: DatasetRecord, code: str) -> None:
    days = cached.days(record)
    if days is None:
        return
    with st.expander("Day by day", key=f"days-{code}-{record.id}"):
        widgets.show_chart(
            partial(unusual_days_chart, day_bars(days), day_marks(days), theme.is_dark()),
            key=f"days-chart-{code}",
            alt="Bar chart of events per day, split by whether the item is new that day; unusual days are marked",
        )


def _show_ignored(record: DatasetRecord, check: QualityCheck) -> None:
    if check.warning is None:
        return
    st.text(f"{check.label}: {check.warning.figure}")
    if not is_allowed(Action.SET_ASIDE):
        return
    st.button(
        "Stop ignoring",
        type="tertiary",
        key=f"again-{check.code}-{record.id}",
        on_click=_stop_ignoring,
        args=(record.id, check.code),
    )


def show_origin(selection: state.Selection, record: DatasetRecord) -> None:
    """Which dataset this one was made from, and the way there while it exists."""
    if record.made_from is None:
        return
    messages.show_aside(record.made_from.sentence)
    parent = record.made_from.parent_id
    if any(other.id == parent for other in state.workspace().datasets()):
        label = f"Open {widgets.plain_label(record.made_from.parent_name)}"
        if st.button(label, type="tertiary", key=f"open-parent-{record.id}", icon=":material/arrow_back:"):
            state.select(dataset=parent, k=None)
            st.rerun()
