import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gru4rec_core.config import ComparisonConfig
from gru4rec_core.evaluation.comparison import compare_models
from gru4rec_core.evaluation.hit_overlap import OUTCOMES
from gru4rec_core.evaluation.slices import whole_rates
from gru4rec_core.report.frames import comparison as comparison_frames


def test_ladder_stands_from_best_to_worst_with_its_interval(results):
    good, bad = results("bpr", [1, 1, 2, 9]), results("markov", [1, 9, 9, 9], kind="baseline")
    table = comparison_frames.ladder(whole_rates([bad, good], 3, 0.95))
    assert table["name"].tolist() == ["bpr", "markov"]
    assert table["group"].tolist() == ["trained", "counting"]
    assert table["hits"].tolist() == [75.0, 25.0]
    assert (table["low"] < table["hits"]).all()
    assert (table["high"] > table["hits"]).all()


def test_a_higher_level_makes_the_ladders_intervals_wider(results):
    model = results("bpr", [1, 1, 9, 9])
    narrow, wide = (comparison_frames.ladder(whole_rates([model], 3, level)).iloc[0] for level in (0.8, 0.99))
    assert wide["low"] < narrow["low"] < narrow["high"] < wide["high"]


def test_seeds_are_averaged_and_shown_one_by_one(results):
    model = results("bpr", [1, 9], [1, 1])
    assert comparison_frames.ladder(whole_rates([model], 3, 0.95))["hits"].tolist() == [75.0]
    assert comparison_frames.seed_points([model], 3)["hits"].tolist() == [50.0, 100.0]


def test_a_single_seed_has_no_seed_points(results):
    assert comparison_frames.seed_points([results("bpr", [1, 9])], 3).empty


def test_curve_never_falls_and_ends_at_the_depth(results):
    table = comparison_frames.curve([results("bpr", [1, 3, 20, 21, 0])])
    assert table["k"].tolist() == list(range(1, 21))
    assert (np.diff(table["hits"]) >= 0).all()
    assert table["hits"].iloc[[0, 1, 2, 18, 19]].tolist() == [20.0, 20.0, 40.0, 40.0, 60.0]


def test_forest_puts_the_deciding_metric_first(results):
    ranks = np.random.default_rng(0).integers(1, 25, (2, 60))
    models = [results("top1", ranks[0]), results("bpr", ranks[1])]
    pair = compare_models(models, ComparisonConfig(deciding_k=5)).pairs[0]
    table = comparison_frames.forest(pair)
    assert table["metric"].iloc[0] == "accuracy@5 (decides)"
    assert table["metric"].tolist()[1:] == [
        "accuracy@1",
        "accuracy@3",
        "accuracy@10",
        "accuracy@20",
        "MRR@20",
        "NDCG@20",
    ]
    assert table["relative"].iloc[0] == pytest.approx(100 * pair.deciding.relative)
    limits = (100 * pair.deciding.relative_low, 100 * pair.deciding.relative_high)
    assert (table["low"].iloc[0], table["high"].iloc[0]) == pytest.approx(limits)
    assert table["deciding"].tolist() == [True] + [False] * 6


def test_forest_leaves_out_a_metric_on_which_the_base_never_hits(results):
    models = [results("top1", [2, 2, 2]), results("bpr", [1, 1, 2])]
    pair = compare_models(models, ComparisonConfig(deciding_k=3)).pairs[0]
    assert "accuracy@1" not in comparison_frames.forest(pair)["metric"].tolist()


@given(st.lists(st.integers(0, 500), min_size=4, max_size=4).filter(any))
def test_square_has_a_hundred_cells_in_blocks_off_by_less_than_one_from_the_share(counts):
    named = dict(zip(OUTCOMES, counts, strict=True))
    table = comparison_frames.square(named)
    cells = table["outcome"].value_counts()
    assert cells.sum() == 100
    for outcome, count in named.items():
        assert abs(cells.get(outcome, 0) - 100 * count / sum(counts)) < 1
    order = table.sort_values(["row", "column"])["outcome"].map(OUTCOMES.index)
    assert order.is_monotonic_increasing


def test_square_of_nothing_is_empty():
    assert comparison_frames.square(dict.fromkeys(OUTCOMES, 0)).empty
