from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from gru4rec_core.evaluation import resampling
from gru4rec_core.evaluation.resampling import (
    bootstrap_sums,
    flipped_sums,
    holm,
    mcnemar_midp,
    percentile_interval,
    permutation_p,
)


def test_every_resample_draws_as_many_sessions_as_there_are(generator):
    sums = np.ones((37, 1))
    assert (bootstrap_sums(sums, 50, generator) == 37).all()


def test_all_columns_of_a_resample_come_from_the_same_sessions(generator):
    hits = generator.integers(0, 5, size=(40, 1)).astype(float)
    drawn = bootstrap_sums(np.hstack([hits, 3 * hits]), 100, generator)
    assert np.array_equal(drawn[:, 1], 3 * drawn[:, 0])
    assert len(np.unique(drawn[:, 0])) > 5


def test_bootstrap_spreads_like_the_standard_error(generator):
    values = generator.normal(size=(400, 1))
    drawn = bootstrap_sums(values, 4000, generator)[:, 0] / 400
    assert drawn.std() == pytest.approx(values.std() / 20, rel=0.05)
    assert drawn.mean() == pytest.approx(values.mean(), abs=0.01)


@pytest.mark.parametrize("resample", [bootstrap_sums, flipped_sums])
def test_working_in_blocks_changes_nothing(resample, monkeypatch, generator):
    sums = generator.integers(0, 9, size=(23, 3)).astype(float)
    whole = resample(sums, 31, np.random.default_rng(5))
    monkeypatch.setattr(resampling, "BLOCK_CELLS", 50)
    assert np.array_equal(resample(sums, 31, np.random.default_rng(5)), whole)


def test_a_flip_turns_whole_sessions(generator):
    sums = np.array([[1.0], [10.0], [100.0]])
    seen = set(flipped_sums(sums, 500, generator)[:, 0])
    assert seen == {s[0] + 10 * s[1] + 100 * s[2] for s in product((-1, 1), repeat=3)}


def test_flips_do_not_depend_on_how_a_difference_is_split_into_models(generator):
    a, b = generator.integers(0, 4, size=(2, 60, 1)).astype(float)
    both = flipped_sums(np.hstack([a, b]), 200, np.random.default_rng(1))
    one = flipped_sums(b - a, 200, np.random.default_rng(1))
    assert np.allclose(both[:, 1] - both[:, 0], one[:, 0])


def test_permutation_p_agrees_with_all_arrangements_written_out(generator):
    delta = np.array([3.0, -1, 2, 2, 4, -2, 1, 3, -1, 2])
    everything = np.array([np.dot(signs, delta) for signs in product((-1, 1), repeat=10)])
    observed = delta.sum()
    exact = (np.abs(everything) > observed).mean() + (np.abs(everything) == observed).mean() / 2
    flipped = flipped_sums(delta[:, None], 40_000, generator)[:, 0]
    assert permutation_p(np.array(observed), flipped) == pytest.approx(exact, abs=0.005)


def test_with_one_event_a_session_the_permutation_test_is_midp_mcnemar(generator):
    delta = np.repeat([1.0, -1.0, 0.0], [14, 5, 60])
    flipped = flipped_sums(delta[:, None], 40_000, generator)[:, 0]
    assert permutation_p(delta.sum(), flipped) == pytest.approx(mcnemar_midp(5, 14), abs=0.005)


def test_nothing_differs_p_is_one():
    assert permutation_p(np.array([0.0]), np.zeros((100, 1))) == 1.0


def test_p_is_never_zero():
    assert permutation_p(np.array([50.0]), np.zeros((99, 1))) == pytest.approx(0.005)


def test_sums_of_thirds_tie_in_spite_of_rounding():
    third = 1 / 3
    observed, same = np.array([third + third + third]), np.array([[1.0]] * 9)
    assert permutation_p(observed + 1e-13, same) == pytest.approx((9 + 1) / 2 / 10)


def test_mcnemar_by_hand():
    # 9 coins, at most 1 head: (1 + 9) / 512 a side; half of the 9 / 512 that show exactly 1 taken off each.
    assert mcnemar_midp(1, 8) == pytest.approx(2 * 10 / 512 - 9 / 512)
    assert mcnemar_midp(8, 1) == mcnemar_midp(1, 8)


@pytest.mark.parametrize("discordant", [(0, 0), (4, 4)])
def test_mcnemar_without_a_difference_is_one(discordant):
    assert mcnemar_midp(*discordant) == 1.0


def test_holm_by_hand():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.5, 0.9]) == pytest.approx([1.0, 1.0])
    assert holm([]).shape == (0,)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_keeps_the_order_and_lies_between_p_and_bonferroni(p):
    adjusted = holm(p)
    assert (adjusted >= p).all()
    assert (adjusted <= np.minimum(1, np.array(p) * len(p)) + 1e-12).all()
    assert (np.diff(adjusted[np.argsort(p, kind="stable")]) >= 0).all()


def test_interval_of_many_sessions_is_the_percentile_interval(generator):
    samples = generator.normal(size=20_000)
    low, high = percentile_interval(samples, 10**6)
    assert (low, high) == pytest.approx((-1.96, 1.96), abs=0.06)


def test_interval_of_few_sessions_is_as_wide_as_students(generator):
    samples = generator.normal(size=200_000)
    low, high = percentile_interval(samples, 10)
    student = stats.t.ppf(0.975, 9) * np.sqrt(10 / 9)
    assert (low, high) == pytest.approx((-student, student), abs=0.06)


def test_interval_allows_infinite_ratios():
    samples = np.r_[np.full(500, np.inf), np.linspace(0, 1, 500)]
    low, high = percentile_interval(samples, 1000)
    assert low == pytest.approx(0.05, abs=0.01)
    assert high == np.inf
