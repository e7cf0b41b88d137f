from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from gru4rec_core.data.split_types import EvaluationSet
from gru4rec_core.data.vocabulary import ItemVocabulary
from gru4rec_core.report.frames import accuracy as frames


@pytest.fixture
def vocabulary():
    return ItemVocabulary([f"i{n}" for n in range(30)])


def table(*rows):
    columns = ["slice", "value", "hits", "n_sessions"]
    return pd.DataFrame(rows, columns=columns)


def test_the_weakest_slice_has_enough_sessions_and_known_items():
    rows = table(
        ("length", "4-5", 9.0, 200), ("length", "over 20", 1.0, 199), ("popularity", "not in training", 0.0, 900)
    )
    assert frames.find_weakest(rows)["value"] == "4-5"


def test_without_a_large_slice_there_is_no_weakest():
    assert frames.find_weakest(table(("length", "3", 9.0, 50))) is None
    assert "too few" in frames.weakest_sentence("BPR", None, 12.0, 3)


@pytest.mark.parametrize(
    ("cut", "value", "words"),
    [
        ("position", "none", "at the first item"),
        ("position", "1", "after a single item"),
        ("position", "4-5", "after 4-5 items"),
        ("length", "over 20", "in sessions of over 20 items"),
        ("popularity", "rare items", "where the next item was one of the rare items"),
        ("repeat", "new", "where the next item was new in its session"),
    ],
)
def test_the_headline_says_where_it_is_weakest(cut, value, words):
    row = pd.Series({"slice": cut, "value": value, "hits": 8.0, "n_sessions": 300})
    text = frames.weakest_sentence("BPR", row, 12.0, 3)
    assert text.startswith(f"BPR is weakest {words}: the next item was in its top 3 for 8.0 of 100")


@pytest.mark.parametrize(
    ("value", "limits"), [("none", (0, 0)), ("3", (3, 3)), ("4-5", (4, 5)), ("over 20", (21, None))]
)
def test_a_slice_of_positions_stands_for_numbers(value, limits):
    assert frames.bounds(value) == limits


def test_slices_of_every_method_stand_below_each_other(results, make_dataset):
    data = make_dataset("abc", "abc", "bcb")
    events = EvaluationSet(data, predict_from=np.full(3, 2, np.int32))
    good = results("bpr", [1, 1, 1])
    counts = np.ones(30, int)
    found = frames.by_slice([good, results("top1", [9, 9, 9])], events, counts, 3)
    position = found[found["slice"] == "position"].set_index("name")
    assert position["hits"].to_dict() == {"bpr": 100.0, "top1": 0.0}
    assert set(found.loc[found["slice"] == "popularity", "value"]) <= {"best-sellers", "middling items", "rare items"}


def test_ranks_fall_into_buckets_that_add_up(results):
    found = frames.by_rank([results("bpr", [1, 2, 3, 6, 25, 0], [1, 2, 3, 6, 25, 0])])
    assert found["share"].sum() == pytest.approx(100)
    shares = found.set_index("rank")["share"]
    assert shares["2-3"] == pytest.approx(100 / 3)
    assert shares["unknown item"] == pytest.approx(100 / 6)


def test_confusion_rows_add_up_and_say_where_the_guess_was_right(results, vocabulary):
    pairs, items = frames.confusions(results("bpr", [1] * 30 + [5] * 30), vocabulary, 4)
    assert items == ["i0", "i1", "i2", "i3"]
    assert pairs.groupby("true")["share"].sum().tolist() == pytest.approx([100.0] * 4)
    assert pairs[pairs["hit"]]["share"].tolist() == [50.0] * 4
    assert set(pairs[~pairs["hit"]]["predicted"]) == {"other items"}


def test_items_never_listed_stand_with_what_they_missed(results, vocabulary):
    found = frames.unseen_items(results("bpr", [5] * 40), vocabulary, np.arange(30), 20)
    assert found["item"].tolist()[:2] == ["i9", "i8"]
    assert found["came next"].tolist() == [2] * 10
    assert set(found["item"]) == {f"i{n}" for n in range(10)}


def test_the_predictions_of_a_slice_are_those_its_row_counts(results, make_dataset):
    data = make_dataset("abca", "ab", "bcbaabca", "acc", "cab")
    events = EvaluationSet(data, predict_from=np.ones(5, np.int32))
    index = events.events()
    model = results("bpr", [1, 9] * (len(index.target) // 2) + [0] * (len(index.target) % 2))
    evaluation = replace(model.evaluations[0], session=index.session, position=index.position)
    evaluation.target[:3] = -1
    model = replace(model, evaluations=(evaluation,))
    counts = np.arange(30)[::-1]
    found = frames.by_slice([model], events, counts, 3)
    assert set(found["slice"]) == set(frames.TITLES)
    for row in found.itertuples():
        chosen = frames.select_slice(evaluation, events, counts, row.slice, row.value)
        assert chosen.sum() == row.n_events
        assert 100 * (evaluation.ranks()[chosen] <= 3).mean() == pytest.approx(row.hits)
