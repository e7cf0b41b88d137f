"""The calibration of the verdict over several windows: few repetitions, plain worlds."""

import numpy as np

from benchmarks.window_calibration import Windows, measure


def test_equal_models_are_seldom_called_different() -> None:
    rates = measure(Windows(50, 0.2, (0.0, 0.0)), 40, np.random.default_rng(1))
    assert rates.b_better + rates.a_better <= 0.15
    assert rates.covers >= 0.85


def test_a_better_model_is_found_and_a_changing_winner_is_not_called_one() -> None:
    better = measure(Windows(250, 0.2, (0.5, 0.5)), 20, np.random.default_rng(2))
    assert better.b_better == 1.0
    changing = measure(Windows(250, 0.2, (0.6, -0.6)), 20, np.random.default_rng(3))
    assert changing.changes == 1.0
    assert changing.b_better == changing.a_better == changing.equivalent == 0.0
