"""Which model is better, by how much, and how certain is that?"""

import streamlit as st

from dashboard import (
    backtest_view,
    compare_tabs,
    compare_view,
    decision_view,
    downloads,
    judging_form,
    model_picker,
    recheck_view,
    review_context,
    state,
)

selection = state.current()
st.title("Which model is better?")
top = st.container()
agreed = review_context.open_review(selection, "compare")
if agreed:
    review = judging_form.apply(agreed)
    with top:
        state.context_line(selection, verdict=compare_view.copied_sentence(review, agreed))
    backtest_view.show_windows(selection, review.record, "compare")
    compare_view.show_headline(review, selection.k or review.record.config.deciding_k)
    if len(review.runs) == 1:
        recheck_view.show_link_to_older(selection, review.runs[0])
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.text("Items shown:", width="content", help=review_context.HITS_HELP)
        k = review_context.choose_list_length(selection, review, label_visibility="collapsed")
        pair = review_context.choose_pair(review)
    left, right = st.columns(2, gap="medium")
    if pair:
        with left:
            compare_view.show_overlap_beside(review, pair, k, selection)
    with right if pair else left:
        compare_view.show_ladder(review, k)
    with st.container(horizontal=True):
        state.next_button("See where they are wrong", "accuracy", selection, key="to-accuracy")
        downloads.show_report_button(agreed.record)
        if pair:
            decision_view.show_record_form(review, agreed, pair)
        model_picker.show_picker(agreed)
    judging_form.say_what_is_kept(review, agreed)
    decision_view.show_recorded()
    compare_tabs.show_tabs(compare_tabs.Shown(review, agreed, pair, k))
    compare_tabs.show_offline_limits()
else:
    with top:
        state.context_line(selection)
