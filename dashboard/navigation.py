"""Which screens are there, and how is each reached, by a link too?

Streamlit takes any folder called `pages` for its older kind of multipage app until `st.navigation` was called once in
the server's life. A pasted link that is the first thing a fresh server sees would therefore run the page alone, without
app.py: without title, width and the sections of the sidebar. `ensure_entered` notices that and makes up for it. (Not
by a rerun: that would swallow the click which the run answers.)
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard import theme

_ENTERED = "_entered_through_app"


def sections() -> dict[str, list[Any]]:
    """The screens in the order of the work. A file's stem is its address."""
    return {
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


def enter() -> None:
    """Page config, navigation, and the page that was asked for."""
    # An emoji needs no request; a Material icon as the tab's icon would be fetched from Google.
    st.set_page_config(page_title="GRU4Rec Workbench", page_icon="🎯", layout="wide")
    page = st.navigation(sections())
    theme.apply()
    st.session_state[_ENTERED] = True
    page.run()


def ensure_entered() -> None:
    """Called by every page before it writes anything: goes through `enter` where the page was reached past it."""
    if not st.session_state.pop(_ENTERED, False):
        enter()
        # The page has run, inside.
        st.stop()
