"""Histories as arrays: what stands where, and how often."""

import numpy as np
import pytest

from gru4rec_core.baselines.histories import Histories, event_pairs, incidence
from gru4rec_core.errors import DataError


def histories(*sessions: list[int], n_items: int = 5) -> Histories:
    return Histories([np.array(session, np.int32) for session in sessions], n_items)


def test_a_lag_counts_known_items_from_the_end():
    some = histories([0, -1, 3], [], [2])
    assert some.lag(1).tolist() == [3, -1, 2]
    assert some.lag(2).tolist() == [0, -1, -1]
    assert some.lengths.tolist() == [2, 0, 1]


def test_counts_leave_out_unknown_items():
    counts = histories([1, 1, -1, 4], []).counts().toarray()
    assert counts.tolist() == [[0, 2, 0, 0, 1], [0, 0, 0, 0, 0]]


@pytest.mark.parametrize("bad", [5, -2])
def test_an_id_outside_the_catalogue_is_refused(bad):
    with pytest.raises(DataError, match=r"Item ids lie in \[0, 5\)"):
        histories([0, bad])


def test_pairs_of_events_stay_within_their_session(dataset_of):
    log = dataset_of([[0, 1, 2], [3], [4, 0]], 5)
    later, earlier = event_pairs(log)
    assert (later.tolist(), earlier.tolist()) == ([1, 2, 5], [0, 1, 4])
    later, earlier = event_pairs(log, lag=2)
    assert (later.tolist(), earlier.tolist()) == ([2], [0])


def test_a_session_holds_an_item_once_however_often_it_came(dataset_of):
    log = dataset_of([[0, 1, 0], [2]], 3)
    assert incidence(log).toarray().tolist() == [[1, 1, 0], [0, 0, 1]]
    assert log.items.tolist() == [0, 1, 0, 2]
