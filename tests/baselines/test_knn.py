"""Similar items, against a plain implementation of their formula."""

import math

import numpy as np
import pytest

from gru4rec_core.baselines.knn import ItemKNN


def naive_item_knn(sessions: list[list[int]], n_items: int, shrinkage: float) -> np.ndarray:
    holding = [{i for i, session in enumerate(sessions) if item in session} for item in range(n_items)]
    table = np.zeros((n_items, n_items))
    for i in range(n_items):
        for j in range(n_items):
            if i != j:
                size = math.sqrt((len(holding[i]) + shrinkage) * (len(holding[j]) + shrinkage))
                table[i, j] = len(holding[i] & holding[j]) / size if size else 0.0
    return table


@pytest.mark.parametrize("shrinkage", [0.0, 20.0])
@pytest.mark.parametrize("block_bytes", [64 * 2**20, 1])
def test_item_neighbours_are_those_of_a_plain_cosine(monkeypatch, shrinkage, block_bytes, dataset_of, random_sessions):
    monkeypatch.setattr("gru4rec_core.evaluation.scoring.BLOCK_BYTES", block_bytes)
    sessions = random_sessions(60, 12)
    knn = ItemKNN(neighbours=12, shrinkage=shrinkage).fit(dataset_of(sessions, 12))
    assert np.allclose(knn.similarities.toarray(), naive_item_knn(sessions, 12, shrinkage), atol=1e-6)


def test_only_the_nearest_items_are_kept(dataset_of, random_sessions):
    sessions = random_sessions(60, 12)
    knn = ItemKNN(neighbours=2, shrinkage=0).fit(dataset_of(sessions, 12))
    full = naive_item_knn(sessions, 12, 0.0)
    for item, row in enumerate(knn.similarities.toarray()):
        assert (row > 0).sum() == min(2, (full[item] > 0).sum())
        assert sorted(row)[-2:] == pytest.approx(sorted(full[item])[-2:])


def test_items_that_are_no_neighbour_follow_by_popularity(train, ranking):
    # 4 was only ever with 2
    assert ranking(ItemKNN().fit(train), [4]) == [2, 0, 1, 3, 4]
    assert ranking(ItemKNN().fit(train), []) == [0, 1, 2, 3, 4]
