"""Is this log fit to train on?"""

import streamlit as st

from dashboard import data_view, state, upload_view

selection = state.current()
st.title("Is this log fit to train on?")
if selection.dataset is None:
    st.text("Start with a sample, or with a file of your own: one row an event, in it a session, a time and an item.")
    upload_view.part()
else:
    state.context_line(selection)
    upload_view.told()
    adding = "add" in st.query_params
    if adding:
        upload_view.part()
        st.divider()
    data_view.show(selection, selection.dataset)
    if not adding:
        with st.expander("Add another log", key="add-log"):
            upload_view.part()
