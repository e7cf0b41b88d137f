"""Facts about tables of settings."""

import pandas as pd

from gru4rec_core.config import TrainingConfig
from gru4rec_core.report.frames.settings import select_differences, settings_table


def test_settings_have_a_row_each_and_a_column_per_run():
    table = settings_table({"run 0": TrainingConfig(n_hidden=(8, 4)), "run 1": TrainingConfig(loss="bpr")})
    assert list(table.columns) == ["setting", "run 0", "run 1"]
    assert set(table["setting"]) == set(TrainingConfig.model_fields)
    assert table.set_index("setting").loc["n_hidden", "run 0"] == "8, 4"
    assert table.set_index("setting").loc["steps_per_epoch", "run 0"] == ""


def test_only_settings_that_differ_are_differences():
    table = settings_table({"a": TrainingConfig(loss="top1", seed=1), "b": TrainingConfig(loss="bpr", seed=1)})
    assert select_differences(table)["setting"].tolist() == ["loss"]
    assert select_differences(pd.DataFrame({"setting": ["loss"], "run": ["bpr"]})).empty
