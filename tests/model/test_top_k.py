import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gru4rec_core.evaluation.ranks import top_items
from gru4rec_core.model.top_k import GROUP, grouped_top


@given(
    n_items=st.integers(1, 600),
    n_levels=st.integers(1, 3),
    k=st.integers(1, 30),
    values=st.sampled_from([2, 40, 10**6]),
    seed=st.integers(0, 99),
)
def test_the_way_by_groups_finds_the_top_of_all(n_items: int, n_levels: int, k: int, values: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    k = min(k, n_items)
    whole = GROUP ** (n_levels - 1)
    scores = np.full((7, -(-n_items // whole) * whole), np.finfo(np.float32).min, np.float32)
    scores[:, :n_items] = generator.integers(0, values, (7, n_items))
    levels = [scores]
    while len(levels) < n_levels:
        levels.append(levels[-1].reshape(7, -1, GROUP).max(axis=2))
    for found, wanted in zip(grouped_top(levels, k, n_items), top_items(scores[:, :n_items], k), strict=True):
        np.testing.assert_array_equal(found, wanted)


def test_only_the_groups_that_reach_highest_are_looked_into() -> None:
    """A score that its group's highest does not tell of is never found: the scores themselves were not searched."""
    scores = np.arange(512, dtype=np.float32)[None]
    highest = scores.reshape(1, -1, GROUP).max(axis=2)
    scores[0, 3] = 1e6
    items, _ = grouped_top([scores, highest, highest.reshape(1, -1, GROUP).max(axis=2)], 4, 512)
    np.testing.assert_array_equal(items, [[511, 510, 509, 508]])
