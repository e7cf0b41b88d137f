"""Metrics of ranks, worked out by hand and against plain Python."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.split_types import EvaluationSet
from gru4rec_core.data.vocabulary import ItemVocabulary
from gru4rec_core.errors import ConfigError
from gru4rec_core.evaluation import metrics
from gru4rec_core.evaluation.scoring import Evaluation

N_ITEMS = 6


def evaluation(
    events: list[tuple[int, int, int]], sessions: list[int] | None = None, lists: list[list[int]] | None = None
) -> Evaluation:
    """Events as (target, greater, equal); target -1 is unknown."""
    target, greater, equal = (np.array(column, np.int32) for column in zip(*events, strict=True))
    session = np.array(sessions or range(len(events)), np.int32)
    top = np.array(lists or [[0, 1, 2]] * len(events), np.int32)
    position = np.ones(len(events), np.int32)
    return Evaluation(session, session, position, target, greater, equal, top, np.zeros(top.shape, np.float32), N_ITEMS)


def no_events() -> Evaluation:
    none = np.empty(0, np.int32)
    lists = np.empty((0, 3), np.int32)
    return Evaluation(none, none, none, none, none, none, lists, lists.astype(np.float32), N_ITEMS)


FIVE = [(0, 0, 0), (1, 1, 0), (2, 0, 3), (3, 3, 0), (-1, 6, 0)]
"""Median ranks 1, 2, 2.5, 4 and an unknown item; conservative 1, 2, 4, 4; optimistic 1, 2, 1, 4."""


def test_accuracy_is_the_share_of_ranks_up_to_k():
    five = evaluation(FIVE)
    assert [metrics.accuracy_at(five, k) for k in (1, 2, 3, 4, 100)] == [0.2, 0.4, 0.6, 0.8, 0.8]
    assert [metrics.accuracy_at(five, k, "conservative") for k in (1, 2, 3, 4)] == [0.2, 0.4, 0.4, 0.8]
    assert [metrics.accuracy_at(five, k, "optimistic") for k in (1, 2, 3, 4)] == [0.4, 0.6, 0.6, 0.8]


def test_mrr_is_the_mean_of_one_over_the_rank_and_0_below_k():
    assert metrics.mrr_at(evaluation(FIVE), 3) == pytest.approx((1 + 1 / 2 + 1 / 2.5) / 5)
    assert metrics.mrr_at(evaluation(FIVE), 20) == pytest.approx((1 + 1 / 2 + 1 / 2.5 + 1 / 4) / 5)


def test_ndcg_is_the_mean_of_one_over_log2_of_one_more_than_the_rank():
    five = evaluation(FIVE)
    assert metrics.ndcg_at(five, 2) == pytest.approx((1 + 1 / math.log2(3)) / 5)
    assert metrics.ndcg_at(five, 5) == pytest.approx((1 + 1 / math.log2(3) + 1 / math.log2(3.5) + 1 / math.log2(5)) / 5)


@pytest.mark.parametrize("k", [0, -1])
def test_a_list_without_places_is_refused(k):
    for metric in (metrics.accuracy_at, metrics.mrr_at, metrics.ndcg_at, metrics.catalogue_coverage):
        with pytest.raises(ConfigError, match="at least one place"):
            metric(evaluation(FIVE), k)


def test_without_events_nothing_was_measured():
    nothing = no_events()
    assert math.isnan(metrics.accuracy_at(nothing, 3))
    assert math.isnan(metrics.mrr_at(nothing, 3))
    assert math.isnan(metrics.ndcg_at(nothing, 3))
    assert math.isnan(metrics.catalogue_coverage(nothing, 3))
    assert math.isnan(metrics.mean_popularity(nothing, 3, np.arange(N_ITEMS)))
    assert metrics.never_recommended(nothing, 3).tolist() == list(range(N_ITEMS))


events_with_ties = st.lists(
    st.tuples(st.integers(-1, N_ITEMS - 1), st.integers(0, N_ITEMS - 1), st.integers(0, N_ITEMS - 1)),
    min_size=1,
    max_size=30,
)


@given(events_with_ties, st.integers(1, 8))
def test_metrics_are_those_of_plain_python(events, k):
    ranks = [math.inf if target < 0 else 1 + greater + equal / 2 for target, greater, equal in events]
    found = evaluation(events)
    assert metrics.accuracy_at(found, k) == pytest.approx(sum(r <= k for r in ranks) / len(ranks))
    assert metrics.mrr_at(found, k) == pytest.approx(sum(1 / r for r in ranks if r <= k) / len(ranks))
    gains = sum(1 / math.log2(1 + r) for r in ranks if r <= k)
    assert metrics.ndcg_at(found, k) == pytest.approx(gains / len(ranks))


@given(events_with_ties, st.integers(1, 8))
def test_a_longer_list_never_scores_lower_and_no_metric_passes_the_next(events, k):
    found = evaluation(events)
    for metric in (metrics.accuracy_at, metrics.mrr_at, metrics.ndcg_at):
        assert metric(found, k) <= metric(found, k + 1)
        assert metric(found, k, "conservative") <= metric(found, k) <= metric(found, k, "optimistic")
    assert metrics.mrr_at(found, k) <= metrics.ndcg_at(found, k) <= metrics.accuracy_at(found, k)


LISTS = [[0, 1, 2], [0, 2, 1], [4, 0, 1]]


def test_coverage_is_the_share_of_items_in_any_list():
    found = evaluation(FIVE[:3], lists=LISTS)
    assert metrics.catalogue_coverage(found, 1) == pytest.approx(2 / 6)
    assert metrics.catalogue_coverage(found, 3) == pytest.approx(4 / 6)


def test_items_in_no_list_are_never_recommended():
    found = evaluation(FIVE[:3], lists=LISTS)
    assert metrics.never_recommended(found, 1).tolist() == [1, 2, 3, 5]
    assert metrics.never_recommended(found, 3).tolist() == [3, 5]


def test_popularity_is_the_mean_count_of_what_is_recommended():
    found = evaluation(FIVE[:3], lists=LISTS)
    counts = np.array([10, 4, 3, 2, 1, 0])
    assert metrics.mean_popularity(found, 1, counts) == pytest.approx((10 + 10 + 1) / 3)
    assert metrics.mean_popularity(found, 2, counts) == pytest.approx((14 + 13 + 11) / 6)


def test_a_list_longer_than_what_was_kept_is_refused():
    with pytest.raises(ConfigError, match="k 4, 3 kept"):
        metrics.catalogue_coverage(evaluation(FIVE[:3], lists=LISTS), 4)


def few_sessions() -> EvaluationSet:
    """(0 1 0), (2 -1 2 -1): all but the first are predicted."""
    items = np.array([0, 1, 0, 2, -1, 2, -1], np.int32)
    dataset = SessionDataset.from_arrays(
        items, np.arange(7), np.array([0, 3, 7]), np.array([0, 1]), ItemVocabulary(list("abcdef"))
    )
    return EvaluationSet(dataset, np.ones(2, np.int32))


def test_an_item_was_seen_before_only_earlier_in_its_own_session():
    events = few_sessions()
    session = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    position = np.array([1, 1, 2, 0, 1, 3, 3, 3])
    item = np.array([0, 1, 1, 0, 2, 0, -1, 5])
    expected = [True, False, True, False, True, False, False, False]
    assert metrics.seen_before(events, session, position, item).tolist() == expected


def test_repeats_are_the_places_that_show_a_seen_item():
    events = few_sessions()
    shares = metrics.summarise(with_lists(events), ks=(1, 2), events=events)["repeat_share"]
    assert shares == {"1": pytest.approx((1 + 1 + 1 + 1 + 0) / 5), "2": pytest.approx((1 + 2 + 1 + 1 + 1) / 10)}


def test_the_summary_is_plain_json():
    found = metrics.summarise(evaluation(FIVE, sessions=[0, 0, 1, 1, 2]), ks=(1, 3, 20))
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert (found["n_events"], found["n_sessions"], found["n_unknown"]) == (5, 3, 1)
    assert found["accuracy"] == {"1": 0.2, "3": 0.6, "20": 0.8}
    assert found["accuracy_conservative"]["3"] == 0.4
    assert found["accuracy_optimistic"]["1"] == 0.4
    assert list(found["coverage"]) == ["1", "3"]


def with_lists(events: EvaluationSet) -> Evaluation:
    """Two items for each of the five events of `few_sessions`."""
    index = events.events()
    lists = np.array([[0, 1], [0, 1], [2, 0], [2, 0], [1, 2]], np.int32)
    zeros = np.zeros(len(index.target), np.int32)
    return Evaluation(
        index.session, zeros, index.position, index.target, zeros, zeros, lists, lists.astype(np.float32), N_ITEMS
    )


def test_the_summary_knows_what_lists_show_when_told_of_training_and_test():
    events = few_sessions()
    found = with_lists(events)
    counts = np.array([10, 4, 3, 2, 1, 0])
    values = metrics.summarise(found, ks=(1, 2, 3), events=events, train_counts=counts)
    assert list(values["repeat_share"]) == ["1", "2"]
    assert values["mean_popularity"] == {str(k): metrics.mean_popularity(found, k, counts) for k in (1, 2)}
    assert not {"repeat_share", "mean_popularity"} & set(metrics.summarise(found, ks=(1, 2)))


@pytest.mark.parametrize("block", [1, 2, 4])
def test_the_summary_is_the_same_in_blocks_of_events(monkeypatch: pytest.MonkeyPatch, block: int):
    events = few_sessions()
    found = with_lists(events)
    counts = np.array([10, 4, 3, 2, 1, 0])
    whole = metrics.summarise(found, ks=(1, 2), events=events, train_counts=counts)
    monkeypatch.setattr(metrics, "_BLOCK_EVENTS", block)
    assert metrics.summarise(found, ks=(1, 2), events=events, train_counts=counts) == whole
    assert metrics.never_recommended(found, 2).tolist() == [3, 4, 5]


def test_the_summary_of_no_events_says_so():
    found = metrics.summarise(no_events(), ks=(1, 3))
    assert found["accuracy"] == {"1": None, "3": None}
    assert json.dumps(found, allow_nan=False)


def test_the_summary_of_no_events_knows_no_lists_either():
    found = metrics.summarise(no_events(), ks=(1, 3), events=few_sessions(), train_counts=np.ones(N_ITEMS))
    assert found["repeat_share"] == found["mean_popularity"] == {"1": None, "3": None}
