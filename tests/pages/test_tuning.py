"""Tuning on the pages: the switch on Train, the live view from disk alone, and what was found on Compare."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from dashboard import tuning_view
from gru4rec_core.jobs import client, follow_up, jobs
from gru4rec_core.jobs.follow_up import queue_planned, unfinished_tuning
from gru4rec_core.jobs.winners import plan_winners
from gru4rec_core.workspace.importing import import_sample
from gru4rec_core.workspace.job_state import change_state, read_state
from gru4rec_core.workspace.records import TunedWith
from gru4rec_core.workspace.store import Workspace
from gru4rec_core.workspace.tunings import (
    Trial,
    TuningRecord,
    create_tuning,
    list_tunings,
    method_folder,
    store_trials,
    tuning_folder,
)
from tests.pages.test_train import labels, written


def carry_out(workspace: Workspace, tuning: TuningRecord, methods: tuple[str, ...], state: str) -> None:
    """What jobs would leave in the folders of these methods."""
    for method in methods:
        folder = method_folder(workspace, tuning, method)
        folder.mkdir(exist_ok=True)
        store_trials(folder, [Trial(n, {}, {}, 0.4 + n / 10, 1, (0.4,), 30.0, "done") for n in range(2)])
        change_state(folder, state=state, scheduler="tls://127.0.0.1:9", ended=1.0)


def take_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine is alive that takes jobs and does nothing."""
    monkeypatch.setattr(client, "send", lambda workspace, job: None)
    monkeypatch.setattr(follow_up, "find_engine", lambda root: SimpleNamespace(address="tls://127.0.0.1:9"))


@pytest.fixture
def record(workspace):
    return import_sample(workspace, "workouts")


@pytest.fixture
def tuning(record, workspace, open_page, monkeypatch: pytest.MonkeyPatch) -> TuningRecord:
    """A tuning that was started on Train, and handed to nobody."""
    monkeypatch.setattr(jobs, "submit_tuning", lambda workspace, tuning: None)
    page = open_page("train")
    page.toggle(key=f"tune-{record.id}").set_value(True).run()
    assert "Tunes 9 methods" in written(page)
    page.number_input(key=f"trials-{record.id}").set_value(2)
    page.number_input(key=f"minutes-{record.id}").set_value(2.5).run()
    page.button(key="start").click().run()
    assert not page.exception
    (tuning,) = list_tunings(workspace, record.id)
    return tuning


def test_what_was_chosen_is_stored_before_anything_is_tried(tuning, workspace):
    assert (tuning.n_trials, tuning.seconds, tuning.by_job, tuning.judging.deciding_k) == (2, 150.0, True, 3)
    assert tuning.methods[:2] == ("top1", "bpr")
    assert workspace.comparisons() == []


def test_it_is_followed_until_its_comparison_is_queued(
    tuning, workspace, record, open_page, monkeypatch: pytest.MonkeyPatch
):
    carry_out(workspace, tuning, ("top1",), "done")
    carry_out(workspace, tuning, tuning.methods[1:], "cancelled")
    page = open_page("train")
    assert not page.exception
    assert "1 of 9 methods tuned" in written(page)
    assert [one.value for one in page.header] == ["Tuning, not finished"]
    assert "Set this tuning aside" in labels(page)
    carry_out(workspace, tuning, tuning.methods, "done")
    comparison = plan_winners(workspace, tuning)
    take_jobs(monkeypatch)
    queue_planned(workspace)
    assert unfinished_tuning(workspace, record.id) is None
    page.run()
    assert page.query_params["comparison"] == comparison.id


def test_all_methods_are_cancelled_at_once_and_continued(tuning, workspace, open_page, monkeypatch: pytest.MonkeyPatch):
    carry_out(workspace, tuning, tuning.methods[:1], "done")
    carry_out(workspace, tuning, tuning.methods[1:], "queued")
    monkeypatch.setattr(tuning_view, "reconcile_jobs", lambda workspace: None)  # no engine holds them
    monkeypatch.setattr(client, "forget", lambda workspace, job: None)
    page = open_page("train")
    assert [one.value for one in page.header] == ["Tuning now"]
    assert "Cancel *BPR*" in labels(page)
    page.button(key="cancel-tuning").click().run()
    page.button(key="cancel-tuning-now").click().run()
    assert not page.exception
    states = [read_state(method_folder(workspace, tuning, method)).state for method in tuning.methods]
    assert states == ["done", *["cancelled"] * 8]
    assert [one.value for one in page.header] == ["Tuning, not finished"]
    continued = []
    monkeypatch.setattr(jobs, "submit_tuning", lambda workspace, tuning: continued.append(tuning))
    page.button(key="continue-tuning").click().run()
    assert not page.exception
    assert continued == [tuning]


def test_until_all_is_queued_there_is_nothing_to_cancel_or_continue(
    tuning, workspace, open_page, monkeypatch: pytest.MonkeyPatch
):
    carry_out(workspace, tuning, tuning.methods[:1], "queued")
    monkeypatch.setattr(tuning_view, "reconcile_jobs", lambda workspace: None)  # no engine holds it
    monkeypatch.setattr(tuning_view.actions, "is_starting", lambda name: True)
    page = open_page("train")
    assert [one.value for one in page.header] == ["Tuning now"]
    assert not {"Continue this tuning", "Set this tuning aside", "Cancel the whole tuning"} & set(labels(page))


def test_one_that_failed_can_be_set_aside(tuning, workspace, record, open_page):
    carry_out(workspace, tuning, tuning.methods, "cancelled")
    page = open_page("train")
    next(button for button in page.button if button.label == "Set this tuning aside").click().run()
    page.button(key="set-aside-now").click().run()
    assert not page.exception
    assert unfinished_tuning(workspace, record.id) is None
    assert not page.header
    assert method_folder(workspace, tuning, "top1").exists()


def test_tuned_settings_can_be_trained_again_under_the_test_they_were_tuned_for(
    tuning, workspace, record, open_page, monkeypatch: pytest.MonkeyPatch
):
    carry_out(workspace, tuning, tuning.methods, "done")
    plan_winners(workspace, tuning)
    take_jobs(monkeypatch)
    queue_planned(workspace)
    monkeypatch.setattr(jobs, "submit_comparison", lambda workspace, comparison_id: None)
    page = open_page("train", new="1", settings="tuned")
    assert page.segmented_control(key=f"mode-{record.id}").value == "Tuned settings"
    assert not page.toggle or f"tune-{record.id}" not in [toggle.key for toggle in page.toggle]
    page.number_input(key=f"seeds-{record.id}").set_value(2).run()
    page.button(key="start").click().run()
    assert not page.exception
    newest = workspace.comparisons()[0]
    assert len(newest.run_ids) == 4
    assert newest.tuned.tuning_id == tuning.id
    assert newest.split == tuning.split.replace(validation_fraction=0.0)
    page = open_page("train", new="1", settings="tuned")
    page.segmented_control(key=f"train-rule-{record.id}").set_value("session-holdout").run()
    assert "under the test rule that they were tuned under" in written(page)


def test_compare_shows_how_the_settings_were_found(finished, open_page):
    (comparison,) = finished.comparisons()
    tuning = TuningRecord(
        id="tuning-a",
        dataset_id=comparison.dataset_id,
        split=comparison.split,
        judging=comparison.config,
        configs=tuple(finished.run(run_id).config for run_id in comparison.run_ids[:1]),
        n_trials=2,
    )
    create_tuning(finished, tuning)
    carry_out(finished, tuning, tuning.methods, "done")
    tuned = comparison.model_copy(update={"tuned": TunedWith(tuning_id=tuning.id, n_trials=2)})
    tuned.write(finished.comparison_folder(comparison.id) / "comparison.json")
    page = open_page("compare", comparison=comparison.id, tab="Details")
    assert not page.exception
    assert "Every method with settings to tune was tuned first, on validation data, each with 2 trials." in written(
        page
    )
    assert "How the settings were tuned" in written(page)
    (table,) = [frame.value for frame in page.dataframe if "winning settings" in frame.value]
    assert table["tuned"].tolist() == [50.0]
    (method_folder(finished, tuning, tuning.methods[0]) / "trials.jsonl").write_bytes(b"{}\n")
    page.run()
    assert f"{tuning.methods[0]}/trials.jsonl cannot be read" in written(page)
    assert "winning settings" in page.dataframe[-1].value  # the rest is there as usual
    (tuning_folder(finished, tuning.dataset_id, tuning.id) / "tuning.json").write_bytes(b"")
    page.run()
    assert "tuning.json is empty" in written(page)
    next(button for button in page.button if button.label == "Remove").click().run()
    said = " ".join(element.value for element in page.text)
    assert f"Removes the tuning of shop log ({tuning.id}) from this workspace. This frees " in said
    assert (
        "1 comparison of its winners stays, with its results; the search, and the way to repeat it, are gone." in said
    )
    page.button(key="damaged-remove-now").click().run()
    assert not page.exception
    assert "The search was removed." in written(page)


def test_a_damaged_tuning_has_a_card_on_train_and_goes_on_once_repaired(tuning, open_page):
    path = tuning_folder(Workspace.default(), tuning.dataset_id, tuning.id) / "tuning.json"
    path.write_bytes(path.read_bytes()[:50])
    page = open_page("train")
    assert "tuning.json is cut short" in written(page) or "tuning.json cannot be read" in written(page)
    assert not page.header
    next(button for button in page.button if button.label == "Repair").click().run()
    assert not page.exception
    assert [one.value for one in page.header] == ["Tuning, not finished"]
