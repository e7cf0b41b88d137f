"""The page Overview: the task, the latest verdict, what is at work, what is there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gru4rec_core.config import ComparisonConfig
from gru4rec_core.jobs import jobs
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
    assert labels(app) == ["Load the sample workouts", "Use my own file"]


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
    assert "Best model: " in written(app)


def test_running_jobs_are_shown_with_their_progress(finished, open_page):
    run = finished.runs()[0]
    folder = finished.run_folder(run.id)
    state = JobState(state="running", phase="training", done=1, total=4, epoch=1, epochs=4, seconds_left=30)
    write_state(folder, state)
    app = open_page("overview")
    assert f"{run.config.loss.upper()}, seed 0 · training, epoch 2 of 4, 30 s left" in written(app)
    assert "See the verdict" not in labels(app)


def test_deleting_a_run_says_what_goes_with_it_and_asks_first(finished, open_page):
    run = finished.runs()[0]
    app = open_page("overview")
    app.selectbox(key="run-to-delete").select(run.id).run()
    assert "with 1 comparison from this workspace" in written(app)
    assert len(finished.runs()) == 2
    app.button(key="delete-run-now").click().run()
    assert run.id not in [one.id for one in finished.runs()]
    assert finished.comparisons() == []


def test_a_running_run_is_not_deleted(finished, open_page):
    run = finished.runs()[0]
    write_state(finished.run_folder(run.id), JobState(state="running"))
    app = open_page("overview")
    app.selectbox(key="run-to-delete").select(run.id).run()
    app.button(key="delete-run-now").click().run()
    assert "Cancel it first." in written(app)
    assert len(finished.runs()) == 2
    assert len(finished.comparisons()) == 1


def test_deleting_a_dataset_takes_its_runs_along(finished, open_page):
    record = finished.datasets()[0]
    app = open_page("overview")
    app.button(key=f"delete-now-{record.id}").click().run()
    assert finished.datasets() == []
    assert finished.runs() == []


def test_a_link_to_something_gone_says_so_and_shows_the_newest(finished, open_page):
    app = open_page("overview", comparison="top1-bpr-gone", dataset=finished.datasets()[0].id)
    assert "comparison top1-bpr-gone" in written(app)
    assert parameter(app, "comparison") == finished.comparisons()[0].id


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
import sys
from streamlit.testing.v1 import AppTest
app = AppTest.from_file("app.py", default_timeout=60).run()
for page in sys.argv[1:]:
    app.switch_page(f"pages/{page}.py").run()
    assert not app.exception, (page, app.exception)
loaded = {name.split(".")[0] for name in sys.modules}
assert not loaded & {"tensorflow", "keras"}, "a page loads TensorFlow"
"""


def test_no_page_loads_tensorflow(finished):
    # In a process of its own: other tests may have loaded it in this one.
    command = [sys.executable, "-c", _OPEN_EVERY_PAGE, *PAGES]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]


def test_one_of_several_comparisons_can_be_chosen(finished, open_page):
    first = finished.comparisons()[0]
    second = finished.create_comparison(first.dataset_id, first.split, ComparisonConfig(deciding_k=5), first.run_ids)
    app = open_page("overview")
    assert parameter(app, "comparison") == second.id
    app.selectbox(key=f"comparison-of-{first.dataset_id}").select(first.id).run()
    assert parameter(app, "comparison") == first.id
    assert parameter(app, "k") == "3"


@pytest.mark.parametrize("page", PAGES)
def test_a_workspace_of_a_newer_version_is_refused_in_words_on_every_page(open_page, workspace, page: str):
    (workspace.root / "datasets").mkdir(parents=True)
    (workspace.root / "workspace.json").write_text('{"schema": 99}', encoding="utf-8")
    app = open_page(page)
    assert "opens workspaces of schema" in written(app) + "".join(one.value for one in app.error)
