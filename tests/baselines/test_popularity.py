"""What best-sellers, best-sellers of the session and the last item again predict, worked out by hand."""

import numpy as np
import pytest

from gru4rec_core.baselines.popularity import LastItemAgain, Popularity, SessionPopularity


def test_best_sellers_are_the_same_for_all(train, ranking):
    popularity = Popularity().fit(train)
    assert ranking(popularity, []) == ranking(popularity, [4, 4]) == [0, 1, 2, 3, 4]
    assert popularity.scores([np.empty(0, np.int32)])[0].tolist() == pytest.approx([1, 0.8, 0.4, 0.2, 0.2])


def test_best_sellers_of_the_session_come_by_count_then_by_popularity(train, ranking):
    assert ranking(SessionPopularity().fit(train), [4, 2, 4, 1]) == [4, 1, 2, 0, 3]
    assert ranking(SessionPopularity().fit(train), []) == [0, 1, 2, 3, 4]


def test_the_last_item_comes_again_then_best_sellers(train, ranking):
    assert ranking(LastItemAgain().fit(train), [0, 3]) == [3, 0, 1, 2, 4]
    assert ranking(LastItemAgain().fit(train), []) == [0, 1, 2, 3, 4]
