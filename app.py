"""Which screens are there, and in what order?"""

import streamlit as st

from dashboard import theme

st.set_page_config(page_title="GRU4Rec Workbench", page_icon="🎯", layout="wide")
page = st.navigation(
    {
        "Prepare": [
            st.Page("pages/overview.py", title="Overview", icon=":material/home:", default=True),
            st.Page("pages/data.py", title="Data", icon=":material/table_rows:", url_path="data"),
            st.Page("pages/train.py", title="Train", icon=":material/model_training:", url_path="train"),
        ],
        "Review": [
            st.Page("pages/compare.py", title="Compare", icon=":material/balance:", url_path="compare"),
            st.Page("pages/accuracy.py", title="Accuracy", icon=":material/target:", url_path="accuracy"),
            st.Page("pages/sessions.py", title="Sessions", icon=":material/timeline:", url_path="sessions"),
            st.Page("pages/try_it.py", title="Try it", icon=":material/play_circle:", url_path="try_it"),
        ],
    }
)
theme.apply()
page.run()
