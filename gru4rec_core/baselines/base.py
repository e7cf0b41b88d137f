"""What does plain counting predict?

Baselines without settings: popularity, popularity in the session, the last item again, and what followed
the last item. Where counts say nothing or tie, best-sellers decide: ties are few, and every list is one
that a shop could show.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar, Self

import numpy as np
from scipy import sparse

from gru4rec_core.baselines.histories import Histories, followers
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.errors import RunError


class Baseline(ABC):
    """A `Scorer` that learns by counting, in NumPy, deterministically, in memory bounded by the data's size.

    Attributes:
        name: a key of `baselines.BASELINES`.
        popularity: float32 [n_items], training events of each item by those of the most frequent, in [0, 1].
    """

    name: ClassVar[str]

    def __init__(self) -> None:
        self.popularity: np.ndarray | None = None

    @property
    def n_items(self) -> int:
        return len(self._best_sellers())

    def fit(self, train: SessionDataset) -> Self:
        """Learns from training sessions (all items known) and returns itself; a second call starts afresh."""
        counts = train.counts()
        self.popularity = (counts / max(1, counts.max())).astype(np.float32)
        self._fit(train)
        return self

    def scores(self, sessions: Sequence[np.ndarray]) -> np.ndarray:
        """Scores of every item after each history, float32 [n, n_items] (see `scoring.Scorer`).

        Raises:
            RunError: not fitted yet.
            DataError: an item id outside [-1, n_items).
        """
        return self._scores(Histories(sessions, self.n_items))

    def _fit(self, train: SessionDataset) -> None:  # noqa: B027 - some learn no more than popularity
        """What the baseline learns beyond popularity."""

    @abstractmethod
    def _scores(self, histories: Histories) -> np.ndarray: ...

    def _best_sellers(self) -> np.ndarray:
        if self.popularity is None:
            raise RunError(
                "A baseline scores after it was fitted.",
                where=f"baseline {self.name}",
                remedy="Call fit(train) first.",
            )
        return self.popularity

    def _backed_off(self, scores: np.ndarray) -> np.ndarray:
        """Scores where they are above 0, elsewhere best-sellers below all of them: popularity - 2."""
        return np.where(scores > 0, scores, self._best_sellers() - np.float32(2.0))


class Popularity(Baseline):
    """Best-sellers: score(i) = training events of i. The POP of Hidasi et al. 2016, section 4."""

    name = "popularity"

    def _scores(self, histories: Histories) -> np.ndarray:
        return np.tile(self._best_sellers(), (histories.n, 1))


class SessionPopularity(Baseline):
    """Best-sellers of the session: events of i in the session, ties by popularity.

    The S-POP of Hidasi et al. 2016, section 4: score(i) = count of i in the history + popularity(i) / 2.
    """

    name = "session-popularity"

    def _scores(self, histories: Histories) -> np.ndarray:
        return histories.counts().toarray() + self._best_sellers() / 2


class LastItemAgain(Baseline):
    """The last item again, then best-sellers: score(i) = [i is the last item] + popularity(i) / 2."""

    name = "last-item-again"

    def _scores(self, histories: Histories) -> np.ndarray:
        scores = np.tile(self._best_sellers() / 2, (histories.n, 1))
        last = histories.lag(1)
        rows = np.flatnonzero(last >= 0)
        scores[rows, last[rows]] += 1.0
        return scores


class MarkovChain(Baseline):
    """A lookup table: how often did i come right after the last item?

    First-order Markov chain by counts (the "simple Markov chain" of Ludewig & Jannach 2018, section 3):
    score(i) = n(last, i) + popularity(i) / 2. Counts differ by 1 and popularity adds at most a half, so it
    orders ties and the items never seen to follow, below any that were.
    """

    name = "markov"

    def _fit(self, train: SessionDataset) -> None:
        self.transitions = transition_counts(train)

    def _scores(self, histories: Histories) -> np.ndarray:
        scores = rows_of(self.transitions, histories.lag(1))
        scores += self._best_sellers() / 2
        return scores


def transition_counts(train: SessionDataset, lag: int = 1) -> sparse.csr_array:
    """How often item j came `lag` places after item i, float32 [n_items (i), n_items (j)]."""
    later, earlier = followers(train, lag)
    pairs = (np.ones(len(later), np.float32), (train.items[earlier], train.items[later]))
    matrix = sparse.coo_array(pairs, shape=(train.n_items, train.n_items)).tocsr()
    matrix.sum_duplicates()
    return matrix


def rows_of(matrix: sparse.csr_array, rows: np.ndarray) -> np.ndarray:
    """The rows as a dense array, float32 [n, n_columns]; zeros for a row of -1."""
    dense = np.zeros((len(rows), matrix.shape[1]), np.float32)
    known = np.flatnonzero(rows >= 0)
    dense[known] = matrix[rows[known]].toarray()
    return dense
