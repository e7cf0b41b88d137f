"""Facts about a file in an uploader: stored and hashed once, and again only when it is another upload."""

import hashlib
import io

import pytest

from dashboard import kept_uploads
from gru4rec_core.errors import DataError
from gru4rec_core.workspace.store import Workspace


class Uploaded(io.BytesIO):
    """A file as Streamlit hands it over."""

    def __init__(self, file_id: str, content: bytes) -> None:
        super().__init__(content)
        self.file_id, self.name, self.size = file_id, "visits.csv", len(content)


@pytest.fixture
def stored(monkeypatch: pytest.MonkeyPatch, tmp_path) -> list[bytes]:
    """What is stored, upload by upload, in a session that is new."""
    contents: list[bytes] = []
    store = kept_uploads.actions.store_upload
    monkeypatch.setattr(
        kept_uploads.actions, "store_upload", lambda *args: contents.append(args[1].getvalue()) or store(*args)
    )
    monkeypatch.setattr(kept_uploads.state, "workspace", lambda: Workspace(tmp_path))
    monkeypatch.setattr(kept_uploads.st, "session_state", {})
    return contents


def test_a_file_is_stored_once_however_often_the_script_runs(stored: list[bytes]):
    first = kept_uploads.keep_upload(Uploaded("1", b"a"), "log")
    assert kept_uploads.keep_upload(Uploaded("1", b"a"), "log") is first
    assert stored == [b"a"]
    assert (first.name, first.sha256) == ("visits.csv", hashlib.sha256(b"a").hexdigest())
    assert first.path.read_bytes() == b"a"
    assert first.key == first.sha256[:12]


def test_another_upload_and_another_uploader_are_stored_anew(stored: list[bytes]):
    kept_uploads.keep_upload(Uploaded("1", b"a"), "log")
    assert kept_uploads.keep_upload(Uploaded("2", b"b"), "log").path.read_bytes() == b"b"
    assert kept_uploads.keep_upload(Uploaded("3", b"c"), "items").path.read_bytes() == b"c"
    assert stored == [b"a", b"b", b"c"]


def test_a_file_that_is_refused_leaves_the_one_before(stored: list[bytes]):
    kept_uploads.keep_upload(Uploaded("1", b"a"), "log")
    with pytest.raises(DataError, match="empty"):
        kept_uploads.keep_upload(Uploaded("2", b""), "log")
    assert kept_uploads.keep_upload(Uploaded("1", b"a"), "log").path.read_bytes() == b"a"
    assert stored == [b"a", b""]
