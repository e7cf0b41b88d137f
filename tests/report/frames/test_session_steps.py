"""Facts about one session told step by step."""

import numpy as np
import pytest

from gru4rec_core.data.split_types import EvaluationSet
from gru4rec_core.report.frames import session_steps as frames
from gru4rec_core.report.frames.session_steps import Guesses, Step
from tests.report.frames.toys import Echo


@pytest.fixture
def events(make_dataset):
    return EvaluationSet(make_dataset("ddab", "abcd"), predicted=np.array([0, 0, 1, 0, 0, 0, 0, 0], bool))


@pytest.fixture
def model(results):
    """BPR with two seeds; its one event is at position 2 of session 0."""
    return results("bpr", [7], [2])


def kinds(steps):
    return [step.kind for step in steps]


def test_a_step_is_tested_learnt_or_watched_training(results, make_dataset):
    events = EvaluationSet(make_dataset("ddab"), predicted=np.array([0, 0, 1, 0], bool))
    trained = np.array([True, True, False, False])
    steps = frames.list_steps(0, events, trained, [results("bpr", [7])], 0)
    assert kinds(steps) == ["trained", "trained", "tested", "validation"]
    assert [step.item for step in steps] == [events.dataset.item_to_id[item] for item in "ddab"]
    assert [step.event for step in steps] == [None, None, 0, None]


def test_of_a_session_that_training_never_saw_nothing_is_called_validation(results, make_dataset):
    events = EvaluationSet(make_dataset("ddab"), predicted=np.array([0, 0, 1, 0], bool))
    steps = frames.list_steps(0, events, np.zeros(4, bool), [results("bpr", [7])], 0)
    assert kinds(steps) == ["untested", "untested", "tested", "untested"]


def test_ranks_are_those_of_the_test_and_of_one_seed(events, model, results):
    steps = frames.list_steps(0, events, np.zeros(8, bool), [model, results("top1", [5])], 1)
    assert [step.ranks for step in steps] == [{}, {}, {"bpr": 2.0, "top1": 5.0}, {}]
    assert not any(step.ranks for step in frames.list_steps(1, events, np.zeros(8, bool), [model], 1))


def test_guesses_at_a_tested_step_are_those_of_the_test(model):
    assert frames.guesses_of_test(0, [model], 3, 1) == {"bpr": Guesses([29, 28, 27], 2.0)}


def test_a_step_that_was_not_tested_is_guessed_from_the_items_before_it():
    assert frames.guess_again([3, 3, 0], 1, {"echo": Echo()}, 2) == {"echo": Guesses([3, 0], 1.0)}
    assert frames.guess_again([3, 3, 0], 2, {"echo": Echo()}, 2) == {"echo": Guesses([3, 0], 2.0)}


def test_an_unknown_item_is_passed_over_in_the_history_and_has_no_rank():
    assert frames.guess_again([3, -1, 0], 1, {"echo": Echo()}, 1)["echo"].rank == float("inf")
    assert frames.guess_again([3, -1, 0], 2, {"echo": Echo()}, 1)["echo"].items == [3]


@pytest.mark.parametrize(
    ("n_steps", "focus", "span"),
    [(5, 4, (0, 5)), (21, 0, (0, 21)), (100, 0, (0, 21)), (100, 50, (36, 57)), (100, 99, (79, 100)), (22, 21, (1, 22))],
)
def test_of_a_long_session_as_many_steps_are_drawn_wherever_one_looks(n_steps, focus, span):
    assert frames.visible_span(n_steps, focus) == span


@pytest.mark.parametrize("focus", range(40))
def test_the_step_that_is_looked_at_is_always_drawn(focus):
    start, stop = frames.visible_span(40, focus)
    assert start <= focus < stop


def step(position, item, kind="tested"):
    return Step(position, item, kind, None, {})


def grouped(steps, focus):
    return [[one.position for one in group] for group in frames.gather_repeats(steps, focus)]


def test_repeats_next_to_each_other_stand_together_unless_one_is_looked_at():
    steps = [step(i, item) for i, item in enumerate([7, 7, 7, 2, 7, 7])]
    assert grouped(steps, 3) == [[0, 1, 2], [3], [4, 5]]
    assert grouped(steps, 1) == [[0], [1], [2], [3], [4, 5]]


def test_repeats_of_another_kind_and_unknown_items_stay_apart():
    assert grouped([step(0, 7, "trained"), step(1, 7), step(2, -1), step(3, -1)], 9) == [[0], [1], [2], [3]]
