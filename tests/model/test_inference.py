import subprocess
import sys

import numpy as np
import pytest

from gru4rec_core.config import TrainingConfig
from gru4rec_core.data.vocabulary import ItemVocabulary
from gru4rec_core.errors import ConfigError, DataError, RunError
from gru4rec_core.model.inference import NumpyGru4Rec, read_settings, recommend


class Fixed:
    """Scores every history alike."""

    name, n_items = "fixed", 4

    def scores(self, sessions):
        return np.tile(np.array([0.5, 2.0, 2.0, -1.0], np.float32), (len(sessions), 1))


def test_scores_equal_numpys(trained_model, toy_log, tmp_path) -> None:
    trained_model.save(tmp_path)
    plain = NumpyGru4Rec.load(tmp_path)
    histories = [toy_log.session(i) for i in range(20)] + [np.empty(0, np.int32), np.array([-1, 3], np.int32)]
    np.testing.assert_allclose(plain.scores(histories), trained_model.scores(histories), atol=1e-5)
    np.testing.assert_allclose(plain.final_states(histories[:20]), trained_model.final_states(toy_log)[:20], atol=1e-5)
    ours, theirs = trained_model.recommend(["a", "b"], 4), plain.recommend(["a", "b"], 4)
    assert [item for item, _ in ours] == [item for item, _ in theirs]
    assert (plain.name, plain.n_items) == ("top1", 12)


def test_numpy_inference_loads_no_tensorflow(trained_model, tmp_path) -> None:
    trained_model.save(tmp_path)
    program = (
        "import sys; from pathlib import Path; from gru4rec_core import NumpyGru4Rec; "
        "model = NumpyGru4Rec.load(Path(sys.argv[1])); print(model.recommend(['a'], 1)[0][0]); "
        "assert 'tensorflow' not in sys.modules and 'keras' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "b"


def test_equal_scores_are_recommended_in_the_order_of_ids() -> None:
    assert recommend(Fixed(), ItemVocabulary(list("abcd")), ["a"], 3) == [("b", 2.0), ("c", 2.0), ("a", 0.5)]


def test_no_more_items_are_recommended_than_there_are() -> None:
    assert [item for item, _ in recommend(Fixed(), ItemVocabulary(list("abcd")), [], 100)] == ["b", "c", "a", "d"]


def test_an_empty_list_and_unknown_items_are_refused() -> None:
    vocabulary = ItemVocabulary(list("abcd"))
    with pytest.raises(DataError, match="At least one item"):
        recommend(Fixed(), vocabulary, ["a"], 0)
    with pytest.raises(DataError, match="'x', 'y'"):
        recommend(Fixed(), vocabulary, ["x", "a", "y"], 1)


def test_a_missing_file_and_a_wrong_setting_are_said(tmp_path) -> None:
    with pytest.raises(RunError, match=r"config\.json"):
        read_settings(tmp_path)
    (tmp_path / "config.json").write_text('{"loss": "none"}')
    (tmp_path / "vocabulary.json").write_text('["a"]')
    with pytest.raises(ConfigError, match="loss"):
        read_settings(tmp_path)
    (tmp_path / "config.json").write_text(TrainingConfig().to_json())
    config, vocabulary = read_settings(tmp_path)
    assert (config, len(vocabulary)) == (TrainingConfig(), 1)
