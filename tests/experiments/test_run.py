"""A run leaves everything needed to read it, and reads the same whoever carried it out."""

import json
import threading
import time

import numpy as np
import pytest

from gru4rec_core.config import ComparisonConfig, SplitConfig
from gru4rec_core.errors import DataError
from gru4rec_core.evaluation.metrics import accuracy_at
from gru4rec_core.experiments.baselines import execute_baselines
from gru4rec_core.experiments.run import execute_comparison, execute_run
from gru4rec_core.model.inference import NumpyGru4Rec
from gru4rec_core.storage import exclusive_lock
from gru4rec_core.workspace import run_folder
from gru4rec_core.workspace.job_state import JobState, ProcessIdentity, change_state, read_state, write_state
from gru4rec_core.workspace.split_store import load_split, open_split


def test_metrics_follow_from_the_predictions_that_were_kept(trained) -> None:
    home, comparison = trained
    for run_id in comparison.run_ids:
        evaluation = run_folder.load_evaluation(home.run_folder(run_id), 8)
        metrics = home.metrics(run_id)
        assert metrics["n_events"] == evaluation.n_events == 120
        assert metrics["accuracy"]["3"] == accuracy_at(evaluation, 3)
        assert evaluation.top_items.shape == (120, 8)
        assert evaluation.top_scores.dtype == np.float32


def test_epochs_are_kept_with_their_validation(trained) -> None:
    home, comparison = trained
    epochs = home.epochs(comparison.run_ids[0])
    assert list(epochs["epoch"]) == [1, 2]
    assert epochs["validation_accuracy@3"].between(0, 1).all()
    assert (epochs["events"] > 0).all()


def test_the_kept_model_scores_as_the_run_did(trained) -> None:
    home, comparison = trained
    run_id = comparison.run_ids[0]
    model = NumpyGru4Rec.load(home.run_folder(run_id))
    test = open_split(home, comparison.dataset_id, comparison.split).test
    index = test.events()
    histories = [test.dataset.session(s)[:p] for s, p in zip(index.session, index.position, strict=True)]
    evaluation = run_folder.load_evaluation(home.run_folder(run_id), 8)
    scores = np.take_along_axis(model.scores(histories), evaluation.top_items, axis=1)
    np.testing.assert_allclose(scores, evaluation.top_scores, rtol=1e-4, atol=1e-5)


def test_final_states_follow_the_whole_history(trained) -> None:
    home, comparison = trained
    folder = home.run_folder(comparison.run_ids[0])
    test = open_split(home, comparison.dataset_id, comparison.split).test
    states = run_folder.load_final_states(folder)
    model = NumpyGru4Rec.load(folder)
    np.testing.assert_allclose(model.final_states([test.dataset.session(7)])[0], states[7], rtol=1e-4, atol=1e-5)


def test_the_environment_says_what_it_ran_on(trained) -> None:
    home, comparison = trained
    environment = json.loads((home.run_folder(comparison.run_ids[0]) / "environment.json").read_text())
    assert set(environment["seconds"]) == {"reading", "training", "testing"}
    assert environment["packages"]["tensorflow"]


def test_a_stored_split_is_the_split(trained) -> None:
    home, comparison = trained
    fresh = load_split(home, comparison.dataset_id, comparison.split)
    stored = open_split(home, comparison.dataset_id, comparison.split)
    np.testing.assert_array_equal(stored.test.predicted, fresh.test.predicted)
    np.testing.assert_array_equal(stored.test.dataset.items, fresh.test.dataset.items)
    np.testing.assert_array_equal(stored.train_counts, fresh.train.counts())
    assert stored.test.dataset.vocabulary == fresh.train.vocabulary
    assert stored.summary["test_predicted"] == fresh.test.n_predicted
    assert stored.leaked_events == 0


def test_baselines_are_computed_once(trained) -> None:
    home, comparison = trained
    folder = home.split_folder(comparison.dataset_id, comparison.split) / "baselines"
    before = {path.name: path.stat().st_mtime_ns for path in folder.glob("*.parquet")}
    assert len(before) == 7
    execute_baselines(home, comparison.dataset_id, comparison.split)
    assert before == {path.name: path.stat().st_mtime_ns for path in folder.glob("*.parquet")}


def test_a_queued_job_that_finds_its_baselines_there_is_done(trained) -> None:
    home, comparison = trained
    folder = home.split_folder(comparison.dataset_id, comparison.split) / "baselines"
    write_state(folder, JobState(state="queued"))
    execute_baselines(home, comparison.dataset_id, comparison.split)
    assert read_state(folder).state == "done"


def test_a_run_that_cannot_work_says_why(workspace, dataset, run) -> None:
    hopeless = workspace.create_run(dataset.id, run.config, SplitConfig(min_item_support=100))
    with pytest.raises(DataError):
        execute_run(workspace, hopeless.id)
    state = workspace.state(hopeless.id)
    assert state.state == "failed"
    assert "filters" in state.reason


def test_two_processes_never_train_one_run(workspace, run) -> None:
    folder = workspace.run_folder(run.id)
    seen: list[JobState] = []
    waiting = threading.Thread(target=execute_run, args=(workspace, run.id), kwargs={"on_change": seen.append})
    with exclusive_lock(folder / "run.lock"):
        write_state(folder, JobState(state="running", phase="training", worker=ProcessIdentity.current()))
        waiting.start()
        while not seen:
            time.sleep(0.01)
        change_state(folder, state="done")
    waiting.join()
    assert seen[0].phase == "training"  # who waits sees how far the other is
    assert not (folder / "metrics.json").exists()  # and does not do it again
    execute_run(workspace, run.id)
    assert not (folder / "metrics.json").exists()


def test_a_comparison_waits_for_a_run_that_another_has_in_hand(workspace, dataset, run) -> None:
    folder = workspace.run_folder(run.id)
    comparison = workspace.create_comparison(dataset.id, run.split, ComparisonConfig(), [run.id], baselines=())
    write_state(folder, JobState(state="running", worker=ProcessIdentity.current()))
    execute_comparison(workspace, comparison.id, on_change=lambda _: change_state(folder, state="done"))
    assert not (folder / "metrics.json").exists()


def test_an_epoch_trained_again_replaces_what_follows_from_it(tmp_path) -> None:
    for epoch in (1, 2, 3, 2):
        run_folder.append_epoch(tmp_path, {"epoch": epoch, "loss": float(epoch), "validation": {"mrr@20": 0.5}})
    assert list(run_folder.epochs(tmp_path)["epoch"]) == [1, 2]
    with (tmp_path / "epochs.jsonl").open("a") as file:
        file.write('{"epoch": 3, "lo')  # killed while writing
    assert list(run_folder.epochs(tmp_path)["epoch"]) == [1, 2]
    run_folder.append_epoch(tmp_path, {"epoch": 3, "loss": 0.1, "validation": None})
    assert list(run_folder.epochs(tmp_path)["epoch"]) == [1, 2, 3]
