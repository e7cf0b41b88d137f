"""The dashboard's entry: the web application, the page config and the navigation, nothing else."""

import streamlit as st

from dashboard import navigation, web

app = st.App(__file__, middleware=web.MIDDLEWARE)  # `streamlit run` looks for this call
if web.draws_a_page():
    navigation.enter()
