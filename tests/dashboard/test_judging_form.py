"""Facts about margin and level that a link names."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.app_runs import TIMEOUT


def _show() -> None:
    import streamlit as st

    from dashboard.judging_form import _read_level, _read_margin
    from gru4rec_core.config import ComparisonConfig

    agreed = ComparisonConfig()
    st.text(f"{_read_margin(agreed):g} {_read_level(agreed):g}")


@pytest.mark.parametrize(
    ("params", "read"),
    [
        ({}, "0.05 0.95"),
        ({"margin": "2", "level": "99"}, "0.02 0.99"),
        ({"margin": "7.5"}, "0.075 0.95"),
    ],
)
def test_they_are_read_in_percent(params: dict, read: str):
    app = AppTest.from_function(_show, default_timeout=TIMEOUT)
    for name, value in params.items():
        app.query_params[name] = value
    assert app.run().text[0].value == read
    assert not app.get("html")


@pytest.mark.parametrize(("name", "value"), [("margin", "0"), ("margin", "wide"), ("level", "100"), ("level", "nan")])
def test_what_cannot_be_is_said_and_taken_away(name: str, value: str):
    app = AppTest.from_function(_show, default_timeout=TIMEOUT)
    app.query_params[name] = value
    app.run()
    assert app.text[0].value == "0.05 0.95"
    assert f"The link names {name} {value}, which is not between" in app.get("html")[0].body
    assert name not in app.query_params


def _ask(margin: float) -> None:
    from types import SimpleNamespace

    from dashboard.judging_form import ask_for_judging
    from gru4rec_core.config import ComparisonConfig

    agreed = SimpleNamespace(record=SimpleNamespace(config=ComparisonConfig(margin=margin)))
    ask_for_judging(agreed, agreed)


@pytest.mark.parametrize("margin", [0.0005, 0.001, 0.57, 0.6])
def test_an_agreed_margin_of_any_size_is_shown_and_stays_what_it_is(margin: float):
    app = AppTest.from_function(_ask, args=(margin,), default_timeout=TIMEOUT).run()
    assert not app.exception
    assert app.number_input[0].value == pytest.approx(100 * margin)
    app.button_group(key="judging-level").set_value(0.99).run()
    assert dict(app.query_params) == {"level": "99"}
