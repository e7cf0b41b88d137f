"""An upload that no record names goes when it is discarded or old; any other stays."""

import os
import time
from pathlib import Path

import pytest

from gru4rec_core.storage import write_json
from gru4rec_core.workspace.checksums import FILE, write_checksums
from gru4rec_core.workspace.store import Workspace
from gru4rec_core.workspace.uploads import KEPT_FOR, discard_upload, list_unneeded, note_use, remove_old_uploads

A, B = "a" * 64, "b" * 64


@pytest.fixture
def workspace(tmp_path: Path, make_dataset) -> Workspace:
    """A dataset that came from upload A, and an upload B that was never imported."""
    workspace = Workspace(tmp_path / "workspace")
    record = workspace.add_dataset(make_dataset("abc", "ba"), "log")
    folder = workspace.dataset_folder(record.id)
    record.model_copy(update={"file_sha256": A}).write(folder / "dataset.json")
    write_checksums(folder, ["dataset.json"])
    for name in (A, B):
        upload(workspace, name)
    return workspace


def upload(workspace: Workspace, name: str, age: float = 0.0) -> int:
    path = workspace.root / "uploads" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"session,timestamp,item")
    os.utime(path, (time.time() - age,) * 2)
    return path.stat().st_mtime_ns


def names(workspace: Workspace) -> list[str]:
    return sorted(path.name for path in (workspace.root / "uploads").glob("[!.]*"))


def test_what_no_record_names_is_removed_a_day_after_its_last_use(workspace: Workspace) -> None:
    (workspace.root / "uploads" / "owners.jsonl").touch()
    assert remove_old_uploads(workspace) == []
    for name in (A, B, "owners.jsonl"):
        upload(workspace, name, KEPT_FOR + 60)
    assert [path.name for path in remove_old_uploads(workspace)] == [B]
    assert names(workspace) == [A, "owners.jsonl"]


def test_what_is_read_or_imported_just_now_stays(workspace: Workspace) -> None:
    stamp = upload(workspace, B, KEPT_FOR + 60)
    assert note_use(workspace.root / "uploads" / B, stamp) > stamp  # as its page does before it reads
    assert remove_old_uploads(workspace) == []


@pytest.mark.parametrize("record", [b"", b"{", b'{"file_sha256": "' + B.encode() + b'"}'])
def test_what_a_damaged_record_names_or_named_stays(workspace: Workspace, record: bytes) -> None:
    (dataset,) = workspace.datasets()
    (workspace.dataset_folder(dataset.id) / "dataset.json").write_bytes(record)
    assert [path.name for path in list_unneeded(workspace)] == ([] if B.encode() in record else [B])
    write_json(workspace.dataset_folder(dataset.id) / FILE, {"files": {}})
    assert list_unneeded(workspace) == []  # nothing says any more what it named


def test_whoever_discards_an_upload_removes_it_but_not_that_of_a_dataset(workspace: Workspace) -> None:
    uploads = workspace.root / "uploads"
    assert discard_upload(workspace, uploads / B, note_use(uploads / B, upload(workspace, B)))
    assert not discard_upload(workspace, uploads / A, note_use(uploads / A, upload(workspace, A)))
    assert not discard_upload(workspace, uploads / B, 0)  # gone already
    assert names(workspace) == [A]


def test_what_somebody_else_uploaded_too_stays_when_one_discards_it(workspace: Workspace) -> None:
    path = workspace.root / "uploads" / B
    first = upload(workspace, B, 120)
    upload(workspace, B, 60)
    assert note_use(path, first) == 0
    assert not discard_upload(workspace, path, first)
    assert not discard_upload(workspace, path, note_use(path, 0))  # the second found it there
    assert names(workspace) == [A, B]


def test_a_use_is_noted_once_an_hour_and_keeps_the_upload_its_owners(workspace: Workspace) -> None:
    path = workspace.root / "uploads" / B
    assert note_use(path, upload(workspace, B, 600)) == path.stat().st_mtime_ns
    later = note_use(path, upload(workspace, B, 7_200))
    assert time.time() - later / 1e9 < 3_600
    assert discard_upload(workspace, path, later)
    with pytest.raises(FileNotFoundError):
        note_use(path, later)
