"""Train the models to compare."""

import streamlit as st

from dashboard import parts, state, training

st.title("Train the models to compare")
selection = state.current()
if selection.dataset is None:
    parts.empty_state("There is no log yet to train on.", "Get a log", "data", selection, key="to-data")
else:
    state.context_line(selection)
    busy = selection.comparison is not None and training.live_part(selection)
    if selection.comparison is None:
        st.subheader("TOP1 against BPR")
        training.form(selection)
    else:
        with st.expander("Train something else", expanded=False, key="another"):
            training.form(selection)
