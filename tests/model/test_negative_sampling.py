import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gru4rec_core.model.negative_sampling import PopularitySampler


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=60), st.sampled_from([0.0, 0.3, 0.5, 1.0]))
def test_the_alias_tables_hold_exactly_the_wanted_probabilities(counts: list[int], alpha: float) -> None:
    counts = np.array(counts)
    counts[0] += 1
    sampler = PopularitySampler(counts, alpha)
    n = len(counts)
    held = np.zeros(n)
    np.add.at(held, np.arange(n), sampler.keep.astype(np.float64) / n)
    np.add.at(held, sampler.outcomes[::2], (1 - sampler.keep.astype(np.float64)) / n)
    wanted = counts.astype(float) ** alpha
    np.testing.assert_allclose(held, wanted / wanted.sum(), atol=1e-6)


@pytest.mark.parametrize("n_items", [1, 49, 98, 2215])
def test_equal_weights_whose_sum_rounds_down_are_drawn_equally(n_items: int) -> None:
    """49 · (1/49) is a little less than 1 in floating point: no item is heavier than the mean."""
    sampler = PopularitySampler(np.full(n_items, 3), 1.0)
    drawn = np.bincount(sampler.draw(np.random.default_rng(0), (100 * n_items,)), minlength=n_items)
    assert drawn.min() > 40
    assert (sampler.keep > 1 - 1e-6).all()


def test_draws_follow_popularity() -> None:
    counts = np.array([0, 1, 4, 9, 100])
    draws = PopularitySampler(counts, 0.5).draw(np.random.default_rng(1), (200_000,))
    shares = np.bincount(draws, minlength=5) / len(draws)
    np.testing.assert_allclose(shares, np.array([0, 1, 2, 3, 10]) / 16, atol=0.005)


def test_the_number_of_distinct_draws_is_foreseen() -> None:
    sampler = PopularitySampler(np.arange(1, 3000), 0.7)
    mean, deviation = sampler.expected_distinct(800)
    draws = sampler.draw(np.random.default_rng(0), (300, 800))
    distinct = np.array([len(np.unique(row)) for row in draws])
    assert abs(distinct.mean() - mean) < 1
    assert deviation == pytest.approx(distinct.std(), rel=0.15)
