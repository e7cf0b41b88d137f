"""How many sessions a difference takes, and how large one must be to show."""

import numpy as np
import pytest

from gru4rec_core.evaluation.sensitivity import (
    SensitivityAssumptions,
    sessions_needed,
    smallest_visible_difference,
    visible_from_half_width,
)


def test_sessions_needed_by_hand():
    assert sessions_needed(1000, 0.02, 0.06, 0.05) == 4000  # to show |gap| < 5 %: 0.06 / 0.03
    assert sessions_needed(1000, 0.08, 0.12, 0.05) == 2250  # to show a gap of 8 %: 0.12 / 0.08
    assert sessions_needed(1000, 0.08, 0.06, 0.05) is None  # it is not the number of sessions
    assert sessions_needed(1000, np.nan, np.inf, 0.05) is None


def test_the_smallest_visible_difference_shrinks_with_the_test():
    size = smallest_visible_difference
    assert size(4000, 4000, 0.2) == pytest.approx(size(1000, 1000, 0.2) / 2)
    assert size(1000, 10_000, 0.2) < size(1000, 1000, 0.2)
    assert size(1000, 10_000, 0.2) > size(10_000, 10_000, 0.2)
    assert size(1000, 1000, 0.8) < size(1000, 1000, 0.05)
    assert size(0, 0, 0.2) == size(10, 10, 0.0) == np.inf


def test_a_higher_level_or_power_takes_a_larger_difference():
    def size(**assumed):
        return smallest_visible_difference(1000, 1000, 0.2, assumptions=SensitivityAssumptions(**assumed))

    assert size() == smallest_visible_difference(1000, 1000, 0.2)
    assert size(confidence=0.99) > size(confidence=0.95) > size(confidence=0.9)
    assert size(power=0.9) > size(power=0.8)
    assert size(agreement=0.9) == pytest.approx(size(agreement=0.6) / 2)


def test_what_an_interval_shows_depends_on_its_level():
    assert visible_from_half_width(0.07, 0.95) == pytest.approx(0.1, abs=1e-3)  # 2.80 errors where 1.96 make the half
    assert visible_from_half_width(0.07, 0.5 + 1e-9) > visible_from_half_width(0.07, 0.99) > 0.07
    assert visible_from_half_width(np.inf, 0.95) == np.inf
