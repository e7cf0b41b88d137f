"""Which models should be trained, and how far along are they?"""

import streamlit as st

from dashboard import state, train_view, tuning_view, widgets

selection = state.current()
st.title("Train the models to compare")
state.context_line(selection)
record, comparison = selection.dataset, selection.comparison
if record is None:
    widgets.empty_state("There is no log to train on yet.", "Add a log", "data", selection, key="to-data")
else:
    tuning_view.show_progress(record)
    if comparison is not None:
        train_view.show_progress(selection, comparison)
    train_view.offer_training(record, comparison)
