"""Noise around a plateau is not improvement; a steady rise is."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import page_trend_test

from gru4rec_core.evaluation.convergence import chance_of_rise, is_still_improving, read_validation_curves


@pytest.mark.parametrize("n_seeds", [1, 3])
@pytest.mark.parametrize("n_epochs", [5, 10, 30])
def test_noise_around_a_plateau_is_not_improving(n_seeds, n_epochs):
    rng = np.random.default_rng(1)
    called = [is_still_improving(rng.normal(0.4, 0.01, (n_seeds, n_epochs))) for _ in range(400)]
    assert np.mean(called) <= 0.08  # 5 % and three standard errors of 400 trials


@pytest.mark.parametrize("n_seeds", [1, 3])
@pytest.mark.parametrize("n_epochs", [5, 10, 30])
def test_a_steady_rise_is_improving(n_seeds, n_epochs):
    rng = np.random.default_rng(2)
    rise = 0.3 + 0.01 * np.arange(n_epochs)
    called = [is_still_improving(rise + rng.normal(0, 0.002, (n_seeds, n_epochs))) for _ in range(200)]
    assert np.mean(called) >= 0.95


def test_seeds_together_show_what_one_cannot():
    rise = 0.3 + 0.006 * np.arange(10)
    noise = np.random.default_rng(3).normal(0, 0.004, (200, 5, 10))
    alone, together = (np.mean([is_still_improving(rise + some[:n]) for some in noise]) for n in (1, 5))
    assert together > alone + 0.1


def test_seeds_that_disagree_are_noise():
    up = np.linspace(0.30, 0.33, 10)
    assert is_still_improving([up, up])
    assert not is_still_improving([up, up[::-1]])


def test_a_rise_that_does_not_matter_is_none():
    assert not is_still_improving([np.linspace(0.4, 0.4005, 10)])


def test_a_rise_long_ago_does_not_count():
    assert not is_still_improving([np.r_[np.linspace(0.1, 0.4, 5), np.full(5, 0.4)]])


def test_of_fewer_than_four_epochs_each_must_have_gained_much():
    assert is_still_improving([np.array([0.10, 0.15, 0.18])])
    assert not is_still_improving([np.array([0.10, 0.18, 0.18])])
    assert not is_still_improving([np.array([0.20, 0.205])])
    assert not is_still_improving([np.array([0.2])])


@pytest.mark.parametrize(
    ("hits", "is_open"),
    [
        ([0.487, 0.521, 0.533], True),  # the last epoch gained 2 %: not clear, and no all-clear
        ([0.10, 0.18, 0.18], True),
        ([0.2], True),
        ([0.10, 0.15, 0.18], False),  # clearly improving
        ([0.10, 0.18, 0.18, 0.18], False),
    ],
)
def test_too_few_epochs_are_no_all_clear(hits, is_open):
    epochs = pd.DataFrame({"validation_accuracy@3": hits})
    assert read_validation_curves([epochs], 3).is_open == is_open


def test_seeds_that_stopped_early_are_compared_at_their_ends():
    rise = np.linspace(0.3, 0.4, 12)
    assert is_still_improving([rise, rise[3:]])


def test_the_chance_is_that_of_pages_test():
    curves = np.random.default_rng(4).normal(size=(3, 5)) + 0.3 * np.arange(5)
    assert chance_of_rise(curves) == pytest.approx(page_trend_test(curves, method="exact").pvalue)


def test_one_seed_that_rises_four_times_is_one_of_24_orders():
    assert chance_of_rise(np.array([[1.0, 2.0, 3.0, 4.0]])) == pytest.approx(1 / 24)
    assert chance_of_rise(np.ones((2, 4))) == 1.0  # ties alone


def test_the_curve_is_that_of_the_deciding_list_length():
    epochs = pd.DataFrame({f"validation_accuracy@{k}": [k / 100, k / 50] for k in (1, 3, 7, 20)} | {"loss": [1, 1]})
    curves = read_validation_curves([epochs, epochs], 7)
    assert curves.k == 7
    np.testing.assert_allclose(curves.mean, [0.07, 0.14])
    assert read_validation_curves([epochs], 50).k == 20  # the nearest that was recorded


def test_without_validation_there_is_no_curve():
    assert read_validation_curves([pd.DataFrame({"loss": [1.0, 0.5]})], 3) is None
    assert read_validation_curves([pd.DataFrame()], 3) is None
    assert read_validation_curves([pd.DataFrame({"validation_accuracy@3": [np.nan]})], 3) is None
