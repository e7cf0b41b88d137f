"""What do similar items, or similar sessions, predict?"""

from collections.abc import Iterator

import numpy as np
from scipy import sparse

from gru4rec_core.baselines.base import Baseline, dense_rows, require_at_least
from gru4rec_core.baselines.histories import Histories, incidence
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.evaluation.ranks import top_items
from gru4rec_core.evaluation.scoring import BLOCK_BYTES, block_rows

BYTES_PER_PAIR = 16
"""Memory for one session that shares an item with a history: float32 similarity, int32 or int64 index, sorting."""


class ItemKNN(Baseline):
    """Items that occurred in the same sessions as the last item.

    The Item-KNN of Hidasi et al. 2016, section 4: score(i) = sim(last, i), the cosine of the two items'
    session vectors, shrunk so that rare items do not look alike by chance:
    sim(i, j) = n_ij / sqrt((n_i + s) (n_j + s)), with n_i sessions that hold i and n_ij that hold both. An item is
    not its own neighbour. All other items follow by popularity.

    Args:
        neighbours: similar items kept for every item, from 1.
        shrinkage: s, from 0.

    Raises:
        ConfigError: a setting out of its range.
    """

    name = "item-knn"

    def __init__(self, neighbours: int = 100, shrinkage: float = 20.0) -> None:
        super().__init__()
        require_at_least("neighbours", neighbours, 1)
        require_at_least("shrinkage", shrinkage, 0)
        self.neighbours = neighbours
        self.shrinkage = shrinkage

    def _fit(self, train: SessionDataset) -> None:
        sessions = incidence(train)
        norms = np.sqrt(sessions.sum(axis=0) + self.shrinkage).astype(np.float32)
        items = sparse.csr_array(sessions.T)
        block = block_rows(train.n_items, bytes_per_cell=32)  # sparse and dense rows at once
        blocks = [
            self._nearest((items[start : start + block] @ sessions).toarray(), start, norms)
            for start in range(0, train.n_items, block)
        ]
        self.similarities = sparse.csr_array(sparse.vstack(blocks))

    def _nearest(self, together: np.ndarray, start: int, norms: np.ndarray) -> sparse.csr_array:
        """Similarities of the items start, start + 1, … to their nearest items."""
        n, n_items = together.shape
        together[np.arange(n), start + np.arange(n)] = 0.0  # an item is not its own neighbour
        together /= np.maximum(norms[start : start + n, None] * norms, np.finfo(np.float32).tiny)
        ids, values = top_items(together, min(self.neighbours, n_items))
        row, column = np.nonzero(values)
        pairs = (values[row, column], (row, ids[row, column]))
        return sparse.coo_array(pairs, shape=(n, n_items)).tocsr()

    def _scores(self, histories: Histories) -> np.ndarray:
        return self._fall_back(dense_rows(self.similarities, histories.lag(1)))


class VSKNN(Baseline):
    """Items of the sessions most like this one, its latest items weighing most.

    Vector multiplication session-based kNN (Ludewig & Jannach 2018, V-SKNN): of the sessions that share an item
    with the history, only the `sample` most recent count. A session's similarity is the dot product of its 0/1 item
    vector with the history's weights, p / n for place p of n. The `neighbours` most similar sessions (ties: the more
    recent) vote: score(i) is the sum of the similarities of those that hold i. Items that no neighbour holds follow
    by popularity. A session is as recent as its first event; of equal times, the later in the log is more recent.

    Under the last-item rule the history of a tested session is also training data, so the session is among its own
    neighbours, usually as the nearest. It votes for items it already had, never for the item to predict, which
    training does not contain. Under the time rule this cannot happen.

    Args:
        neighbours: k, from 1.
        sample: m, from 1.

    Raises:
        ConfigError: a setting out of its range.
    """

    name = "vs-knn"

    def __init__(self, neighbours: int = 200, sample: int = 1000) -> None:
        super().__init__()
        require_at_least("neighbours", neighbours, 1)
        require_at_least("sample", sample, 1)
        self.neighbours = neighbours
        self.sample = sample

    def _fit(self, train: SessionDataset) -> None:
        recent_first = np.argsort(train.start_times, kind="stable")[::-1]
        self._sessions = incidence(train)[recent_first]
        # Sessions of each item, most recent first. What is among the m most recent sessions of a whole history is
        # among the m most recent of each of its items, so nothing is lost by cutting every item's list at m.
        items = sparse.csr_array(self._sessions.T)
        items.sort_indices()
        nth_recent = np.arange(items.nnz) - np.repeat(items.indptr[:-1], np.diff(items.indptr))
        recent = nth_recent < self.sample
        self._list_lengths = np.minimum(np.diff(items.indptr), self.sample)
        indptr = np.r_[0, np.cumsum(self._list_lengths)]
        self._items = sparse.csr_array((items.data[recent], items.indices[recent], indptr), shape=items.shape)

    def _scores(self, histories: Histories) -> np.ndarray:
        weights = histories.decayed()
        scores = np.empty((histories.n, self.n_items), np.float32)
        for start, stop in self._blocks(weights):
            votes = self._nearest(weights[start:stop] @ self._items) @ self._sessions
            scores[start:stop] = self._fall_back(votes.toarray())
        return scores

    def _blocks(self, weights: sparse.csr_array) -> Iterator[tuple[int, int]]:
        """Ranges of rows whose candidate sessions fit into `BLOCK_BYTES` (a single row may exceed it)."""
        pairs = np.r_[0, np.cumsum(self._list_lengths[weights.indices])][weights.indptr]
        most, rows = BLOCK_BYTES // BYTES_PER_PAIR, block_rows(self.sample)
        start, n = 0, weights.shape[0]
        while start < n:
            fitting = int(np.searchsorted(pairs, pairs[start] + most, side="right")) - 1
            stop = min(max(start + 1, fitting), start + rows, n)
            yield start, stop
            start = stop

    def _nearest(self, similarities: sparse.csr_array) -> sparse.csr_array:
        """The nearest of each row's most recent sessions (columns: sessions, most recent first)."""
        n, width = similarities.shape[0], self.sample
        similarities.sort_indices()
        lengths = np.diff(similarities.indptr)
        row = np.repeat(np.arange(n), lengths)
        nth_recent = np.arange(similarities.nnz) - np.repeat(similarities.indptr[:-1], lengths)
        recent = nth_recent < width
        values = np.zeros((n, width), np.float32)
        sessions = np.zeros((n, width), np.int32)
        values[row[recent], nth_recent[recent]] = similarities.data[recent]
        sessions[row[recent], nth_recent[recent]] = similarities.indices[recent]
        nearest, values = top_items(values, min(self.neighbours, width))
        row, column = np.nonzero(values)
        pairs = (values[row, column], (row, sessions[row, nearest[row, column]]))
        return sparse.coo_array(pairs, shape=similarities.shape).tocsr()
