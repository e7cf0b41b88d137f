"""Facts about uploads: stored, hashed, checked and parsed once each, and named by the reader's file."""

import hashlib
from collections import Counter
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import import_view, kept_uploads, upload_view
from gru4rec_core.data import file_format, ingest
from gru4rec_core.data.columns import ColumnMapping
from gru4rec_core.workspace import import_process, importing
from gru4rec_core.workspace.store import Workspace

ROWS = "".join(f"{s},{1_700_000_000 + 90_000 * s + t},{'abc'[(s + t) % 3]}\n" for s in range(20) for t in range(3))
LOG = f"session,timestamp,item\n{ROWS}".encode()


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often an upload is hashed, checked, looked into and parsed, by the names of the functions that do it."""
    counted: Counter[str] = Counter()

    def count(module: object, name: str) -> None:
        function = getattr(module, name)

        def counting(*args, **options):
            counted[name] += 1
            return function(*args, **options)

        monkeypatch.setattr(module, name, counting)

    count(kept_uploads.actions.storage, "store_by_hash")
    count(import_process, "is_utf8_apart")
    count(import_process, "preview_apart")
    count(import_view, "import_apart")
    for module in (importing, ingest, file_format):
        if hasattr(module, "hash_file"):
            count(module, "hash_file")
    return counted


def test_an_upload_is_stored_checked_and_parsed_once_each_and_never_hashed_again(page: AppTest, calls: Counter[str]):
    page.file_uploader[0].upload("visits.csv", LOG, "text/csv").run()
    for _ in range(3):
        page.run()
    page.button(key="read-log").click().run()
    assert not page.exception
    assert calls == {"store_by_hash": 1, "is_utf8_apart": 1, "preview_apart": 1, "import_apart": 1}


def test_the_same_file_uploaded_again_is_another_upload_of_one_stored_file(page: AppTest, calls: Counter[str]):
    for name in ("visits.csv", "again.csv"):
        page.file_uploader[0].upload(name, LOG, "text/csv").run()
        assert any(name in text.value for text in page.text)
    digest = hashlib.sha256(LOG).hexdigest()
    upload = page.session_state[upload_view._UPLOAD]
    assert (upload.name, upload.sha256, upload.path.name) == ("again.csv", digest, digest)
    assert calls["store_by_hash"] == 2
    assert calls["import_apart"] == 0
    assert [path.name for path in upload.path.parent.iterdir()] == [digest]


def test_every_ending_of_a_log_is_accepted(page: AppTest):
    assert {".log", ".dat", ".ndjson", ".gz"} <= set(page.file_uploader[0].proto.type)


def test_a_log_that_is_here_already_keeps_its_name_unless_another_one_is_typed(page: AppTest, tmp_path: Path):
    path = tmp_path / "visits.csv"
    path.write_bytes(LOG)
    workspace = Workspace(tmp_path / "workspace")
    mapping = ColumnMapping("session", "timestamp", "item")
    record = importing.import_file(workspace, importing.ImportSource(path, mapping), name="by command")
    page.file_uploader[0].upload("visits.csv", LOG, "text/csv").run()
    page.button(key="read-log").click().run()
    assert workspace.dataset(record.id).name == "by command"
    assert "already in the workspace as “by command”; nothing changed" in page.session_state[upload_view._TOLD]
    page.file_uploader[0].upload("visits.csv", LOG, "text/csv").run()
    page.text_input[0].set_value("by hand").run()
    page.button(key="read-log").click().run()
    assert workspace.dataset(record.id).name == "by hand"


def test_the_proposed_name_says_that_a_part_is_kept_and_gives_way_to_a_typed_one(page: AppTest):
    page.file_uploader[0].upload("visits.csv", LOG, "text/csv").run()
    assert page.text_input[0].value == "visits"
    share = next(one for one in page.number_input if one.label == "Sessions to keep, in %")
    share.set_value(50.0).run()
    assert page.text_input[0].value == "visits, 50 % sample"
    page.text_input[0].set_value("half").run()
    next(one for one in page.number_input if one.label == "Sessions to keep, in %").set_value(60.0).run()
    assert page.text_input[0].value == "half"
