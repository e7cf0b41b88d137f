"""Which model predicts the next item best?"""

import streamlit as st

from dashboard import (
    backtest_table,
    check_view,
    comparison_table,
    dataset_table,
    decision_view,
    overview_view,
    run_table,
    state,
)

selection = state.current()
st.title("Which model predicts the next item best?")
state.context_line(selection)
record = selection.dataset
if record is not None:
    overview_view.show_running_jobs(selection)
    overview_view.show_headline(selection, record)
    dataset_table.show(selection)
elif not selection.damages:
    overview_view.show_first_visit()
if record is not None or selection.damages:
    comparison_table.show(selection)
    backtest_table.show(selection)
    decision_view.show_decisions()
    run_table.show(selection)
    check_view.show()
