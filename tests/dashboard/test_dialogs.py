"""Facts about what opens over the page."""

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import dialogs
from tests.app_runs import is_dialog_open

DRAWN = "What you chose is done."


def _page() -> None:
    import streamlit as st

    from dashboard import dialogs, focus
    from gru4rec_core.errors import RunError

    def draw() -> None:
        st.text("What you chose is done.")
        if st.button("Do it", key="do"):
            dialogs.attempt(lambda: None, "It is done.", place="there")
        if st.button("Refuse it", key="refuse"):

            def refuse() -> None:
                raise RunError("That cannot be done.")

            dialogs.attempt(refuse, "It is done.")

    focus.mount()
    dialogs.close_on_other_page(st.session_state.get("page", "here"))
    dialogs.show_button("Open it", draw, key="open-it")
    dialogs.show_button("Open another", lambda: st.text("Another."), key="open-another")


@pytest.fixture
def app() -> AppTest:
    return AppTest.from_function(_page, default_timeout=20).run()


def texts(app: AppTest) -> list[str]:
    return [one.value for one in app.text]


def test_what_is_in_it_is_computed_only_while_it_is_open(app):
    assert texts(app) == []
    assert texts(app.button(key="open-it").click().run()) == [DRAWN]


def test_a_page_that_is_drawn_anew_keeps_it_open(app):
    app.button(key="open-it").click().run()
    assert texts(app.run()) == [DRAWN]


def test_one_is_open_at_a_time(app):
    app.button(key="open-it").click().run()
    assert texts(app.button(key="open-another").click().run()) == ["Another."]


def test_another_page_closes_it(app):
    app.button(key="open-it").click().run()
    app.session_state["page"] = "elsewhere"
    assert not is_dialog_open(app.run())


def test_done_it_is_closed_and_said(app):
    app.button(key="open-it").click().run()
    app.button(key="do").click().run()
    assert not is_dialog_open(app)
    assert app.session_state["_told_of_action"] == {"number": 1, "text": "It is done.", "place": "st-key-there"}


def test_refused_it_stays_open_with_the_reason(app):
    app.button(key="open-it").click().run()
    app.button(key="refuse").click().run()
    assert is_dialog_open(app)
    assert any("That cannot be done." in one.body for one in app.get("html"))
    assert "_told_of_action" not in app.session_state


def test_closing_what_is_closed_does_nothing(monkeypatch):
    monkeypatch.setattr(dialogs.st, "session_state", {})
    dialogs.close()
    assert not dialogs.is_open("open-it")
