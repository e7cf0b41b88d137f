"""Faster and wider are said only of differences larger than their own noise."""

import numpy as np
import pytest

from gru4rec_core.evaluation.tie_breakers import faster, wider
from tests.evaluation.rank_lists import CONFIG, ranks


@pytest.mark.parametrize(
    ("a", "b", "winner"),
    [
        ((10, 11, 12), (15, 16, 17), "a"),
        ((15, 16, 17), (10, 11, 12), "b"),
        ((10, 10, 10), (11, 11, 11), None),  # a tenth: machines differ by more
        ((10, 11, 20), (15, 16, 25), None),  # the runs overlap
        ((10,), (15,), None),  # one run each: its spread is not known
        ((10,), (25,), "a"),
        ((10, 11), (15,), None),
        ((), (10,), None),
    ],
)
def test_faster_is_beyond_the_spread_and_a_fifth(make_results, a, b, winner):
    models = [make_results(name, ranks(5, 9), run_seconds=seconds) for name, seconds in (("a", a), ("b", b))]
    found = faster(*models)
    assert (found.name if found else None) == winner
    turned = faster(*models[::-1])
    assert (turned.name if turned else None) == winner


@pytest.mark.parametrize(
    ("only_a", "only_b", "winner"),
    [(1, 0, None), (3, 0, None), (8, 0, "a"), (0, 8, "b"), (10, 9, None), (14, 3, "a")],
)
def test_wider_is_more_than_a_few_items(make_results, only_a, only_b, winner):
    a, b = (make_results(name, ranks(20, 40)) for name in "ab")
    a.evaluations[0].top_items[:only_a, 0] = 20 + np.arange(only_a)
    b.evaluations[0].top_items[:only_b, 0] = 35 + np.arange(only_b)
    found = wider(a, b, CONFIG)
    assert (found.name if found else None) == winner


def test_an_item_counts_for_the_model_that_shows_it_in_more_seeds(make_results):
    a, b = (make_results(name, ranks(20, 40), ranks(20, 40)) for name in "ab")
    a.evaluations[0].top_items[:12, 0] = b.evaluations[0].top_items[:12, 0] = 20 + np.arange(12)
    assert wider(a, b, CONFIG) is None
    a.evaluations[1].top_items[:12, 0] = 20 + np.arange(12)
    assert wider(a, b, CONFIG) is a


def test_nothing_is_said_of_lists_longer_than_those_kept(make_results):
    a, b = (make_results(name, ranks(20, 40)) for name in "ab")
    assert wider(a, b, CONFIG.replace(deciding_k=30)) is None
