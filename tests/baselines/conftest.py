"""Small training sets of item ids."""

from collections.abc import Callable

import numpy as np
import pytest

from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.vocabulary import ItemVocabulary

Sessions = list[list[int]]


def build_dataset(sessions: Sessions, n_items: int, times: list[int] | None = None) -> SessionDataset:
    offsets = np.r_[0, np.cumsum([len(session) for session in sessions])]
    starts = np.repeat(times or range(len(sessions)), np.diff(offsets))
    items = np.array([item for session in sessions for item in session], np.int32)
    vocabulary = ItemVocabulary([f"item {i}" for i in range(n_items)])
    return SessionDataset.from_arrays(items, starts, offsets, np.arange(len(sessions)), vocabulary)


@pytest.fixture
def dataset_of() -> Callable[..., SessionDataset]:
    """dataset_of(sessions of item ids, n_items, times=None): session i starts at times[i] (i, if not given)."""
    return build_dataset


@pytest.fixture
def random_sessions(generator) -> Callable[[int, int], Sessions]:
    """random_sessions(n, n_items): lengths 1 to 8, a few items popular, repeats included."""

    def draw(n: int, n_items: int) -> Sessions:
        weights = 1 / np.arange(1, n_items + 1)
        shares = weights / weights.sum()
        return [generator.choice(n_items, size=generator.integers(1, 9), p=shares).tolist() for _ in range(n)]

    return draw


@pytest.fixture
def ranking() -> Callable[..., list[int]]:
    """ranking(baseline, history): all items, best first."""
    return lambda baseline, history: np.argsort(
        -baseline.scores([np.array(history, np.int32)])[0], kind="stable"
    ).tolist()


@pytest.fixture
def train() -> SessionDataset:
    """Counts 0: 5, 1: 4, 2: 2, 3: 1, 4: 1. After 0 came 1 three times, 2 once; after 1 came 0 twice, 3 once."""
    return build_dataset([[0, 1, 0, 1], [0, 2], [0, 1, 3], [1, 0], [2, 4]], 5)
