"""What a run left in its folder is read as it was written."""

import numpy as np
import pandas as pd
import pytest

from gru4rec_core.errors import RunError
from gru4rec_core.evaluation.metrics import accuracy_at
from gru4rec_core.workspace import run_folder


def test_metrics_follow_from_the_predictions_that_were_kept(trained) -> None:
    home, comparison = trained
    for run_id in comparison.run_ids:
        evaluation = run_folder.load_evaluation(home.run_folder(run_id), 8)
        metrics = home.metrics(run_id)
        assert metrics["n_events"] == evaluation.n_events == 120
        assert metrics["accuracy"]["3"] == accuracy_at(evaluation, 3)
        assert evaluation.top_items.shape == (120, 8)
        assert evaluation.top_scores.dtype == np.float32


def test_epochs_are_kept_with_their_validation(trained) -> None:
    home, comparison = trained
    epochs = home.epochs(comparison.run_ids[0])
    assert list(epochs["epoch"]) == [1, 2]
    assert epochs["validation_accuracy@3"].between(0, 1).all()
    assert (epochs["events"] > 0).all()


def test_an_epoch_trained_again_replaces_what_follows_from_it(tmp_path) -> None:
    for epoch in (1, 2, 3, 2):
        run_folder.append_epoch(tmp_path, {"epoch": epoch, "loss": float(epoch), "validation": {"mrr@20": 0.5}})
    assert list(run_folder.read_epochs(tmp_path)["epoch"]) == [1, 2]
    with (tmp_path / "epochs.jsonl").open("a") as file:
        file.write('{"epoch": 3, "lo')  # killed while writing
    assert list(run_folder.read_epochs(tmp_path)["epoch"]) == [1, 2]
    run_folder.append_epoch(tmp_path, {"epoch": 3, "loss": 0.1, "validation": None})
    assert list(run_folder.read_epochs(tmp_path)["epoch"]) == [1, 2, 3]


def test_a_run_that_was_not_tested_has_no_results(tmp_path) -> None:
    with pytest.raises(RunError, match="has no metrics until it is done"):
        run_folder.read_metrics(tmp_path)
    with pytest.raises(RunError, match=r"predictions\.parquet is missing or damaged.*no such file.*train it again"):
        run_folder.load_evaluation(tmp_path, 8)
    assert run_folder.read_epochs(tmp_path).empty
    assert run_folder.read_log(tmp_path) == ""


def test_predictions_without_a_column_are_damaged(tmp_path) -> None:
    pd.DataFrame({"session": ["a"]}).to_parquet(tmp_path / "predictions.parquet")
    with pytest.raises(RunError, match=r"predictions\.parquet is missing or damaged"):
        run_folder.load_evaluation(tmp_path, 8)


def test_the_end_of_a_log_is_read(tmp_path) -> None:
    (tmp_path / "log.txt").write_text("one\ntwo\nthree\n")
    assert run_folder.read_log(tmp_path) == "one\ntwo\nthree"
    assert run_folder.read_log(tmp_path, tail=2) == "two\nthree"
