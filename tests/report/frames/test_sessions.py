import numpy as np
import pytest

from gru4rec_core.data.split_types import EvaluationSet
from gru4rec_core.data.vocabulary import ItemVocabulary
from gru4rec_core.report.frames import sessions as frames
from gru4rec_core.report.frames.sessions import Filters


class Echo:
    """Scores the item seen last highest, then the others by lower id."""

    def scores(self, sessions):
        table = np.tile(-np.arange(5, dtype=np.float32), (len(sessions), 1))
        for row, session in enumerate(sessions):
            if len(session):
                table[row, session[-1]] = 1.0
        return table


@pytest.fixture
def events(make_dataset):
    """Three sessions a b c; b b a; c a c, each predicted at its last item."""
    return EvaluationSet(make_dataset("abc", "bba", "cac"), predict_from=np.full(3, 2, np.int32))


def test_the_random_ones_are_the_same_for_everybody():
    assert frames.random_events(1000).tolist() == frames.random_events(1000).tolist()
    assert len(np.unique(frames.random_events(1000))) == 50
    assert frames.random_events(7).tolist() == list(range(7))


def test_a_chip_chooses_its_outcome_and_nonsense_is_random():
    labels = np.array(["both", "neither", "both", "only_a"])
    assert frames.choose("both", 4, labels).tolist() == [0, 2]
    assert frames.choose("<script>", 4, labels).tolist() == [0, 1, 2, 3]
    assert frames.choose("both", 4, None).tolist() == [0, 1, 2, 3]


def test_filters_ask_for_what_came_and_what_was_seen_before(results, events):
    model = results("bpr", [1, 2, 3])  # items 0, 1, 2 came next
    places = np.arange(3)
    assert frames.narrow(places, model, events, Filters()).tolist() == [0, 1, 2]
    assert frames.narrow(places, model, events, Filters(came=np.array([1]))).tolist() == [1]
    b = events.dataset.item_to_id["b"]
    assert frames.narrow(places, model, events, Filters(had=np.array([b]))).tolist() == [0, 1]
    assert frames.narrow(places, model, events, Filters(shortest=3)).tolist() == []
    assert frames.narrow(places, model, events, Filters(longest=2)).tolist() == [0, 1, 2]


def test_seen_before_leaves_out_the_item_that_came(results, events):
    c = events.dataset.item_to_id["c"]
    # The first session ends with c: nothing before it was one.
    assert frames.narrow(np.arange(3), results("bpr", [1, 1, 1]), events, Filters(had=np.array([c]))).tolist() == [2]


def test_names_are_found_by_a_part_whatever_the_case():
    vocabulary = ItemVocabulary(["Red shoe", "blue SHOE", "hat"])
    assert frames.find_items(vocabulary, " shoe ").tolist() == [0, 1]
    assert frames.find_items(vocabulary, "  ") is None
    assert frames.find_items(vocabulary, "none").size == 0


def test_rows_tell_the_last_item_the_next_and_each_models_guess(results, events):
    rows = frames.prediction_rows(np.array([2, 0]), [results("bpr", [1, 4, 9])], events, 3)
    a, b = events.dataset.item_to_id["a"], events.dataset.item_to_id["b"]
    assert rows["event"].tolist() == [2, 0]
    assert rows["last"].tolist() == [a, b]
    assert rows["guess:bpr"].tolist() == [29, 0]
    assert rows["rank:bpr"].tolist() == [9.0, 1.0]


def test_guess_and_rank_are_those_of_one_seed_and_hits_are_counted_in_all(results, events):
    models = [results("bpr", [5, 1, 9], [1, 9, 9], [2, 9, 1]), results("top1", [1, 1, 4])]
    rows = frames.prediction_rows(np.arange(3), models, events, 3, seed=1)
    assert rows["rank:bpr"].tolist() == [1.0, 9.0, 9.0]
    assert rows["guess:bpr"].tolist() == [0, 29, 29]
    assert rows["seeds:bpr"].tolist() == [2, 1, 1]
    assert rows["rank:top1"].tolist() == [1.0, 1.0, 4.0]  # it has no second seed


def test_tested_steps_have_the_guesses_and_ranks_of_the_test(results):
    model = results("echo", [7], [3])  # the only event is at position 2 of session 0
    steps = frames.predict_steps(np.array([3, 3, 0]), {"echo": Echo()}, np.array([True, True, False]), top=2)
    tested = frames.as_tested(steps, [model], 0, seed=1)
    assert tested[:2] == steps[:2]
    assert tested[2].ranks == {"echo": 3.0}
    assert tested[2].guesses == {"echo": [29, 28]}
    assert frames.as_tested(steps, [model], 1, seed=1) == steps


def test_each_step_is_guessed_from_the_items_before_it():
    told = frames.predict_steps(np.array([3, 3, 0]), {"echo": Echo()}, np.array([True, True, False]), top=2)
    assert [step.trained for step in told] == [True, True, False]
    assert told[0].guesses == {}
    assert told[1].guesses == {"echo": [3, 0]}
    assert told[1].ranks == {"echo": 1.0}
    assert told[2].ranks == {"echo": 2.0}


def test_steps_may_begin_late_and_still_know_what_came_before():
    items = np.array([3, 1, 0, 2])
    late = frames.predict_steps(items, {"echo": Echo()}, np.zeros(4, bool), first=2)
    whole = frames.predict_steps(items, {"echo": Echo()}, np.zeros(4, bool))
    assert late == whole[2:]


def test_an_unknown_item_is_passed_over_in_the_history_and_has_no_rank():
    told = frames.predict_steps(np.array([3, -1, 0]), {"echo": Echo()}, np.zeros(3, bool), top=1)
    assert told[1].ranks == {"echo": float("inf")}
    assert told[2].guesses == {"echo": [3]}


def test_a_session_of_one_item_has_nothing_to_guess():
    assert [step.item for step in frames.predict_steps(np.array([3]), {"echo": Echo()}, np.zeros(1, bool))] == [3]


def test_leaving_out_the_last_item_changes_the_guess_of_who_looks_at_it():
    left_out = dict(frames.leave_one_out([1, 4], Echo(), top=1))
    assert left_out == {-1: [4], 0: [4], 1: [1]}


def test_best_items_stand_between_an_average_item_and_the_first():
    best = frames.best_items([2], Echo(), top=3)  # scores 1, 0, -1, -3, -4: mean -1.4
    assert best["id"].tolist() == [2, 0, 1]
    assert best["relative"].tolist() == pytest.approx([100.0, 100 * 1.4 / 2.4, 100 * 0.4 / 2.4])


def test_what_lies_below_the_average_item_is_0():
    assert frames.best_items([2], Echo(), top=5)["relative"].tolist()[3:] == [0.0, 0.0]


def test_where_all_items_are_equal_none_is_less():
    class Same:
        def scores(self, sessions):
            return np.ones((len(sessions), 4), np.float32)

    assert frames.best_items([2], Same(), top=2)["relative"].tolist() == [100.0, 100.0]


def test_misses_go_by_the_majority_of_the_seeds_and_by_the_mean_rank_where_half_have_it(results):
    assert frames.missed_by(results("bpr", [1, 4, 0]), 3).tolist() == [1, 2]
    assert frames.missed_by(results("bpr", [1, 4, 9], [9, 9, 9], [9, 1, 9]), 3).tolist() == [0, 1, 2]
    assert frames.missed_by(results("bpr", [1, 1, 9], [9, 5, 9]), 3).tolist() == [0, 2]


def test_a_kind_of_session_keeps_its_predictions(results, events):
    kind = np.array([False, True, True])
    narrowed = frames.narrow(np.array([0, 2]), results("bpr", [1, 2, 3]), events, Filters(kind=kind))
    assert narrowed.tolist() == [2]
