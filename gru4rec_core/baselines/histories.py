"""How do baselines see sessions: which items occurred where, how often, and together with which others?"""

from collections.abc import Iterator, Sequence

import numpy as np
from scipy import sparse

from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.errors import DataError


class Histories:
    """The items so far of n sessions as flat arrays, unknown items (-1) left out.

    Args:
        sessions: n arrays of item ids, oldest first; an array may be empty.
        n_items: size of the catalogue.

    Attributes:
        items: int32 [n_events], ids in [0, n_items).
        rows: int64 [n_events], which history each event belongs to.
        lengths: int64 [n], known items of each history.

    Raises:
        DataError: an id outside [-1, n_items).
    """

    def __init__(self, sessions: Sequence[np.ndarray], n_items: int) -> None:
        lengths = np.array([len(session) for session in sessions], dtype=np.int64)
        flat = np.concatenate([*sessions, np.empty(0, np.int32)]).astype(np.int32, copy=False)
        if flat.size and (flat.min() < -1 or flat.max() >= n_items):
            raise DataError(
                f"Item ids lie in [0, {n_items}), or are -1 for an unknown item.",
                found=f"{flat.min()} to {flat.max()}",
                remedy="Encode the items with the vocabulary of the training data.",
            )
        known = flat >= 0
        self.n = len(sessions)
        self.n_items = n_items
        self.items = flat[known]
        self.rows = np.repeat(np.arange(self.n), lengths)[known]
        self.lengths = np.bincount(self.rows, minlength=self.n)
        self._ends = np.cumsum(self.lengths)

    def lag(self, back: int) -> np.ndarray:
        """The item `back` places from the end (1 is the last), int32 [n]; -1 where the history is shorter."""
        long_enough = self.lengths >= back
        items = np.full(self.n, -1, np.int32)
        items[long_enough] = self.items[self._ends[long_enough] - back]
        return items

    def counts(self) -> sparse.csr_array:
        """How often each history holds each item, float32 [n, n_items]."""
        indptr = np.r_[0, self._ends]
        return _summed(np.ones(len(self.items), np.float32), self.items, indptr, (self.n, self.n_items))


def session_blocks(costs: np.ndarray, most: int) -> Iterator[tuple[int, int]]:
    """Ranges of sessions that together cost at most `most`, in order; one that costs more is a range by itself.

    Args:
        costs: int64 [n_sessions], from 0.
        most: from 1.

    >>> list(session_blocks(np.array([3, 1, 2, 9, 1]), 4))
    [(0, 2), (2, 3), (3, 4), (4, 5)]
    """
    totals = np.cumsum(costs)
    first = 0
    while first < len(costs):
        done = totals[first - 1] if first else 0
        last = max(first + 1, int(np.searchsorted(totals, done + most, side="right")))
        yield first, last
        first = last


def event_pairs(dataset: SessionDataset, lag: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """All pairs of events of one session that are `lag` places apart.

    Returns:
        Indices into `dataset.items` of the later and of the earlier events, int64 [n_pairs] each.
    """
    later = np.flatnonzero(dataset.positions >= lag)
    return later, later - lag


def incidence(dataset: SessionDataset) -> sparse.csr_array:
    """Which session holds which item: float32 [n_sessions, n_items], 1 where it does."""
    ones = np.ones(dataset.n_events, np.float32)
    matrix = _summed(ones, dataset.items, dataset.offsets, (dataset.n_sessions, dataset.n_items))
    matrix.data[:] = 1.0
    return matrix


def _summed(values: np.ndarray, columns: np.ndarray, indptr: np.ndarray, shape: tuple[int, int]) -> sparse.csr_array:
    # A copy, because summing duplicates would alter the caller's arrays.
    matrix = sparse.csr_array((values, columns, indptr), shape=shape, copy=True)
    matrix.sum_duplicates()
    return matrix
