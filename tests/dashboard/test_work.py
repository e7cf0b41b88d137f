"""Facts about keeping an uploaded file."""

import hashlib
import io
from pathlib import Path

import pytest

from dashboard.work import store_upload
from gru4rec_core.errors import DataError
from gru4rec_core.runs.workspace import Workspace


def test_an_upload_is_kept_under_its_hash_whatever_its_name(tmp_path: Path):
    content = b"session,timestamp,item\n1,1,a\n"
    path, digest = store_upload(Workspace(tmp_path), io.BytesIO(content), len(content), 1)
    assert digest == hashlib.sha256(content).hexdigest()
    assert path == tmp_path / "uploads" / digest
    assert path.read_bytes() == content


def test_the_same_content_again_leaves_one_file(tmp_path: Path):
    for _ in range(2):
        store_upload(Workspace(tmp_path), io.BytesIO(b"x"), 1, 1)
    assert len(list((tmp_path / "uploads").iterdir())) == 1


def test_an_empty_file_is_refused(tmp_path: Path):
    with pytest.raises(DataError, match="at least one event"):
        store_upload(Workspace(tmp_path), io.BytesIO(), 0, 1)


def test_a_file_over_the_limit_is_refused_and_nothing_is_kept(tmp_path: Path):
    with pytest.raises(DataError, match="at most 1 MB"):
        store_upload(Workspace(tmp_path), io.BytesIO(b"x"), 2 << 20, 1)
    assert not (tmp_path / "uploads").exists()
