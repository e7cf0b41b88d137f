import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gru4rec_core.evaluation.comparison import event_values
from gru4rec_core.evaluation.seed_outcomes import (
    by_majority,
    hit_counts,
    is_hit,
    seed_index,
    shared_seed,
    shown_seed,
)
from tests.evaluation.conftest import model_of

RANKS = st.sampled_from([1, 1.5, 2, 3, 3.5, 4, 9, 30])


@st.composite
def models(draw):
    n_events, n_seeds = draw(st.integers(1, 8)), draw(st.integers(1, 4))
    per_seed = draw(st.lists(st.lists(RANKS, min_size=n_events, max_size=n_events), min_size=n_seeds, max_size=n_seeds))
    return model_of("a", *per_seed)


def test_a_hit_is_counted_once_per_seed():
    assert hit_counts(model_of("a", [1, 1, 9], [1, 9, 9], [3, 3.5, 9]), 3).tolist() == [3, 1, 0]


def test_counts_are_whole_numbers():
    assert hit_counts(model_of("a", [1], [1]), 3).dtype == np.int64


def test_two_of_three_seeds_make_a_hit_and_one_does_not():
    assert is_hit(model_of("a", [5, 1], [1, 9], [2, 9]), 3).tolist() == [True, False]


def test_with_half_of_the_seeds_the_mean_rank_decides():
    assert is_hit(model_of("a", [1, 1, 2], [5, 9, 4.5]), 3).tolist() == [True, False, False]


def test_an_unknown_item_is_a_miss_in_every_seed():
    model = model_of("a", [1, 1], [1, 1])
    for evaluation in model.evaluations:
        evaluation.target[0] = -1
    assert is_hit(model, 20).tolist() == [False, True]
    assert hit_counts(model, 20).tolist() == [0, 2]


@given(models(), st.integers(1, 20))
def test_one_seed_decides_alone(model, k):
    if model.n_seeds == 1:
        assert (is_hit(model, k) == (event_values(model, f"accuracy@{k}") == 1)).all()


@given(models(), st.integers(1, 20))
def test_all_seeds_are_never_overruled(model, k):
    counts, hit = hit_counts(model, k), is_hit(model, k)
    assert hit[counts == model.n_seeds].all()
    assert not hit[counts == 0].any()


@given(models(), st.integers(1, 19))
def test_a_longer_list_never_turns_a_hit_into_a_miss(model, k):
    assert (is_hit(model, k) <= is_hit(model, k + 1)).all()


@given(models(), st.integers(1, 20))
def test_the_shown_seed_is_as_near_the_mean_as_any(model, k):
    rates = np.array([np.mean(evaluation.ranks() <= k) for evaluation in model.evaluations])
    distances = np.abs(rates - rates.mean())
    assert distances[shown_seed(model, k)] == pytest.approx(distances.min(), abs=1e-12)


def test_of_equally_near_seeds_the_first_is_shown():
    assert shown_seed(model_of("a", [1, 1], [9, 9]), 3) == 0
    assert shown_seed(model_of("a", [1, 1], [9, 9], [1, 9]), 3) == 2


def test_one_seed_is_shown_for_both_models():
    a = model_of("a", [1, 1, 1], [1, 1, 9], [1, 9, 9])  # its mean is that of seed 1
    b = model_of("b", [9, 9, 9], [1, 9, 9], [1, 1, 9])
    assert shared_seed([a, b], 3) == 1


def test_a_model_with_fewer_seeds_stays_at_its_last():
    one, three = model_of("a", [1, 9]), model_of("b", [1, 1], [9, 9], [1, 9])
    assert shared_seed([one, three], 3) == 2
    assert [seed_index(one, seed) for seed in range(3)] == [0, 0, 0]
    assert [seed_index(three, seed) for seed in range(3)] == [0, 1, 2]


def test_counts_of_outcomes_say_how_they_were_decided():
    assert by_majority([model_of("a", [1]), model_of("b", [1])]) == ""
    assert by_majority([model_of("a", [1]), model_of("b", [1], [1])]) == " by majority of the seeds"
