"""How well do best-seller lists do: across all sessions, within this session, or just repeating the last item?"""

import numpy as np

from gru4rec_core.baselines.base import Baseline
from gru4rec_core.baselines.histories import Histories


class Popularity(Baseline):
    """Best-sellers: score(i) = training events of i. The POP of Hidasi et al. 2016, section 4."""

    name = "popularity"

    def _scores(self, histories: Histories) -> np.ndarray:
        return np.tile(self._fitted_popularity(), (histories.n, 1))


class SessionPopularity(Baseline):
    """Best-sellers of the session: events of i in the session, ties by popularity.

    The S-POP of Hidasi et al. 2016, section 4: score(i) = count of i in the history + popularity(i) / 2.
    """

    name = "session-popularity"

    def _scores(self, histories: Histories) -> np.ndarray:
        return histories.counts().toarray() + self._fitted_popularity() / 2


class LastItemAgain(Baseline):
    """The last item again, then best-sellers: score(i) = [i is the last item] + popularity(i) / 2."""

    name = "last-item-again"

    def _scores(self, histories: Histories) -> np.ndarray:
        scores = np.tile(self._fitted_popularity() / 2, (histories.n, 1))
        last = histories.lag(1)
        rows = np.flatnonzero(last >= 0)
        scores[rows, last[rows]] += 1.0
        return scores
