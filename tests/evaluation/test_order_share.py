"""The share of order, by hand and under chance."""

import numpy as np
import pytest

from gru4rec_core.evaluation.order_share import METHODS, SIDES, Estimate, OrderHits, OrderShare, estimate_share


def rates(popularity: float, table: tuple[float, float], gru: tuple[float, float], n: int = 1000) -> OrderHits:
    """Ten events per session; the first ones of a hundred are hits, so that all sessions differ."""
    place = np.random.default_rng(0).permutation(n) / n
    sides = {"table": table, "gru": gru}
    of = {
        (method, side): np.stack([place < rate] * 3)
        for method in METHODS
        for side, rate in zip(SIDES, sides[method], strict=True)
    }
    return OrderHits(np.arange(n) // 10, place < popularity, of)


def share_of(hits: OrderHits) -> OrderShare:
    return estimate_share(hits, 0.95, np.random.default_rng(1))


def test_the_better_method_counts_on_either_side() -> None:
    """In order the table leads, shuffled the GRU: (60 - 35) of (60 - 10)."""
    found = share_of(rates(0.1, (0.6, 0.2), (0.5, 0.35)))
    assert found.share is not None
    assert found.share.value == pytest.approx(0.5)
    assert 0.4 < found.share.low < 0.5 < found.share.high < 0.6
    assert (found.best("in_order"), found.best("shuffled")) == pytest.approx((0.6, 0.35))
    assert found.predictable.value == pytest.approx(0.5)
    assert found.beyond_last.value == pytest.approx(-0.1)
    assert found.popularity.value == pytest.approx(0.1)


def test_nothing_lost_by_shuffling_is_a_share_of_0() -> None:
    found = share_of(rates(0.1, (0.6, 0.6), (0.5, 0.5)))
    assert found.share is not None
    assert found.share.value == 0
    assert 0 in found.share


def test_all_lost_by_shuffling_is_a_share_of_1() -> None:
    found = share_of(rates(0.1, (0.6, 0.1), (0.5, 0.05)))
    assert found.share is not None
    assert found.share.value == pytest.approx(1)


def test_there_is_no_share_of_what_cannot_be_predicted() -> None:
    assert share_of(rates(0.3, (0.3, 0.2), (0.25, 0.2))).share is None
    assert share_of(rates(0.4, (0.3, 0.2), (0.25, 0.2))).predictable.value == pytest.approx(-0.1)


def test_seeds_that_disagree_widen_the_interval() -> None:
    hits = rates(0.1, (0.6, 0.2), (0.5, 0.35))
    place = np.random.default_rng(0).permutation(1000) / 1000
    hits.of["table", "in_order"][:] = [place < 0.5, place < 0.6, place < 0.7]
    same, spread = share_of(rates(0.1, (0.6, 0.2), (0.5, 0.35))).share, share_of(hits).share
    assert same is not None
    assert spread is not None
    assert spread.value == pytest.approx(same.value)
    assert spread.high - spread.low > 1.5 * (same.high - same.low)


def test_shuffling_that_changes_nothing_is_found_so_in_19_of_20_worlds() -> None:
    generator, covered = np.random.default_rng(7), 0
    for _ in range(60):
        skill = generator.beta(2, 2, 80).repeat(10)  # sessions differ
        of = {(method, side): generator.random((3, 800)) < skill for method in METHODS for side in SIDES}
        found = estimate_share(OrderHits(np.arange(800) // 10, generator.random(800) < 0.2, of), 0.95, generator)
        covered += found.share is not None and 0 in found.share
    assert covered >= 53  # of 60 that are covered with 95 %, fewer than 53 are in 2 % of cases


def test_it_survives_json() -> None:
    for hits in (rates(0.1, (0.6, 0.2), (0.5, 0.35)), rates(0.3, (0.3, 0.2), (0.25, 0.2))):
        found = share_of(hits)
        assert OrderShare.from_json(found.to_json()) == found


def test_both_ends_belong_to_an_interval() -> None:
    assert 0.1 in Estimate(0.2, 0.1, 0.3)
    assert 0.31 not in Estimate(0.2, 0.1, 0.3)
