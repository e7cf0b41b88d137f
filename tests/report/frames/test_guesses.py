"""Facts about what a model recommends after some items."""

import numpy as np
import pytest

from gru4rec_core.report.frames import guesses as frames
from tests.report.frames.toys import Echo


def test_leaving_out_the_last_item_changes_the_guess_of_who_looks_at_it():
    left_out = dict(frames.leave_one_out([1, 4], Echo(), top=1))
    assert left_out == {-1: [4], 0: [4], 1: [1]}


def test_best_items_stand_between_an_average_item_and_the_first():
    best = frames.best_items([2], Echo(), top=3)  # scores 1, 0, -1, -3, -4: mean -1.4
    assert best["id"].tolist() == [2, 0, 1]
    assert best["relative"].tolist() == pytest.approx([100.0, 100 * 1.4 / 2.4, 100 * 0.4 / 2.4])


def test_what_lies_below_the_average_item_is_0():
    assert frames.best_items([2], Echo(), top=5)["relative"].tolist()[3:] == [0.0, 0.0]


def test_where_all_items_are_equal_none_is_less():
    class Same:
        def scores(self, sessions):
            return np.ones((len(sessions), 4), np.float32)

    assert frames.best_items([2], Same(), top=2)["relative"].tolist() == [100.0, 100.0]
