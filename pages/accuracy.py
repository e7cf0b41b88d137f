"""Where is a model right, and where is it wrong?"""

import streamlit as st

from dashboard import accuracy_view, compare_view, review_context, state

selection = state.current()
st.title("Where is it right, and where wrong?")
state.context_line(selection)
review = review_context.open_review(selection, "analyse")
if review:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        model = accuracy_view.choose_model(review)
        k = review_context.choose_list_length(selection, review)
    weakest = accuracy_view.show_headline(review, model, k)
    params = accuracy_view.misses_params(model, weakest)
    state.next_button("See these misses", "sessions", selection, key="to-misses", **params)
    shown = accuracy_view.side_by_side(review, model)
    accuracy_view.show_slices(review, shown, k)
    curve, ranks = st.columns(2, gap="medium")
    with curve:
        compare_view.show_curve(review, shown)
    with ranks:
        accuracy_view.show_ranks(review, shown)
    accuracy_view.show_categories(review, model, k)
    confusion, never = st.columns([3, 2], gap="medium")
    with confusion:
        accuracy_view.show_confusion(review, model)
    with never:
        accuracy_view.show_never_recommended(review, model, k)
    review_context.show_warnings(review)
