"""What comes next after these items?"""

import streamlit as st

from dashboard import review_context, seed_choice, state, try_it_view

selection = state.current()
st.title("Pick items, see what comes next")
state.context_line(selection)
review = review_context.open_review(selection, "try")
if review:
    ids = try_it_view.read_strip(review)
    models = review_context.choose_models(review)
    seed_choice.say_wrong_seed(selection, review, models)
    seed = seed_choice.choose_seed(selection, review, models)
    contenders = try_it_view.load_contenders(review, models, seed)
    try_it_view.edit_strip(review, ids)
    try_it_view.show_lists(review, ids, contenders)
    try_it_view.show_what_changed(review, ids, contenders)
    try_it_view.show_link(selection)
