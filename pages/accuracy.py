"""Where is a model right, and where wrong?"""

import streamlit as st

from dashboard import accuracy_view, review_context, state

selection = state.current()
st.title("Where is it right, and where wrong?")
view = review_context.open_review(selection, "look into")
if view:
    state.context_line(selection)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        model = accuracy_view.choose_model(view)
        k = review_context.list_length(selection, view)
    weakest = accuracy_view.headline(view, model, k)
    params = accuracy_view.misses_link(model, weakest)
    state.way_on("See these misses", "sessions", selection, key="to-misses", **params)
    accuracy_view.slices(view, model, k)
    curve, ranks = st.columns(2, gap="medium")
    with curve:
        accuracy_view.curve(view, model)
    with ranks:
        accuracy_view.ranks(view, model)
    confusion, never = st.columns([3, 2], gap="medium")
    with confusion:
        accuracy_view.confusion(view, model)
    with never:
        accuracy_view.never_shown(view, model, k)
    review_context.remarks(view)
