"""Is this log fit to train on?"""

import streamlit as st

from dashboard import data_view, state, upload_view

selection = state.current()
st.title("Is this log fit to train on?")
if selection.dataset is None:
    st.text("Start with a sample, or with a file of your own: one row per event, with a session, a time and an item.")
    upload_view.show_sources()
else:
    state.context_line(selection)
    upload_view.tell_what_was_imported()
    adding = "add" in st.query_params
    if adding:
        upload_view.show_sources()
        st.divider()
    data_view.show_dataset(selection, selection.dataset)
    if not adding:
        with st.expander("Add another log", key="add-log"):
            upload_view.show_sources()
