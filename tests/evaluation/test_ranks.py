"""Ranks count what scores higher and what scores the same, over all items."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gru4rec_core.evaluation.ranks import count_ranks, top_items, true_item_ranks


@st.composite
def blocks_with_ties(draw) -> tuple[np.ndarray, np.ndarray, int]:
    """Scores of few distinct values, targets that may be unknown, and a k."""
    n, n_items = draw(st.integers(1, 5)), draw(st.integers(1, 12))
    levels = draw(st.integers(1, 4))
    values = st.integers(0, levels).map(lambda level: level / 4 - 0.5)
    scores = draw(st.lists(st.lists(values, min_size=n_items, max_size=n_items), min_size=n, max_size=n))
    targets = draw(st.lists(st.integers(-1, n_items - 1), min_size=n, max_size=n))
    return np.array(scores, np.float32), np.array(targets, np.int32), draw(st.integers(1, n_items + 2))


def naive(scores: np.ndarray, targets: np.ndarray, k: int):
    """Greater, equal and top items by sorting each row in plain Python."""
    for row, target in zip(scores.tolist(), targets.tolist(), strict=True):
        best_first = sorted(range(len(row)), key=lambda item: (-row[item], item))
        if target < 0:
            yield len(row), 0, best_first[:k]
            continue
        greater = sum(score > row[target] for score in row)
        equal = sum(score == row[target] for item, score in enumerate(row) if item != target)
        yield greater, equal, best_first[:k]


@given(blocks_with_ties())
def test_ranks_with_many_ties_are_those_of_a_plain_sort(block):
    scores, targets, k = block
    counts = count_ranks(scores, targets, k)
    for i, (greater, equal, best) in enumerate(naive(scores, targets, k)):
        assert counts.greater[i] == greater
        assert counts.equal[i] == equal
        assert counts.top_items[i].tolist() == best
        assert counts.top_scores[i].tolist() == scores[i, best].tolist()


def test_ranks_of_a_large_block_with_many_ties_are_those_of_a_plain_sort(generator):
    scores = generator.integers(0, 30, (40, 1000)).astype(np.float32)
    targets = generator.integers(-1, 1000, 40).astype(np.int32)
    counts = count_ranks(scores, targets, 20)
    for i, (greater, equal, best) in enumerate(naive(scores, targets, 20)):
        assert (counts.greater[i], counts.equal[i], counts.top_items[i].tolist()) == (greater, equal, best)


def test_the_parts_are_small_whole_numbers_and_float32():
    counts = count_ranks(np.array([[0.1, 0.3]], np.float32), np.array([0], np.int32), 2)
    assert [part.dtype for part in counts] == [np.int32, np.int32, np.int32, np.float32]


def test_infinite_scores_have_their_place():
    scores = np.array([[-np.inf, 0.0, np.inf, -np.inf]], np.float32)
    counts = count_ranks(scores, np.array([3], np.int32), 4)
    assert (counts.greater[0], counts.equal[0]) == (2, 1)
    assert counts.top_items[0].tolist() == [2, 1, 0, 3]


def test_the_scores_stay_as_they_were(generator):
    scores = generator.random((3, 9)).astype(np.float32)
    before = scores.copy()
    top_items(scores, 4)
    count_ranks(scores, np.array([0, 1, -1], np.int32), 4)
    assert np.array_equal(scores, before)


def test_the_median_rank_stands_in_the_middle_of_a_tie_and_is_infinite_for_an_unknown_item():
    greater, equal = np.array([0, 2, 2, 5]), np.array([0, 0, 3, 0])
    assert true_item_ranks(greater, equal, np.array([7, 0, 1, -1])).tolist() == [1.0, 3.0, 4.5, np.inf]


def test_a_cautious_and_a_hopeful_reading_put_the_true_item_last_and_first_among_its_equals():
    greater, equal, targets = np.array([0, 2, 9]), np.array([0, 3, 0]), np.array([4, 1, -1])
    assert true_item_ranks(greater, equal, targets, "optimistic").tolist() == [1.0, 3.0, np.inf]
    assert true_item_ranks(greater, equal, targets, "conservative").tolist() == [1.0, 6.0, np.inf]
