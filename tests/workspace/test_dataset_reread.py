"""A dataset's files are made again from its upload, its sample or its parent, and only with the same events."""

from pathlib import Path

import pandas as pd
import pytest

from gru4rec_core.data.cleaning_types import CleaningStep
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.errors import RunError
from gru4rec_core.storage import store_by_hash
from gru4rec_core.workspace.dataset_reread import restore_dataset
from gru4rec_core.workspace.derived_datasets import derive_dataset
from gru4rec_core.workspace.importing import ImportSource, import_file, import_sample
from gru4rec_core.workspace.integrity import check_dataset
from gru4rec_core.workspace.records import DatasetRecord
from gru4rec_core.workspace.store import Workspace


def import_log(home: Workspace, tmp_path: Path) -> DatasetRecord:
    log = tmp_path / "log.csv"
    rows = [f"{session},{session * 10 + step},item {step}" for session in range(30) for step in range(3)]
    log.write_text("session,time,item\n" + "\n".join(rows), encoding="utf-8")
    with log.open("rb") as file:
        path, sha = store_by_hash(file, home.root / "uploads")
    return import_file(home, ImportSource(path, source="upload", name="log.csv", sha256=sha))


@pytest.mark.parametrize("name", ["items.npy", "timestamps.npy", "offsets.npy", "session_ids.parquet"])
def test_a_log_is_read_again_from_its_upload(workspace: Workspace, tmp_path: Path, name: str) -> None:
    record = import_log(workspace, tmp_path)
    path = workspace.dataset_folder(record.id) / name
    before = path.read_bytes()
    path.write_bytes(before[: len(before) // 2])
    assert check_dataset(workspace, record.id).cure == "now"
    restore_dataset(workspace, record.id, {name})
    assert path.read_bytes() == before
    assert check_dataset(workspace, record.id, thorough=True) is None


def test_another_log_than_before_is_refused(workspace: Workspace, tmp_path: Path) -> None:
    record = import_log(workspace, tmp_path)
    upload = workspace.root / "uploads" / record.file_sha256
    upload.write_text("session,time,item\na,1,x\na,2,y\n", encoding="utf-8")
    (workspace.dataset_folder(record.id) / "items.npy").unlink()
    with pytest.raises(RunError, match="only with the events that it had"):
        restore_dataset(workspace, record.id, {"items.npy"})
    assert not (workspace.dataset_folder(record.id) / "items.npy").exists()


def test_a_sample_is_made_again_whatever_it_is_called_now(workspace: Workspace) -> None:
    record = import_sample(workspace, "workouts")
    workspace.rename_dataset(record.id, "our runners")
    (workspace.dataset_folder(record.id) / "offsets.npy").write_bytes(b"")
    assert check_dataset(workspace, record.id).name == "our runners"
    restore_dataset(workspace, record.id, {"offsets.npy"})
    assert check_dataset(workspace, record.id, thorough=True) is None


def test_a_cleaned_log_is_made_again_from_the_one_it_was_made_from(workspace: Workspace) -> None:
    frame = pd.DataFrame({"session": [0, 0, 0, 1, 1, 2], "timestamp": range(6), "item": list("aabbca")})
    parent = workspace.add_dataset(SessionDataset(frame), "letters")
    record = derive_dataset(workspace, parent.id, [CleaningStep("one-event-sessions")])[0]
    (workspace.dataset_folder(record.id) / "items.npy").unlink()
    restore_dataset(workspace, record.id, {"items.npy"})
    assert check_dataset(workspace, record.id, thorough=True) is None


def test_the_item_file_is_forgotten_and_that_is_said(workspace: Workspace, dataset: DatasetRecord) -> None:
    path = workspace.dataset_folder(dataset.id) / "items.parquet"
    path.write_bytes(b"no table")
    assert "add it again on Data" in check_dataset(workspace, dataset.id).cure_sentence
    restore_dataset(workspace, dataset.id, {"items.parquet"})
    assert check_dataset(workspace, dataset.id, thorough=True) is None
    assert workspace.item_table(dataset.id).empty


def test_names_come_back_from_their_kept_text(workspace: Workspace, make_dataset) -> None:
    record = workspace.add_dataset(make_dataset("abc", "bca"), "letters", item_names={"a": "Ada", "b": "Bob"})
    path = workspace.dataset_folder(record.id) / "item_names.json"
    path.write_text("{", encoding="utf-8")
    restore_dataset(workspace, record.id, {"item_names.json"})
    assert workspace.item_names(record.id) == {"a": "Ada", "b": "Bob"}
