"""How often the same model would win again: worked examples, laws, and whether it comes true in simulated repeats."""

import numpy as np
import pytest
from scipy import stats

from gru4rec_core.evaluation.trained_again import train_again, win_share
from tests.evaluation.conftest import model_of
from tests.evaluation.rank_lists import ranks

A, B = [0.20, 0.21, 0.22], [0.23, 0.24, 0.25]


def test_equal_spreads_give_students_predictive_probability():
    # A difference of 0.03 and a new one that varies by √2 · 0.01 · √(1 + 1/3), with 4 degrees of freedom.
    assert win_share(A, B).share == pytest.approx(stats.t.cdf(0.03 / (0.01 * np.sqrt(8 / 3)), 4))


def test_the_limits_invert_the_noncentral_t_distribution():
    # scipy's own noncentral t is found again at the limits of θ: T has the quantile 0.975 at the lower one.
    found, statistic = win_share(A, B), np.sqrt(3) * 0.03 / np.sqrt(2e-4)
    for limit, share in ((found.low, 0.975), (found.high, 0.025)):
        theta = stats.norm.ppf(limit)
        assert stats.nct.cdf(statistic, 4, np.sqrt(3) * theta) == pytest.approx(share, abs=0.002)


def test_the_other_model_wins_the_rest():
    one, other = win_share(A, B), win_share(B, A)
    assert (one.share + other.share, one.low + other.high) == pytest.approx((1, 1))


def test_equal_means_are_a_coin_flip():
    assert win_share(A, A).share == pytest.approx(0.5)
    assert win_share(A, A).low + win_share(A, A).high == pytest.approx(1)


def test_a_baseline_does_not_vary():
    against = win_share([0.2], B, fixed=(True, False))
    assert against.share == pytest.approx(stats.t.cdf(0.04 / (0.01 * np.sqrt(4 / 3)), 2))


def test_seeds_that_agree_to_the_last_hit_promise_no_certainty():
    assert 0.9 < win_share([0.200] * 3, [0.201] * 3, step=0.001).share < 0.99
    assert win_share([0.2] * 3, [0.2] * 3, step=0.001).share == pytest.approx(0.5)


def test_the_share_lies_within_its_limits_however_far_apart_the_models_are():
    for gap in (0.0, 0.01, 0.05, 0.3, 0.8):
        found = win_share(A, np.add(A, gap))
        assert 0 <= found.low <= found.share <= found.high <= 1


def test_more_seeds_narrow_the_limits():
    few, many = win_share(A, B), win_share(A * 2, B * 2)
    assert many.low > few.low
    assert many.share > few.share


@pytest.mark.parametrize(("n_seeds", "spread"), [(3, 1.0), (3, 2.0), (5, 2.0)])
def test_calibration(n_seeds, spread):
    """Of the repeats told to be won in p of 100, p of 100 are won; the limits hold the truth in 95 of 100."""
    rng = np.random.default_rng(7)
    told, won, covered = [], [], []
    for gap in rng.normal(0, 3, 400):
        a, b = rng.normal(0, 1, n_seeds + 1), rng.normal(gap, spread, n_seeds + 1)
        found = win_share(a[:-1], b[:-1])
        truth = stats.norm.cdf(gap / np.hypot(1, spread))
        told.append(max(found.share, 1 - found.share))
        won.append((b[-1] > a[-1]) == (found.share > 0.5))
        covered.append(found.low <= truth <= found.high)
    assert np.mean(covered) == pytest.approx(0.95, abs=0.03)
    assert np.mean(won) == pytest.approx(np.mean(told), abs=0.05)
    bold = np.array(told) > 0.9
    assert np.mean(np.array(won)[bold]) > 0.9


def test_one_run_cannot_tell_and_two_more_are_offered():
    found = train_again(model_of("b", ranks(500)), model_of("a", ranks(400)), 3, 0.95)
    assert found.wins is None
    assert found.single == ("B", "A")
    assert [(model.name, model.count) for model in found.further_seeds] == [("b", 2), ("a", 2)]


def test_a_lead_far_beyond_the_spread_of_the_seeds_asks_for_nothing_more():
    leader = model_of("b", *(ranks(n) for n in (500, 501, 502)))
    found = train_again(leader, model_of("a", *(ranks(n) for n in (400, 401, 402))), 3, 0.95)
    assert not found.is_close
    assert found.further_seeds == ()
    assert found.wins.share > 0.99


def test_a_lead_within_the_spread_is_close_and_five_seeds_are_offered():
    leader = model_of("b", *(ranks(n) for n in (400, 440, 480)))
    other = model_of("a", *(ranks(n) for n in (390, 430, 460, 470)))
    found = train_again(leader, other, 3, 0.95)
    assert found.is_close
    assert [(model.name, model.count) for model in found.further_seeds] == [("b", 2), ("a", 1)]


def test_against_a_baseline_only_the_model_is_trained_again():
    model, baseline = model_of("b", ranks(500), ranks(480)), model_of("markov", ranks(400), kind="baseline")
    found = train_again(model, baseline, 3, 0.95)
    assert found.trained == ("B",)
    assert [offer.name for offer in found.further_seeds] in ([], ["b"])
    assert found.wins.share > 0.5


def test_the_spread_of_one_seed_is_refused():
    with pytest.raises(ValueError, match="two runs or more"):
        win_share([0.2], B)
