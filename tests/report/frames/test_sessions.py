"""Facts about the lists of predictions."""

import numpy as np
import pytest

from gru4rec_core.data.split_types import EvaluationSet
from gru4rec_core.report.frames import sessions as frames


@pytest.fixture
def events(make_dataset):
    """Three sessions a b c; b b a; c a c, each predicted at its last item."""
    return EvaluationSet(make_dataset("abc", "bba", "cac"), predict_from=np.full(3, 2, np.int32))


def test_a_chip_chooses_its_outcome_and_nonsense_means_all():
    labels = np.array(["both", "neither", "both", "only_a"])
    assert frames.choose("both", 4, labels).tolist() == [0, 2]
    assert frames.choose("<script>", 4, labels).tolist() == [0, 1, 2, 3]
    assert frames.choose("both", 4, None).tolist() == [0, 1, 2, 3]


def test_what_is_chosen_and_matches_keeps_the_order():
    matches = np.array([True, True, True, False])
    assert frames.arrange(np.array([0, 2, 3]), matches, np.array([3, 2, 1, 0])).tolist() == [2, 0]


def test_predictions_of_a_session_are_gathered_where_its_first_one_stands():
    session = np.array([0, 0, 1, 1, 2])
    gathered = frames.gather_sessions(np.array([3, 1, 2, 4, 0]), session)
    assert gathered.first.tolist() == [3, 1, 4]
    assert gathered.counts.tolist() == [2, 2, 1]
    assert len(frames.gather_sessions(np.empty(0, np.int64), session).first) == 0


def test_rows_tell_the_last_item_the_next_and_each_models_guess(results, events):
    rows = frames.prediction_rows(np.array([2, 0]), [results("bpr", [1, 4, 9])], events)
    a, b = events.dataset.item_to_id["a"], events.dataset.item_to_id["b"]
    assert rows["event"].tolist() == [2, 0]
    assert rows["last"].tolist() == [a, b]
    assert rows["step"].tolist() == rows["length"].tolist() == [3, 3]
    assert rows["guess:bpr"].tolist() == [29, 0]
    assert rows["rank:bpr"].tolist() == [9.0, 1.0]


def test_guess_and_rank_are_those_of_one_seed_and_hits_are_counted_in_all(results, events):
    models = [results("bpr", [5, 1, 9], [1, 9, 9], [2, 9, 1]), results("top1", [1, 1, 4])]
    rows = frames.prediction_rows(np.arange(3), models, events, seed=1)
    assert rows["rank:bpr"].tolist() == [1.0, 9.0, 9.0]
    assert rows["guess:bpr"].tolist() == [0, 29, 29]
    assert frames.guesses_table(rows, models, 3, 1, str)["BPR: seeds with a hit"].tolist() == [2, 1, 1]
    assert rows["rank:top1"].tolist() == [1.0, 1.0, 4.0]  # it has no second seed


def test_misses_go_by_the_majority_of_the_seeds_and_by_the_mean_rank_where_half_have_it(results):
    assert frames.missed_by(results("bpr", [1, 4, 0]), 3).tolist() == [1, 2]
    assert frames.missed_by(results("bpr", [1, 4, 9], [9, 9, 9], [9, 1, 9]), 3).tolist() == [0, 1, 2]
    assert frames.missed_by(results("bpr", [1, 1, 9], [9, 5, 9]), 3).tolist() == [0, 2]


def test_a_file_holds_all_k_guesses_by_name_and_ranks_as_they_are(results, events):
    models = [results("bpr", [1, 0, 9], [1, 0, 9]), results("top1", [1, 1, 4])]
    rows = frames.prediction_rows(np.array([1, 2]), models, events, 0)
    table = frames.guesses_table(rows, models, 3, 0, lambda item: "unknown" if item < 0 else f"item {item}")
    assert table["BPR: rank"].tolist() == ["unknown", "9"]
    assert table["BPR: seeds with a hit"].tolist() == [0, 0]
    assert table["came next"].tolist() == ["unknown", "item 2"]
    assert table[[f"TOP1: guess {place}" for place in (1, 2, 3)]].iloc[0].tolist() == ["item 1", "item 28", "item 27"]
    assert "TOP1: seeds with a hit" not in table
    assert "TOP1: guess 4" not in table
    assert table["session"].tolist() == ["s1", "s2"]
