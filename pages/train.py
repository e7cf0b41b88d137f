"""Which models should be trained, and how far along are they?"""

import streamlit as st

from dashboard import state, train_view, widgets

selection = state.current()
st.title("Train the models to compare")
state.context_line(selection)
record, comparison = selection.dataset, selection.comparison
if record is None:
    widgets.empty_state("There is no log to train on yet.", "Add a log", "data", selection, key="to-data")
else:
    if comparison is not None:
        train_view.show_progress(selection, comparison)
    title = "TOP1 against BPR" if comparison is None else "Train again, or train something else"
    # The form closes once it has started a comparison: with another key it is a new expander, closed.
    key = f"plan-{comparison.id if comparison else 'first'}"
    with st.expander(title, expanded=comparison is None or "new" in st.query_params, key=key):
        train_view.show_form(record)
