"""The dashboard's entry: page config and navigation, nothing else."""

import streamlit as st

from dashboard import navigation, theme

st.set_page_config(page_title="GRU4Rec Workbench", page_icon="🎯", layout="wide")
page = st.navigation(navigation.sections())
navigation.enter()
theme.apply()
page.run()
