"""Which model predicts the next item best?"""

import streamlit as st

from dashboard import home, state

selection = state.current()
st.title("Which model predicts the next item best?")
record = selection.dataset
if record is None:
    home.first_visit()
else:
    state.context_line(selection)
    home.choose_comparison(selection, record)
    home.headline(selection, record)
    home.running(selection)
    home.datasets(selection)
    home.runs()
