"""What do association rules between a session's items predict?"""

import numpy as np
from scipy import sparse

from gru4rec_core.baselines.base import FormulaBaseline, require_at_least
from gru4rec_core.baselines.histories import Histories, session_blocks
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.errors import ConfigError

_PAIRS_PER_BLOCK = 2**23
"""Most pairs of events that are written out at once."""

DECAYS = ("inverse", "linear")
"""Names of the decays that `SequentialRules` knows."""


class SequentialRules(FormulaBaseline):
    """Items that came after the last item, near ones weighing most.

    Sequential rules (Ludewig & Jannach 2018, SR): score(i) = R(last, i) / max over j of R(last, j), with R(a, b) the
    sum of w(d) over all training pairs of an event of a and a later one of b in the same session, d events apart, up to
    `steps`. With the decay "inverse" w(d) = 1 / d, with "linear" w(d) = 1 - d / 10. With one step these are the counts
    of the Markov chain.

    Args:
        steps: how far apart two events of a rule may be, from 1; at most 10 with the linear decay.
        decay: "inverse" or "linear".

    Raises:
        ConfigError: a setting out of its range.
    """

    name = "sequential-rules"

    def __init__(self, steps: int = 10, decay: str = "inverse") -> None:
        super().__init__()
        require_at_least("steps", steps, 1)
        if decay not in DECAYS or (decay == "linear" and steps > 10):
            raise ConfigError(
                "The decay of sequential rules is inverse, or linear with at most 10 steps.",
                found=f"decay {decay}, steps {steps}",
                where="decay, steps",
                remedy="Use the inverse decay, or fewer steps.",
            )
        self.steps = steps
        self.decay = decay

    def _fit(self, train: SessionDataset) -> None:
        rules = sparse.csr_array((train.n_items, train.n_items))
        for first, last in session_blocks(train.lengths * self.steps, _PAIRS_PER_BLOCK):
            rules = rules + self._count(train, first, last)
        largest = rules.max(axis=1).toarray()
        rules.data /= np.repeat(np.where(largest > 0, largest, 1.0), np.diff(rules.indptr))
        self.rules = rules

    def _count(self, train: SessionDataset, first: int, last: int) -> sparse.csr_array:
        """The rules of some sessions, float64 [n_items, n_items]."""
        begin, end = train.offsets[first], train.offsets[last]
        items = train.items[begin:end].astype(np.int64)
        position = np.arange(end - begin) - np.repeat(train.offsets[first:last] - begin, train.lengths[first:last])
        distance = np.arange(1, self.steps + 1)
        later, back = np.nonzero(distance <= position[:, None])
        # In the order of the events, for sums to the last bit of those of the published program.
        keys, rule = np.unique(items[later - distance[back]] * train.n_items + items[later], return_inverse=True)
        weights = 1 / distance if self.decay == "inverse" else 1 - 0.1 * distance
        summed = np.bincount(rule, weights[back], minlength=len(keys))
        shape = (train.n_items, train.n_items)
        return sparse.coo_array((summed, (keys // train.n_items, keys % train.n_items)), shape).tocsr()

    def formula(self, histories: Histories) -> np.ndarray:
        scores = np.zeros((histories.n, self.n_items))
        last = histories.lag(1)
        known = np.flatnonzero(last >= 0)
        scores[known] = self.rules[last[known]].toarray()
        return scores
