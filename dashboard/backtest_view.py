"""Which window of a backtest is shown, and how far are the others? With the way to each."""

from __future__ import annotations

import streamlit as st

from dashboard import messages, navigation, progress_view, state
from gru4rec_core.errors import RunError
from gru4rec_core.results.comparison import find_missing
from gru4rec_core.workspace.backtests import BacktestRecord, list_backtests_of
from gru4rec_core.workspace.records import ComparisonRecord
from gru4rec_core.workspace.store import Workspace


def show_windows(selection: state.Selection, comparison: ComparisonRecord) -> None:
    """One line and a link per window, where the comparison is a window of a backtest; else nothing."""
    backtest = next(iter(list_backtests_of(state.workspace(), [comparison.id])), None)
    if backtest is None:
        return
    messages.show_aside(describe_place(backtest, comparison.id))
    with st.container(horizontal=True, gap="small", key="windows"):
        for period, comparison_id in zip(backtest.periods, backtest.comparison_ids, strict=True):
            label = describe_window(state.workspace(), period, comparison_id)
            st.page_link(
                navigation.PAGES["train"],
                label=f"**{label}**" if comparison_id == comparison.id else label,
                query_params=selection.params(comparison=comparison_id),
            )


def describe_place(backtest: BacktestRecord, comparison_id: str) -> str:
    """ "Window 2 of 4 of a test on several weeks. …"."""
    number = backtest.comparison_ids.index(comparison_id) + 1
    return (
        f"Window {number} of {len(backtest.comparison_ids)} of a test on several weeks. Compare shows them together"
        " under “Does it hold?”."
    )


def describe_window(workspace: Workspace, period: str, comparison_id: str) -> str:
    """The period and how far its comparison is: "2024-01-03 to 2024-01-09: done"."""
    try:
        comparison = workspace.comparison(comparison_id)
    except RunError:  # its own page has the card that repairs it
        return f"{period}: damaged"
    if find_missing(workspace, comparison).is_complete:
        return f"{period}: done"
    return f"{period}: {'at work' if progress_view.is_active(workspace, comparison) else 'not done'}"
