"""The linear model, against a plain solution of the same least squares."""

from collections import Counter

import numpy as np
import pytest

from gru4rec_core.baselines import linear
from gru4rec_core.baselines.linear import LinearAutoregressive


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
    monkeypatch, lags, n_sessions, block_bytes, dataset_of, random_sessions
):
    monkeypatch.setattr("gru4rec_core.evaluation.scoring.BLOCK_BYTES", block_bytes)
    sessions = random_sessions(n_sessions, 9)
    model = LinearAutoregressive(lags=lags, ridge=3.0).fit(dataset_of(sessions, 9))
    expected = naive_ridge(sessions, 9, lags, 3.0)
    for history in ([], [4], [1, 2], [0, 0, 0, 0], [8, 7, 6, 5, 4, 3], *random_sessions(10, 9)):
        found = model.scores([np.array(history, np.int32)])[0]
        assert np.allclose(found, expected(history), atol=2e-5), history


def test_the_linear_model_of_one_lag_is_the_smoothed_lookup_table(train):
    scores = LinearAutoregressive(lags=1, ridge=2.0).fit(train).scores([np.array([0], np.int32)])[0]
    followers, targets = np.array([0, 3, 1, 0, 0]), np.array([2, 3, 1, 1, 1])
    assert scores.tolist() == pytest.approx((followers + 2.0 * targets / 8) / 6.0)


def test_in_a_large_catalogue_the_most_frequent_older_items_keep_their_weights(
    monkeypatch, dataset_of, random_sessions
):
    sessions = random_sessions(150, 9)
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
