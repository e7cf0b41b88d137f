"""What comes next after these items?"""

import streamlit as st

from dashboard import review_context, state, try_it_view

selection = state.current()
st.title("Pick items, see what comes next")
view = review_context.open_review(selection, "try")
if view:
    state.context_line(selection)
    ids = try_it_view.strip(view)
    chosen = try_it_view.scorers(view)
    try_it_view.editor(view, ids)
    try_it_view.lists(view, ids, chosen)
    try_it_view.what_changed(view, ids, chosen)
    try_it_view.share(selection)
