"""Facts about the form of the test rule: its default is the library's, its choice is shared by the pages."""

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from gru4rec_core.config import SplitConfig
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.jobs.planning import default_plan
from gru4rec_core.workspace.records import DatasetOrigin
from gru4rec_core.workspace.store import Workspace


def _ask() -> None:
    import streamlit as st

    from dashboard import state, test_rule_form

    record = state.workspace().datasets()[0]
    page = st.session_state.get("page", "data")
    st.text(test_rule_form.chosen_protocol(record, page))
    st.code(test_rule_form.ask_for_test_rule(record, page).to_json())


def _ask_for_recheck() -> None:
    import streamlit as st

    from dashboard import state, test_rule_form
    from gru4rec_core.config import SplitConfig

    own = SplitConfig.from_json(st.session_state["own"])
    st.code(test_rule_form.ask_for_recheck_rule(state.workspace().datasets()[0], "recheck", "run", own).to_json())


@pytest.fixture
def form(workspace: Workspace, monkeypatch: pytest.MonkeyPatch):
    """Opens the form on a log over some days."""
    monkeypatch.setenv("GRU4REC_HOME", str(workspace.root))
    st.cache_data.clear()

    def open_form(days: int) -> AppTest:
        rows = [(s, 1_700_000_000 + s * days * 8_640 + t, f"i{t}") for s in range(10) for t in range(3)]
        log = pd.DataFrame(rows, columns=["session", "timestamp", "item"])
        workspace.add_dataset(SessionDataset(log), "log", DatasetOrigin("upload"), time_unit="s")
        return AppTest.from_function(_ask, default_timeout=20).run()

    return open_form


def chosen(app: AppTest) -> SplitConfig:
    return SplitConfig.from_json(app.code[0].value)


@pytest.mark.parametrize(("days", "protocol"), [(5, "last-item"), (40, "time")])
def test_untouched_the_form_gives_the_default_of_the_library(form, workspace: Workspace, days: int, protocol: str):
    app = form(days)
    assert chosen(app) == default_plan(workspace, workspace.datasets()[0]).test_rule
    assert chosen(app).protocol == app.text[0].value == protocol


def test_what_was_chosen_on_one_page_is_chosen_on_the_next(form, workspace: Workspace):
    app = form(5)
    record_id = workspace.datasets()[0].id
    app.segmented_control(key=f"data-rule-{record_id}").set_value("session-holdout").run()
    app.slider(key=f"data-fraction-{record_id}").set_value(0.3).run()
    app.number_input(key=f"data-support-{record_id}").set_value(2).run()
    app.session_state["page"] = "train"
    app.run()
    assert app.text[0].value == "session-holdout"
    expected = SplitConfig(protocol="session-holdout", test_fraction=0.3, min_item_support=2)
    assert chosen(app) == expected


@pytest.mark.parametrize(
    "own",
    [
        SplitConfig(collapse_repeats=True, unseen="drop", min_item_support=2, min_session_length=3, seed=7),
        SplitConfig(protocol="time", test_days=3.5, validation_fraction=0.2),
        SplitConfig(protocol="time", test_from="2023-12-10"),
        SplitConfig(protocol="time", test_fraction=0.3),
        SplitConfig(protocol="session-holdout", test_fraction=0.02, seed=3),
    ],
)
def test_untouched_the_form_of_a_recheck_gives_the_models_own_rule(form, own: SplitConfig):
    form(40)
    app = AppTest.from_function(_ask_for_recheck, default_timeout=20)
    app.session_state["own"] = own.to_json()
    app.run()
    assert not app.exception
    assert chosen(app) == own


def test_a_rule_that_does_not_fit_the_log_gives_way_to_its_default_and_the_form_says_so(form, workspace: Workspace):
    form(5)
    app = AppTest.from_function(_ask_for_recheck, default_timeout=20)
    app.session_state["own"] = SplitConfig(protocol="time", test_days=9).to_json()
    app.run()
    assert chosen(app) == default_plan(workspace, workspace.datasets()[0]).test_rule
    assert any("Its own test rule, the last 9 days, does not fit" in one.body for one in app.get("html"))


def test_another_protocol_does_not_take_over_the_proposed_cut(form):
    form(40)
    app = AppTest.from_function(_ask_for_recheck, default_timeout=20)
    app.session_state["own"] = SplitConfig(protocol="time", test_days=3, seed=5).to_json()
    app.run()
    rule = next(box for box in app.segmented_control)
    rule.set_value("last-item").run()
    assert chosen(app) == SplitConfig(seed=5)
