"""Which model is better, by how much, and how certain is that?"""

import streamlit as st

from dashboard import compare_view, decision_view, downloads, review_context, state, widgets

selection = state.current()
st.title("Which model is better?")
review = review_context.open_review(selection, "compare")
if review:
    verdict = review.result.verdict
    state.context_line(selection, verdict=verdict.sentences[0] if verdict else None)
    compare_view.show_headline(review, selection.k or review.record.config.deciding_k)
    k = review_context.choose_list_length(selection, review)
    pair = review_context.choose_pair(review)
    square, ladder = st.columns([4, 5], gap="medium")
    with square:
        if pair:
            compare_view.show_hit_overlap(review, pair, k, selection)
    with ladder:
        compare_view.show_ladder(review, k)
    with st.container(horizontal=True):
        state.next_button("See where they are wrong", "accuracy", selection, key="to-accuracy")
        downloads.show_report_button(review.record)
        if pair:
            decision_view.show_record_form(review, pair)
    decision_view.show_recorded()
    widgets.section("How far to trust it")
    compare_view.show_trust(review)
    review_context.show_warnings(review)
    forest, curve = st.columns(2, gap="medium")
    with forest:
        if pair and review.result.comparison.pairs:
            compare_view.show_forest(review, pair)
    with curve:
        compare_view.show_curve(review)
    compare_view.show_methods(review, k)
    compare_view.show_slices(review, k)
    if pair and review.result.comparison.pairs:
        with st.expander("p-values"):
            compare_view.show_p_values(review, pair)
    with st.expander("Settings of the runs"):
        compare_view.show_settings(review)
