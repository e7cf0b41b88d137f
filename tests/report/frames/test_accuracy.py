import numpy as np
import pandas as pd
import pytest

from gru4rec_core.data.split_types import EvaluationSet
from gru4rec_core.data.vocabulary import ItemVocabulary
from gru4rec_core.evaluation.slices import slice_rates, whole_rates
from gru4rec_core.report.frames import accuracy as frames


@pytest.fixture
def vocabulary():
    return ItemVocabulary([f"i{n}" for n in range(30)])


def table(*rows):
    return pd.DataFrame(rows, columns=["slice", "value", "hits", "low", "high"])


WHOLE = pd.Series({"label": "BPR", "hits": 12.0})


def test_the_weakest_slice_is_one_whose_interval_lies_below_the_whole():
    rows = table(
        ("length", "3", 9.0, 8.0, 11.9),
        ("length", "4-5", 8.0, 5.0, 12.0),  # fewer hits, but not surely
        ("length", "over 20", 1.0, 0.1, 30.0),
        ("popularity", "not in training", 0.0, 0.0, 0.4),
    )
    assert frames.find_weakest(rows, 12.0)["value"] == "3"
    assert frames.find_weakest(rows, 11.0) is None


def test_where_no_slice_is_surely_weaker_the_headline_says_so():
    text = frames.weakest_sentence(WHOLE, None, 3, 0.95, "sessions")
    assert text.startswith("BPR had the next item in its top 3 for 12.0 of 100 test sessions.")
    assert "No slice is clearly weaker" in text
    assert "No slice is clearly weaker" in frames.weakest_sentence(WHOLE, None, 3, 0.95, "events")


def test_items_that_training_never_saw_are_excepted_where_they_occur():
    text = frames.weakest_sentence(WHOLE, None, 3, 0.95, "sessions", has_unseen=True)
    assert "test sessions. Apart from items that training never saw, no slice is clearly weaker: no other" in text
    assert "Apart" not in frames.weakest_sentence(WHOLE, None, 3, 0.95, "sessions")


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
def test_the_headline_says_where_it_is_weakest_with_its_interval(cut, value, words):
    row = pd.Series({"slice": cut, "value": value, "hits": 8.0, "low": 6.5, "high": 9.75})
    text = frames.weakest_sentence(WHOLE, row, 3, 0.9, "events")
    assert text == (
        f"BPR is weakest {words}: the next item was in its top 3 for 8.0 of 100 (90 %: 6.5 to 9.8), against 12.0 of"
        " 100 over all test events."
    )


@pytest.fixture
def rates(results, make_dataset):
    """Two models, one always right, one never, on the last items of three sessions; and the whole test's rates."""
    data = make_dataset("abc", "abc", "bcb")
    events = EvaluationSet(data, predict_from=np.full(3, 2, np.int32))
    models = [results("bpr", [1, 1, 1]), results("top1", [9, 9, 9])]
    return slice_rates(models, events, np.ones(30, int), 3, 0.95), whole_rates(models, 3, 0.95)


def test_a_chart_of_a_slice_begins_with_the_whole_test_and_counts_in_brackets(rates):
    rows = frames.chart_rows(*rates, "position", "events")
    assert rows["what"].tolist() == ["all test events (3)"] * 2 + ["2 (few: 3)"] * 2
    assert rows["few"].tolist() == [False, False, True, True]
    many = frames.chart_rows(*(table.assign(n_events=1234) for table in rates), "position", "events")
    assert many["what"].tolist() == ["all test events (1,234)"] * 2 + ["2 (1,234)"] * 2
    assert not many["few"].any()
    assert rows.set_index("name")["hits"].groupby(level=0).first().to_dict() == {"bpr": 100.0, "top1": 0.0}
    assert rows["order"].tolist() == [-1, -1, 2, 2]


def test_the_figures_of_slices_are_told_with_interval_and_counts(rates):
    figures = frames.slice_figures(rates[0], 3, 0.95)
    assert figures.columns.tolist() == [
        *("kind", "value", "method", "top 3 per 100", "95 % from", "95 % to", "test events", "test sessions")
    ]
    assert set(figures["kind"]) == set(frames.TITLES.values())


CATEGORIES = pd.DataFrame(
    [
        ("m", "Markov", 61.0, 58, 64, 90.0, 89, 91, 20.0),
        ("bpr", "BPR", 52.5, 49, 56, 94.4, 93, 95, 53.7),
        ("popularity", "Best-sellers", 31.0, 28, 34, 99.0, 98, 100, 5.0),
    ],
    columns=["name", "label", "first", "first_low", "first_high", "category", "low", "high", "item"],
)


def test_the_first_guess_stands_beside_best_sellers_and_the_best_at_kinds():
    assert frames.category_sentence(CATEGORIES, "bpr", 10, "events") == (
        "The first guess of BPR was of the right category for 52.5 of 100 test events, that of best-sellers for 31.0."
        " Most often right: Markov, 61.0."
        " BPR had an item of the right category in its top 10 for 94.4 of 100, and the item itself for 53.7."
    )
    best = frames.category_sentence(CATEGORIES, "m", 10, "events")
    assert "Most often right" not in best
    assert best.endswith("the item itself for 20.0.")


def test_best_sellers_are_not_beside_themselves():
    told = frames.category_sentence(CATEGORIES, "popularity", 10, "events")
    assert told.startswith(
        "The first guess of Best-sellers was of the right category for 31.0 of 100 test events. Most often"
    )


def test_in_a_list_of_one_the_first_guess_is_said_once():
    told = frames.category_sentence(CATEGORIES, "m", 1, "sessions")
    assert told == (
        "The first guess of Markov was of the right category for 61.0 of 100 test sessions, that of best-sellers for"
        " 31.0. It was the item itself for 20.0."
    )
    assert frames.category_figures(CATEGORIES, 1, 0.9).columns.tolist() == [
        *("method", "right category, first guess", "90 % from", "90 % to", "right item, top 1")
    ]


def test_the_table_of_categories_has_each_rate_with_its_interval():
    assert frames.category_figures(CATEGORIES, 10, 0.9).columns.tolist() == [
        *("method", "right category, first guess", "90 % from", "90 % to"),
        *("right category, top 10", "top 10 from", "top 10 to", "right item, top 10"),
    ]


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
