"""A page that is open runs again when its reader switches between light and dark."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import theme


def _page() -> None:
    from dashboard import theme_watch

    theme_watch.show()


@pytest.mark.parametrize("dark", [False, True])
def test_the_watch_knows_which_ground_the_page_was_drawn_for(monkeypatch: pytest.MonkeyPatch, dark: bool):
    monkeypatch.setattr(theme, "is_dark", lambda: dark)
    app = AppTest.from_function(_page)
    app.run()
    assert not app.exception
    (watch,) = app.get("bidi_component")
    assert watch.proto.component_name == "theme-watch"
    assert json.loads(watch.proto.json) == {"dark": dark}
    ground = "dark" if dark else "light"
    assert any(f'data-ground="{ground}"' in one.body for one in app.get("html"))


def test_it_takes_no_room():
    app = AppTest.from_function(_page)
    app.run()
    assert any("position:absolute;width:0" in one.body for one in app.get("html"))
