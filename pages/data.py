"""Is this log fit to train on?"""

import streamlit as st

from dashboard import log_view, state, upload

st.title("Is this log fit to train on?")
selection = state.current()
if selection.dataset is None:
    st.text("Start with a sample, or with a file of your own: one row an event, in it a session, a time and an item.")
    upload.part()
else:
    state.context_line(selection)
    with st.expander("Add another log", expanded="add" in st.query_params, key="add-log"):
        upload.part()
    log_view.show(selection)
