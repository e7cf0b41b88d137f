import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gru4rec_core.evaluation.ranks import top_items
from gru4rec_core.model.grouped_top import grouped_top


@given(
    n_items=st.integers(1, 200),
    group=st.integers(1, 6),
    k=st.integers(1, 9),
    levels=st.sampled_from([2, 9, 10**6]),
    seed=st.integers(0, 99),
)
def test_the_way_by_groups_finds_the_top_of_all(n_items: int, group: int, k: int, levels: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    n_groups = -(-n_items // group)
    k = min(k, n_items)
    scores = np.full((7, n_groups * group), np.finfo(np.float32).min, np.float32)
    scores[:, :n_items] = generator.integers(0, levels, (7, n_items))
    highest = scores.reshape(7, group, n_groups).max(axis=1)
    for found, wanted in zip(grouped_top(scores, highest, k, n_items), top_items(scores[:, :n_items], k), strict=True):
        np.testing.assert_array_equal(found, wanted)
