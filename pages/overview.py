"""Which model predicts the next item best?"""

import streamlit as st

from dashboard import decision_view, overview_view, state

selection = state.current()
st.title("Which model predicts the next item best?")
record = selection.dataset
if record is None:
    overview_view.show_first_visit()
else:
    state.context_line(selection)
    overview_view.choose_comparison(selection, record)
    overview_view.show_headline(selection, record)
    overview_view.show_running_jobs(selection)
    overview_view.show_datasets(selection)
    decision_view.show_decisions(selection, overview_view.age)
    overview_view.show_runs()
