"""Facts about the orders in which test events are read."""

from dataclasses import replace

import numpy as np
import pytest

from gru4rec_core.evaluation.event_orders import ORDERS, first_guess_lead, order_events
from tests.evaluation.conftest import model_of


def with_leads(model, leads):
    """The same model, whose first guess leads its second by so much."""
    [one] = model.evaluations
    scores = np.zeros((len(leads), 20), np.float32)
    scores[:, 0] = leads
    return replace(model, evaluations=(replace(one, top_scores=scores),))


def unknown_at(model, event):
    """The same model, tested on an item at this event that training never saw."""
    target = model.evaluations[0].target.copy()
    target[event] = -1
    return replace(model, evaluations=tuple(replace(one, target=target) for one in model.evaluations))


PAIR = (model_of("top1", [1, 2, 20, 5, 9]), model_of("bpr", [1, 24, 2, 6, 40]))


@pytest.mark.parametrize("order", [*ORDERS, "<script>"])
def test_every_order_has_each_event_once_and_is_the_same_for_everybody(order):
    told = order_events(order, PAIR, 3)
    assert sorted(told.tolist()) == [0, 1, 2, 3, 4]
    assert told.tolist() == order_events(order, PAIR, 3).tolist()


def test_the_random_order_is_not_the_order_of_the_log():
    assert order_events("random", [model_of("bpr", [1] * 50)], 3).tolist() != list(range(50))


def test_the_largest_disagreement_is_the_largest_factor_between_ranks():
    # 12 times, 10 times, 4.4 times, 1.2 times, none.
    assert order_events("disagreement", PAIR, 3).tolist() == [1, 2, 4, 3, 0]


def test_the_worst_miss_is_that_of_the_model_that_did_worse():
    assert order_events("worst-miss", PAIR, 3)[:4].tolist() == [4, 1, 2, 3]


def test_a_rank_in_the_list_is_no_miss_however_bad():
    told = order_events("worst-miss", [model_of("bpr", [9, 12, 8])], 10)
    assert told[0] == 1


def test_ranks_are_those_of_the_seed_that_is_shown():
    model = model_of("bpr", [30, 1, 20], [4, 40, 20])
    assert order_events("worst-miss", [model], 3, seed=0)[0] == 0
    assert order_events("worst-miss", [model], 3, seed=1)[0] == 1


def test_the_most_confident_miss_leads_by_most_among_its_own_models_guesses():
    # The hit (event 0) leads by most; of the misses, BPR's at event 2 leads by more than 3 in 4 of its guesses.
    bpr = with_leads(model_of("bpr", [1, 9, 9, 9]), [9.0, 0.1, 5.0, 0.2])
    assert order_events("confident-miss", [bpr], 3).tolist() == [2, 3, 1, 0]


def test_the_scale_of_a_models_scores_does_not_matter():
    small = with_leads(model_of("top1", [1, 9, 9, 1]), [0.001, 0.004, 0.002, 0.003])
    large = with_leads(model_of("bpr", [9, 1, 1, 9]), [100.0, 400.0, 300.0, 200.0])
    # TOP1's miss at 1 is its surest guess; BPR's at 3 is only its third.
    assert order_events("confident-miss", [small, large], 3)[0] == 1
    assert first_guess_lead(small, 0).tolist() == [0.25, 1.0, 0.5, 0.75]


def test_an_item_that_training_never_saw_is_no_miss_to_learn_from():
    model = unknown_at(model_of("bpr", [1, 40, 9]), 1)
    for order in ("worst-miss", "confident-miss"):
        assert order_events(order, [model], 3)[0] == 2
    assert order_events("disagreement", [model, unknown_at(model_of("top1", [1, 2, 5]), 1)], 3)[0] == 2
