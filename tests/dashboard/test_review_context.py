"""Facts about what the review pages share."""

from types import SimpleNamespace

import pandas as pd
import pytest

from dashboard import review_context
from dashboard.review_context import nearest_list_length, select_differences, settings_table
from gru4rec_core.config import TrainingConfig


@pytest.mark.parametrize(("k", "nearest"), [(1, 1), (4, 3), (6, 5), (8, 10), (17, 20), (100, 20)])
def test_a_list_length_without_a_column_takes_the_nearest(k: int, nearest: int):
    assert nearest_list_length(k) == nearest


def a_review(*configs: TrainingConfig) -> SimpleNamespace:
    runs = [SimpleNamespace(name=f"run {i}", config=config) for i, config in enumerate(configs)]
    return SimpleNamespace(runs=runs)


def test_settings_have_a_row_each_and_a_column_per_run():
    table = settings_table(a_review(TrainingConfig(n_hidden=(8, 4)), TrainingConfig(loss="bpr")))
    assert list(table.columns) == ["setting", "run 0", "run 1"]
    assert set(table["setting"]) == set(TrainingConfig.model_fields)
    assert table.set_index("setting").loc["n_hidden", "run 0"] == "8, 4"
    assert table.set_index("setting").loc["steps_per_epoch", "run 0"] == ""


def test_only_settings_that_differ_are_differences():
    table = settings_table(a_review(TrainingConfig(loss="top1", seed=1), TrainingConfig(loss="bpr", seed=1)))
    assert select_differences(table)["setting"].tolist() == ["loss"]
    assert select_differences(pd.DataFrame({"setting": ["loss"], "run": ["bpr"]})).empty


def test_the_pair_is_the_one_the_verdict_speaks_of_in_the_order_of_the_models():
    verdict = SimpleNamespace(numbers={"leader": "c", "other": "a"})
    review = SimpleNamespace(result=SimpleNamespace(verdict=verdict))
    assert review_context._pair_of_the_verdict(review, ["a", "b", "c"]) == ("a", "c")
    without = SimpleNamespace(result=SimpleNamespace(verdict=None))
    assert review_context._pair_of_the_verdict(without, ["a", "b", "c"]) == ("a", "b")
