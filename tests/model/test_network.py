import keras
import numpy as np
import pytest

from gru4rec_core.config import TrainingConfig
from gru4rec_core.data.vocabulary import ItemVocabulary
from gru4rec_core.errors import RunError
from gru4rec_core.model import network as module
from gru4rec_core.model.inference import NumpyGru4Rec
from gru4rec_core.model.network import Gru4RecNetwork


@pytest.mark.parametrize("item_input", ["one-hot", "separate", "shared"])
def test_weights_have_the_official_names_and_shapes(item_input: str) -> None:
    config = TrainingConfig(n_hidden=(5, 7), item_input=item_input, embedding_size=3)
    shapes = {name: value.shape for name, value in Gru4RecNetwork(11, config).arrays().items()}
    first = {"one-hot": 11, "separate": 3, "shared": 7}[item_input]
    wanted = {
        "gru0/Wx0": (first, 15),
        "gru0/Wrz0": (5, 10),
        "gru0/Wh0": (5, 5),
        "gru0/Bh0": (1, 15),
        "gru1/Wx0": (5, 21),
        "gru1/Wrz0": (7, 14),
        "gru1/Wh0": (7, 7),
        "gru1/Bh0": (1, 21),
        "Wy": (11, 7),
        "By": (11, 1),
    }
    assert shapes == wanted | ({"E": (11, 3)} if item_input == "separate" else {})


def test_first_weights_fill_the_official_range_of_each_gate(monkeypatch) -> None:
    monkeypatch.setattr(module, "_ROWS_AT_ONCE", 64)
    arrays = Gru4RecNetwork(300, TrainingConfig(n_hidden=100)).arrays()
    for name, fans in {"gru0/Wx0": 400, "gru0/Wrz0": 200, "gru0/Wh0": 200, "Wy": 400}.items():
        bound = np.sqrt(6 / fans)
        assert 0.98 * bound < np.abs(arrays[name]).max() <= bound, name
        assert abs(arrays[name].mean()) < bound / 20, name
        assert np.ptp(arrays[name][-40:]) > bound, f"{name}: the last rows are filled too"
    assert not arrays["gru0/Bh0"].any()
    assert not arrays["By"].any()


def test_the_seed_decides_the_first_weights() -> None:
    first, same, other = (Gru4RecNetwork(9, TrainingConfig(n_hidden=4, seed=seed)).arrays() for seed in (1, 1, 2))
    for name in ("Wy", "gru0/Wx0"):
        np.testing.assert_array_equal(first[name], same[name])
        assert (first[name] != other[name]).any()


def test_weights_go_in_and_come_out() -> None:
    network = Gru4RecNetwork(9, TrainingConfig(n_hidden=4))
    arrays = {name: np.random.default_rng(0).normal(size=v.shape).astype("f4") for name, v in network.arrays().items()}
    network.set_arrays(arrays)
    for name, value in network.arrays().items():
        np.testing.assert_array_equal(value, arrays[name])


def test_weights_that_do_not_fit_are_said_by_name() -> None:
    network = Gru4RecNetwork(9, TrainingConfig(n_hidden=4))
    arrays = network.arrays()
    with pytest.raises(RunError, match=r"Wy.*\(9, 4\).*\(9, 3\)"):
        network.set_arrays({**arrays, "Wy": arrays["Wy"][:, :3]})
    with pytest.raises(RunError, match="no By"):
        network.set_arrays({name: value for name, value in arrays.items() if name != "By"})


def test_the_model_called_is_the_model_trained_and_evaluated() -> None:
    network = Gru4RecNetwork(9, TrainingConfig(n_hidden=(4, 3), activation="relu"))
    scores, states = network(np.array([1, 5]), [np.zeros((2, 4), "f4"), np.zeros((2, 3), "f4")])
    assert scores.shape == (2, 9)
    assert [state.shape for state in states] == [(2, 4), (2, 3)]


def test_the_second_bias_is_there_where_the_reset_comes_after_the_product_and_begins_at_0() -> None:
    arrays = Gru4RecNetwork(9, TrainingConfig(n_hidden=(4, 3), reset_after=True)).arrays()
    assert arrays["gru0/Rh0"].shape == (1, 12)
    assert arrays["gru1/Rh0"].shape == (1, 9)
    assert not arrays["gru0/Rh0"].any()


@pytest.mark.parametrize("activation", ["tanh", "relu"])
@pytest.mark.parametrize("item_input", ["one-hot", "separate"])
@pytest.mark.parametrize("reset_after", [False, True])
def test_states_are_those_of_the_gru_of_keras(item_input: str, activation: str, reset_after: bool) -> None:
    config = TrainingConfig(
        n_hidden=5, item_input=item_input, embedding_size=3, activation=activation, reset_after=reset_after
    )
    network = Gru4RecNetwork(7, config)
    generator = np.random.default_rng(3)
    arrays = {name: generator.normal(size=array.shape).astype("f4") for name, array in network.arrays().items()}
    network.set_arrays(arrays)
    items = generator.integers(0, 7, (2, 6)).astype(np.int32)
    inputs = np.eye(7, dtype=np.float32)[items] if item_input == "one-hot" else arrays["E"][items]
    layer = keras.layers.GRU(5, activation=activation, reset_after=reset_after)
    layer.build(inputs.shape)
    candidate_first = [arrays["gru0/Wx0"], np.c_[arrays["gru0/Wh0"], arrays["gru0/Wrz0"]], arrays["gru0/Bh0"]]
    kernel, recurrent, bias = map(_as_in_keras, candidate_first)
    layer.set_weights([kernel, recurrent, np.r_[bias, _as_in_keras(arrays["gru0/Rh0"])] if reset_after else bias[0]])
    states = [np.zeros((2, 5), np.float32)]
    for place in range(6):
        _, states = network(items[:, place], states)
    np.testing.assert_allclose(states[0], layer(inputs), rtol=1e-5, atol=1e-6)
    numpy_model = NumpyGru4Rec(arrays, config, ItemVocabulary(list("abcdefg")))
    np.testing.assert_allclose(numpy_model.final_states(list(items)), states[0], rtol=1e-5, atol=1e-6)


def _as_in_keras(weights: np.ndarray) -> np.ndarray:
    """Blocks (candidate, reset, update) in Keras' order (update, reset, candidate); its update gate is 1 - ours."""
    candidate, reset, update = np.split(weights, 3, axis=1)
    return np.concatenate([-update, reset, candidate], axis=1)
