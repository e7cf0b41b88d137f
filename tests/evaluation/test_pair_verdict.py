"""The verdict on two models: which of the four answers, and when the test confirms it."""

import numpy as np
import pytest

from gru4rec_core.evaluation.comparison import compare_models
from gru4rec_core.evaluation.pair_verdict import adjusted_p, build_pair_verdict, choose_kind, upper_p
from gru4rec_core.evaluation.verdict import build_verdict
from tests.evaluation.rank_lists import CONFIG, ranks


def test_an_interval_without_0_that_the_test_does_not_confirm_is_explained(make_results):
    a, b = make_results("a", ranks(440)), make_results("b", ranks(500))
    pair = compare_models([a, b], CONFIG).pairs[0]
    said = build_pair_verdict(pair, CONFIG, adjusted=(0.046, 0.058))
    assert not said.confirmed
    assert said.kind == "undecided"
    models = compare_models([a, b, *(make_results(f"c{i}", ranks(440)) for i in range(3))], CONFIG)
    assert build_verdict(models).numbers["p_holm"] > build_verdict(models).numbers["p_value"]


def test_three_pairs_are_adjusted_together(make_results):
    models = [make_results(name, ranks(n)) for name, n in (("a", 440), ("b", 420), ("c", 425))]
    comparison = compare_models(models, CONFIG)
    adjusted = adjusted_p(comparison.pairs, CONFIG)
    smallest = min(pair.deciding.p_value for pair in comparison.pairs)
    assert min(p for p, _ in adjusted) == pytest.approx(3 * smallest)
    assert all(bound >= p for p, bound in adjusted)


@pytest.mark.parametrize(
    ("low", "high", "confirmed", "kind"),
    [
        (0.06, 0.20, True, "clear"),
        (-0.20, -0.06, True, "clear"),
        (0.06, 0.20, False, "undecided"),
        (0.05, 0.20, True, "size-open"),
        (0.01, 0.20, True, "size-open"),
        (-0.20, -0.01, True, "size-open"),
        (0.01, 0.20, False, "undecided"),
        (0.01, 0.04, True, "equivalent"),
        (-0.04, 0.04, False, "equivalent"),
        (-0.04, 0.05, False, "undecided"),
        (-0.01, 0.20, True, "undecided"),
        (np.nan, np.nan, True, "undecided"),
        (-np.inf, np.inf, True, "undecided"),
        (np.inf, np.inf, True, "clear"),
    ],
)
def test_the_first_that_fits(low, high, confirmed, kind):
    assert choose_kind(low, high, 0.05, confirmed) == kind


def test_a_p_value_near_5_percent_is_not_below_it_for_sure():
    assert upper_p(0.045, 2000) > 0.05
    assert upper_p(0.035, 2000) < 0.05
    assert upper_p(0.045, 200_000) < 0.05
