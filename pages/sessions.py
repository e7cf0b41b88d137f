"""What did the models predict, and what came?"""

import streamlit as st

from dashboard import review_context, sessions_view, state
from gru4rec_core.report.frames import sessions as sessions_frames

selection = state.current()
st.title("What did it predict, and what came?")
view = review_context.open_review(selection, "look through")
if view:
    state.context_line(selection)
    models = sessions_view.shown_models(view)
    k = review_context.list_length(selection, view)
    places = sessions_view.choose(view, models, k)
    places = sessions_frames.narrow(places, models[0], view.events, sessions_view.filters(view, models, k))
    if len(places):
        sessions_view.listing(view, models, places, k, selection)
    else:
        sessions_view.no_match()
