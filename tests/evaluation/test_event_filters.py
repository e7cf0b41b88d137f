"""Facts about the conditions on test events: three sessions a b c; b b a; c a c, each predicted at its last item."""

from dataclasses import replace

import numpy as np
import pytest

from gru4rec_core.data.split_types import EvaluationSet
from gru4rec_core.data.vocabulary import ItemVocabulary
from gru4rec_core.evaluation.event_filters import Filters, Range, find_items, find_matches, find_sessions
from gru4rec_core.evaluation.scoring import Evaluation
from tests.evaluation.conftest import model_of


@pytest.fixture
def events(make_dataset):
    return EvaluationSet(make_dataset("abc", "bba", "cac"), predict_from=np.full(3, 2, np.int32))


@pytest.fixture
def model(events):
    """BPR with two seeds; the ranks are 1, 4, 9 and 9, 1, 9, its lists begin with a, b, c and then go on alike."""
    index, two_seeds = events.events(), model_of("bpr", [1, 4, 9], [9, 1, 9])

    def tested(one: Evaluation, seed: int) -> Evaluation:
        top = one.top_items.copy()
        top[:, 0] = [0, 1, 2] if seed == 0 else [2, 2, 2]
        top[:, 1:] = np.arange(3, 22)
        return replace(one, session=index.session, position=index.position, target=index.target, top_items=top)

    return replace(two_seeds, evaluations=tuple(tested(one, s) for s, one in enumerate(two_seeds.evaluations)))


def matching(model, events, seed=0, k=3, **conditions) -> list[int]:
    return np.flatnonzero(find_matches([model], events, k, Filters(**conditions), seed)).tolist()


def ids(events, *items):
    return np.array([events.dataset.item_to_id[item] for item in items], np.int32)


def test_without_a_condition_all_match(model, events):
    assert matching(model, events) == [0, 1, 2]


def test_what_came_and_what_was_seen_before_it(model, events):
    assert matching(model, events, came=ids(events, "c")) == [0, 2]
    assert matching(model, events, came=ids(events, "a", "b")) == [1]
    # The first session ends with c: nothing before it was one.
    assert matching(model, events, had=ids(events, "c")) == [2]
    assert matching(model, events, had=np.empty(0, np.int32)) == []


def test_an_item_that_training_never_saw_is_none_of_the_items_asked_for(model, events):
    target = np.array([-1, 0, 2], np.int32)
    unknown = replace(model, evaluations=tuple(replace(one, target=target) for one in model.evaluations))
    assert matching(unknown, events, came=np.arange(3, dtype=np.int32)) == [1, 2]


def test_what_was_guessed_goes_by_the_list_of_the_seed_that_is_shown(model, events):
    assert matching(model, events, guessed=ids(events, "b")) == [1]
    assert matching(model, events, guessed=ids(events, "b"), seed=1) == []
    assert matching(model, events, guessed=np.array([4]), k=3) == [0, 1, 2]
    assert matching(model, events, guessed=np.array([4]), k=2) == []


def test_near_misses_have_the_category_of_what_came_among_the_guesses_but_not_the_item(model, events):
    codes = np.full(model.evaluations[0].n_items, -1)
    codes[ids(events, "a", "b")] = 0
    # The first event is a hit; the second guessed b where a came; the third has no category.
    assert matching(model, events, near=codes) == [1]
    assert matching(model, events, near=codes, seed=1) == []
    codes[[*ids(events, "c"), 4]] = 1
    assert matching(model, events, near=codes) == [1, 2]
    assert matching(model, events, near=codes, k=2) == [1, 2]  # the third guessed c itself first in this toy
    assert matching(model, events, near=codes, rank=Range(low=5)) == [2]


def test_a_rank_may_be_asked_of_one_model_or_of_any(model, events):
    other = replace(
        model_of("top1", [9, 9, 1]), evaluations=(replace(model.evaluations[0], greater=np.array([8, 8, 0])),)
    )
    first = Filters(rank=Range(1, 1))
    assert find_matches([model, other], events, 3, first).tolist() == [True, False, True]
    assert find_matches([model, other], events, 3, replace(first, by="top1")).tolist() == [False, False, True]
    assert find_matches([model, other], events, 3, replace(first, by="bpr")).tolist() == [True, False, False]


def test_guess_and_rank_are_asked_of_the_same_model(model, events):
    other = replace(
        model_of("top1", [9, 9, 9]), evaluations=(replace(model.evaluations[1], greater=np.array([8, 8, 8])),)
    )
    # BPR guessed b at event 1 with rank 4, TOP1 had rank 9 there with other guesses.
    asked = Filters(guessed=ids(events, "b"), rank=Range(5, None))
    assert not find_matches([model, other], events, 3, asked).any()


def test_an_unknown_item_is_worse_than_any_rank(model, events):
    unknown = replace(model, evaluations=(replace(model.evaluations[0], target=np.array([-1, 0, 2], np.int32)),))
    assert matching(unknown, events, rank=Range(1_000_000, None)) == [0]


def test_length_step_and_the_sessions_that_are_meant(model, make_dataset):
    events = EvaluationSet(make_dataset("ab", "abc", "abcd"), predicted=np.array([0, 1, 0, 0, 1, 0, 0, 1, 0], bool))
    index = events.events()
    tested = replace(model.evaluations[0], session=index.session, position=index.position, target=index.target)
    one = replace(model, evaluations=(tested,))
    assert matching(one, events, length=Range(3, 4)) == [1, 2]
    assert matching(one, events, step=Range(None, 2)) == [0]
    assert matching(one, events, step=Range(3, 3)) == [1, 2]
    assert matching(one, events, session=np.array([False, True, False])) == [1]
    assert matching(one, events, session=np.zeros(3, bool)) == []


def test_a_kind_and_another_condition_both_hold(model, events):
    kind = np.array([False, True, True])
    assert matching(model, events, kind=kind) == [1, 2]
    assert matching(model, events, kind=kind, came=ids(events, "c")) == [2]


def test_items_are_found_by_a_part_of_their_name_or_by_the_whole():
    vocabulary = ItemVocabulary(["Red shoe", "blue SHOE", "hat", "shoe"])
    assert find_items(vocabulary, " shoe ").tolist() == [0, 1, 3]
    assert find_items(vocabulary, "Shoe", whole=True).tolist() == [3]
    assert find_items(vocabulary, "red  shoe", whole=True).tolist() == [0]
    assert find_items(vocabulary, "  ") is None
    assert find_items(vocabulary, "none").size == 0


def test_items_are_found_by_the_names_that_are_shown_and_by_their_own():
    vocabulary = ItemVocabulary(["17", "18"])
    names = {"17": "Red shoe"}
    assert find_items(vocabulary, "SHOE", names).tolist() == [0]
    assert find_items(vocabulary, "red shoe", names, whole=True).tolist() == [0]
    assert find_items(vocabulary, "17", names, whole=True).tolist() == [0]
    assert find_items(vocabulary, "1", names).tolist() == [0, 1]


def test_sessions_are_found_by_their_key_and_by_the_name_that_is_shown():
    keys, names = ["17", "ann#2026-03-31T08:15:00"], ["Session 17", "ann, 2026-03-31, visit 2"]
    for text, found in {
        " session  17 ": [True, False],
        "17": [True, False],
        "Ann, 2026-03-31, visit 2": [False, True],
        "ANN#2026": [False, True],
        "nobody": [False, False],
    }.items():
        assert find_sessions(keys, text, names).tolist() == found


@pytest.mark.parametrize(
    ("limits", "text", "words"),
    [((2, 5), "2-5", "2 to 5"), ((2, None), "2-", "2 or more"), ((None, 5), "-5", "up to 5"), ((3, 3), "3-3", "3")],
)
def test_a_range_travels_as_text(limits, text, words):
    assert str(Range(*limits)) == text
    assert Range.from_text(text) == Range(*limits)
    assert Range(*limits).describe() == words


@pytest.mark.parametrize("text", ["", "-", "x-y", "--", "<b>", "5", "x-5", "9" * 20 + "-", "-" + "9" * 4301])
def test_what_is_no_range_sets_no_limit(text):
    assert not Range.from_text(text)
    assert str(Range.from_text(text)) == ""
    assert Range.from_text(text).contains(np.array([1.0, np.inf])).all()
