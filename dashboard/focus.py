"""Where does the focus go when its element is gone, and what does a screen reader hear of what changed?

Streamlit draws a page anew after each action. What had the focus may be gone then, and nobody hears that anything
changed. A script in the page (focus.js) makes up for both. It says texts in a live region; and where the focus was
lost, it goes to the place the action leads to, else to what is left of where it was, else to the page's title. It
never takes the focus away from anything.
"""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TypedDict

import streamlit as st

_ACTION = "_told_of_action"
_PACE_SECONDS = 10  # between two sentences about a progress

_component = st.components.v2.component(
    "workbench_focus", js=Path(__file__).with_name("focus.js").read_text(encoding="utf-8")
)


class _Action(TypedDict):
    """What the page is told of the latest action: its number in this session, what to say, the class to go to."""

    number: int
    text: str
    place: str


def mount() -> None:
    """Brings the script into the page, and what the latest action wants said; called once, before the page itself."""
    latest: _Action = st.session_state.get(_ACTION, _Action(number=0, text="", place=""))
    _component(key="page-focus", data=dict(latest))


def tell_action(text: str = "", *, place: str = "") -> None:
    """Notes what a screen reader says once the page is drawn after an action, and where the focus goes.

    Args:
        text: a sentence.
        place: key of a container or widget that takes the focus if it was lost.
    """
    number = st.session_state[_ACTION]["number"] + 1 if _ACTION in st.session_state else 1
    st.session_state[_ACTION] = _Action(number=number, text=text, place=place and f"st-key-{place}")


def tell_progress(text: str, key: str, *, mark: object, only_changes: bool = False) -> None:
    """Has a screen reader say a text that changes often: at once when its mark changes, else at most every ten seconds.

    Args:
        text: as it is now.
        key: of the text, by which a change is noticed.
        mark: changes with what matters most, say the number of jobs done.
        only_changes: whether the first text of a page is left unsaid.
    """
    quiet = " data-only-changes" if only_changes else ""
    st.html(
        f'<span hidden data-key="{escape(key)}" data-mark="{escape(str(mark))}" data-pace="{_PACE_SECONDS}"'
        f' data-say="{escape(text)}"{quiet}></span>'
    )


def mark_current(key: str) -> None:
    """Says which row of a list is open, by its button's key; the focus follows if the row before had it."""
    st.html(f'<span hidden data-current="st-key-{escape(key)}"></span>')
