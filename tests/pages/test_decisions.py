"""A decision from Compare to Overview, deleted there, or checked again on a later log."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from gru4rec_core.config import ComparisonConfig
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.results.decision import SAME_TEST
from gru4rec_core.results.gate import GatePlan, run_gate, store_gate
from gru4rec_core.workspace.decisions import list_decisions
from gru4rec_core.workspace.records import DatasetOrigin
from gru4rec_core.workspace.store import Workspace
from tests.app_runs import is_dialog_open


def written(app) -> str:
    links = (one.value for one in app.get("page_link"))
    text = "\n".join([*(one.body for one in app.get("html")), *(one.value for one in app.text), *links])
    return text.replace("\N{NO-BREAK SPACE}", " ")


def record(open_page, choice: str = "choose", by: str = "Ada <b>", why: str = "More *hits*, <i>surely</i>."):
    app = open_page("compare", comparison=Workspace.default().comparisons()[0].id)
    app.button(key="record-decision").click().run()
    if choice:
        app.radio(key="decision-choice-0").set_value(choice)
    app.text_input(key="decision-by-0").set_value(by)
    app.text_area(key="decision-why-0").set_value(why)
    app.button(key="decision-record-0").click().run()
    assert not app.exception
    return app


@pytest.fixture
def later(finished):
    """A later log over weeks, with items of the old one and one more."""
    rng = np.random.default_rng(3)
    rows = [(f"v{s}", 1_700_000_000 + s * 17_280 + t, int(rng.integers(0, 9))) for s in range(280) for t in range(4)]
    log = pd.DataFrame(rows, columns=["session", "timestamp", "item"])
    log["item"] = np.array([*(f"item {letter}" for letter in "ABCDEFGH"), "new item"])[log["item"]]
    return finished.add_dataset(SessionDataset(log), "later log", DatasetOrigin("upload"), time_unit="s")


def test_a_decision_is_recorded_and_listed(finished, open_page):
    app = record(open_page)
    assert "Recorded: choose BPR." in written(app)
    assert not is_dialog_open(app)
    app.button(key="record-decision").click().run()
    assert app.text_area(key="decision-why-1").value == ""
    assert app.text_input(key="decision-by-1").value == "Ada <b>"
    (stored,) = list_decisions(finished)
    assert (stored.choice, stored.by, stored.why) == ("choose", "Ada <b>", "More *hits*, <i>surely</i>.")
    overview = open_page("overview")
    assert "Choose BPR" in written(overview)
    # Whatever people type is text.
    assert "Ada &lt;b&gt;" in written(overview)
    assert "&lt;i&gt;surely&lt;/i&gt;" in written(overview)
    assert stored.verdict["sentences"][0] in written(overview).replace("&#x27;", "'")


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"choice": ""}, "Choose what you decided."), ({"by": " "}, "names who decided"), ({"why": ""}, "says why")],
)
def test_what_is_missing_is_asked_for(finished, open_page, changes, said):
    assert said in written(record(open_page, **changes))
    assert list_decisions(finished) == []


def test_a_longer_name_stays_in_its_field_and_the_limit_is_said(finished, open_page):
    app = record(open_page, by="A" * 140)
    assert "The name of who decides has at most 100 characters." in written(app)
    assert "140 characters" in written(app)
    field = app.text_input(key="decision-by-0")
    assert (field.value, field.max_chars) == ("A" * 140, 0)
    assert "100 characters" in field.label
    assert list_decisions(finished) == []


def test_what_the_gate_answered_stands_in_the_same_list_newest_first(finished, open_page):
    record(open_page)
    (person,), runs = list_decisions(finished), finished.runs()
    (dataset,) = finished.datasets()
    plan = GatePlan(runs[0].id, runs[1].id, dataset.id, runs[0].split, ComparisonConfig(deciding_k=3))
    gate = store_gate(finished, run_gate(finished, plan), "nightly <b>")
    app = open_page("overview")
    text = written(app)
    assert text.index(gate.text.capitalize()[:10]) < text.index("Choose BPR")
    assert "nightly &lt;b&gt;" in text
    assert f"{runs[0].id} against {runs[1].id}" in text
    menus = {menu.key for menu in app.menu_button}
    assert f"menu-{person.id}" in menus
    assert f"menu-{gate.id}" not in menus


def test_the_strongest_baseline_can_be_decided_for(finished, open_page):
    app = record(open_page, choice="baseline")
    (stored,) = list_decisions(finished)
    assert stored.model == stored.verdict["counting"]["strongest"]
    assert f"Recorded: {stored.text}." in written(app)
    app.button(key="record-decision").click().run()
    options = app.radio(key="decision-choice-1").options
    assert [option.split()[0] for option in options] == ["Keep", "Choose", "Use", "More"]


def test_without_decisions_there_is_no_list(finished, open_page):
    assert "Decisions" not in {one.value for one in open_page("overview").header}


def test_deleting_asks_first_and_leaves_the_comparison(finished, open_page):
    record(open_page)
    (stored,) = list_decisions(finished)
    app = open_page("overview", decision=stored.id)
    app.menu_button(key=f"menu-{stored.id}").click("delete").run()
    assert len(list_decisions(finished)) == 1
    app.button(key="delete-now").click().run()
    assert not app.exception
    assert list_decisions(finished) == []
    assert len(finished.comparisons()) == 1
    assert "decision" not in app.query_params


def test_what_deleting_does_to_decisions_is_said_first(finished, open_page):
    record(open_page)
    (comparison,), (dataset,) = finished.comparisons(), finished.datasets()
    asked = {
        comparison.id: "1 recorded decision rests on it. It stays and can be re-checked",
        dataset.id: "1 recorded decision rests on what is deleted. It stays on record",
    }
    for row_id, said in asked.items():
        app = open_page("overview")
        app.menu_button(key=f"menu-{row_id}").click("delete").run()
        assert said in written(app)


def test_a_decision_outlives_its_comparison(finished, open_page):
    record(open_page)
    finished.delete_comparison(finished.comparisons()[0].id)
    app = open_page("overview")
    assert "Choose BPR" in written(app)


def test_a_damaged_decision_costs_only_itself(finished, open_page):
    record(open_page)
    record(open_page, choice="keep")
    bad = list_decisions(finished)[0]
    (finished.root / "decisions" / bad.id / "decision.json").write_text("{")
    assert "Choose BPR" in written(open_page("overview"))
    assert "Keep TOP1" not in written(open_page("overview"))


def test_it_is_checked_again_on_a_later_log(finished, later, open_page):
    record(open_page)
    (stored,) = list_decisions(finished)
    app = open_page("overview")
    app.menu_button(key=f"menu-{stored.id}").click("recheck").run()
    assert app.selectbox(key=f"decision-log-{stored.id}").value == later.id
    app.button(key="decision-check-now").click().run()
    assert not app.exception
    text = written(app)
    words = ("The decision holds.", "the other way round", "does not decide it")
    assert any(word in text for word in words)
    assert SAME_TEST not in text
    app.button(key="decision-close").click().run()
    assert "decision" not in app.query_params
    assert not any(word in written(app) for word in words)


def test_the_test_of_then_is_named_and_a_log_that_the_models_learnt_from_is_refused(finished, open_page):
    record(open_page)
    (stored,) = list_decisions(finished)
    app = open_page("overview", decision=stored.id)
    own = finished.datasets()[0]
    app.button(key="decision-check-now").click().run()
    assert SAME_TEST in written(app)
    app.segmented_control(key=f"decision-rule-{own.id}-{stored.id}").set_value("session-holdout").run()
    app.button(key="decision-check-now").click().run()
    assert not app.exception
    assert "A model must be tested on events it has not learnt from." in written(app)
