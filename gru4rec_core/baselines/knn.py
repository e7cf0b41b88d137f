"""What do similar items predict?"""

import numpy as np
from scipy import sparse

from gru4rec_core.baselines.base import Baseline, dense_rows, require_at_least
from gru4rec_core.baselines.histories import Histories, incidence
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.evaluation.ranks import top_items
from gru4rec_core.evaluation.scoring import block_rows


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
