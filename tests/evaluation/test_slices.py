"""Tables of where a model is right, worked out by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.split_types import EvaluationSet
from gru4rec_core.data.vocabulary import ItemVocabulary
from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.evaluation.rate_intervals import hit_rate_interval
from gru4rec_core.evaluation.scoring import Evaluation
from gru4rec_core.evaluation.seed_outcomes import best_first, rate
from gru4rec_core.evaluation.slices import (
    OTHER,
    choose_methods,
    confusion,
    event_kinds,
    popularity_thirds,
    rank_distribution,
    select_slice,
    slice_rates,
    slice_values,
    whole_rates,
)


def evaluation(events: EvaluationSet, ranks: list[int], first: list[int] | None = None) -> Evaluation:
    """The events with these ranks, and these items guessed first."""
    index = events.events()
    n_items = events.dataset.n_items
    greater = np.where(index.target < 0, n_items, np.array(ranks) - 1).astype(np.int32)
    zeros = np.zeros(len(greater), np.int32)
    top = np.array(first or zeros, np.int32)[:, None]
    return Evaluation(
        index.session, zeros, index.position, index.target, greater, zeros, top, top.astype(np.float32), n_items
    )


@pytest.fixture
def events() -> EvaluationSet:
    """(0 1 0 2), (1 1), (-1 0 -1): all but the first are predicted."""
    items = np.array([0, 1, 0, 2, 1, 1, -1, 0, -1], np.int32)
    dataset = SessionDataset.from_arrays(
        items, np.arange(9), np.array([0, 4, 6, 9]), np.arange(3), ItemVocabulary(list("abc"))
    )
    return EvaluationSet(dataset, np.ones(3, np.int32))


def model(*evaluations: Evaluation) -> ModelResults:
    return ModelResults("bpr", "BPR", "gru4rec", evaluations)


def rows(table, name: str) -> dict[str, tuple[int, int, float]]:
    cut = table[table["slice"] == name]
    assert cut["order"].is_monotonic_increasing
    return {row.value: (row.n_events, row.n_sessions, round(row.hits, 2)) for row in cut.itertuples(index=False)}


COUNTS = np.array([6, 3, 1])


def test_every_slice_is_that_worked_out_by_hand(events):
    # true items 1 0 2 | 1 | 0 -1; hits within the first place: 1st, 3rd, 4th
    table = slice_rates([model(evaluation(events, [1, 2, 1, 1, 3, 0]))], events, COUNTS, 1, 0.95)
    assert rows(table, "position") == {"1": (3, 3, 66.67), "2": (2, 2, 0.0), "3": (1, 1, 100.0)}
    assert rows(table, "length") == {"1-2": (1, 1, 100.0), "3": (2, 1, 0.0), "4-5": (3, 1, 66.67)}
    assert rows(table, "popularity") == {
        "popular items": (2, 2, 0.0),
        "mid-popularity items": (2, 2, 100.0),
        "rare items": (1, 1, 100.0),
        "not in training": (1, 1, 0.0),
    }
    assert rows(table, "repeat") == {"already seen": (2, 2, 50.0), "new": (4, 2, 50.0)}
    assert table.groupby("slice")["n_events"].sum().eq(6).all()


def test_several_seeds_are_averaged_event_by_event(events):
    two = model(evaluation(events, [1, 2, 1, 1, 3, 0]), evaluation(events, [2, 2, 1, 1, 3, 0]))
    table = slice_rates([two], events, COUNTS, 1, 0.95)
    assert rows(table, "length")["4-5"] == (3, 1, 50.0)


def test_the_interval_of_a_slice_is_that_of_its_events_over_their_sessions(events):
    found = evaluation(events, [1, 2, 1, 1, 3, 0])
    row = slice_rates([model(found)], events, COUNTS, 1, 0.9).query("slice == 'repeat' and value == 'new'").iloc[0]
    chosen = select_slice(event_kinds(found, events, COUNTS), "repeat", "new")
    low, high = hit_rate_interval((found.ranks() <= 1)[chosen].astype(float), found.session[chosen], 0.9)
    assert (row["low"], row["high"]) == (100 * low, 100 * high)
    assert row["low"] < row["hits"] < row["high"]


def test_the_events_of_a_row_can_be_selected(events):
    found = evaluation(events, [1, 2, 1, 1, 3, 0])
    kinds = event_kinds(found, events, COUNTS)
    for row in slice_rates([model(found)], events, COUNTS, 1, 0.95).itertuples():
        assert select_slice(kinds, row.slice, row.value).sum() == row.n_events
    with pytest.raises(ValueError, match="over 9000"):
        select_slice(kinds, "length", "over 9000")


def test_the_values_that_occur_are_those_of_the_rows(events):
    found = evaluation(events, [1, 2, 1, 1, 3, 0])
    table = slice_rates([model(found)], events, COUNTS, 1, 0.95)
    assert slice_values(event_kinds(found, events, COUNTS)) == list(zip(table["slice"], table["value"], strict=True))


def test_the_strongest_baseline_is_drawn_beside_the_models(events):
    def method(name: str, ranks: list[int]) -> ModelResults:
        return ModelResults(name, name, "gru4rec" if name == "bpr" else "baseline", (evaluation(events, ranks),))

    methods = [method("popularity", [9] * 6), method("markov", [2] * 6), method("bpr", [3] * 6)]
    assert [one.name for one in choose_methods(methods, 2)] == ["markov", "bpr"]
    assert [one.name for one in choose_methods(methods, 1)] == ["popularity", "bpr"]  # equal: the first
    assert [one.name for one in choose_methods(methods[2:], 2)] == ["bpr"]
    assert [one.name for one in best_first(methods, "baseline", 2)] == ["markov", "popularity"]  # as the verdict ranks


def test_the_whole_test_has_the_rate_of_all_tables(events):
    one = model(evaluation(events, [1, 2, 1, 1, 3, 0]))
    row = whole_rates([one], 1, 0.95).iloc[0]
    assert (row["hits"], row["n_events"], row["n_sessions"]) == (100 * rate(one, "accuracy@1"), 6, 3)
    assert row["low"] < row["hits"] < row["high"]


def test_without_events_there_are_no_slices(events):
    nothing = EvaluationSet(events.dataset, events.dataset.lengths)
    nobody = model(evaluation(nothing, []))
    assert slice_rates([nobody], nothing, COUNTS, 1, 0.95).empty
    assert whole_rates([nobody], 1, 0.95)["hits"].tolist() == [0.0]


def test_thirds_of_popularity_hold_about_a_third_of_the_events():
    # By count: item 4 (6 events) | 3 (3) | 1 (2), 2 (1) and 0, 5 (never seen); cuts at 4 and 8 of 12 events.
    assert popularity_thirds(np.array([0, 2, 1, 3, 6, 0])).tolist() == [2, 2, 2, 1, 0, 2]
    assert popularity_thirds(np.array([1, 1, 1])).tolist() == [0, 1, 2]


@given(st.lists(st.integers(0, 50), min_size=1, max_size=40))
def test_a_more_popular_item_is_never_in_a_later_third(counts):
    counts = np.array(counts)
    thirds = popularity_thirds(counts)
    for less, more in zip(np.argsort(counts)[:-1], np.argsort(counts)[1:], strict=True):
        assert counts[less] == counts[more] or thirds[more] <= thirds[less]
    # Each third begins within its own share of the events: the thirds before it hold at least that much.
    assert 3 * counts[thirds == 0].sum() >= counts.sum()
    assert 3 * counts[thirds <= 1].sum() >= 2 * counts.sum()


def test_ranks_are_counted_in_their_buckets(events):
    table = rank_distribution(evaluation(events, [1, 2, 3, 4, 101, 0]))
    assert table["rank"].tolist() == ["1", "2-3", "4-5", "6-10", "11-20", "21-100", "over 100", "unknown item"]
    assert table["n_events"].tolist() == [1, 2, 1, 0, 0, 0, 1, 1]
    assert table["share_per_100"].sum() == pytest.approx(100)


def test_the_limits_of_the_buckets_belong_to_the_better_one(events):
    assert rank_distribution(evaluation(events, [5, 10, 20, 100, 21, 0]))["n_events"].tolist() == [
        0, 0, 1, 1, 1, 2, 0, 1,
    ]  # fmt: skip


def test_half_a_place_counts_as_the_worse_bucket(events):
    found = evaluation(events, [1, 3, 3, 3, 3, 0])
    found.equal[0] = 1
    assert rank_distribution(found)["n_events"].tolist()[:2] == [0, 5]
    assert rank_distribution(found, "optimistic")["n_events"].tolist()[:2] == [1, 4]


def test_confusion_counts_first_guesses_by_true_item(events):
    # true 1 0 2 1 0 -1, guessed first 1 1 0 2 0 0; the two most frequent true items are 0 and 1
    table = confusion(evaluation(events, [1] * 6, first=[1, 1, 0, 2, 0, 0]), n_top=2)
    found = {(row.target, row.predicted): (row.n_events, row.share_per_100) for row in table.itertuples()}
    assert found == {(0, 0): (1, 50), (0, 1): (1, 50), (1, 1): (1, 50), (1, OTHER): (1, 50)}
    assert table["target_order"].tolist() == [0, 0, 1, 1]
    assert table["predicted_order"].tolist() == [0, 1, 1, 2]


def test_confusion_of_all_items_holds_all_events_with_a_known_item(events):
    table = confusion(evaluation(events, [1] * 6, first=[1, 1, 0, 2, 0, 0]))
    assert table["n_events"].sum() == 5
    assert table.groupby("target")["share_per_100"].sum().eq(100).all()


def test_confusion_of_no_events_is_empty(events):
    nothing = EvaluationSet(events.dataset, events.dataset.lengths)
    assert confusion(evaluation(nothing, [])).empty
