"""What a search would have found by then, in other orders of its trials."""

import tracemalloc

import numpy as np

from gru4rec_core.evaluation.stopping import best_if_stopped


def test_two_trials_have_one_order() -> None:
    found = best_if_stopped([10.0, 20.0], [0.5, 0.7], [5.0, 10.0, 29.0, 30.0], n_orders=3)
    assert np.isnan(found[:, 0]).all()
    assert found[:, 1:].tolist() == [[0.5, 0.5, 0.7]] * 3


def test_the_first_stays_and_the_others_are_drawn_with_replacement() -> None:
    found = best_if_stopped([1.0] * 3, [0.5, 0.1, 0.9], [1.0, 2.0, 3.0], n_orders=4000)
    assert set(found[:, 0]) == {0.5}
    assert set(found[:, 1]) == {0.5, 0.9}
    # The best is drawn first in half of the orders, and in three quarters of them at all.
    assert np.isclose((found[:, 1] == 0.9).mean(), 1 / 2, atol=0.03)
    assert np.isclose((found[:, 2] == 0.9).mean(), 3 / 4, atol=0.03)


def test_a_trial_without_a_value_costs_its_time_only() -> None:
    found = best_if_stopped([1.0, 5.0], [None, 0.4], [1.0, 6.0], n_orders=2)
    assert np.isnan(found[:, 0]).all()
    assert found[:, 1].tolist() == [0.4, 0.4]
    assert best_if_stopped([2.0], [0.3], [1.0, 2.0], n_orders=1)[0, 1] == 0.3


def test_thousands_of_trials_take_little_memory() -> None:
    n = 3000  # as many orders as usual, all at once, would take 1.8 GB
    tracemalloc.start()
    found = best_if_stopped([1.0] * n, list(np.linspace(0, 1, n)), np.arange(1.0, n + 1))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.shape == (200, n)
    assert peak < 100e6
