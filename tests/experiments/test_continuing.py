"""A run that continues another ends as if it had been trained that long at once."""

import shutil

import numpy as np
import pytest

from gru4rec_core.config import SplitConfig, TrainingConfig
from gru4rec_core.experiments import continuing
from gru4rec_core.experiments.continuing import (
    inherit,
    inherited_epochs,
    inherited_seconds,
    keep_last_checkpoint,
    kept_epochs,
    taken_over_epochs,
)
from gru4rec_core.storage import load_arrays, read_json
from gru4rec_core.workspace.job_state import JobState, write_state
from gru4rec_core.workspace.store import Workspace

CONFIG = TrainingConfig(loss="bpr", epochs=2)


@pytest.fixture(scope="module")
def longer(trained, tmp_path_factory):
    """A run of two epochs, one that continues it to four, and one that is trained for four at once."""
    from gru4rec_core.experiments.run import execute_run

    original, comparison = trained
    home = Workspace(shutil.copytree(original.root, tmp_path_factory.mktemp("longer") / "workspace"))
    short = home.run(comparison.run_ids[1])
    config = short.config.replace(epochs=4)
    continued = home.create_run(short.dataset_id, config, short.split, continues=short.id)
    at_once = home.create_run(short.dataset_id, config, short.split)
    for run in (continued, at_once):
        execute_run(home, run.id)
    return home, short, continued, at_once


def test_weights_and_epochs_are_those_of_a_run_trained_that_long_at_once(longer) -> None:
    home, _, continued, at_once = longer
    first, second = (load_arrays(home.run_folder(run.id) / "weights.npz") for run in (continued, at_once))
    for name, array in first.items():
        np.testing.assert_array_equal(array, second[name])
    epochs = [home.epochs(run.id) for run in (continued, at_once)]
    assert epochs[0]["epoch"].tolist() == [1, 2, 3, 4]
    assert epochs[0]["loss"].tolist() == epochs[1]["loss"].tolist()


def test_its_epochs_are_counted_on_from_those_it_took_over_as_its_steps_are(longer) -> None:
    from gru4rec_core.experiments.run import execute_run

    home, short, _, _ = longer
    seen = []
    run = home.create_run(short.dataset_id, short.config.replace(epochs=3), short.split, continues=short.id)
    execute_run(home, run.id, on_change=seen.append)
    assert {(state.epoch, state.epochs) for state in seen if state.phase == "training"} <= {(2, 3), (3, 3)}


def test_it_says_what_it_came_from_and_counts_the_time_of_both(longer) -> None:
    home, short, continued, at_once = longer
    assert home.run(continued.id).continues == short.id
    assert [taken_over_epochs(home, run) for run in (short, continued, at_once)] == [0, 2, 0]
    assert f"continues {short.id} after epoch 2" in home.log(continued.id)
    seconds = [
        read_json(home.run_folder(run.id) / "environment.json", "a run")["seconds"]["training"]
        for run in (short, continued)
    ]
    assert seconds[1] > seconds[0]
    assert inherited_seconds(home, continued) == seconds[0]


def test_a_finished_run_keeps_its_last_checkpoint_alone(longer) -> None:
    home, short, continued, _ = longer
    kept = [
        sorted(path.name for path in (home.run_folder(run.id) / "checkpoint").iterdir()) for run in (short, continued)
    ]
    assert kept == [["epoch-00002"], ["epoch-00004"]]


@pytest.fixture
def pair(workspace, dataset):
    """A finished run with two checkpoints and its epochs, and one that continues it."""
    old = workspace.create_run(dataset.id, CONFIG, SplitConfig())
    for epoch in (1, 2):
        folder = workspace.run_folder(old.id) / "checkpoint" / f"epoch-0000{epoch}"
        folder.mkdir(parents=True)
        (folder / "arrays.npz").write_bytes(b"x" * 100)
    (workspace.run_folder(old.id) / "epochs.jsonl").write_text('{"epoch": 1}\n{"epoch": 2}\n')
    new = workspace.create_run(dataset.id, CONFIG.replace(epochs=4), SplitConfig(), continues=old.id)
    return workspace, old, new


def test_what_is_taken_over_is_a_copy(pair) -> None:
    workspace, old, new = pair
    assert inherit(workspace, new) == 2
    folder = workspace.run_folder(new.id)
    assert [path.name for path in (folder / "checkpoint").iterdir()] == ["epoch-00002"]
    assert len(workspace.epochs(new.id)) == 2
    assert (workspace.run_folder(old.id) / "checkpoint" / "epoch-00002").exists()


def test_one_that_has_begun_takes_nothing_over_again(pair) -> None:
    workspace, _, new = pair
    inherit(workspace, new)
    assert inherit(workspace, new) == 0


def test_without_the_other_run_it_trains_from_the_beginning(pair) -> None:
    workspace, old, new = pair
    shutil.rmtree(workspace.run_folder(old.id))
    assert (inherit(workspace, new), inherited_epochs(workspace, new), inherited_seconds(workspace, new)) == (0, 0, 0.0)


def test_a_large_checkpoint_is_not_kept(pair, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace, old, new = pair
    folder = workspace.run_folder(old.id)
    keep_last_checkpoint(folder)
    assert [path.name for path in (folder / "checkpoint").iterdir()] == ["epoch-00002"]
    monkeypatch.setattr(continuing, "LARGEST_CHECKPOINT", 99)
    keep_last_checkpoint(folder)
    assert not (folder / "checkpoint").exists()
    assert (kept_epochs(workspace, old.id), inherited_epochs(workspace, new)) == (0, 0)
    assert taken_over_epochs(workspace, new) == 0


@pytest.mark.parametrize("lost", [1, 2])
def test_a_line_that_was_lost_after_its_checkpoint_is_written_again(trained, tmp_path, lost) -> None:
    """A process was killed between the checkpoint of an epoch and its line; a torn line counts as lost too."""
    from gru4rec_core.experiments.run import execute_run

    home = Workspace(shutil.copytree(trained[0].root, tmp_path / "workspace"))
    folder = home.run_folder(trained[1].run_ids[0])
    before = (folder / "epochs.jsonl").read_text()
    for name in ("weights.npz", "metrics.json"):
        (folder / name).unlink()
    write_state(folder, JobState(state="lost"))
    lines = before.splitlines(keepends=True)
    (folder / "epochs.jsonl").write_text("".join(lines[:-lost]) + lines[-lost][:9])
    execute_run(home, folder.name)
    assert (folder / "epochs.jsonl").read_text() == before
