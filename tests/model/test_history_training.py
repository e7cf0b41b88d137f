"""A model learns from the whole history that is given for an event."""

import numpy as np
import pytest

from gru4rec_core.config import TrainingConfig
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.vocabulary import ItemVocabulary
from gru4rec_core.errors import RunError
from gru4rec_core.model.gru4rec import Gru4Rec
from gru4rec_core.model.history_training import CHUNK_STEPS, fit_histories

CONFIG = TrainingConfig(
    loss="cross-entropy", n_hidden=(16,), negatives="all", batch_size=16, learning_rate=0.02, epochs=12
)


@pytest.fixture(scope="module")
def histories() -> SessionDataset:
    """x, then always the same item, then x + 1: the last item alone says nothing."""
    firsts = np.random.default_rng(0).integers(0, 5, 800)
    items = np.stack([firsts, np.full(800, 5), (firsts + 1) % 5], axis=1).astype(np.int32).ravel()
    vocabulary = ItemVocabulary(list("abcdef"))
    return SessionDataset.from_arrays(items, np.arange(2400), np.arange(0, 2401, 3), np.arange(800), vocabulary)


def test_what_came_before_the_last_item_is_learned(histories: SessionDataset) -> None:
    model, seen = Gru4Rec.from_config(6, CONFIG), []
    fit_histories(model, histories, lambda done, steps: seen.append((done, steps)))
    guesses = model.scores([np.array([x, 5]) for x in range(5)]).argmax(axis=1)
    assert guesses.tolist() == [1, 2, 3, 4, 0]
    assert seen[0] == (50, 600)  # 800 events in 16 lanes: less than a chunk
    assert seen[-1] == (600, 600)
    assert CHUNK_STEPS > 50


def test_the_same_seed_gives_the_same_model(histories: SessionDataset) -> None:
    config = CONFIG.replace(epochs=1, seed=4)
    one, other = (Gru4Rec.from_config(6, config) for _ in range(2))
    for model in (one, other):
        fit_histories(model, histories)
    for name, array in one.network.arrays().items():
        np.testing.assert_array_equal(array, other.network.arrays()[name])


def test_weights_that_are_no_numbers_are_an_error(histories: SessionDataset) -> None:
    model = Gru4Rec.from_config(6, CONFIG.replace(epochs=1))
    arrays = model.network.arrays()
    model.network.set_arrays({name: np.full_like(array, np.nan) for name, array in arrays.items()})
    with pytest.raises(RunError, match="not a finite number"):
        fit_histories(model, histories)
