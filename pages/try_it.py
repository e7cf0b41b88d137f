"""What comes next after these items?"""

import streamlit as st

from dashboard import review, state, try_view

selection = state.current()
st.title("Pick items, see what comes next")
view = review.open_review(selection, "try")
if view:
    state.context_line(selection)
    ids = try_view.strip(view)
    chosen = try_view.scorers(view)
    try_view.editor(view, ids)
    try_view.lists(view, ids, chosen)
    try_view.what_changed(view, ids, chosen)
    try_view.share(selection)
