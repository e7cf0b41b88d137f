"""What every baseline shares: fitting, the check before scoring, and falling back to best-sellers.

Where counts say nothing or tie, the more popular item comes first: ties are few, and every list is one that a
shop could show.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar, Self

import numpy as np
from scipy import sparse

from gru4rec_core.baselines.histories import Histories, event_pairs
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.errors import ConfigError, RunError


class Baseline(ABC):
    """A `Scorer` without training by gradient: NumPy only, deterministic, its memory bounded by the data's size.

    Attributes:
        name: its key in `registry.BASELINES`.
        popularity: float32 [n_items], each item's training events divided by those of the most frequent item, in
            [0, 1]; None before `fit`.
    """

    name: ClassVar[str]

    def __init__(self) -> None:
        self.popularity: np.ndarray | None = None

    @property
    def n_items(self) -> int:
        return len(self._fitted_popularity())

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
        """Learns what the baseline needs beyond popularity."""

    @abstractmethod
    def _scores(self, histories: Histories) -> np.ndarray: ...

    def _fitted_popularity(self) -> np.ndarray:
        if self.popularity is None:
            raise RunError(
                "A baseline must be fitted before it scores.",
                where=f"baseline {self.name}",
                remedy="Call fit(train) first.",
            )
        return self.popularity

    def _fall_back(self, scores: np.ndarray) -> np.ndarray:
        """Keeps scores above 0; all other items follow below them, by popularity (popularity - 2)."""
        return np.where(scores > 0, scores, self._fitted_popularity() - np.float32(2.0))


class FormulaBaseline(Baseline):
    """A baseline with a formula of its own from the literature, which may leave items at 0.

    Items that the formula leaves at 0 follow by popularity, below those above 0 and above those below it; in a history
    about which it says nothing, all do.
    """

    @abstractmethod
    def formula(self, histories: Histories) -> np.ndarray:
        """What the formula gives, float64 [n, n_items]; 0 where it says nothing."""

    def _scores(self, histories: Histories) -> np.ndarray:
        scores = self.formula(histories)
        sizes = np.abs(scores)
        largest = sizes.max(axis=1, keepdims=True, initial=0.0)
        scores /= np.where(largest > 0, largest, 1.0)
        smallest = np.where(scores == 0, 1.0, np.abs(scores)).min(axis=1, keepdims=True, initial=1.0)
        fallen_back = self._fitted_popularity() * (smallest / 2)
        return np.where(scores == 0, fallen_back, scores).astype(np.float32)


def transition_counts(train: SessionDataset) -> sparse.csr_array:
    """How often item j came right after item i, float32 [n_items (i), n_items (j)]."""
    later, earlier = event_pairs(train)
    pairs = (np.ones(len(later), np.float32), (train.items[earlier], train.items[later]))
    matrix = sparse.coo_array(pairs, shape=(train.n_items, train.n_items)).tocsr()
    matrix.sum_duplicates()
    return matrix


def dense_rows(matrix: sparse.csr_array, rows: np.ndarray) -> np.ndarray:
    """Those rows as a dense array, float32 [n, n_columns]; a row number of -1 gives zeros."""
    dense = np.zeros((len(rows), matrix.shape[1]), np.float32)
    known = np.flatnonzero(rows >= 0)
    dense[known] = matrix[rows[known]].toarray()
    return dense


def require_at_least(setting: str, value: float, least: int) -> None:
    """Raises ConfigError where a setting is below its least value."""
    if value < least:
        raise ConfigError(
            f"The setting {setting} is at least {least}.", found=str(value), where=setting, remedy="Raise it."
        )


def require_above(setting: str, value: float, bound: float) -> None:
    """Raises ConfigError where a setting is not above its bound."""
    if not value > bound:
        raise ConfigError(
            f"The setting {setting} is above {bound}.", found=str(value), where=setting, remedy="Raise it."
        )
