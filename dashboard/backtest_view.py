"""Which window of a backtest is shown, what do all say together, and how far are they? With the way to each."""

from __future__ import annotations

from typing import Literal

import streamlit as st

from dashboard import messages, navigation, progress_view, state, widgets
from gru4rec_core.errors import RunError, WorkbenchError
from gru4rec_core.results.backtest_summary import BacktestSummary, load_backtest_summary
from gru4rec_core.results.comparison import find_missing
from gru4rec_core.workspace.backtests import BacktestRecord, list_backtests_of
from gru4rec_core.workspace.records import ComparisonRecord
from gru4rec_core.workspace.store import Workspace

_DONE = "done"

# Streamlit marks each link to the page that is open as the open one; here that is one of them.
_LINK = ".st-key-windows [data-testid=stPageLink-NavLink]"
_STYLE = f"<style>{_LINK} p{{font-weight:400;white-space:normal}}{_LINK} strong{{font-weight:700}}</style>"


def show_windows(selection: state.Selection, comparison: ComparisonRecord, page: Literal["train", "compare"]) -> None:
    """The verdict over all windows and a link to each, where the comparison is a window of a backtest; else nothing.

    Args:
        selection: what the pages look at.
        comparison: which window.
        page: where its windows are shown; Compare shows those that have a result, Train the others.
    """
    workspace = state.workspace()
    backtest = next(iter(list_backtests_of(workspace, [comparison.id])), None)
    if backtest is None:
        return
    with st.container(gap="xsmall", key="windows"):
        st.html(_STYLE)
        messages.show_aside(describe_place(backtest, comparison.id))
        summary = find_summary(workspace, backtest)
        if summary:
            widgets.sentence(f"{summary.scope.capitalize()}: {summary.line.sentence}")
        with st.container(horizontal=True, gap="small"):
            for period, comparison_id in zip(backtest.periods, backtest.comparison_ids, strict=True):
                label = describe_window(workspace, period, comparison_id)
                is_here = comparison_id == comparison.id
                to = "compare" if page == "compare" and label.endswith(_DONE) else "train"
                st.page_link(
                    navigation.PAGES[to],
                    label=f"**{label}, shown here**" if is_here else label,
                    icon="",
                    query_params=selection.params(comparison=comparison_id),
                )


def find_summary(workspace: Workspace, backtest: BacktestRecord) -> BacktestSummary | None:
    """What is said of its windows together; None without a verdict on them, or where a file of them is damaged."""
    try:
        return load_backtest_summary(workspace, backtest)
    except WorkbenchError:  # the window's own page says so
        return None


def describe_place(backtest: BacktestRecord, comparison_id: str) -> str:
    """ "Window 2 of 4 of a test on several weeks: the verdict below is on this window alone. …"."""
    number = backtest.comparison_ids.index(comparison_id) + 1
    return (
        f"Window {number} of {len(backtest.comparison_ids)} of a test on several weeks. What is below is about this"
        " window alone; “Does it hold?” on Compare shows all of them."
    )


def describe_window(workspace: Workspace, period: str, comparison_id: str) -> str:
    """The period and how far its comparison is: "2024-01-03 to 2024-01-09: done"."""
    try:
        comparison = workspace.comparison(comparison_id)
    except RunError:  # its own page has the card that repairs it
        return f"{period}: damaged"
    if find_missing(workspace, comparison).is_complete:
        return f"{period}: {_DONE}"
    return f"{period}: {'at work' if progress_view.is_active(workspace, comparison) else 'not done'}"
