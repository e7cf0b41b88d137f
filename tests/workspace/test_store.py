"""Datasets, runs and comparisons are folders that explain themselves."""

import json
import os
import stat
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gru4rec_core.config import ComparisonConfig, SplitConfig, TrainingConfig
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.errors import RunError
from gru4rec_core.workspace import dataset_files, store
from gru4rec_core.workspace.job_state import change_state, request_cancel
from gru4rec_core.workspace.records import DatasetOrigin, DatasetRecord, RunRecord
from gru4rec_core.workspace.store import Workspace

JUDGING = ComparisonConfig(deciding_k=3)


def same(a: SessionDataset, b: SessionDataset) -> bool:
    pairs = [(a.items, b.items), (a.timestamps, b.timestamps), (a.offsets, b.offsets)]
    alike = all(np.array_equal(x, y) and x.dtype == y.dtype for x, y in pairs)
    return alike and list(a.session_ids) == list(b.session_ids) and a.vocabulary == b.vocabulary


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


def test_a_dataset_comes_back_as_it_went(workspace: Workspace, make_dataset) -> None:
    before = make_dataset("abc", "ba", "c")
    record = workspace.add_dataset(before, "Letters & more!", DatasetOrigin("file", "a.csv", summary={"n": 1}))
    after = workspace.open_dataset(record.id)
    assert same(before, after)
    assert isinstance(after.items, np.memmap)
    assert (record.n_sessions, record.n_items, record.n_events) == (3, 3, 6)
    assert workspace.dataset(record.id) == workspace.dataset("Letters & more!") == record


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.text(min_size=1, max_size=3), st.integers(0, 9), st.text(min_size=1, max_size=2)),
        min_size=1,
        max_size=20,
    )
)
def test_any_text_survives_the_way_to_disk(tmp_path: Path, rows: list[tuple[str, int, str]]) -> None:
    before = SessionDataset(pd.DataFrame(rows, columns=["session", "timestamp", "item"]))
    folder = tmp_path / dataset_files.hash_content(before)
    folder.mkdir(exist_ok=True)
    dataset_files.save_dataset(before, folder)
    assert same(before, dataset_files.open_dataset(folder))


def test_no_file_of_the_workspace_is_a_pickle(workspace: Workspace, dataset: DatasetRecord, run: RunRecord) -> None:
    found = [path for path in workspace.root.rglob("*") if path.is_file()]
    assert {path.suffix for path in found} <= {".json", ".npy", ".parquet"}
    for path in found:
        if path.suffix == ".npy":
            np.load(path, allow_pickle=False)


def test_the_same_events_are_recognised(workspace: Workspace, make_dataset) -> None:
    first = workspace.add_dataset(
        make_dataset("abc"), "one", DatasetOrigin(file_sha256="f" * 64, mapping={"item": "x"})
    )
    assert workspace.add_dataset(make_dataset("abc"), "two") == first
    assert workspace.add_dataset(make_dataset("abd"), "one").id != first.id
    assert workspace.add_dataset(make_dataset("ab", "c"), "one").id != first.id
    assert workspace.find_file("f" * 64, {"item": "x"}) == first
    assert workspace.find_file("f" * 64) is None


def test_newest_first_and_the_newest_of_a_name(workspace: Workspace, make_dataset) -> None:
    old, new = (workspace.add_dataset(make_dataset(text), "same") for text in ("ab", "ba"))
    assert [one.id for one in workspace.datasets()] == [new.id, old.id]
    assert workspace.dataset("same") == new


def test_an_unknown_dataset_names_those_there_are(workspace: Workspace, dataset: DatasetRecord) -> None:
    with pytest.raises(RunError, match=r"'shoes'; there are: letters"):
        workspace.dataset("shoes")


def test_rejected_rows_are_kept(workspace: Workspace, make_dataset) -> None:
    rows = pd.DataFrame({"line": [7], "reason": ["no item"]})
    record = workspace.add_dataset(make_dataset("ab"), "x", rejected=rows)
    pd.testing.assert_frame_equal(workspace.rejected(record.id), rows)
    assert workspace.rejected(workspace.add_dataset(make_dataset("ba"), "y").id).empty


def test_renaming_keeps_the_id(workspace: Workspace, dataset: DatasetRecord) -> None:
    assert workspace.rename_dataset(dataset.id, " ABC ").id == dataset.id
    assert workspace.dataset("ABC").id == dataset.id


def test_a_dataset_with_runs_is_not_deleted_unless_they_go_too(
    workspace: Workspace, dataset: DatasetRecord, run: RunRecord
) -> None:
    workspace.create_comparison(dataset.id, run.split, JUDGING, [run.id])
    with pytest.raises(RunError, match="1 runs: top1, seed 0"):
        workspace.delete_dataset(dataset.id)
    workspace.delete_dataset(dataset.id, with_runs=True)
    assert (workspace.datasets(), workspace.runs(), workspace.comparisons()) == ([], [], [])
    assert not [path for path in workspace.root.rglob("*") if path.is_file()]


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


def test_a_run_comes_back_with_its_settings(workspace: Workspace, run: RunRecord) -> None:
    assert workspace.run(run.id) == run
    folder = workspace.run_folder(run.id)
    assert TrainingConfig.from_json((folder / "config.json").read_text()) == run.config
    assert SplitConfig.from_json((folder / "split.json").read_text()) == run.split
    assert json.loads((folder / "run.json").read_text())["schema"] == 2


def test_a_run_is_found_by_its_settings_once_done(workspace: Workspace, dataset: DatasetRecord, run: RunRecord) -> None:
    assert workspace.find_run(dataset.id, run.config, run.split) is None
    change_state(workspace.run_folder(run.id), state="done")
    assert workspace.find_run(dataset.id, run.config, run.split) == run
    assert workspace.find_run(dataset.id, run.config.replace(seed=1), run.split) is None
    assert workspace.find_run(dataset.id, run.config, SplitConfig(unseen="drop")) is None


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("run.json", "{", "readable JSON"),
        ("run.json", '{"schema": 3}', "schema 3"),
        ("run.json", "[]", "no schema"),
        ("run.json", '{"schema": 2, "id": "xx"}', "all its fields"),
        ("config.json", '{"epochs": 0}', "valid settings"),
    ],
)
def test_a_broken_run_is_named_and_hides_no_other(
    workspace: Workspace, dataset: DatasetRecord, run: RunRecord, file: str, content: str, message: str
) -> None:
    other = workspace.create_run(dataset.id, run.config, run.split)
    (workspace.run_folder(run.id) / file).write_text(content)
    with pytest.raises(RunError, match=message):
        workspace.run(run.id)
    assert workspace.runs() == [other]
    (problem,) = workspace.problems()
    assert run.id in problem.where


def test_a_damaged_array_is_named(workspace: Workspace, dataset: DatasetRecord) -> None:
    path = workspace.dataset_folder(dataset.id) / "items.npy"
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(RunError, match=r"items\.npy is complete and readable"):
        workspace.open_dataset(dataset.id)


def test_a_pickled_array_is_refused(workspace: Workspace, dataset: DatasetRecord) -> None:
    np.save(workspace.dataset_folder(dataset.id) / "items.npy", np.array([{}], object), allow_pickle=True)
    with pytest.raises(RunError, match=r"items\.npy"):
        workspace.open_dataset(dataset.id)


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


def test_a_lookup_reads_each_record_once(
    workspace: Workspace, make_dataset, dataset: DatasetRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.add_dataset(make_dataset("ba"), "another")
    read = DatasetRecord.read
    paths: list[Path] = []
    monkeypatch.setattr(DatasetRecord, "read", lambda path: paths.append(path) or read(path))
    workspace.dataset(dataset.id)
    assert len(paths) == 1
    workspace.dataset("letters")
    assert len(paths) == 3
