"""Which items most often followed the last one?"""

import numpy as np

from gru4rec_core.baselines.base import Baseline, dense_rows, transition_counts
from gru4rec_core.baselines.histories import Histories
from gru4rec_core.data.sessions import SessionDataset


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
        scores = dense_rows(self.transitions, histories.lag(1))
        scores += self._fitted_popularity() / 2
        return scores
