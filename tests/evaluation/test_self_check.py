"""A sound test finds nothing between equals, and notices what was spoilt; where it is broken, the check says so."""

import json
from dataclasses import replace

import numpy as np
import pytest

from gru4rec_core.evaluation import self_check
from gru4rec_core.evaluation.self_check import (
    EventHits,
    Sabotage,
    SelfCheck,
    carry_out_checks,
    meet_itself,
    visible_size,
)
from gru4rec_core.evaluation.sensitivity import visible_from_half_width
from tests.evaluation.conftest import model_of
from tests.evaluation.rank_lists import CONFIG, N, ranks

LUCK = np.random.default_rng(5).random(N)
SESSION = np.arange(N)


def blend(share: float) -> np.ndarray:
    """A model that hits 40 of 100 events, and none once all is noise."""
    return (0.4 * (1 - share) > LUCK).astype(np.float64)


def seeds_of(*rates: float) -> EventHits:
    luck = [np.random.default_rng(i).random(N) for i in range(len(rates))]
    return EventHits(
        SESSION, np.stack([(one < rate).astype(np.float64) for one, rate in zip(luck, rates, strict=True)])
    )


def check(seeds: EventHits, smallest: float = 0.02, of=blend) -> SelfCheck:
    return carry_out_checks(model_of("bpr", *[ranks(10)] * len(seeds.hits)), seeds, of, smallest, CONFIG)


def test_a_sound_test_passes_both_experiments():
    found = check(seeds_of(0.4, 0.4, 0.4))
    assert found.works
    assert found.n_same == 20
    assert found.n_called_different <= 3
    assert found.sabotage.found
    assert found.sabotage.after == pytest.approx(0.4 / (1 + found.smallest), rel=0.02)
    assert found.sentences[0] == "This test passed both checks."


def test_training_luck_is_dealt_to_both_sides():
    # One seed is far better than the other: session by session, each half has it as often as the other half.
    assert check(seeds_of(0.2, 0.6)).equals_are_equal


def test_a_single_run_cannot_meet_itself_and_says_so():
    found = check(seeds_of(0.4))
    assert found.n_same == 0
    assert found.works
    assert "has one run, which always equals itself" in found.sentences[1]


def test_an_odd_number_of_seeds_makes_two_equal_halves():
    assert len(meet_itself(model_of("a", *[ranks(10)] * 5), seeds_of(*[0.3] * 5), CONFIG)) == 20


def test_a_test_without_hits_sees_no_difference_and_is_not_called_wrong():
    found = check(seeds_of(0.0, 0.0), of=lambda share: np.zeros(N))
    assert (found.smallest, found.sabotage, found.works) == (None, None, True)
    assert "too small to see any difference" in found.sentences[2]


def test_an_unknown_size_is_no_size():
    assert check(seeds_of(0.4, 0.4), smallest=float("inf")).smallest is None


def test_a_test_that_finds_nothing_fails(monkeypatch):
    monkeypatch.setattr(self_check, "finds_lead", lambda verdict: False)
    found = check(seeds_of(0.4, 0.4))
    assert not found.works
    assert found.sentences[0] == "This test failed a check: do not rely on the verdict."
    assert "does not notice it" in found.sentences[2]


def test_a_test_that_calls_equals_different_fails(monkeypatch):
    flipped = self_check.flipped_sums
    monkeypatch.setattr(self_check, "flipped_sums", lambda sums, n, rng: flipped(sums, n, rng) * 1e-6)
    drawn = self_check.bootstrap_sums
    monkeypatch.setattr(self_check, "bootstrap_sums", lambda sums, n, rng: np.tile(drawn(sums, 1, rng), (n, 1)))
    found = check(seeds_of(0.4, 0.4))
    assert not found.equals_are_equal
    assert not found.works


def test_the_visible_size_asks_for_more_than_an_interval_without_0():
    assert visible_from_half_width(0.02, 0.95) < visible_size(0.02, 0.0, CONFIG) < 0.04


def test_an_interval_as_wide_as_the_hits_sees_nothing():
    assert visible_size(0.9, 0.0, CONFIG) == float("inf")
    assert visible_size(float("inf"), 0.0, CONFIG) == float("inf")


def test_it_survives_json():
    found = check(seeds_of(0.4, 0.4))
    assert SelfCheck.from_json(json.loads(json.dumps(found.to_json()))) == found


def test_what_could_not_be_checked_is_not_called_sound() -> None:
    whole = SelfCheck("BPR", 3, 20, 1, 0.03, 0.05, Sabotage(0.2, 0.4, 0.38, True))
    assert (whole.is_whole, whole.sentences[0]) == (True, "This test passed both checks.")
    answers = {
        replace(whole, n_same=0, n_seeds=1).sentences[0],
        replace(whole, smallest=None, sabotage=None).sentences[0],
        replace(whole, n_same=0, n_seeds=1, smallest=None, sabotage=None).sentences[0],
    }
    assert answers == {
        "A worse model is noticed. Whether equal models look equal could not be checked.",
        "Equal models look equal. Whether a worse model is noticed could not be checked.",
        "Nothing could be checked on this test.",
    }
