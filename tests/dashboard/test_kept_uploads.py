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
    assert kept_uploads.keep_upload(Uploaded("1", b"a"), "log") == first
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


def test_another_file_in_the_same_uploader_takes_the_place_of_the_first(stored: list[bytes]):
    first = kept_uploads.keep_upload(Uploaded("1", b"a"), "log")
    other = kept_uploads.keep_upload(Uploaded("2", b"b"), "items")
    again = kept_uploads.keep_upload(Uploaded("3", b"a"), "log")
    assert again.path.exists()
    kept_uploads.keep_upload(Uploaded("4", b"c"), "log")
    assert not first.path.exists()
    assert other.path.exists()


def test_what_is_discarded_is_removed_unless_another_session_has_it(
    stored: list[bytes], monkeypatch: pytest.MonkeyPatch
):
    for name, content in (("own", b"a"), ("shared", b"b")):
        kept_uploads.keep_upload(Uploaded(name, content), name)
    own, shared = (kept_uploads.st.session_state[key].path for key in ("own", "shared"))
    session = kept_uploads.st.session_state
    monkeypatch.setattr(kept_uploads.st, "session_state", {})
    kept_uploads.keep_upload(Uploaded("3", b"b"), "log")
    kept_uploads.discard_kept("log")
    monkeypatch.setattr(kept_uploads.st, "session_state", session)
    for key in ("own", "shared", "nothing"):
        kept_uploads.discard_kept(key)
    assert (own.exists(), shared.exists(), session) == (False, True, {})


def test_a_file_that_was_removed_meanwhile_is_stored_again_or_said_to_be_gone(stored: list[bytes]):
    kept_uploads.keep_upload(Uploaded("1", b"a"), "log").path.unlink()
    assert kept_uploads.keep_upload(Uploaded("1", b"a"), "log").path.read_bytes() == b"a"
    kept_uploads.find_upload("log").path.unlink()
    with pytest.raises(DataError, match=r"visits\.csv is not here any more"):
        kept_uploads.find_upload("log")
    assert kept_uploads.find_upload("log") is None


def test_an_upload_that_cannot_be_removed_is_forgotten(
    stored: list[bytes], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    kept = kept_uploads.keep_upload(Uploaded("1", b"a"), "log")
    monkeypatch.setenv("GRU4REC_READ_ONLY", "1")
    kept_uploads.discard_kept("log")
    assert kept_uploads.find_upload("log") is None
    assert kept.path.exists()
    assert "could not be removed" in caplog.text
