"""Is this log fit to train on?"""

import streamlit as st

from dashboard import damage_card, data_view, state, upload_view
from gru4rec_core.workspace.integrity import check_dataset

selection = state.current()
workspace = state.workspace()
record = selection.dataset
st.title("Add a log" if record is not None and "add" in st.query_params else "Is this log fit to train on?")
state.context_line(selection)
if record is None:
    upload_view.show_first()
elif "add" in st.query_params:
    upload_view.show_adding(record)
else:
    upload_view.tell_what_was_imported()
    with damage_card.in_place_of(workspace, lambda: filter(None, [check_dataset(workspace, record.id)])):
        data_view.show_dataset(selection, record)
    upload_view.offer_to_add(selection)
