"""Which dialog is open over the page? One at a time.

Unlike a pop-over, whose content stands at the end of the page, a dialog takes the focus, keeps it, and gives it back
to its button when it is closed. Which one is open is part of the session, so that a page that draws itself anew (when
training ends, say) does not close it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import streamlit as st

from dashboard import focus, messages

_OPEN = "_open_dialog"
_PAGE = "_page_of_dialog"


def show_button(
    label: str,
    draw: Callable[[], object],
    *,
    key: str,
    title: str = "",
    width: Literal["small", "medium"] = "small",
    **look: Any,
) -> None:
    """A button and the dialog that it opens; what is in it is computed only while it is open.

    Args:
        label: of the button.
        draw: writes what is in the dialog.
        key: of the button and the dialog.
        title: of the dialog; by default the label.
        width: of the dialog.
        look: options of `st.button`, its type or icon.
    """
    # By a callback, before the page is drawn: one that was open is closed then.
    st.button(label, key=key, on_click=open_dialog, args=(key,), **look)
    show(key, title or label, draw, width)


def show(key: str, title: str, draw: Callable[[], object], width: Literal["small", "medium"] = "small") -> None:
    """The dialog of this key, if it is the one that is open."""
    if is_open(key):
        st.dialog(title, width=width, on_dismiss=close)(draw)()


def open_dialog(key: str) -> None:
    """Opens the dialog of this key where the page draws it."""
    st.session_state[_OPEN] = key


def is_open(key: str) -> bool:
    """Whether this dialog is the one that is open."""
    return bool(st.session_state.get(_OPEN) == key)


def close() -> None:
    """Closes the open dialog, from the next run on."""
    st.session_state.pop(_OPEN, None)


def close_on_other_page(page: str) -> None:
    """Closes what was opened on another page, which may have been left by the browser's *Back*."""
    if st.session_state.get(_PAGE) != page:
        st.session_state[_PAGE] = page
        close()


def attempt(action: Callable[[], object], said: str = "", *, place: str = "") -> None:
    """Does what the dialog was opened for and closes it; shows the error in it if it is not allowed.

    Args:
        action: what is done.
        said: what a screen reader says then, a sentence.
        place: key of what takes the focus then; by default the button that opened the dialog.
    """

    def carry_out() -> None:
        action()
        close()
        focus.tell_action(said, place=place)

    messages.attempt(carry_out)
