"""How a model did then and does now, and what to do: rules with known answers."""

import numpy as np
import pytest

from gru4rec_core.evaluation.rate_intervals import hit_rate_interval
from gru4rec_core.evaluation.recheck_advice import (
    RateChange,
    RecheckFacts,
    difference_limits,
    rate_change,
    recommend,
)


def sample(hits: int, n: int) -> tuple[np.ndarray, np.ndarray]:
    return np.repeat([1.0, 0.0], [hits, n - hits]), np.arange(n)


def wilson(hits: float, n: int, z: float) -> tuple[float, float]:
    """Limits of a rate, as in Wilson (1927)."""
    rate = hits / n
    half = z * np.sqrt(rate * (1 - rate) / n + (z / (2 * n)) ** 2)
    return tuple((rate + z**2 / (2 * n) + sign * half) / (1 + z**2 / n) for sign in (-1, 1))


def test_then_and_now_stand_in_one_line_with_the_interval() -> None:
    assert RateChange(0.537, 0.466, -0.089, -0.052).sentence == "53.7 then, 46.6 now: −7.1 (−8.9 to −5.2)"


def test_the_limits_are_newcombes() -> None:
    # Newcombe (1998), table II, (a): 56 of 70 against 48 of 80, method 10, from Wilson's limits of each.
    old, new = (0.6, *wilson(48, 80, 1.959964)), (0.8, *wilson(56, 70, 1.959964))
    assert difference_limits(old, new) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_the_interval_of_a_change_rests_on_those_of_both_rates() -> None:
    change = rate_change(sample(48, 80), sample(56, 70), 0.95)
    assert (change.then, change.now) == (0.6, 0.8)
    # Student's quantiles of 79 and 69 degrees of freedom, and one event fewer, as `hit_rate_interval` counts them.
    old, new = (0.6, *wilson(47.4, 79, 1.990450)), (0.8, *wilson(55.2, 69, 1.994945))
    assert (change.low, change.high) == pytest.approx(difference_limits(old, new), abs=1e-6)


def test_each_side_counts_whole_sessions() -> None:
    hits = np.tile([1.0, 0.0], 50).repeat(2)
    events, sessions = np.arange(200), np.arange(100).repeat(2)  # both events of a session share their fate
    narrow, wide = (rate_change((hits, which), (hits, which), 0.95) for which in (events, sessions))
    assert wide.high > 1.3 * narrow.high
    assert hit_rate_interval(hits, sessions, 0.95)[1] > hit_rate_interval(hits, events, 0.95)[1]


@pytest.mark.parametrize(("hits", "n"), [(0, 50), (50, 50), (1, 2)])
def test_the_limits_hold_the_difference_and_stay_possible(hits: int, n: int) -> None:
    change = rate_change(sample(hits, n), sample(n - hits, n), 0.95)
    assert -1 <= change.low <= change.now - change.then <= change.high <= 1


@pytest.mark.parametrize(
    ("facts", "recommendation", "words"),
    [
        (RecheckFacts(fell=False, baseline_beats_old=False), "keep", "not clearly lost"),
        (
            RecheckFacts(fell=None, baseline_beats_old=False),
            "keep",
            "Keep the old model: the strongest baseline is not",
        ),
        (RecheckFacts(fell=True, baseline_beats_old=False), "retrain", "clearly fallen"),
        (RecheckFacts(fell=False, baseline_beats_old=True), "retrain", "the strongest baseline"),
        (RecheckFacts(True, True, True, True), "retire", "even against the retrained"),
        (RecheckFacts(True, True, True, False), "retrain", "retrained model is better"),
        (RecheckFacts(True, True, False, True), "retire", "even against the retrained"),
        (RecheckFacts(True, True, False, False), "retrain", "but not the retrained model"),
        (RecheckFacts(True, False, False, False), "keep", "the retrained model is not better"),
    ],
)
def test_the_first_rule_that_fits_decides(facts: RecheckFacts, recommendation: str, words: str) -> None:
    advice = recommend(facts)
    assert advice.recommendation == recommendation
    assert words in advice.sentence


def test_hits_fell_only_where_the_whole_interval_lies_below_the_margin() -> None:
    assert RateChange(0.5, 0.4, -0.15, -0.05).fell_by_more_than(0.05)
    assert not RateChange(0.5, 0.4, -0.15, -0.02).fell_by_more_than(0.05)
    assert not RateChange(0.5, 0.6, 0.05, 0.15).fell_by_more_than(0.05)
