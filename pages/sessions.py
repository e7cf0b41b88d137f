"""What did the models predict, and what came next?"""

import streamlit as st

from dashboard import review_context, seed_choice, session_filters, sessions_view, state
from dashboard.steps_view import View

selection = state.current()
st.title("What did it predict, and what came?")
state.context_line(selection)
review = review_context.open_review(selection, "look through")
if review:
    models = review_context.choose_models(review)
    seed_choice.say_wrong_seed(selection, review, models)
    with st.container(horizontal=True):
        k = review_context.choose_list_length(selection, review)
        seed = seed_choice.choose_seed(selection, review, models)
    view = View(review, models, k, seed, selection)
    predictions, listed = sessions_view.choose_sessions(view)
    if len(predictions):
        sessions_view.show_sessions(view, predictions, listed)
    else:
        session_filters.show_no_match()
