"""An upload is looked into and read in another process: what comes back is what the same call gives here."""

from pathlib import Path

import pytest

from gru4rec_core.access.actors import Actor
from gru4rec_core.data.columns import ColumnMapping
from gru4rec_core.data.preview import inspect_log
from gru4rec_core.data.reading_options import ReadingOptions
from gru4rec_core.data.session_preview import preview_sessions
from gru4rec_core.errors import DataError, RunError
from gru4rec_core.workspace import import_process
from gru4rec_core.workspace.import_process import (
    event_kinds_apart,
    first_sessions_apart,
    import_apart,
    is_utf8_apart,
    preview_apart,
)
from gru4rec_core.workspace.importing import ImportSource
from gru4rec_core.workspace.store import Workspace
from tests.data.sources.databases import sqlite_log

LOG = "visit,clicked_at,product,kind\n" + "".join(
    f"s{n // 4},0{n % 7 + 1}/06/2024 18:{n % 60:02},Ä{n % 3},{('view', 'buy')[n % 2]}\n" for n in range(40)
)
MAPPING = ColumnMapping("visit", "clicked_at", "product", event_column="kind", keep_events=("view",))


def test_what_is_looked_at_apart_is_what_is_looked_at_here(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(LOG, encoding="utf-8")
    preview = preview_apart(str(path), "mine.csv", "utf-8", ReadingOptions(), None)
    assert preview == inspect_log(path, name="mine.csv")
    assert preview.rows["product"][:2].tolist() == ["Ä0", "Ä1"]
    assert preview.time_formats["clicked_at"]
    options = ReadingOptions(time_format="%d/%m/%Y")
    sessions = first_sessions_apart(str(path), "mine.csv", "utf-8", MAPPING, options)
    assert sessions == preview_sessions(path, MAPPING, name="mine.csv", options=options)
    assert event_kinds_apart(str(path), "mine.csv", "utf-8", "kind", True, "events") == {"buy": 20, "view": 20}
    assert is_utf8_apart(str(path))


def test_a_log_is_previewed_and_imported_apart(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("session,timestamp,item\n" + "".join(f"s{n // 2},{1_700_000_000 + n},A{n % 3}\n" for n in range(8)))
    assert preview_apart(str(path), "mine.csv", "utf-8", ReadingOptions(), None).columns == (
        "session",
        "timestamp",
        "item",
    )
    workspace = Workspace(tmp_path / "workspace")
    source = ImportSource(path, ColumnMapping("session", "timestamp", "item"), name="mine.csv")
    record, sentence = import_apart(workspace.root, source, "mine", lambda *_: None)
    assert [record.id] == [known.id for known in workspace.datasets()]
    assert sentence == ""
    _, sentence = import_apart(workspace.root, source, "mine", lambda *_: None)
    assert "were already in the workspace" in sentence


def test_a_child_cannot_name_a_dataset_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_process, "import_and_tell", claim)
    source = ImportSource(tmp_path / "log.csv", name="log.csv")
    with pytest.raises(RunError, match="There is no dataset of this id"):
        import_apart(Workspace(tmp_path / "workspace").root, source, "mine", lambda *_: None)


def claim(root: Path, file: ImportSource, name: str, actor: Actor, on_progress: object) -> tuple[str, str]:
    return "../../etc", ""


def test_an_upload_that_is_a_database_is_not_opened_as_one(tmp_path: Path) -> None:
    path = Path(sqlite_log(tmp_path).partition("///")[2])
    with pytest.raises(DataError, match="an SQLite database"):
        import_process.preview_apart(str(path), "upload.csv", "utf-8", ReadingOptions(), None)
