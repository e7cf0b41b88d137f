"""What a run left in its folder is read as it was written."""

import dataclasses
import os
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gru4rec_core.errors import RunError
from gru4rec_core.evaluation.metrics import accuracy_at
from gru4rec_core.storage import load_table
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


@pytest.fixture
def copied(trained, tmp_path) -> Path:
    """The folder of a finished run, a copy."""
    home, comparison = trained
    shutil.copytree(home.run_folder(comparison.run_ids[0]), tmp_path / "run")
    return tmp_path / "run"


def test_lists_are_mapped_not_read(copied: Path) -> None:
    evaluation = run_folder.load_evaluation(copied, 8)
    table = load_table(copied / "predictions.parquet")
    for name, dtype in (("top_items", np.int32), ("top_scores", np.float32)):
        lists = getattr(evaluation, name)
        assert isinstance(lists, np.memmap)
        assert lists.dtype == dtype
        assert lists.tolist() == table[name].to_pylist()


@pytest.mark.parametrize("block", [7, 10**6])
def test_predictions_are_stored_block_by_block_as_their_frame_says(
    copied: Path, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    evaluation = run_folder.load_evaluation(copied, 8)
    monkeypatch.setattr(run_folder, "_BLOCK_EVENTS", block)
    run_folder.save_evaluation(evaluation, {}, copied, "again")
    stored = pd.read_parquet(copied / "again.parquet")
    pd.testing.assert_frame_equal(stored, evaluation.to_frame(), check_dtype=False)
    assert stored.dtypes.drop("session").to_dict() == evaluation.to_frame().dtypes.drop("session").to_dict()


@pytest.mark.parametrize("change", ["gone", "older", "damaged"])
def test_lists_that_do_not_belong_to_the_table_are_made_from_it_again(copied: Path, change: str) -> None:
    file, table = copied / "predictions.top_items.npy", copied / "predictions.parquet"
    wanted = run_folder.load_evaluation(copied, 8).top_items.tolist()
    if change == "gone":
        file.unlink()
    elif change == "older":
        np.save(file, np.zeros((120, 8), np.int32))
        os.utime(file, ns=(0, table.stat().st_mtime_ns - 1))
    else:
        file.write_bytes(b"no array")
    assert run_folder.load_evaluation(copied, 8).top_items.tolist() == wanted
    assert np.load(file).tolist() == wanted


def test_evaluations_of_the_same_events_share_their_arrays(trained) -> None:
    home, comparison = trained
    first, second = (home.run_folder(run_id) for run_id in comparison.run_ids)
    one = run_folder.load_evaluation(first, 8)
    other, alone = run_folder.load_evaluation(second, 8, like=one), run_folder.load_evaluation(second, 8)
    for name in ("session", "session_id", "position", "target"):
        assert getattr(other, name) is getattr(one, name)
    for name in ("greater", "equal", "top_items", "target"):
        np.testing.assert_array_equal(getattr(other, name), getattr(alone, name))
    changed = dataclasses.replace(one, target=one.target + 1)
    assert run_folder.load_evaluation(second, 8, like=changed).target.tolist() == alone.target.tolist()


def test_the_end_of_a_log_is_read(tmp_path) -> None:
    (tmp_path / "log.txt").write_text("one\ntwo\nthree\n")
    assert run_folder.read_log(tmp_path) == "one\ntwo\nthree"
    assert run_folder.read_log(tmp_path, tail=2) == "two\nthree"
