"""The page Train: two questions, an estimate, *Start*; then the live view, from disk alone."""

from __future__ import annotations

import pandas as pd
import pytest
from distributed import LocalCluster

from dashboard import actions, progress_view
from gru4rec_core.config import TrainingConfig
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.errors import RunError
from gru4rec_core.jobs import client, jobs
from gru4rec_core.workspace.backtests import list_backtests
from gru4rec_core.workspace.importing import import_sample
from gru4rec_core.workspace.job_state import ClusterTicket, JobState, write_state
from tests.app_runs import is_dialog_open


def written(app) -> str:
    """Everything the page writes as HTML or text."""
    return "\n".join([*(one.body for one in app.get("html")), *(one.value for one in app.text)])


def labels(app) -> list[str]:
    return [button.label for button in app.button]


@pytest.fixture
def submitted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Comparisons that were handed to the engine; none is started."""
    handed: list[str] = []
    monkeypatch.setattr(jobs, "submit_comparison", lambda workspace, comparison_id: handed.append(comparison_id))
    return handed


@pytest.fixture
def record(workspace):
    return import_sample(workspace, "workouts")


@pytest.fixture
def page(record, submitted, open_page):
    return open_page("train")


def test_without_a_log_the_page_says_where_to_get_one(open_page):
    app = open_page("train")
    assert "no log to train on yet" in written(app)
    assert labels(app) == ["Copy link", "Words", "Add a log", "About"]


def test_a_small_catalogue_is_asked_with_a_list_of_three_and_a_sample_with_one_seed(page, record):
    assert page.number_input(key=f"k-{record.id}").value == 3
    assert page.number_input(key=f"seeds-{record.id}").value == 1
    assert "2 runs of TOP1 and BPR, and the baselines: about" in written(page)


def test_start_stores_what_was_chosen_before_anything_trains(page, record, workspace, submitted):
    page.number_input(key=f"k-{record.id}").set_value(5)
    page.number_input(key=f"seeds-{record.id}").set_value(2)
    page.number_input(key=f"epochs-same-{record.id}").set_value(4).run()
    page.button(key="start").click().run()
    (comparison,) = workspace.comparisons()
    assert submitted == [comparison.id]
    assert comparison.config.deciding_k == 5
    runs = [workspace.run(run_id) for run_id in comparison.run_ids]
    assert [(run.config.loss, run.config.seed, run.config.epochs) for run in runs] == [
        ("top1", 0, 4),
        ("top1", 1, 4),
        ("bpr", 0, 4),
        ("bpr", 1, 4),
    ]


def test_a_log_without_weeks_is_told_why_none_are_offered(page, record):
    assert "Testing on several weeks is not offered: the dates of a generated sample" in written(page)
    assert not [one for one in page.toggle if one.key == f"windows-{record.id}"]


def test_several_weeks_are_chosen_with_a_preview_and_started_together(workspace, submitted, open_page):
    day = 86_400
    rows = [(f"s{n}", 1_700_006_400 + n * 56 * day // 1_600 + k, "abc"[k]) for n in range(1_600) for k in range(3)]
    log = SessionDataset(pd.DataFrame(rows, columns=["session", "timestamp", "item"]))
    record = workspace.add_dataset(log, "shop", time_unit="s")
    page = open_page("train", dataset=record.id)
    page.toggle(key=f"windows-{record.id}").set_value(True).run()
    assert "3 windows of 7 days" in written(page)
    assert "18 runs of TOP1 and BPR, and the baselines of 3 windows: about" in written(page)
    page.number_input(key=f"window-sessions-{record.id}").set_value(500).run()
    assert "to test on" in written(page)
    assert "start" not in [button.key for button in page.button]
    page.number_input(key=f"window-sessions-{record.id}").set_value(50).run()
    page.number_input(key=f"n-windows-{record.id}").set_value(2).run()
    page.button(key="start").click().run()
    (backtest,) = list_backtests(workspace)
    assert submitted == list(backtest.comparison_ids)
    assert page.query_params["comparison"] == backtest.comparison_ids[0]
    assert "Window 1 of 2 of a test on several weeks." in written(page)
    links = [one.proto.label for one in page.get("page_link") if backtest.periods[1] in one.proto.label]
    assert links == [f"{backtest.periods[1]}: not done"]


def test_paper_presets_give_each_loss_its_own_settings(page, record, workspace):
    page.segmented_control(key=f"mode-{record.id}").set_value("Each with its paper preset").run()
    page.button(key="start").click().run()
    top1, bpr = (workspace.run(run_id).config for run_id in workspace.comparisons()[0].run_ids)
    assert (top1.dropout_hidden, bpr.dropout_hidden) == (0.5, 0.2)
    assert (top1.learning_rate, bpr.learning_rate) == (0.01, 0.05)


def test_a_link_may_ask_for_the_modern_preset_whose_settings_are_then_open(record, submitted, open_page, workspace):
    page = open_page("train", new="1", settings="modern")
    assert next(one.proto.expanded for one in page.expander if one.label == "Advanced settings")
    page.button(key="start").click().run()
    (run_id,) = workspace.comparisons()[0].run_ids
    assert workspace.run(run_id).config == TrainingConfig.preset("modern")


def test_a_form_that_started_a_comparison_folds_and_leaves_nothing_in_the_address(finished, open_page, submitted):
    page = open_page("train", new="1", settings="same")
    form = next(one for one in page.expander if one.label.startswith("Train again"))
    assert form.proto.expanded
    page.number_input(key=f"k-{finished.datasets()[0].id}").set_value(4).run()
    page.button(key="start").click().run()
    folded = next(one for one in page.expander if one.label.startswith("Train again"))
    assert not folded.proto.expanded
    assert folded.key != form.key  # the browser would keep the old one open
    assert not {"new", "settings"} & set(page.query_params)


def test_runs_per_loss_are_said_as_they_are_chosen(page, record):
    assert "; 1 run per loss, quick to see on a generated sample." in written(page)
    page.number_input(key=f"seeds-{record.id}").set_value(3).run()
    assert "Chosen: 3 runs per loss (default: 1 run per loss, quick to see" in written(page)


def test_a_setting_that_does_not_hold_is_explained_and_nothing_is_lost(page, record, workspace):
    page.number_input(key=f"k-{record.id}").set_value(7)
    page.text_input(key=f"n_hidden-same-{record.id}").set_value("wide").run()
    assert not page.exception
    assert "Units per layer are whole numbers" in written(page)
    assert page.number_input(key=f"k-{record.id}").value == 7
    assert workspace.runs() == []


def test_settings_that_contradict_each_other_are_explained(page, record):
    page.number_input(key=f"momentum-same-{record.id}").set_value(0.2).run()
    assert "momentum belongs to adagrad" in written(page)


def test_every_advanced_setting_carries_its_meaning(page, record):
    widget = page.number_input(key=f"batch_size-same-{record.id}")
    assert "sessions trained side by side" in widget.help


def test_the_test_rule_is_stored_with_the_runs(page, record, workspace):
    page.segmented_control(key=f"train-rule-{record.id}").set_value("time").run()
    page.button(key="start").click().run()
    assert workspace.comparisons()[0].split.protocol == "time"


def test_a_cluster_without_a_worker_is_explained(record, open_page, workspace, monkeypatch: pytest.MonkeyPatch):
    page = open_page("train")
    with LocalCluster(
        n_workers=0, processes=False, host="127.0.0.1", protocol="tcp", dashboard_address="127.0.0.1:0"
    ) as cluster:
        monkeypatch.setenv("DASK_SCHEDULER_ADDRESS", cluster.scheduler_address)
        monkeypatch.setattr(actions, "_PATIENCE", 20.0)
        page.button(key="start").click().run()
    assert not page.exception
    assert "A cluster needs a worker before jobs are submitted to it." in written(page)
    assert "docs/cluster.md" in written(page)
    assert [job.state for job in map(workspace.state, workspace.run_ids())] == ["failed", "failed"]


@pytest.mark.parametrize("name", ["train", "overview"])
def test_a_job_that_waits_for_its_cluster_says_what_that_lacks(
    finished, open_page, monkeypatch: pytest.MonkeyPatch, name: str
):
    ticket = ClusterTicket(scheduler_id="one")
    (comparison,) = finished.comparisons()
    for run_id in comparison.run_ids:
        state = JobState(state="queued", scheduler="tcp://127.0.0.1:9", cluster=ticket)
        write_state(finished.run_folder(run_id), state)
    monkeypatch.setattr(client, "_ASK_TIMEOUT", 0.2)
    page = open_page(name, comparison=comparison.id)
    assert (
        written(page).count("The cluster at tcp://127.0.0.1:9 cannot be reached; a job that waits like this for 10")
        == 1
    )
    assert written(page).count("The connection to the cluster is not encrypted") == 1


def test_an_engine_that_does_not_start_is_explained(page, monkeypatch: pytest.MonkeyPatch):
    def refuse(workspace, comparison_id):
        raise RunError("The job engine starts.", found="no room", remedy="Make room.")

    monkeypatch.setattr(jobs, "submit_comparison", refuse)
    page.button(key="start").click().run()
    assert not page.exception
    assert "Make room." in written(page)


def test_the_live_view_shows_each_job_and_both_kinds_of_curve(finished, open_page):
    first, second = (finished.run(run_id) for run_id in finished.comparisons()[0].run_ids)
    write_state(
        finished.run_folder(first.id),
        JobState(state="running", phase="training", done=1, total=2, epoch=1, epochs=3, seconds_left=65),
    )
    write_state(finished.run_folder(second.id), JobState(state="queued", heartbeat=0.0, scheduler="tcp://127.0.0.1:1"))
    app = open_page("train")
    assert "TOP1, seed 0 · training, epoch 2 of 3, 1 min left" in written(app)
    assert len(app.get("vega_lite_chart")) == 3
    app.button(key=f"cancel-run-{first.id}").click().run()
    assert "Cancel this job" in labels(app)


def test_cancel_reaches_the_job(finished, open_page):
    run = finished.run(finished.comparisons()[0].run_ids[0])
    folder = finished.run_folder(run.id)
    write_state(folder, JobState(state="running", phase="training"))
    app = open_page("train")
    app.button(key=f"cancel-run-{run.id}").click().run()
    app.button(key=f"cancel-now-run-{run.id}").click().run()
    assert (folder / "cancel").exists()
    assert not is_dialog_open(app)


def test_a_failed_run_says_why_shows_its_log_and_can_be_tried_again(finished, open_page, monkeypatch):
    run = finished.run(finished.comparisons()[0].run_ids[0])
    folder = finished.run_folder(run.id)
    write_state(folder, JobState(state="failed", reason="The memory was too small for <b>this</b>."))
    (folder / "log.txt").write_text("line of the log", encoding="utf-8")
    tried: list[str] = []
    monkeypatch.setattr(jobs, "retry", lambda workspace, kind, job_id: tried.append(job_id))
    app = open_page("train")
    assert "The memory was too small for &lt;b&gt;this&lt;/b&gt;." in written(app)
    assert "line of the log" in [code.value for code in app.code]
    assert "Open comparison" not in labels(app)
    app.button(key=f"retry-run-{run.id}").click().run()
    app.button(key=f"retry-now-run-{run.id}").click().run()
    assert tried == [run.id]


def test_a_retry_that_is_refused_is_explained(finished, open_page, monkeypatch):
    run = finished.run(finished.comparisons()[0].run_ids[0])
    write_state(finished.run_folder(run.id), JobState(state="failed", reason="The memory was too small."))

    def refuse(workspace, kind, job_id):
        raise RunError("The job engine did not start within a minute.", remedy="Make room.")

    monkeypatch.setattr(jobs, "retry", refuse)
    app = open_page("train")
    app.button(key=f"retry-run-{run.id}").click().run()
    app.button(key=f"retry-now-run-{run.id}").click().run()
    assert not app.exception
    assert "Make room." in written(app)
    assert is_dialog_open(app)


def test_when_all_is_done_the_way_leads_to_the_comparison(finished, open_page):
    app = open_page("train")
    assert "Open comparison" in labels(app)
    assert "✓ TOP1, seed 0 · done" in written(app)


def test_a_comparison_with_a_cancelled_run_offers_to_compare_what_is_done(finished_seeds, open_page):
    whole = finished_seeds.comparisons()[0]
    write_state(finished_seeds.run_folder(whole.run_ids[-1]), JobState(state="cancelled"))
    app = open_page("train", comparison=whole.id)
    assert "1 of 6 runs did not finish: BPR, seed 2 (cancelled)." in [one.value for one in app.text]
    app.button(key="compare-done").click().run()
    assert not app.exception
    (narrowed,) = (one for one in finished_seeds.comparisons() if one.id != whole.id)
    assert narrowed.run_ids == whole.run_ids[:-1]
    assert "Which model is better?" in [one.value for one in app.title]


def test_several_seeds_are_one_row_with_its_time_left_and_the_chart_stands_above(finished_seeds, open_page):
    run_id = finished_seeds.comparisons()[0].run_ids[1]
    training = JobState(state="running", phase="training", done=1, total=2, epoch=1, epochs=3, seconds_left=65)
    write_state(finished_seeds.run_folder(run_id), training)
    app = open_page("train")
    said = written(app)
    assert "▶ TOP1 · 2 of 3 seeds done, 1 running, 1 min left" in said
    assert "✓ BPR · 3 of 3 seeds done" in said
    assert "6 of 7 jobs done, about 1 min left in all" in said
    assert "▶ TOP1, seed 1 · training, epoch 2 of 3, 1 min left" in said
    types = [element.type for element in app.main]
    assert types.index("vega_lite_chart") < types.index("progress")
    write_state(finished_seeds.run_folder(run_id), JobState(state="done"))
    types = [element.type for element in app.run().main]
    assert types.index("vega_lite_chart") > types.index("expander")


def test_a_finished_comparison_is_trained_for_more_epochs_in_a_new_one(finished, open_page, submitted):
    old = finished.comparisons()[0]
    for run_id in old.run_ids:
        (finished.run_folder(run_id) / "checkpoint" / "epoch-00003").mkdir(parents=True)
    app = open_page("train")

    app.button(key="more-epochs").click().run()
    app.number_input(key="more-epochs-number").set_value(4).run()
    app.button(key="more-epochs-go").click().run()
    assert not is_dialog_open(app)
    (new,) = [one for one in finished.comparisons() if one.id != old.id]
    assert submitted == [new.id]
    assert new.name == "TOP1 against BPR, 7 epochs"
    assert tuple(finished.run(run_id).continues for run_id in new.run_ids) == old.run_ids
    assert app.query_params["comparison"] == new.id
    assert "TOP1 continues runs of 3 epochs" in written(app)


@pytest.mark.parametrize(("state", "n_asked"), [("done", 1), ("running", 2)])
def test_whether_a_comparison_is_at_work_is_asked_once_by_the_page_and_once_by_what_polls(
    finished, open_page, monkeypatch, state: str, n_asked: int
):
    write_state(finished.run_folder(finished.runs()[0].id), JobState(state=state))
    asked = []
    is_active = progress_view.is_active
    monkeypatch.setattr(progress_view, "is_active", lambda *args: asked.append(args) or is_active(*args))
    open_page("train")
    assert len(asked) == n_asked
