"""What did the models predict, and what came next?"""

import streamlit as st

from dashboard import review_context, seed_choice, sessions_view, state
from dashboard.steps_view import View
from gru4rec_core.report.frames import sessions as sessions_frames

selection = state.current()
st.title("What did it predict, and what came?")
review = review_context.open_review(selection, "look through")
if review:
    state.context_line(selection)
    models = review_context.choose_models(review)
    seed_choice.say_wrong_seed(selection, review, models)
    with st.container(horizontal=True):
        k = review_context.choose_list_length(selection, review)
        seed = seed_choice.choose_seed(selection, review, models)
    predictions = sessions_view.choose_predictions(review, models, k)
    filters = sessions_view.choose_filters(review, models, k)
    predictions = sessions_frames.narrow(predictions, models[0], review.events, filters)
    if len(predictions):
        sessions_view.show_list(View(review, models, k, seed, selection), predictions)
    else:
        sessions_view.show_no_match()
