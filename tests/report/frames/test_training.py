import pandas as pd

from gru4rec_core.config import TrainingConfig
from gru4rec_core.report.frames.training import epoch_frame


def epochs(*hits: float) -> pd.DataFrame:
    n = len(hits)
    return pd.DataFrame({"epoch": range(1, n + 1), "loss": [0.5] * n, "validation_accuracy@3": hits})


def test_every_run_and_epoch_has_a_row_with_hits_per_100():
    runs = [(TrainingConfig(loss="bpr", seed=2), epochs(0.25, 0.5)), (TrainingConfig(), epochs(0.125))]
    frame = epoch_frame(runs, 3)
    assert frame["label"].tolist() == ["BPR", "BPR", "TOP1"]
    assert frame["seed"].tolist() == [2, 2, 0]
    assert frame["epoch"].tolist() == [1, 2, 1]
    assert frame["hits"].tolist() == [25.0, 50.0, 12.5]
    assert frame["loss"].tolist() == [0.5] * 3


def test_without_a_validation_part_there_are_losses_but_no_hits():
    frame = epoch_frame([(TrainingConfig(), epochs(0.25).drop(columns="validation_accuracy@3"))], 3)
    assert frame["hits"].isna().all()
    assert frame["loss"].tolist() == [0.5]


def test_a_run_that_has_not_begun_adds_no_row():
    frame = epoch_frame([(TrainingConfig(), pd.DataFrame())], 3)
    assert frame.empty
    assert frame.columns.tolist() == ["name", "label", "seed", "epoch", "hits", "loss"]
