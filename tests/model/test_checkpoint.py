"""Checkpoints: whole or not there, the one before kept, damage told."""

import numpy as np
import pytest

from gru4rec_core.config import TrainingConfig
from gru4rec_core.errors import RunError
from gru4rec_core.model.batch_builder import TrainingPosition
from gru4rec_core.model.checkpoint import TrainingState, read_newest, write_checkpoint
from gru4rec_core.model.reports import EpochReport


def written(folder, *epochs, best=None):
    for epoch in epochs:
        write_checkpoint(folder, epoch, {"epoch": epoch}, {"a/b": np.full(3, epoch)}, best)


def test_the_newest_is_read_with_its_arrays(tmp_path):
    written(tmp_path, 1, 2)
    checkpoint = read_newest(tmp_path)
    assert checkpoint.state == {"epoch": 2}
    np.testing.assert_array_equal(checkpoint.arrays["a/b"], [2, 2, 2])


def test_the_one_before_is_kept_and_older_ones_go(tmp_path):
    written(tmp_path, 1, 2, 3)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["epoch-00002", "epoch-00003"]


@pytest.mark.parametrize("damaged", ["arrays.npz", "state.json", "best.npz"])
def test_a_damaged_one_is_passed_over_for_the_one_before(tmp_path, damaged):
    written(tmp_path, 1, 2, best={"w": np.ones(2)})
    path = tmp_path / "epoch-00002" / damaged
    path.write_bytes(path.read_bytes()[:10])
    assert read_newest(tmp_path).state == {"epoch": 1}


def test_when_all_are_damaged_it_is_said(tmp_path):
    written(tmp_path, 1)
    (tmp_path / "epoch-00001" / "state.json").write_text("{")
    with pytest.raises(RunError, match=r"epoch-00001/state\.json"):
        read_newest(tmp_path)


def test_the_best_weights_travel_along(tmp_path):
    written(tmp_path, 1, best={"w": np.ones(2)})
    written(tmp_path, 2, 3)
    np.testing.assert_array_equal(read_newest(tmp_path).best["w"], [1, 1])


def test_without_a_checkpoint_there_is_none(tmp_path):
    assert read_newest(tmp_path / "nowhere") is None


@pytest.fixture
def state():
    report = EpochReport(1, 3, 45, 0.5, None, None, {"accuracy@1": 0.25}, 90, 1000.0, 0.1, 0.2)
    return TrainingState(TrainingConfig(n_hidden=(5, 7)), 12, 90, TrainingPosition(1, 2, 45, 0, 45), [report], 1, 0.25)


def test_the_state_of_a_training_comes_back_from_json(state):
    assert TrainingState.from_json(state.to_json(), "epoch-00001") == state


def test_the_keys_of_a_state_are_those_of_older_checkpoints(state):
    values = state.to_json()
    assert list(values) == ["schema", "config", "n_items", "n_events", "position", "reports", "best"]
    assert values["best"] == {"epoch": 1, "value": 0.25}


def test_more_epochs_may_continue_a_training_but_other_settings_or_data_not(state):
    state.check_continued_by(state.config.replace(epochs=50), 12, 90, "epoch-00001")
    with pytest.raises(RunError, match="seed 1, was 0"):
        state.check_continued_by(state.config.replace(seed=1), 12, 90, "epoch-00001")
    with pytest.raises(RunError, match="n_events 91, was 90"):
        state.check_continued_by(state.config, 12, 91, "epoch-00001")


def test_what_a_killed_process_left_unfinished_is_removed(tmp_path):
    (tmp_path / "writing-123").mkdir()
    (tmp_path / ".new-epoch-00001-abcd").mkdir()
    written(tmp_path, 1)
    assert [path.name for path in tmp_path.iterdir()] == ["epoch-00001"]
