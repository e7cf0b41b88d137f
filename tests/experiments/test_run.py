"""A run leaves everything needed to read it, and reads the same whoever carried it out."""

import json
import threading
import time

import numpy as np
import pytest

from gru4rec_core.config import SplitConfig
from gru4rec_core.errors import DataError
from gru4rec_core.experiments.run import execute_run
from gru4rec_core.model.inference import NumpyGru4Rec
from gru4rec_core.storage import exclusive_lock
from gru4rec_core.workspace import run_folder
from gru4rec_core.workspace.job_state import JobState, ProcessIdentity, change_state, write_state
from gru4rec_core.workspace.split_store import open_split


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


def test_the_environment_says_what_it_ran_on(trained) -> None:
    home, comparison = trained
    environment = json.loads((home.run_folder(comparison.run_ids[0]) / "environment.json").read_text())
    assert set(environment["seconds"]) == {"reading", "training", "testing"}
    assert environment["packages"]["tensorflow"]


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
