"""Which screens are there, and how is each reached, by a link too?

Streamlit takes any folder called `pages` for its older kind of multipage app until `st.navigation` was called once in
the server's life. A pasted link that is the first thing a fresh server sees would therefore run the page alone, without
app.py. `ensure_entered` notices that, and enters the page again through app.py.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

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
    """Called by app.py before it runs a page."""
    st.session_state[_ENTERED] = True


def ensure_entered() -> None:
    """Called by every page: runs it again through app.py where it was reached past it."""
    if not st.session_state.pop(_ENTERED, False):
        st.navigation(sections())
        st.rerun()
