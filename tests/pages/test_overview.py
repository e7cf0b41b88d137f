"""The page Overview: the task, the latest verdict, what is at work, what is there."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from dashboard import run_table, widgets
from gru4rec_core.config import ComparisonConfig, SplitConfig
from gru4rec_core.evaluation.verdict_text import next_steps
from gru4rec_core.jobs import jobs
from gru4rec_core.workspace.backtests import list_backtests
from gru4rec_core.workspace.importing import import_sample
from gru4rec_core.workspace.job_state import JobState, read_state, write_state

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("overview", "data", "train", "compare", "accuracy", "sessions", "try_it")


def written(app) -> str:
    """Everything the page writes as HTML or text."""
    text = "\n".join([*(one.body for one in app.get("html")), *(one.value for one in app.text)])
    return text.replace("\N{NO-BREAK SPACE}", " ")


def labels(app) -> list[str]:
    return [button.label for button in app.button]


def links(app) -> dict[str, str]:
    """The label of each link of the page, without its emphasis, with the link's URL parameters."""
    return {one.proto.label.strip("*").replace("\\", ""): one.proto.query_string for one in app.get("page_link")}


def choose(app, row_id: str, action: str):
    """Chooses an action in the menu of a row; those of runs are in an expander, which AppTest cannot hold open."""
    app.session_state["runs"] = True
    return app.menu_button(key=f"menu-{row_id}").click(action).run()


def parameter(app, name: str) -> str:
    """A parameter of the page's URL; AppTest gives it as text or as a list of one."""
    value = app.query_params[name]
    return value if isinstance(value, str) else value[0]


@pytest.fixture
def submitted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Comparisons that were handed to the engine; none is started."""
    handed: list[str] = []
    monkeypatch.setattr(jobs, "submit_comparison", lambda workspace, comparison_id: handed.append(comparison_id))
    return handed


def test_an_empty_workspace_shows_the_task_and_one_button_that_gets_further(open_page):
    app = open_page("overview")
    assert "What comes next?" in written(app)
    assert labels(app) == ["Copy link", "Words", "Load the sample workouts", "Use my own file", "About"]


def test_loading_the_sample_leads_to_training(open_page, workspace):
    app = open_page("overview")
    app.button(key="load-sample").click().run()
    assert [record.n_sessions for record in workspace.datasets()] == [1082]
    assert "Train TOP1 and BPR" in labels(app)
    assert parameter(app, "dataset") == workspace.datasets()[0].id


def test_training_starts_a_comparison_of_both_losses_decided_beforehand(open_page, workspace, submitted):
    import_sample(workspace, "workouts")
    app = open_page("overview")
    app.button(key="train-both").click().run()
    (comparison,) = workspace.comparisons()
    assert submitted == [comparison.id]
    assert [workspace.run(run_id).config.loss for run_id in comparison.run_ids] == ["top1", "bpr"]
    assert comparison.config.deciding_k == 3
    assert comparison.name == "TOP1 against BPR"
    assert comparison.decided_before_results


def test_the_latest_verdict_is_shown_with_the_way_to_it(finished, open_page):
    app = open_page("overview")
    assert not app.exception
    assert "of 100 test sessions" in written(app).replace("\N{NO-BREAK SPACE}", " ")
    assert "See the verdict" in labels(app)
    assert "Hits per 100: " in written(app)


def test_where_a_baseline_leads_the_card_says_what_to_do_now_and_leads_there(finished, open_page, monkeypatch):
    block, steps = widgets.verdict_block, next_steps("the lookup table", ["TOP1"])
    monkeypatch.setattr(
        widgets,
        "verdict_block",
        lambda verdict, *rest: block(replace(verdict, baseline_leads=True, next_steps=steps), *rest),
    )
    app = open_page("overview")
    said = written(app)
    assert "Or use the lookup table, with nothing to train." in said
    assert said.index("What now?") < said.index("Or use the")
    leads = {label: dict(parse_qsl(query)) for label, query in links(app).items()}
    (comparison,) = finished.comparisons()
    there = {"dataset": comparison.dataset_id, "comparison": comparison.id}
    more, tune, modern = (leads[step.sentence] for step in steps[:3])
    assert more == there
    assert tune == there | {"new": "1", "settings": "same"}
    assert modern == there | {"new": "1", "settings": "modern"}


def test_running_jobs_are_shown_with_their_progress(finished, open_page):
    run = finished.runs()[0]
    folder = finished.run_folder(run.id)
    state = JobState(state="running", phase="training", done=1, total=4, epoch=1, epochs=4, seconds_left=30)
    write_state(folder, state)
    app = open_page("overview")
    assert f"{run.config.loss.upper()}, seed 0 · training, epoch 2 of 4, 30 s left" in written(app)
    assert "See the verdict" not in labels(app)


def test_running_jobs_come_before_everything_else(finished, open_page):
    other = finished.create_run(finished.datasets()[0].id, finished.runs()[0].config.replace(seed=9), SplitConfig())
    write_state(finished.run_folder(other.id), JobState(state="running", phase="training"))
    page = [
        one.value if one.type == "header" else one.label
        for one in open_page("overview").main
        if one.type in ("header", "button")
    ]
    assert page.index("Running now") < page.index("See the verdict")


def open_runs(app):
    """Opens the list of runs."""
    app.session_state["runs"] = True
    return app.run()


def test_the_rows_of_runs_are_made_when_their_list_is_opened(finished, open_page, monkeypatch):
    made = []
    build = run_table._build
    monkeypatch.setattr(run_table, "_build", lambda *args: made.append(args[1].id) or build(*args))
    app = open_page("overview")
    assert "Runs (2)" in [one.label for one in app.expander]
    assert made == []
    open_runs(app)
    assert set(made) == {run.id for run in finished.runs()}


def test_deleting_a_run_says_what_goes_with_it_and_asks_first(finished, open_page):
    run = finished.runs()[0]
    app = open_runs(open_page("overview"))
    choose(app, run.id, "delete")
    assert "with 1 comparison from this workspace" in written(app)
    assert len(finished.runs()) == 2
    app.button(key="delete-now").click().run()
    assert run.id not in [one.id for one in finished.runs()]
    assert finished.comparisons() == []


def test_a_running_run_is_not_deleted(finished, open_page):
    run = finished.runs()[0]
    write_state(finished.run_folder(run.id), JobState(state="running"))
    app = open_runs(open_page("overview"))
    choose(app, run.id, "delete")
    app.button(key="delete-now").click().run()
    assert "Cancel it first." in written(app)
    assert len(finished.runs()) == 2
    assert len(finished.comparisons()) == 1


def test_deleting_a_dataset_takes_its_runs_along(finished, open_page):
    record = finished.datasets()[0]
    app = open_page("overview")
    choose(app, record.id, "delete")
    assert "with 2 runs and 1 comparison from this workspace" in written(app)
    app.button(key="delete-now").click().run()
    assert finished.datasets() == []
    assert finished.runs() == []
    assert "The link names" not in written(app)


def test_a_backtest_is_one_row_that_leads_to_its_windows_and_takes_them_along(weekly, open_page):
    (record,) = list_backtests(weekly)
    app = open_page("overview")
    headers = [header.value for header in app.header]
    assert "Tests on several weeks" in headers
    assert "Comparisons" not in headers
    assert "2 windows, " in written(app)
    links = [one.proto.label for one in open_page("compare", comparison=record.comparison_ids[1]).get("page_link")]
    assert [f"{record.periods[0]}: done", f"**{record.periods[1]}: done, shown here**"] == [
        label for label in links if ": done" in label
    ]
    choose(app, record.id, "delete")
    assert "with 2 comparisons from this workspace" in written(app)
    app.button(key="delete-now").click().run()
    assert not app.exception
    assert (list_backtests(weekly), weekly.comparisons()) == ([], [])
    assert len(weekly.runs()) == 4
    assert "The link names" not in written(app)


def test_after_what_was_selected_is_deleted_no_link_is_blamed(finished, open_page):
    app = open_runs(open_page("overview", comparison=finished.comparisons()[0].id))
    choose(app, finished.runs()[0].id, "delete")
    app.button(key="delete-now").click().run()
    assert finished.comparisons() == []
    assert "The link names" not in written(app)
    assert "comparison" not in app.query_params


def test_what_somebody_else_deleted_meanwhile_is_no_wrong_link(finished, open_page):
    app = open_page("overview")
    finished.delete_comparison(finished.comparisons()[0].id)
    app.query_params.clear()
    app.switch_page("pages/train.py").run()
    assert "The link names" not in written(app)


def test_a_link_to_something_gone_says_so_and_shows_the_newest(finished, open_page):
    app = open_page("overview", comparison="top1-bpr-gone", dataset=finished.datasets()[0].id)
    assert "comparison top1-bpr-gone" in written(app)
    assert parameter(app, "comparison") == finished.comparisons()[0].id


@pytest.mark.parametrize("k", ["99", "0", "x", "9" * 5000])
def test_a_wrong_list_length_in_a_link_is_said_like_a_wrong_dataset(finished, open_page, k: str):
    app = open_page("overview", k=k)
    assert f"The link names list length {k[:20]}" in written(app)
    assert "but k goes from 1 to 20. You see 3." in written(app)
    assert parameter(app, "k") == "3"


def test_a_link_to_a_deleted_comparison_takes_nothing_of_it_along(finished, open_page):
    app = open_page("overview", comparison="top1-bpr-gone", k="7", seed="2", event="5", recheck="x")
    assert "comparison top1-bpr-gone" in written(app)
    assert parameter(app, "k") == "3"
    assert "event" not in app.query_params
    assert "seed" not in app.query_params
    assert "recheck" in app.query_params


@pytest.mark.parametrize("nasty", ["../../etc", "a/b", "", "X" * 200, "<b>"])
def test_an_id_from_a_link_cannot_leave_the_workspace(finished, open_page, nasty: str):
    app = open_page("overview", comparison=nasty)
    assert not app.exception
    assert parameter(app, "comparison") == finished.comparisons()[0].id


def test_the_selection_survives_a_page_that_is_opened_without_it(finished, open_page):
    app = open_page("overview", k="5")
    app.query_params.clear()
    app.switch_page("pages/compare.py").run()
    assert parameter(app, "k") == "5"


def test_a_job_whose_worker_is_gone_is_marked_as_lost(finished, open_page):
    folder = finished.run_folder(finished.runs()[0].id)
    write_state(folder, JobState(state="running", heartbeat=0.0))
    open_page("overview")
    assert read_state(folder).state == "lost"


_OPEN_EVERY_PAGE = """
import functools, sys
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest
# AppTest would read about every installed package at each run.
manifest_scanner.scan_component_manifests = functools.cache(manifest_scanner.scan_component_manifests)
app = AppTest.from_file("app.py", default_timeout=60).run()
for page in sys.argv[1:]:
    app.switch_page(f"pages/{page}.py").run()
    assert not app.exception, (page, app.exception)
loaded = {name.split(".")[0] for name in sys.modules}
assert not loaded & {"tensorflow", "keras", "duckdb"}, "a page loads TensorFlow or DuckDB"
"""


def test_no_page_loads_tensorflow_or_duckdb(finished):
    # In a process of its own: other tests may have loaded it in this one.
    command = [sys.executable, "-c", _OPEN_EVERY_PAGE, *PAGES]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]


def test_each_comparison_leads_to_its_verdict(finished, open_page):
    first = finished.comparisons()[0]
    finished.create_comparison(
        first.dataset_id, first.split, ComparisonConfig(deciding_k=5), first.run_ids, name="at 5"
    )
    app = open_page("overview")
    assert f"comparison={first.id}" in links(app)[first.name]
    assert f"comparison={finished.comparisons()[0].id}" in links(app)["at 5"]
    assert ">top 5<" in written(app)


def test_deleting_a_comparison_leaves_its_runs(finished, open_page):
    app = open_page("overview")
    choose(app, finished.comparisons()[0].id, "delete")
    app.button(key="delete-now").click().run()
    assert finished.comparisons() == []
    assert len(finished.runs()) == 2
    assert "The link names" not in written(app)


def test_a_dataset_is_given_another_name(finished, open_page):
    record = finished.datasets()[0]
    app = open_page("overview")
    choose(app, record.id, "rename")
    app.text_input(key=f"new-name-{record.id}").set_value("shop of 2026").run()
    app.button(key="rename-now").click().run()
    assert finished.dataset(record.id).name == "shop of 2026"
    assert "shop of 2026" in links(app)


def test_what_was_asked_can_be_left_as_it_is(finished, open_page):
    app = open_page("overview")
    choose(app, finished.datasets()[0].id, "delete")
    app.button(key="asked-close").click().run()
    assert "delete-now" not in {button.key for button in app.button}
    assert len(finished.datasets()) == 1


def test_training_from_the_menu_takes_that_dataset(finished, open_page):
    other = import_sample(finished, "workouts")
    app = open_page("overview", dataset=finished.datasets()[-1].id)
    choose(app, other.id, "train")
    assert parameter(app, "dataset") == other.id
    assert [one.value for one in app.title] == ["Train the models to compare"]


def test_from_ten_rows_on_they_can_be_searched_and_are_turned_in_pages(finished, open_page):
    first = finished.comparisons()[0]
    for k in range(4, 14):
        finished.create_comparison(
            first.dataset_id, first.split, ComparisonConfig(deciding_k=k), first.run_ids, name=f"decided at {k}"
        )
    app = open_page("overview")
    assert "find-dataset" not in {one.key for one in app.text_input}
    assert len([label for label in links(app) if label.startswith("decided at")]) == 10
    app.get("pagination")[0].set_value(2).run()
    assert [label for label in links(app) if "TOP1 against BPR" in label or "decided" in label] == [first.name]
    app.text_input(key="find-comparison").set_value("AT 7").run()
    assert [label for label in links(app) if label.startswith("decided at")] == ["decided at 7"]
    app.text_input(key="find-comparison").set_value("nothing of the kind").run()
    assert "No comparison matches." in written(app)


@pytest.mark.parametrize("page", PAGES)
def test_words_are_explained_and_a_wrong_link_is_told_on_every_page_of_an_empty_workspace(open_page, page: str):
    app = open_page(page, dataset="gone-12345678")
    told = written(app)
    app.button(key="words").click().run()
    definitions = [one.body for one in app.get("html") if 'class="wb-words"' in one.body]
    assert len(definitions) == 1
    assert "<dt>Session</dt>" in definitions[0]
    assert "The link names dataset gone-12345678" in told


@pytest.mark.parametrize("page", PAGES)
def test_a_workspace_of_a_newer_version_is_refused_in_words_on_every_page(open_page, workspace, page: str):
    (workspace.root / "datasets").mkdir(parents=True)
    (workspace.root / "workspace.json").write_text('{"schema": 99}', encoding="utf-8")
    app = open_page(page)
    assert "opens workspaces of schema" in written(app) + "".join(one.value for one in app.error)
