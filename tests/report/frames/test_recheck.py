import numpy as np
import pandas as pd
import pytest

from gru4rec_core.report.frames import recheck as frames
from gru4rec_core.report.frames.recheck import Method

METHODS = [
    Method("old", "BPR of 2023-12-01", "gru4rec", "old model", "bpr"),
    Method("popularity", "Best-sellers", "baseline", "baseline", "popularity"),
]


@pytest.fixture
def by_week():
    weeks = pd.date_range("2024-01-01", periods=2, freq="7D")
    return pd.DataFrame(
        {
            "week": weeks,
            "n_events": [50, 40],
            "unknown": [0.1, 0.2],
            "not_in_training": [np.nan, 0.05],
            "old": [0.3, 0.2],
            "popularity": [0.1, 0.25],
        }
    )


def test_the_table_stands_from_best_to_worst_per_100():
    rows = [{"name": "old", "accuracy@3": 0.2, "mrr@20": 0.1}, {"name": "popularity", "accuracy@3": 0.3, "mrr@20": 0.2}]
    table = frames.methods_table(rows, METHODS, 3)
    assert table["method"].tolist() == ["Best-sellers", "BPR of 2023-12-01"]
    assert table["top 3"].tolist() == [30.0, 20.0]
    assert table["MRR@20"].tolist() == [20.0, 10.0]
    assert table["kind"].tolist() == ["baseline", "old model"]


def test_each_method_has_a_row_for_each_week_in_the_order_given(by_week):
    frame = frames.hits_by_week(by_week, METHODS)
    assert frame["name"].tolist() == ["bpr", "bpr", "popularity", "popularity"]
    assert frame["hits"].tolist() == [30.0, 20.0, 10.0, 25.0]
    assert frame["n_events"].tolist() == [50, 40, 50, 40]


def test_a_week_in_which_a_method_was_not_tested_has_no_row(by_week):
    by_week.loc[0, "popularity"] = float("nan")
    frame = frames.hits_by_week(by_week, METHODS)
    assert frame["name"].tolist() == ["bpr", "bpr", "popularity"]
    assert frame["n_events"].tolist() == [50, 40, 40]


def test_unknown_items_are_shares_of_100_events(by_week):
    frame = frames.unknown_by_week(by_week)
    assert frame.columns.tolist() == ["week", "unknown", "not_in_training", "n_events"]
    assert frame["unknown"].tolist() == [10.0, 20.0]
    assert frame["not_in_training"].tolist() == [0.0, 5.0]  # before the test part no training part is asked
