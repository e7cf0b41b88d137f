"""What can the theme's settings not say?"""

from __future__ import annotations

import streamlit as st

from dashboard import state

# One primary colour serves as text on the dark ground and as ground below a button's text. A colour light enough for
# the first needs dark text on it for the second (8:1 instead of 2:1); Streamlit always writes white.
_DARK = "<style>[data-testid='stBaseButton-primary']{color:#0B1A24}</style>"


def apply() -> None:
    """Rules for the whole page; called once, before the page itself."""
    if state.is_dark():
        st.html(_DARK)
