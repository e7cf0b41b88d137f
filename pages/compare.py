"""Which model is better, by how much, and how sure is that?"""

import streamlit as st

from dashboard import compare_view, review_context, state, widgets

selection = state.current()
st.title("Which model is better?")
view = review_context.open_review(selection, "compare")
if view:
    verdict = view.result.verdict
    state.context_line(selection, verdict=verdict.sentences[0] if verdict else None)
    compare_view.headline(view)
    k = review_context.list_length(selection, view)
    pair = review_context.pair(view)
    square, ladder = st.columns([4, 5], gap="medium")
    with square:
        if pair:
            compare_view.outcomes(view, pair, k, selection)
    with ladder:
        compare_view.ladder(view, k)
    state.way_on("See where they are wrong", "accuracy", selection, key="to-accuracy")
    widgets.section("How far to trust it")
    compare_view.trust_line(view)
    review_context.remarks(view)
    forest, curve = st.columns(2, gap="medium")
    with forest:
        if pair and view.result.comparison.pairs:
            compare_view.forest(view, pair)
    with curve:
        compare_view.curve(view)
    compare_view.table(view, k)
    compare_view.slices(view, k)
    if pair and view.result.comparison.pairs:
        with st.expander("p values"):
            compare_view.p_values(view, pair)
    with st.expander("Settings of the runs"):
        compare_view.settings(view)
