"""Baselines, worked out by hand and against plain implementations of their formulas."""

import math
from collections import Counter

import numpy as np
import pytest

from gru4rec_core.baselines import knn as knn_module
from gru4rec_core.baselines import linear
from gru4rec_core.baselines.histories import Histories
from gru4rec_core.baselines.registry import (
    BASELINES,
    DEFAULT_BASELINES,
    LABELS,
    VSKNN,
    ItemKNN,
    LastItemAgain,
    LinearAutoregressive,
    MarkovChain,
    Popularity,
    SessionPopularity,
)
from gru4rec_core.config import SplitConfig
from gru4rec_core.data.ingest import read_log
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.splits import split
from gru4rec_core.data.vocabulary import ItemVocabulary
from gru4rec_core.errors import ConfigError, DataError, RunError
from gru4rec_core.evaluation.metrics import accuracy_at
from gru4rec_core.evaluation.scoring import evaluate


def dataset_of(sessions: list[list[int]], n_items: int, times: list[int] | None = None) -> SessionDataset:
    """Sessions of item ids; session i starts at times[i] (i, if not given)."""
    offsets = np.r_[0, np.cumsum([len(session) for session in sessions])]
    starts = np.repeat(times or range(len(sessions)), np.diff(offsets))
    items = np.array([item for session in sessions for item in session], np.int32)
    vocabulary = ItemVocabulary([f"item {i}" for i in range(n_items)])
    return SessionDataset.from_arrays(items, starts, offsets, np.arange(len(sessions)), vocabulary)


def random_sessions(generator: np.random.Generator, n: int, n_items: int) -> list[list[int]]:
    """Lengths 1 to 8, a few items popular, repeats included."""
    weights = 1 / np.arange(1, n_items + 1)
    draw = weights / weights.sum()
    return [generator.choice(n_items, size=generator.integers(1, 9), p=draw).tolist() for _ in range(n)]


def ranking(baseline, history: list[int]) -> list[int]:
    return np.argsort(-baseline.scores([np.array(history, np.int32)])[0], kind="stable").tolist()


@pytest.fixture
def train() -> SessionDataset:
    """Counts 0: 5, 1: 4, 2: 2, 3: 1, 4: 1. After 0 came 1 three times, 2 once; after 1 came 0 twice, 3 once."""
    return dataset_of([[0, 1, 0, 1], [0, 2], [0, 1, 3], [1, 0], [2, 4]], 5)


def test_best_sellers_are_the_same_for_all(train):
    popularity = Popularity().fit(train)
    assert ranking(popularity, []) == ranking(popularity, [4, 4]) == [0, 1, 2, 3, 4]
    assert popularity.scores([np.empty(0, np.int32)])[0].tolist() == pytest.approx([1, 0.8, 0.4, 0.2, 0.2])


def test_best_sellers_of_the_session_come_by_count_then_by_popularity(train):
    assert ranking(SessionPopularity().fit(train), [4, 2, 4, 1]) == [4, 1, 2, 0, 3]
    assert ranking(SessionPopularity().fit(train), []) == [0, 1, 2, 3, 4]


def test_the_last_item_comes_again_then_best_sellers(train):
    assert ranking(LastItemAgain().fit(train), [0, 3]) == [3, 0, 1, 2, 4]
    assert ranking(LastItemAgain().fit(train), []) == [0, 1, 2, 3, 4]


def test_the_lookup_table_counts_what_followed_then_best_sellers(train):
    markov = MarkovChain().fit(train)
    assert ranking(markov, [4, 0]) == [1, 2, 0, 3, 4]
    assert ranking(markov, [0, 1]) == [0, 3, 1, 2, 4]
    assert ranking(markov, [3]) == [0, 1, 2, 3, 4], "nothing ever followed"
    assert markov.transitions.toarray()[0].tolist() == [0, 3, 1, 0, 0]


def test_no_transition_crosses_sessions():
    markov = MarkovChain().fit(dataset_of([[0, 1], [2, 3], [2]], 4))
    assert markov.transitions.nnz == 2


def test_a_follower_seen_once_stands_above_the_best_seller_never_seen_to_follow():
    train = dataset_of([[0]] * 1000 + [[1, 2]], 3)
    assert ranking(MarkovChain().fit(train), [1]) == [2, 0, 1]


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
def test_item_neighbours_are_those_of_a_plain_cosine(generator, monkeypatch, shrinkage, block_bytes):
    monkeypatch.setattr("gru4rec_core.evaluation.scoring.BLOCK_BYTES", block_bytes)
    sessions = random_sessions(generator, 60, 12)
    knn = ItemKNN(neighbours=12, shrinkage=shrinkage).fit(dataset_of(sessions, 12))
    assert np.allclose(knn.similarities.toarray(), naive_item_knn(sessions, 12, shrinkage), atol=1e-6)


def test_only_the_nearest_items_are_kept(generator):
    sessions = random_sessions(generator, 60, 12)
    knn = ItemKNN(neighbours=2, shrinkage=0).fit(dataset_of(sessions, 12))
    full = naive_item_knn(sessions, 12, 0.0)
    for item, row in enumerate(knn.similarities.toarray()):
        assert (row > 0).sum() == min(2, (full[item] > 0).sum())
        assert sorted(row)[-2:] == pytest.approx(sorted(full[item])[-2:])


def test_items_that_are_no_neighbour_follow_by_popularity(train):
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
def test_session_neighbours_are_those_of_a_plain_implementation(generator, monkeypatch, k, m, block_bytes):
    monkeypatch.setattr(knn_module, "BLOCK_BYTES", block_bytes)
    sessions = random_sessions(generator, 80, 10)
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


def test_no_block_of_histories_looks_at_more_sessions_than_fit(generator, monkeypatch):
    train = dataset_of(random_sessions(generator, 80, 10), 10)
    knn = VSKNN(neighbours=3, sample=20).fit(train)
    monkeypatch.setattr(knn_module, "BLOCK_BYTES", 100 * knn_module.BYTES_PER_PAIR)
    weights = Histories([generator.integers(0, 10, 4).astype(np.int32) for _ in range(30)], 10).decayed()
    blocks = list(knn._blocks(weights))
    assert [block[0] for block in blocks[1:]] == [block[1] for block in blocks[:-1]]
    assert (blocks[0][0], blocks[-1][1]) == (0, 30)
    lists = [sum(knn._list_lengths[weights[[row]].indices]) for row in range(30)]
    assert all(stop == start + 1 or sum(lists[start:stop]) <= 100 for start, stop in blocks)
    assert max(stop - start for start, stop in blocks) > 1


def test_later_items_of_a_session_weigh_more():
    train = dataset_of([[0, 2], [1, 3]], 4)
    assert ranking(VSKNN().fit(train), [0, 1])[:2] == [1, 3]
    assert ranking(VSKNN().fit(train), [1, 0])[:2] == [0, 2]


def test_only_the_most_recent_sessions_are_looked_at():
    train = dataset_of([[0, 1], [0, 2], [0, 3]], 4, times=[9, 5, 7])
    assert ranking(VSKNN(sample=1).fit(train), [0]) == [0, 1, 2, 3]
    assert set(ranking(VSKNN(sample=2).fit(train), [0])[:3]) == {0, 1, 3}


def naive_ridge(sessions: list[list[int]], n_items: int, lags: int, ridge: float):
    """The same least squares with dense indicators and a general solver; a function history -> scores."""

    def indicators(history: list[int]) -> np.ndarray:
        row = np.zeros((lags, n_items))
        for lag in range(min(lags, len(history))):
            row[lag, history[-1 - lag]] = 1.0
        return row.ravel()

    pairs = [(session[:p], session[p]) for session in sessions for p in range(1, len(session))]
    x = np.array([indicators(history) for history, _ in pairs])
    y = np.eye(n_items)[[target for _, target in pairs]]
    shares = y.mean(axis=0)
    weights = np.linalg.solve(x.T @ x + ridge * np.eye(x.shape[1]), x.T @ (y - shares))
    return lambda history: shares + indicators(history) @ weights


@pytest.mark.parametrize(("lags", "n_sessions"), [(1, 150), (2, 150), (4, 150), (3, 15)])
@pytest.mark.parametrize("block_bytes", [64 * 2**20, 100])
def test_the_linear_model_is_the_ridge_regression_of_its_docstring(
    generator, monkeypatch, lags, n_sessions, block_bytes
):
    monkeypatch.setattr("gru4rec_core.evaluation.scoring.BLOCK_BYTES", block_bytes)
    sessions = random_sessions(generator, n_sessions, 9)
    model = LinearAutoregressive(lags=lags, ridge=3.0).fit(dataset_of(sessions, 9))
    expected = naive_ridge(sessions, 9, lags, 3.0)
    for history in ([], [4], [1, 2], [0, 0, 0, 0], [8, 7, 6, 5, 4, 3], *random_sessions(generator, 10, 9)):
        found = model.scores([np.array(history, np.int32)])[0]
        assert np.allclose(found, expected(history), atol=2e-5), history


def test_the_linear_model_of_one_lag_is_the_smoothed_lookup_table(train):
    scores = LinearAutoregressive(lags=1, ridge=2.0).fit(train).scores([np.array([0], np.int32)])[0]
    followers, targets = np.array([0, 3, 1, 0, 0]), np.array([2, 3, 1, 1, 1])
    assert scores.tolist() == pytest.approx((followers + 2.0 * targets / 8) / 6.0)


def test_in_a_large_catalogue_the_most_frequent_older_items_keep_their_weights(generator, monkeypatch):
    sessions = random_sessions(generator, 150, 9)
    train = dataset_of(sessions, 9)
    monkeypatch.setattr(linear, "MAX_OLDER", 5)
    model = LinearAutoregressive(lags=3).fit(train)
    assert model._weights.shape == (5, 9)
    counts = Counter((lag, session[p]) for session in sessions for lag in (2, 3) for p in range(len(session) - lag))
    kept = {(lag + 2, item): counts[lag + 2, item] for lag, item in zip(*np.nonzero(model._pair >= 0), strict=True)}
    assert min(kept.values()) >= max(count for pair, count in counts.items() if pair not in kept)


def test_the_weights_of_the_linear_model_stay_within_128_mb():
    assert linear.WEIGHT_CELLS * 4 <= 128 * 2**20
    assert linear.MAX_OLDER**2 * 8 <= 32 * 2**20


@pytest.mark.parametrize("name", BASELINES)
def test_fitting_leaves_the_training_sessions_as_they_were(name, generator):
    train = dataset_of(random_sessions(generator, 50, 6), 6)
    arrays = (train.items, train.offsets, train.timestamps)
    before = [array.copy() for array in arrays]
    BASELINES[name]().fit(train).scores([np.array([1, 2, 1], np.int32)])
    assert all(np.array_equal(a, b) for a, b in zip(arrays, before, strict=True))


@pytest.mark.parametrize("name", BASELINES)
def test_fitting_again_starts_afresh(name, generator):
    first, second = (dataset_of(random_sessions(generator, 50, 6), 6) for _ in range(2))
    histories = [np.array(history, np.int32) for history in ([], [1], [2, 5, 2])]
    again = BASELINES[name]().fit(first).fit(second).scores(histories)
    assert np.array_equal(again, BASELINES[name]().fit(second).scores(histories))


@pytest.mark.parametrize("name", BASELINES)
def test_sessions_of_one_event_and_items_never_seen_do_not_stop_a_baseline(name):
    scores = BASELINES[name]().fit(dataset_of([[0], [2], [0]], 4)).scores([np.array([3, 0], np.int32)])
    assert np.isfinite(scores).all()


@pytest.mark.parametrize("name", BASELINES)
def test_a_baseline_scores_only_after_it_was_fitted(name):
    with pytest.raises(RunError, match=rf"after it was fitted.*{name}"):
        BASELINES[name]().scores([np.array([0], np.int32)])


@pytest.mark.parametrize("bad", [8, -2])
def test_an_item_outside_the_catalogue_is_refused(bad, train):
    with pytest.raises(DataError, match="Item ids lie in"):
        MarkovChain().fit(train).scores([np.array([0, bad], np.int32)])


@pytest.mark.parametrize(
    ("make", "setting"),
    [
        (lambda: ItemKNN(neighbours=0), "neighbours"),
        (lambda: ItemKNN(shrinkage=-1), "shrinkage"),
        (lambda: VSKNN(neighbours=0), "neighbours"),
        (lambda: VSKNN(sample=0), "sample"),
        (lambda: LinearAutoregressive(lags=0), "lags 0"),
        (lambda: LinearAutoregressive(ridge=0), "ridge 0"),
    ],
)
def test_a_setting_out_of_its_range_is_refused(make, setting):
    with pytest.raises(ConfigError, match=setting):
        make()


def test_every_baseline_has_its_name_and_its_label(train):
    assert tuple(LABELS) == tuple(BASELINES) == DEFAULT_BASELINES
    assert [make().fit(train).name for make in BASELINES.values()] == list(BASELINES)


def test_on_the_real_log_simple_counting_comes_to_its_known_figures(real_log):
    parts = split(read_log(real_log).dataset, SplitConfig(validation_fraction=0))
    found = {}
    for name in ("popularity", "last-item-again", "markov"):
        ranks = evaluate(BASELINES[name]().fit(parts.train), parts.test)
        assert ranks.n_events == 18_984
        found[name] = [round(accuracy_at(ranks, k), 3) for k in (1, 3)]
    assert found["popularity"] == [0.022, 0.047]
    assert found["last-item-again"][0] == 0.072
    assert found["markov"] == [0.077, 0.196]
