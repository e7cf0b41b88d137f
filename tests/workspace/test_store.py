"""Runs and comparisons are stored, found and deleted with what depends on them."""

import os
import stat
from pathlib import Path

import numpy as np
import pytest

from gru4rec_core.config import ComparisonConfig, SplitConfig
from gru4rec_core.errors import RunError
from gru4rec_core.workspace import store
from gru4rec_core.workspace.job_state import change_state, request_cancel
from gru4rec_core.workspace.records import DatasetOrigin, DatasetRecord, RunRecord
from gru4rec_core.workspace.store import Workspace

JUDGING = ComparisonConfig(deciding_k=3)


def test_the_default_workspace_is_named_or_beside_app_py_or_in_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GRU4REC_HOME", str(tmp_path / "named"))
    assert Workspace.default().root == tmp_path / "named"
    monkeypatch.delenv("GRU4REC_HOME")
    assert Workspace.default().root == store.PROJECT_ROOT / "workspace"
    monkeypatch.setattr(store, "PROJECT_ROOT", tmp_path / "site-packages")  # installed, without app.py
    assert Workspace.default().root == tmp_path / "workspace"


def test_no_file_of_the_workspace_is_a_pickle(workspace: Workspace, dataset: DatasetRecord, run: RunRecord) -> None:
    found = [path for path in workspace.root.rglob("*") if path.is_file() and path.suffix != ".lock"]
    assert {path.suffix for path in found} <= {".json", ".npy", ".parquet"}
    for path in found:
        if path.suffix == ".npy":
            np.load(path, allow_pickle=False)


def test_a_dataset_with_runs_is_not_deleted_unless_they_go_too(
    workspace: Workspace, dataset: DatasetRecord, run: RunRecord
) -> None:
    workspace.create_comparison(dataset.id, run.split, JUDGING, [run.id])
    with pytest.raises(RunError, match="1 runs: top1, seed 0"):
        workspace.delete_dataset(dataset.id)
    workspace.delete_dataset(dataset.id, with_runs=True)
    assert (workspace.datasets(), workspace.runs(), workspace.comparisons()) == ([], [], [])
    assert not [path for path in workspace.root.rglob("*") if path.is_file() and path.suffix != ".lock"]


def test_an_upload_goes_with_its_last_dataset(workspace: Workspace, make_dataset) -> None:
    upload = workspace.root / "uploads" / ("f" * 64)
    upload.parent.mkdir(parents=True)
    upload.touch()
    (upload.parent / "other").touch()
    one, two = (
        workspace.add_dataset(make_dataset(text), text, DatasetOrigin(file_sha256=upload.name, mapping={"item": text}))
        for text in ("ab", "ba")
    )
    unknown = workspace.add_dataset(make_dataset("abc"), "abc")
    workspace.delete_dataset(one.id)
    workspace.delete_dataset(unknown.id)
    assert upload.exists()
    workspace.delete_dataset(two.id)
    assert [path.name for path in upload.parent.iterdir()] == ["other"]


def test_a_run_at_work_is_not_deleted(workspace: Workspace, dataset: DatasetRecord, run: RunRecord) -> None:
    change_state(workspace.run_folder(run.id), state="running")
    with pytest.raises(RunError, match="still at work: top1"):
        workspace.delete_dataset(dataset.id, with_runs=True)
    with pytest.raises(RunError, match="still at work"):
        workspace.delete_run(run.id)


def test_a_run_is_found_by_its_settings_once_done(workspace: Workspace, dataset: DatasetRecord, run: RunRecord) -> None:
    assert workspace.find_run(dataset.id, run.config, run.split) is None
    change_state(workspace.run_folder(run.id), state="done")
    assert workspace.find_run(dataset.id, run.config, run.split) == run
    assert workspace.find_run(dataset.id, run.config.replace(seed=1), run.split) is None
    assert workspace.find_run(dataset.id, run.config, SplitConfig(unseen="drop")) is None


def test_a_comparison_keeps_its_deciding_metric_and_says_when_it_was_chosen(
    workspace: Workspace, dataset: DatasetRecord, run: RunRecord
) -> None:
    before = workspace.create_comparison(dataset.id, run.split, JUDGING, [run.id])
    change_state(workspace.run_folder(run.id), state="done")
    after = workspace.create_comparison(dataset.id, run.split, JUDGING, [run.id])
    assert workspace.comparison(before.id).config.deciding_k == 3
    assert before.name == "TOP1"  # as screens call it
    assert (before.decided_before_results, after.decided_before_results) == (True, False)
    with pytest.raises(RunError, match="once no comparison uses it"):
        workspace.delete_run(run.id)


def test_a_comparison_is_found_by_its_runs_its_baselines_and_how_it_is_judged(
    workspace: Workspace, dataset: DatasetRecord, run: RunRecord
) -> None:
    other = workspace.create_run(dataset.id, run.config.replace(seed=9), run.split)
    asked = (dataset.id, run.split, JUDGING, [run.id, other.id])
    assert workspace.find_comparison(*asked, ["markov"]) is None
    workspace.create_comparison(*asked, baselines=["markov"])
    newest = workspace.create_comparison(*asked, baselines=["markov"])
    assert workspace.find_comparison(*asked, ["markov"]) == newest
    assert workspace.find_comparison(*asked, []) is None
    assert workspace.find_comparison(dataset.id, run.split, JUDGING, [other.id, run.id], ["markov"]) is None
    assert workspace.find_comparison(*asked[:2], JUDGING.replace(margin=0.1), asked[3], ["markov"]) is None


def test_compared_runs_share_data_and_test_rule(workspace: Workspace, dataset: DatasetRecord, run: RunRecord) -> None:
    with pytest.raises(RunError, match="share their dataset and test rule"):
        workspace.create_comparison(dataset.id, SplitConfig(unseen="drop"), JUDGING, [run.id])
    with pytest.raises(RunError, match="at least one run"):
        workspace.create_comparison(dataset.id, run.split, JUDGING, [])


def test_an_empty_workspace_lists_nothing_and_makes_no_folder(workspace: Workspace) -> None:
    assert (workspace.datasets(), workspace.runs(), workspace.comparisons()) == ([], [], [])
    assert not workspace.root.exists()


def test_the_environment_names_the_workspace(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GRU4REC_HOME", str(tmp_path))
    assert Workspace.default().root == tmp_path.resolve()
    monkeypatch.delenv("GRU4REC_HOME")
    assert Workspace.default().root.name == "workspace"


def test_a_run_goes_with_its_comparisons_when_asked(
    workspace: Workspace, dataset: DatasetRecord, run: RunRecord
) -> None:
    other = workspace.create_run(dataset.id, run.config.replace(seed=1), run.split)
    workspace.create_comparison(dataset.id, run.split, JUDGING, [run.id, other.id])
    unrelated = workspace.create_comparison(dataset.id, run.split, JUDGING, [other.id])
    assert workspace.run_dependents(run.id).describe() == "1 comparison"
    assert workspace.run_dependents(other.id).describe() == "2 comparisons"
    assert workspace.dataset_dependents(dataset.id).describe() == "2 runs and 2 comparisons"
    workspace.delete_run(run.id, with_comparisons=True)
    assert workspace.comparisons() == [unrelated]
    assert workspace.runs() == [other]


def test_nothing_goes_with_a_run_at_work(workspace: Workspace, dataset: DatasetRecord, run: RunRecord) -> None:
    comparison = workspace.create_comparison(dataset.id, run.split, JUDGING, [run.id])
    change_state(workspace.run_folder(run.id), state="running")
    with pytest.raises(RunError, match="still at work"):
        workspace.delete_run(run.id, with_comparisons=True)
    assert workspace.comparisons() == [comparison]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_everything_in_a_workspace_is_closed_to_others(
    workspace: Workspace, dataset: DatasetRecord, run: RunRecord
) -> None:
    before = os.umask(0o022)
    try:
        workspace.create_comparison(dataset.id, run.split, JUDGING, [run.id])
        workspace.rename_dataset(dataset.id, "others")
        change_state(workspace.run_folder(run.id), state="queued")
        request_cancel(workspace.run_folder(run.id))
    finally:
        os.umask(before)
    for path in (workspace.root, *workspace.root.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_a_comparison_is_narrowed_to_its_own_runs_alone(workspace: Workspace, dataset: DatasetRecord, run: RunRecord):
    stranger = workspace.create_run(dataset.id, run.config.replace(seed=5), run.split)
    whole = workspace.create_comparison(dataset.id, run.split, JUDGING, [run.id])
    for run_ids in ([], [stranger.id], [run.id, stranger.id]):
        with pytest.raises(RunError, match="some of its own runs"):
            workspace.narrow_comparison(whole.id, run_ids)
    assert workspace.comparisons() == [whole]
