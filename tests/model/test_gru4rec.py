import io
import json

import numpy as np
import pytest

from gru4rec_core import BPR, Gru4Rec, NumpyGru4Rec
from gru4rec_core.data.split_types import EvaluationSet
from gru4rec_core.errors import ConfigError, DataError, RunError
from gru4rec_core.evaluation.scoring import evaluate


def test_the_notebooks_setting_has_25008_parameters() -> None:
    model = Gru4Rec(n_classes=48)
    assert model.network.count_params() == 25_008
    lines: list[str] = []
    model.summary(print_fn=lines.append)
    assert "25,008" in "\n".join(lines)


def test_the_defaults_are_the_notebooks() -> None:
    config = Gru4Rec(n_classes=48).config
    assert (config.loss, config.n_hidden, config.batch_size) == ("top1", (64,), 8)
    assert (config.steps_per_epoch, config.epochs, config.activation, config.optimizer) == (10_000, 5, "relu", "adam")
    assert Gru4Rec(48, n_layers=2, n_hidden=16, loss=BPR).config.n_hidden == (16, 16)
    assert Gru4Rec(48, loss=BPR).name == "bpr"
    assert Gru4Rec(48, loss="cross-entropy").name == "cross-entropy"


def test_a_loss_that_is_none_of_ours_is_said() -> None:
    with pytest.raises(ConfigError, match="TOP1"):
        Gru4Rec(48, loss=abs)


def test_it_learns_what_follows_what(trained_model, toy_log) -> None:
    evaluation = evaluate(trained_model, EvaluationSet(toy_log, np.ones(toy_log.n_sessions)), top_k=3)
    assert (evaluation.ranks() <= 1).mean() > 0.6
    letters = toy_log.vocabulary.items.tolist()
    followers = [trained_model.recommend([letter], k=1)[0][0] for letter in letters]
    right = sum(b == letters[(letters.index(a) + 1) % 12] for a, b in zip(letters, followers, strict=True))
    assert right >= 8  # by chance 1; six units cannot hold twelve letters and the noise


def test_a_saved_model_is_json_and_arrays_and_comes_back_the_same(trained_model, toy_log, tmp_path) -> None:
    trained_model.save(tmp_path)
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"config.json", "vocabulary.json", "weights.npz", "weights.weights.h5"}
    assert json.loads((tmp_path / "vocabulary.json").read_text()) == list("abcdefghijkl")
    with np.load(tmp_path / "weights.npz", allow_pickle=False) as arrays:
        assert arrays["gru0/Wx0"].shape == (12, 48)
        assert arrays["By"].shape == (12, 1)
    loaded = Gru4Rec.load(tmp_path)
    assert loaded.config == trained_model.config
    assert loaded.vocabulary == trained_model.vocabulary
    for name, value in trained_model.network.arrays().items():
        np.testing.assert_array_equal(loaded.network.arrays()[name], value)


def test_the_weights_for_keras_are_those_for_numpy(trained_model, tmp_path) -> None:
    trained_model.save(tmp_path)
    other = Gru4Rec.from_config(trained_model.n_items, trained_model.config)
    other.network.load_weights(tmp_path / "weights.weights.h5")
    for name, value in trained_model.network.arrays().items():
        np.testing.assert_array_equal(other.network.arrays()[name], value)


def npy() -> bytes:
    file = io.BytesIO()
    np.save(file, np.zeros(3))
    return file.getvalue()


@pytest.mark.parametrize("damage", ["missing", b"PK not a zip", b"", npy(), "other settings"])
def test_a_damaged_model_folder_is_said(trained_model, tmp_path, damage: str | bytes) -> None:
    trained_model.save(tmp_path)
    if damage == "missing":
        (tmp_path / "vocabulary.json").unlink()
    elif isinstance(damage, bytes):
        (tmp_path / "weights.npz").write_bytes(damage)
    else:
        (tmp_path / "config.json").write_text(trained_model.config.replace(n_hidden=(9, 9)).to_json())
    with pytest.raises(RunError):
        Gru4Rec.load(tmp_path)
    if damage != "other settings":
        with pytest.raises(RunError):
            NumpyGru4Rec.load(tmp_path)


def test_unknown_items_are_named(trained_model) -> None:
    with pytest.raises(DataError, match="'zebra'"):
        trained_model.recommend(["a", "zebra"])
    with pytest.raises(RunError, match="knows its items"):
        Gru4Rec(5).recommend(["a"])


def test_recommendations_are_best_first_and_at_most_all(trained_model) -> None:
    scores = [score for _, score in trained_model.recommend(["a"], k=100)]
    assert len(scores) == 12
    assert scores == sorted(scores, reverse=True)


def test_a_checkpoint_folder_may_be_given_as_text(toy_log, tmp_path) -> None:
    folder = str(tmp_path / "kept")
    Gru4Rec(toy_log.n_items, n_hidden=4).fit(toy_log, steps_per_epoch=5, epochs=1, checkpoint_folder=folder)
    reports = Gru4Rec(toy_log.n_items, n_hidden=4).fit(
        toy_log, steps_per_epoch=5, epochs=2, checkpoint_folder=folder, resume=True
    )
    assert [report.epoch for report in reports] == [1, 2]
