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
