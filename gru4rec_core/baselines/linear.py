"""What does a linear model of the last few items predict?"""

import numpy as np
from scipy import linalg, sparse

from gru4rec_core.baselines.base import Baseline, dense_rows, transition_counts
from gru4rec_core.baselines.histories import Histories, event_pairs
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.errors import ConfigError
from gru4rec_core.evaluation.scoring import block_rows

MAX_OLDER = 1024
"""Most (lag, item) pairs beyond the last item that have weights of their own.

With 3,000 items and 20,000 sessions, 1,000 pairs did best; 8,000 overfitted and took twenty times as long.
"""

WEIGHT_CELLS = 32 * 2**20
"""Most float32 weights of those pairs, pairs times items: 128 MB."""

SPARSE_BELOW = 0.1
"""Share of non-zero cells below which a sparse product is faster than a dense one."""


class LinearAutoregressive(Baseline):
    """A linear model of the last n items: score = π + Σ over lags of W_lag[item at that lag].

    Estimator: ridge regression of the one-hot next item on one-hot indicators (lag, item). Least squares has one
    solution, in closed form (no learning rate, no seed, no early stopping), and on 0/1 targets it estimates
    probabilities, whose order is all that a ranking needs:

        minimise Σ_t ‖y_t − π − x_t W‖² + λ ‖W‖²   ⇒   W = (XᵀX + λI)⁻¹ Xᵀ(Y − 1πᵀ),   π = shares of the targets

    (Hoerl & Kennard 1970; Hastie, Tibshirani & Friedman 2009, sections 3.4.1 and 4.2), so that with few
    observations the scores shrink towards best-sellers. With one lag this is the Markov chain with counts
    smoothed by λπ. A lag that reaches back beyond the session's start has no indicator.

    Memory: every event has one last item, so its block of XᵀX is diagonal; it is eliminated exactly (Frisch &
    Waugh 1933) and stays sparse. Older items enter only with what the last item does not already say about them:

        score = π + (N[last] − n_last π) / (n_last + λ) + c W_older,   c = x_older − Σ x_older(last) / (n_last + λ)

    with N the transition counts. Only W_older [pairs, n_items] is dense: the most frequent (lag, item) pairs that
    fit into `MAX_OLDER` and `WEIGHT_CELLS` have weights, all of them up to 256 items at 5 lags. Any catalogue fits.

    Args:
        lags: n, how many of the last items count, from 1.
        ridge: λ, above 0.

    Raises:
        ConfigError: a setting out of its range.
    """

    name = "linear-ar"

    def __init__(self, lags: int = 5, ridge: float = 10.0) -> None:
        super().__init__()
        if lags < 1 or ridge <= 0:
            raise ConfigError(
                "The linear model takes at least one lag and a ridge above 0.",
                found=f"lags {lags}, ridge {ridge}",
                where="lags, ridge",
                remedy="Use for instance 5 lags and a ridge of 10.",
            )
        self.lags = lags
        self.ridge = ridge

    def _fit(self, train: SessionDataset) -> None:
        later, _ = event_pairs(train)
        self._transitions = transition_counts(train)
        self._last_counts = np.bincount(train.items[later - 1], minlength=train.n_items)  # n_last
        targets = np.bincount(train.items[later], minlength=train.n_items)
        self._shares = targets / max(1, targets.sum())  # π
        self._choose_pairs(train)
        self._weights = self._solve(*self._moments(train))

    def _choose_pairs(self, train: SessionDataset) -> None:
        """Numbers the (lag, item) pairs, lags from 2, that get weights; the others have -1."""
        n = train.n_items
        counts = np.zeros((max(0, self.lags - 1), n), np.int64)
        for lag in range(2, self.lags + 1):
            counts[lag - 2] = np.bincount(train.items[event_pairs(train, lag)[1]], minlength=n)
        room = min(MAX_OLDER, WEIGHT_CELLS // max(1, n))
        chosen = np.argsort(-counts.ravel(), kind="stable")[:room]
        chosen = chosen[counts.ravel()[chosen] > 0]
        pair = np.full(counts.size, -1, np.int64)
        pair[chosen] = np.arange(len(chosen))
        self._pair = pair.reshape(counts.shape)
        self._n_pairs = len(chosen)

    def _indicators(self, items_at: list[np.ndarray], n: int) -> sparse.csr_array:
        """Which pairs occur, float32 [n, pairs], from the items at lag 2, 3, … (int32 [n] each, -1: none)."""
        rows, columns = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
        for pair_of, items in zip(self._pair, items_at, strict=True):
            pair = np.where(items >= 0, pair_of[items], -1)
            rows.append(np.flatnonzero(pair >= 0))
            columns.append(pair[rows[-1]])
        row, column = np.concatenate(rows), np.concatenate(columns)
        ones = np.ones(len(row), np.float32)
        return sparse.coo_array((ones, (row, column)), shape=(n, self._n_pairs)).tocsr()

    def _moments(self, train: SessionDataset) -> tuple[sparse.csr_array, sparse.csr_array]:
        """XᵀX of the older pairs, float64 [pairs, pairs], and their targets, [pairs, n_items].

        Also sets the expectation of the pairs given the last item, float32 [n_items, pairs].
        """
        later, _ = event_pairs(train)
        position = train.positions[later]
        items_at = [
            np.where(position >= lag, train.items[np.maximum(later - lag, 0)], -1) for lag in range(2, self.lags + 1)
        ]
        older = self._indicators(items_at, len(later))
        rows = np.arange(len(later))
        ones = np.ones(len(later), np.float32)
        shape = (len(later), train.n_items)
        last = sparse.csr_array((ones, (rows, train.items[later - 1])), shape=shape)
        target = sparse.csr_array((ones, (rows, train.items[later])), shape=shape)
        self._expected = sparse.csr_array((last.T @ older).multiply(1.0 / (self._last_counts + self.ridge)[:, None]))
        return (older.T @ older).astype(np.float64), older.T @ target

    def _solve(self, gram: sparse.csr_array, followed: sparse.csr_array) -> np.ndarray:
        """W_older of the normal equations after the last item is eliminated, float32 [pairs, n_items]."""
        weights = np.empty((self._n_pairs, len(self._shares)), np.float32)
        if self._n_pairs == 0:
            return weights
        removed = sparse.csr_array(self._expected.T).astype(np.float64)  # [pairs, n_items]
        scaled = self._expected.multiply((self._last_counts + self.ridge)[:, None])
        left = gram.toarray()
        left -= (removed @ scaled).toarray()
        left[np.diag_indices_from(left)] += self.ridge
        factor = linalg.cho_factor(left, overwrite_a=True)
        followed, transitions = sparse.csc_array(followed), sparse.csc_array(self._transitions)
        surplus = np.asarray(followed.sum(axis=1) - removed @ self._last_counts)
        block = block_rows(self._n_pairs)
        for start in range(0, weights.shape[1], block):
            columns = slice(start, start + block)
            targets = (followed[:, columns] - removed @ transitions[:, columns]).toarray()
            targets -= np.outer(surplus, self._shares[columns])
            weights[:, columns] = linalg.cho_solve(factor, targets, overwrite_b=True)
        return weights

    def _scores(self, histories: Histories) -> np.ndarray:
        scores = np.tile(self._shares.astype(np.float32), (histories.n, 1))
        last = histories.lag(1)
        known = np.flatnonzero(last >= 0)
        seen = self._last_counts[last[known], None]
        scores[known] *= (self.ridge / (seen + self.ridge)).astype(np.float32)
        scores[known] += dense_rows(self._transitions, last[known]) / (seen + self.ridge).astype(np.float32)
        older = self._indicators([histories.lag(lag) for lag in range(2, self.lags + 1)], histories.n)
        has_last = sparse.diags_array((last >= 0).astype(np.float32))
        residuals = older - has_last @ self._expected[np.maximum(last, 0)]
        block = block_rows(self._n_pairs)
        for start in range(0, histories.n, block):
            rows = slice(start, start + block)
            residual = residuals[rows]
            if residual.nnz > SPARSE_BELOW * residual.shape[0] * residual.shape[1]:
                residual = residual.toarray()
            scores[rows] += residual @ self._weights
        return scores
