import pytest
from hypothesis import given
from hypothesis import strategies as st

from gru4rec_core.errors import RunError
from gru4rec_core.evaluation.hit_overlap import apportion, find_hit_overlap


def test_each_event_falls_into_one_of_four(make_results):
    found = find_hit_overlap(make_results("a", [1, 1, 9, 9, 3]), make_results("b", [1, 9, 1, 9, 2]), 3)
    assert found.labels.tolist() == ["both", "only_a", "only_b", "neither", "both"]
    assert found.counts == {"both": 2, "only_a": 1, "only_b": 1, "neither": 1}
    assert found.shares["both"] == pytest.approx(0.4)
    assert found.squares == {"both": 40, "only_a": 20, "only_b": 20, "neither": 20}


def test_of_several_seeds_most_must_be_right(make_results):
    a = make_results("a", [1, 1, 9], [1, 9, 9], [9, 9, 9])
    b = make_results("b", [9, 9, 9])
    assert find_hit_overlap(a, b, 3).labels.tolist() == ["only_a", "neither", "neither"]


def test_where_half_of_the_seeds_are_right_the_mean_rank_decides(make_results):
    a = make_results("a", [1, 1, 9], [4, 9, 9])
    b = make_results("b", [9, 9, 9])
    assert find_hit_overlap(a, b, 3).labels.tolist() == ["only_a", "neither", "neither"]


def test_different_tests_have_no_outcomes(make_results):
    with pytest.raises(RunError, match="cannot be compared"):
        find_hit_overlap(make_results("a", [1]), make_results("b", [1, 1]), 3)


def test_the_largest_remainder_gets_the_square():
    assert apportion([2, 1, 4]) == [29, 14, 57]  # 28.57, 14.29, 57.14


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=6).filter(any))
def test_squares_add_up_to_100_and_are_off_by_less_than_one(counts):
    squares = apportion(counts)
    assert sum(squares) == 100
    assert all(abs(s - 100 * c / sum(counts)) < 1 for s, c in zip(squares, counts, strict=True))
