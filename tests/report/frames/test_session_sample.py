"""Facts about the ten sessions of a report."""

from collections import Counter

import numpy as np
import pytest

from gru4rec_core.evaluation.hit_overlap import find_hit_overlap
from gru4rec_core.report.frames.session_sample import describe_rule, pick_sessions
from gru4rec_core.report.labels import outcome_labels


@pytest.fixture
def pair(results):
    ranks = np.random.default_rng(5).integers(1, 25, (2, 400))
    sessions = np.repeat(np.arange(100), 4)
    return results("top1", ranks[0], sessions=sessions), results("bpr", ranks[1], sessions=sessions)


def test_two_of_each_outcome_and_the_two_largest_disagreements(pair):
    picks = pick_sessions(pair, 10)
    assert set(Counter(pick.reason for pick in picks).values()) == {2}
    labels, outcomes = outcome_labels(*pair), find_hit_overlap(*pair, 10).labels
    for pick in picks[:8]:
        assert labels[outcomes[pick.event]] == pick.reason
    assert [pick.reason for pick in picks[8:]] == ["largest disagreement"] * 2


def test_each_is_another_session_and_everybody_has_the_same(pair):
    picks = pick_sessions(pair, 10)
    sessions = [int(pair[0].evaluations[0].session[pick.event]) for pick in picks]
    assert len(set(sessions)) == len(picks) == 10
    assert pick_sessions(pair, 10) == picks


def test_the_largest_disagreement_is_the_largest_factor_between_ranks(results):
    # 12 and 10 times; 24 against 20 is a larger difference and a smaller factor; rank 0 is an unknown item.
    a = results("top1", [5] * 20 + [2, 20, 24, 0])
    b = results("bpr", [6] * 20 + [24, 2, 20, 0])
    events = [pick.event for pick in pick_sessions((a, b), 1) if pick.reason == "largest disagreement"]
    assert events == [20, 21]


def test_an_outcome_that_never_happens_has_no_session(results):
    picks = pick_sessions((results("top1", [1] * 6), results("bpr", [1] * 6)), 3)
    assert {pick.reason for pick in picks} == {"both hit", "largest disagreement"}


def test_one_model_has_hits_and_misses(results):
    picks = pick_sessions((results("bpr", [1] * 20 + [9] * 20),), 3)
    assert Counter(pick.reason for pick in picks) == {"hit": 4, "miss": 6}


def test_the_rule_says_its_seed():
    assert "seed 20" in describe_rule(1)
    assert "seed 20" in describe_rule(2)


def test_with_several_seeds_those_come_first_whose_shown_guesses_have_the_outcome_of_most(results):
    # Hit in two of three seeds, so "both hit"; the first seed, which is shown, misses the first 30 of them.
    shown = [9] * 30 + [1] * 4 + [9] * 6
    others = [1] * 34 + [9] * 6
    a, b = (results(name, shown, others, others) for name in ("top1", "bpr"))
    assert {pick.event for pick in pick_sessions((a, b), 3) if pick.reason == "both hit"} <= set(range(30, 34))
    assert {pick.event for pick in pick_sessions((a,), 3) if pick.reason == "hit"} == set(range(30, 34))
