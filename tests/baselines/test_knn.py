"""Both kinds of neighbours, against plain implementations of their formulas."""

import math

import numpy as np
import pytest

from gru4rec_core.baselines import knn as knn_module
from gru4rec_core.baselines.histories import Histories
from gru4rec_core.baselines.knn import VSKNN, ItemKNN


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


def naive_vs_knn(
    sessions: list[list[int]], times: list[int], history: list[int], k: int, m: int, n_items: int
) -> np.ndarray:
    """Ludewig & Jannach 2018, step by step; 0 for items of no neighbour."""
    weight = {item: (place + 1) / len(history) for place, item in enumerate(history)}
    recent_first = sorted(range(len(sessions)), key=lambda i: (times[i], i), reverse=True)
    sampled = [i for i in recent_first if set(sessions[i]) & set(history)][:m]
    similarity = {i: sum(weight.get(item, 0.0) for item in set(sessions[i])) for i in sampled}
    nearest = sorted(sampled, key=lambda i: -round(similarity[i], 5))[:k]
    votes = np.zeros(n_items)
    for i in nearest:
        for item in set(sessions[i]):
            votes[item] += similarity[i]
    return votes


@pytest.mark.parametrize(("k", "m"), [(3, 5), (5, 1000), (1, 1), (50, 20)])
@pytest.mark.parametrize("block_bytes", [64 * 2**20, 600])
def test_session_neighbours_are_those_of_a_plain_implementation(
    generator, monkeypatch, k, m, block_bytes, dataset_of, random_sessions
):
    monkeypatch.setattr(knn_module, "BLOCK_BYTES", block_bytes)
    sessions = random_sessions(80, 10)
    times = generator.integers(0, 20, 80).tolist()  # many sessions start at the same time
    knn = VSKNN(neighbours=k, sample=m).fit(dataset_of(sessions, 10, times))
    # Lengths whose weights p / n are exact in binary, so that equal similarities are equal in float32 too.
    histories = [generator.integers(0, 10, n).astype(np.int32) for n in (1, 2, 4, 8, 2, 4, 1)]
    scores = knn.scores(histories)
    for row, history in zip(scores, histories, strict=True):
        expected = naive_vs_knn(sessions, times, history.tolist(), k, m, 10)
        voted = expected > 0
        assert np.allclose(row[voted], expected[voted], atol=1e-5)
        assert (row[~voted] < 0).all()


def test_no_block_of_histories_looks_at_more_sessions_than_fit(generator, monkeypatch, dataset_of, random_sessions):
    train = dataset_of(random_sessions(80, 10), 10)
    knn = VSKNN(neighbours=3, sample=20).fit(train)
    monkeypatch.setattr(knn_module, "BLOCK_BYTES", 100 * knn_module.BYTES_PER_PAIR)
    weights = Histories([generator.integers(0, 10, 4).astype(np.int32) for _ in range(30)], 10).decayed()
    blocks = list(knn._blocks(weights))
    assert [block[0] for block in blocks[1:]] == [block[1] for block in blocks[:-1]]
    assert (blocks[0][0], blocks[-1][1]) == (0, 30)
    lists = [sum(knn._list_lengths[weights[[row]].indices]) for row in range(30)]
    assert all(stop == start + 1 or sum(lists[start:stop]) <= 100 for start, stop in blocks)
    assert max(stop - start for start, stop in blocks) > 1


def test_later_items_of_a_session_weigh_more(dataset_of, ranking):
    train = dataset_of([[0, 2], [1, 3]], 4)
    assert ranking(VSKNN().fit(train), [0, 1])[:2] == [1, 3]
    assert ranking(VSKNN().fit(train), [1, 0])[:2] == [0, 2]


def test_only_the_most_recent_sessions_are_looked_at(dataset_of, ranking):
    train = dataset_of([[0, 1], [0, 2], [0, 3]], 4, times=[9, 5, 7])
    assert ranking(VSKNN(sample=1).fit(train), [0]) == [0, 1, 2, 3]
    assert set(ranking(VSKNN(sample=2).fit(train), [0])[:3]) == {0, 1, 3}
