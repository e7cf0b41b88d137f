import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gru4rec_core.evaluation.rate_intervals import hit_rate_interval, level_text


def test_interval_of_independent_events_is_wilsons_with_students_quantile():
    hits = np.r_[np.ones(20), np.zeros(80)]
    low, high = hit_rate_interval(hits, np.arange(100), 0.95)
    # Wilson's formula at 99 effective events with Student's quantile of 99 degrees of freedom, 1.98422. (The normal
    # one at 100 gives 0.1334 to 0.2888: statsmodels 0.14, proportion_confint(20, 100, method="wilson").)
    assert (low, high) == pytest.approx((0.13241, 0.29054), abs=5e-6)


def test_interval_takes_the_level_it_is_given():
    hits = np.r_[np.ones(20), np.zeros(80)]
    # The same formula with Student's quantile at 80 %, 1.29016.
    assert hit_rate_interval(hits, np.arange(100), 0.8) == pytest.approx((0.15329, 0.25664), abs=5e-6)


def test_interval_widens_when_the_events_of_a_session_go_together():
    hits = np.repeat(np.r_[np.ones(20), np.zeros(80)], 10)
    alone = hit_rate_interval(hits, np.arange(1000), 0.95)
    together = hit_rate_interval(hits, np.repeat(np.arange(100), 10), 0.95)
    assert together[1] - together[0] > 2.5 * (alone[1] - alone[0])


@given(st.lists(st.booleans(), min_size=1, max_size=40), st.floats(0.55, 0.999))
def test_interval_holds_the_rate_and_stays_between_0_and_1(hits, confidence):
    values = np.array(hits, float)
    low, high = hit_rate_interval(values, np.arange(len(hits)), confidence)
    assert 0 <= low <= values.mean() + 1e-12
    assert values.mean() <= high + 1e-12
    assert high <= 1


def test_interval_without_events_is_everything():
    assert hit_rate_interval(np.empty(0), np.empty(0, int), 0.95) == (0.0, 1.0)


@pytest.mark.parametrize(("level", "text"), [(0.95, "95 %"), (0.9, "90 %"), (0.999, "99.9 %"), (0.8, "80 %")])
def test_the_level_is_written_without_needless_decimals(level, text):
    assert level_text(level) == text


@pytest.mark.parametrize("n_sessions", [5, 8, 20])
def test_few_sessions_of_alike_events_have_intervals_that_miss_as_seldom_as_they_say(n_sessions):
    rng = np.random.default_rng(n_sessions)
    session = np.repeat(np.arange(n_sessions), 10)
    missed = 0
    for _ in range(1_000):
        rates = np.repeat(rng.beta(2.0, 2.0, n_sessions), 10)  # of each session; half on average
        low, high = hit_rate_interval((rng.random(session.size) < rates).astype(float), session, 0.95)
        missed += not low <= 0.5 <= high
    assert missed / 1_000 < 0.075


def test_two_sessions_have_students_interval_of_one_degree_of_freedom():
    low, high = hit_rate_interval(np.array([1.0, 0.0]), np.arange(2), 0.95)
    # Wilson's formula at one effective event, with Student's quantile of 12.706.
    assert (low, high) == pytest.approx((0.00154, 0.99846), abs=5e-5)
