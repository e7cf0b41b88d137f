"""Which screens are there, and how is each one reached, including by link?

Streamlit takes any folder called `pages` for its older kind of multipage app until `st.navigation` has been called once
in the server's life. So when a pasted link is the first thing a fresh server sees, Streamlit runs the page alone,
without app.py: no title, no width, no sections in the sidebar. `ensure_entered` notices that and makes up for it. (Not
by a rerun: that would swallow the click which the run answers.)
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard import dialogs, focus, garbage, heap, identity, messages, sign_in, theme, theme_watch
from gru4rec_core.access.actors import install_provider
from gru4rec_core.errors import WorkbenchError

PAGES = {
    "overview": "pages/overview.py",
    "data": "pages/data.py",
    "train": "pages/train.py",
    "compare": "pages/compare.py",
    "accuracy": "pages/accuracy.py",
    "sessions": "pages/sessions.py",
    "try_it": "pages/try_it.py",
}
"""The file of each screen by its address; a file's stem must be the address, or a first deep link is not found."""

_ENTERED = "_entered_through_app"


def sections() -> dict[str, list[Any]]:
    """The screens in the order of the work."""
    return {
        "Prepare": [
            st.Page(PAGES["overview"], title="Overview", icon=":material/home:", default=True),
            _page("data", "Data", ":material/table_rows:"),
            _page("train", "Train", ":material/model_training:"),
        ],
        "Review": [
            _page("compare", "Compare", ":material/balance:"),
            _page("accuracy", "Accuracy", ":material/target:"),
            _page("sessions", "Sessions", ":material/timeline:"),
            _page("try_it", "Try it", ":material/play_circle:"),
        ],
    }


def _page(address: str, title: str, icon: str) -> Any:
    return st.Page(PAGES[address], title=title, icon=icon, url_path=address)


def enter() -> None:
    """Sets up the page and the navigation, and runs the page that was asked for."""
    heap.give_back_large_blocks()
    garbage.pass_over_modules()
    # Before the navigation: the Material icon of the page would be fetched from Google for the browser's tab.
    st.set_page_config(page_icon=identity.icon(), layout="wide")
    install_provider(sign_in.who_acts)
    is_open = sign_in.is_open()
    page = st.navigation(sections(), position="sidebar" if is_open else "hidden")
    st.set_page_config(page_title=f"{page.title if is_open else 'Log in'} · {identity.NAME}")
    theme.apply()
    if not is_open:
        st.logo(identity.logo(theme.is_dark()), size="large")
        sign_in.ask(page.url_path)
        return
    _lead_to_asked_for(page.url_path)
    sign_in.begin()
    theme_watch.show()
    dialogs.close_on_other_page(page.url_path)
    focus.mount()
    identity.show()
    with st.sidebar:
        sign_in.show_account()
    st.session_state[_ENTERED] = True
    try:
        page.run()
    except WorkbenchError as error:  # a file that was damaged, or removed, while the page was drawn
        messages.show_problem(error)


def _lead_to_asked_for(address: str) -> None:
    """After a login, from the first page to the one that was asked for before it."""
    asked_for = sign_in.take_asked_for()
    if asked_for is not None and not address and not st.query_params:
        st.switch_page(PAGES[asked_for.page or "overview"], query_params=asked_for.params)


def ensure_entered() -> None:
    """Goes through `enter` if the page was reached past it; every page calls this before it writes anything."""
    if not st.session_state.pop(_ENTERED, False):
        enter()
        st.stop()  # the page has run, inside `enter`
