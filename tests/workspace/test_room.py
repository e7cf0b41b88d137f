"""A full disk's message says what in the workspace could go, largest first."""

from pathlib import Path

import pytest

from gru4rec_core.disk import folder_size
from gru4rec_core.errors import DataError, DiskError, DiskFull
from gru4rec_core.words import bytes_text
from gru4rec_core.workspace import room
from gru4rec_core.workspace.store import Workspace

FULL = DiskFull("The disk is full.", found="0 bytes free", where="somewhere", remedy="Delete something.")


def test_what_could_be_deleted_is_named_with_what_that_frees(workspace: Workspace, run) -> None:
    (workspace.run_folder(run.id) / "predictions.parquet").write_bytes(bytes(3_000_000))
    size = folder_size(workspace.run_folder(run.id))
    both = size + folder_size(workspace.dataset_folder(run.dataset_id))
    advised = room.advise(FULL, workspace.root)
    assert isinstance(advised, DiskFull)
    assert advised.remedy == (
        f"Delete something. The largest here: the dataset letters with 1 run, {bytes_text(both)};"
        f" the run {run.name} ({run.id}), {bytes_text(size)}."
    )
    assert (advised.rule, advised.found, advised.where) == (FULL.rule, FULL.found, FULL.where)


def test_what_was_said_is_what_deleting_frees(workspace: Workspace, run) -> None:
    before = folder_size(workspace.root)
    frees = workspace.dataset_dependents(run.dataset_id).frees
    workspace.delete_dataset(run.dataset_id, with_runs=True)
    assert folder_size(workspace.root) == before - frees


def test_an_upload_goes_with_its_last_dataset_alone(workspace: Workspace, run) -> None:
    record = workspace.dataset(run.dataset_id)
    upload = workspace.root / "uploads" / ("a" * 64)
    upload.parent.mkdir()
    upload.write_bytes(bytes(1_000))
    before = workspace.dataset_dependents(record.id).frees
    path = workspace.dataset_folder(record.id) / "dataset.json"
    record.model_copy(update={"file_sha256": upload.name}).write(path)
    added = workspace.dataset_dependents(record.id).frees - before
    assert 1_000 <= added < 1_100  # and the longer record


@pytest.mark.parametrize("error", [DataError("A log has items."), DiskError("The workspace may not be written.")])
def test_where_more_room_would_not_help_nothing_is_added(workspace: Workspace, error: Exception) -> None:
    assert room.advise(error, workspace.root) is error


def test_an_empty_workspace_has_nothing_to_delete(tmp_path: Path) -> None:
    assert room.advise(FULL, tmp_path / "none") is FULL


def test_a_page_can_say_how_the_disk_is(workspace: Workspace, run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert room.describe_disk(workspace.root) == ""
    monkeypatch.setattr(room, "free_bytes", lambda path: 35_400_000)
    said = room.describe_disk(workspace.root)
    assert said.startswith(
        "The disk of this workspace is nearly full: 35.4 MB are free. Delete what is no longer needed"
    )
    monkeypatch.setattr(room.os, "access", lambda path, mode: False)
    assert room.describe_disk(workspace.root).startswith("This workspace is read-only")
    assert room.describe_disk(workspace.root / "not made yet") != ""  # its disk is nearly full all the same
