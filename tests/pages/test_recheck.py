"""Re-check on the page Overview: an older model on newer events."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

import numpy as np
import pandas as pd
import pytest

from gru4rec_core.config import ComparisonConfig, SplitConfig, TrainingConfig
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.experiments.baselines import execute_baselines, execute_baselines_job
from gru4rec_core.jobs import jobs
from gru4rec_core.jobs.job_list import baselines_id, job_folder
from gru4rec_core.jobs.planning import default_plan
from gru4rec_core.results.recheck import RecheckPlan, recheck_run
from gru4rec_core.workspace.job_state import JobState, write_state
from gru4rec_core.workspace.records import DatasetOrigin
from gru4rec_core.workspace.split_store import load_split, store_test_rule
from tests.chart_specs import charts
from tests.finished import finish_run

DAY = 86_400
LATER = 1_700_000_000


def written(app) -> str:
    text = "\n".join([*(one.body for one in app.get("html")), *(one.value for one in app.text)])
    return text.replace("\N{NO-BREAK SPACE}", " ")


def add_later_log(workspace):
    """A later log over eight weeks, with items of the old one and one more."""
    rng = np.random.default_rng(3)
    rows = [(f"v{s}", LATER + s * DAY // 5 + t, int(rng.integers(0, 9))) for s in range(280) for t in range(4)]
    log = pd.DataFrame(rows, columns=["session", "timestamp", "item"])
    names = np.array([*(f"item {letter}" for letter in "ABCDEFGH"), "new item"])
    log["item"] = names[log["item"]]
    return workspace.add_dataset(SessionDataset(log), "later log", DatasetOrigin("upload"), time_unit="s")


@pytest.fixture
def later(finished):
    return add_later_log(finished)


def advice(workspace, later) -> str:
    """The sentence that the library gives on the model that the page proposes, on the later log's last items."""
    run = next(run for run in workspace.runs() if run.dataset_id != later.id)
    judging = ComparisonConfig(deciding_k=default_plan(workspace, later).deciding_k)
    return recheck_run(workspace, RecheckPlan(run.id, later.id, SplitConfig(), judging)).advice.sentence


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch):
    """Baselines are computed when they are submitted, in this process."""
    monkeypatch.setattr(
        jobs, "submit", lambda workspace, kind, job_id: execute_baselines_job(workspace, *job_id.split("/"))
    )


def log_box(app):
    return next(box for box in app.selectbox if box.key.startswith("recheck-log-"))


def address_of(app) -> dict[str, str]:
    """The parameters of the address; a list of one where the app wrote it."""
    return {name: value if isinstance(value, str) else value[0] for name, value in app.query_params.items()}


def rule_box(app):
    return next(box for box in app.segmented_control if box.key.startswith("recheck-rule-"))


def test_the_models_own_test_rule_is_proposed_as_the_command_takes_it(finished, later, open_page, monkeypatch):
    monkeypatch.setattr(jobs, "submit", lambda *job: None)
    assert default_plan(finished, later).test_rule.protocol == "time"
    app = open_page("overview", recheck=later.id)
    assert rule_box(app).value == "last-item"
    learnt_later = finished.create_run(later.id, TrainingConfig(), SplitConfig(protocol="time", test_days=9))
    write_state(finished.run_folder(learnt_later.id), JobState(state="done"))
    app = open_page("overview", recheck=later.id)
    app.selectbox(key=f"recheck-run-{later.id}").set_value(learnt_later.id).run()
    why = "Its own test rule, the last 9 days, does not fit this log: tested on"
    assert why in written(app)
    assert rule_box(app).value == "last-item"
    app.button(key="recheck-now").click().run()
    assert why in written(app.run())  # the address has the rule now, and it is the proposed one still
    rule_box(app).set_value("session-holdout").run()
    app.button(key="recheck-now").click().run()
    assert why not in written(app.run())


def test_an_old_model_is_tested_on_a_newer_log_beside_todays_counting(finished, later, open_page, at_once):
    app = open_page("overview")
    app.menu_button(key=f"menu-{later.id}").click("recheck").run()
    assert "how good is an older model on newer events?" in written(app)
    assert log_box(app).value == later.id
    rule_box(app).set_value("time").run()
    app.button(key="recheck-now").click().run()
    assert not app.exception
    assert "the item that came next; these count as misses" in written(app)
    assert "its own test had the test rule last item, this one has later days" in written(app)
    rule_box(app).set_value("last-item").run()
    app.button(key="recheck-now").click().run()
    assert "not compared" not in written(app)
    signed = r"[−+][\d.]+"
    line = rf"[\d.]+ then, [\d.]+ now: {signed} \({signed} to {signed}\) per 100 in the top 3"
    assert re.search(line, written(app))
    assert advice(finished, later) in written(app)
    table = next(one.value for one in app.dataframe if "method" in one.value)
    assert set(table["kind"]) == {"old model", "baseline"}
    assert "Lookup table (Markov)" in set(table["method"])
    assert {"Hits week by week", "Next items that are unknown"} <= set(charts(app))


def test_a_reload_shows_the_answer_again(finished, later, open_page, at_once):
    app = open_page("overview", recheck=later.id)
    rule_box(app).set_value("session-holdout").run()
    app.button(key="recheck-now").click().run()
    answer = next(line for line in written(app).splitlines() if " then, " in line or "not compared" in line)
    again = open_page("overview", **address_of(app))
    assert rule_box(again).value == "session-holdout"
    assert answer in written(again)
    again.button(key="recheck-close").click().run()
    assert not [name for name in again.query_params if name.startswith("recheck")]


def test_a_link_starts_no_work_and_a_wrong_one_is_said(finished, later, open_page, monkeypatch):
    submitted = []
    monkeypatch.setattr(jobs, "submit", lambda *job: submitted.append(job))
    run = next(run for run in finished.runs() if run.dataset_id != later.id)
    asked = {"recheck": later.id, "recheck-model": run.id, "recheck-log": later.id, "recheck-rule": "{}"}
    app = open_page("overview", **asked)
    assert "Hits week by week" not in charts(app)
    assert not submitted
    for wrong in ({"recheck-model": "gone"}, {"recheck-rule": '{"protocol": "magic"}'}):
        app = open_page("overview", **asked | wrong)
        assert "The link names a re-check, but its model, log or test rule is not there. Choose again." in written(app)
        assert "recheck-model" not in app.query_params


def test_a_links_test_rule_goes_before_what_was_chosen_earlier(finished, later, open_page):
    run = next(run for run in finished.runs() if run.dataset_id != later.id)
    app = open_page("overview", recheck=later.id)
    rule_box(app).set_value("session-holdout").run()
    asked = {"recheck": later.id, "recheck-model": run.id, "recheck-log": later.id, "recheck-rule": "{}"}
    for name, value in asked.items():
        app.query_params[name] = value
    app.run()
    assert rule_box(app).value == "last-item"


def test_baselines_that_are_done_but_fewer_do_not_draw_the_page_without_end(finished, later, open_page):
    run, rule = next(run for run in finished.runs() if run.dataset_id != later.id), SplitConfig()
    store_test_rule(finished.split_folder(later.id, rule), rule)
    write_state(job_folder(finished, "baselines", baselines_id(later.id, rule)), JobState(state="done"))
    asked = {"recheck": later.id, "recheck-model": run.id, "recheck-log": later.id, "recheck-rule": "{}"}
    app = open_page("overview", **asked)
    assert not app.exception
    assert app.button(key="recheck-now")
    assert "Hits week by week" not in charts(app)


def test_the_comparison_of_a_model_trained_again_leads_to_the_older_one(finished, later, open_page, at_once):
    older = next(run for run in finished.runs() if run.dataset_id != later.id)
    learnt = finished.create_run(later.id, older.config, SplitConfig())
    finish_run(finished, learnt, load_split(finished, later.id, SplitConfig()), np.random.default_rng(5))
    execute_baselines(finished, later.id, SplitConfig())
    judging = ComparisonConfig(deciding_k=3)
    alone = finished.create_comparison(later.id, SplitConfig(), judging, [learnt.id])
    app = open_page("compare", comparison=alone.id)
    link = next(one for one in app.get("page_link") if "beside the older model" in one.proto.label)
    address = dict(parse_qsl(link.proto.query_string))
    assert (address["recheck"], address["recheck-model"]) == (later.id, older.id)
    table = next(one.value for one in open_page("overview", **address).dataframe if "method" in one.value)
    assert {"old model", "retrained model"} <= set(table["kind"])


def test_until_the_baselines_are_there_their_progress_is_shown(finished, later, open_page, monkeypatch):
    def queue(workspace, kind: str, job_id: str) -> None:
        write_state(job_folder(workspace, kind, job_id), JobState(state="queued"))

    monkeypatch.setattr(jobs, "submit", queue)
    app = open_page("overview", recheck=later.id)
    app.button(key="recheck-now").click().run()
    assert "Baselines" in written(app)
    assert "Hits week by week" not in charts(app)


def test_a_model_is_not_checked_on_what_it_learnt(finished, open_page, at_once):
    own = finished.datasets()[0]
    rule = SplitConfig(protocol="session-holdout", test_fraction=0.1)
    execute_baselines(finished, own.id, rule)
    app = open_page("overview", recheck=own.id)
    rule_box(app).set_value("session-holdout").run()
    app.button(key="recheck-now").click().run()
    assert not app.exception
    assert "A model must be tested on events it has not learnt from." in written(app)


def test_retraining_starts_the_same_settings_on_the_new_log(finished, later, open_page, at_once, monkeypatch):
    monkeypatch.setattr(jobs, "submit_comparison", lambda workspace, comparison_id: None)
    app = open_page("overview", recheck=later.id)
    app.button(key="recheck-now").click().run()
    assert "It learns from this log alone, anew: 280 sessions. The old model learnt from" in written(app)
    app.button(key="recheck-retrain").click().run()
    (comparison,) = finished.comparisons(later.id)
    config = finished.run(comparison.run_ids[0]).config
    assert config in {run.config for run in finished.runs() if run.dataset_id != later.id}


def test_it_is_offered_in_the_row_of_the_old_log_too(finished, later, open_page):
    old = next(record for record in finished.datasets() if record.id != later.id)
    app = open_page("overview")
    app.menu_button(key=f"menu-{old.id}").click("recheck").run()
    assert log_box(app).value == later.id


def test_another_model_is_proposed_another_log(finished, later, open_page):
    old = next(record for record in finished.datasets() if record.id != later.id)
    learnt_later = finished.create_run(later.id, TrainingConfig(), SplitConfig())
    write_state(finished.run_folder(learnt_later.id), JobState(state="done"))
    app = open_page("overview", recheck=later.id)
    assert log_box(app).value == later.id
    app.selectbox(key=f"recheck-run-{later.id}").set_value(learnt_later.id).run()
    assert log_box(app).value == old.id


@pytest.mark.parametrize("named", ["nothing", "../../etc", "<b>"])
def test_an_address_that_names_no_dataset_shows_no_block(finished, open_page, named):
    app = open_page("overview", recheck=named)
    assert "recheck-now" not in {button.key for button in app.button}


def test_it_can_be_closed(finished, later, open_page):
    app = open_page("overview", recheck=later.id)
    app.button(key="recheck-close").click().run()
    assert "recheck" not in app.query_params
    assert "recheck-now" not in {button.key for button in app.button}
