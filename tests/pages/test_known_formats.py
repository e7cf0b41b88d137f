"""Public logs as people download them: imported without help, by command or uploaded, as the same dataset."""

from __future__ import annotations

from pathlib import Path

import pytest

from gru4rec_core.cli.app import main
from gru4rec_core.workspace.records import DatasetRecord
from gru4rec_core.workspace.store import Workspace
from tests.data.known_formats import KNOWN_FORMATS, KnownFormat

DIFFERENT = ("Diginetica", "RetailRocket", "MovieLens dat", "OTTO", "session per line", "Excel")
"""In kind: times in two columns, visits told by a pause, no header, nested events, no columns at all, a workbook."""


def written(app) -> str:
    """Everything the page writes as HTML or text."""
    return "\n".join([*(one.body for one in app.get("html")), *(one.value for one in app.text)])


def stored(workspace: Workspace, record: DatasetRecord) -> dict[str, bytes]:
    """The files of a dataset that hold its events."""
    files = [path for path in workspace.dataset_folder(record.id).iterdir() if path.suffix in {".npy", ".npz"}]
    assert files
    return {path.name: path.read_bytes() for path in files}


def by_command(known: KnownFormat, folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Workspace, DatasetRecord]:
    """What the command makes of the file, in a workspace of its own."""
    path = folder / known.file
    path.write_bytes(known.content)
    monkeypatch.setenv("GRU4REC_HOME", str(folder / "other"))
    with pytest.raises(SystemExit) as ended:
        main(["import", str(path), "--json"])
    assert not ended.value.code
    workspace = Workspace(folder / "other")
    (record,) = workspace.datasets()
    return workspace, record


def check_summary(record: DatasetRecord, known: KnownFormat) -> None:
    summary = record.summary
    assert summary["columns"] == known.columns
    assert summary["session_gap_minutes"] == known.gap
    assert summary["time_unit"] == known.unit
    assert sum(summary["rejected_counts"].values()) == known.n_rejected


@pytest.mark.parametrize("name", KNOWN_FORMATS)
def test_the_command_needs_no_help(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = KNOWN_FORMATS[name]
    workspace, record = by_command(known, tmp_path, monkeypatch)
    check_summary(record, known)
    dataset = workspace.open_dataset(record.id)
    sequences = sorted(dataset.vocabulary.decode(dataset.session(i)).tolist() for i in range(dataset.n_sessions))
    assert sequences == known.sequences


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in DIFFERENT else pytest.mark.faults) for name in KNOWN_FORMATS]
)
def test_screen_and_command_make_the_same_dataset(
    name: str, workspace: Workspace, open_page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = KNOWN_FORMATS[name]
    page = open_page("data")
    page.file_uploader[0].upload(known.file, known.content, "application/octet-stream").run()
    assert "Import this log" in [button.label for button in page.button], written(page)
    page.button(key="read-log").click().run()
    assert not page.exception
    (by_screen,) = workspace.datasets()
    check_summary(by_screen, known)
    other, record = by_command(known, tmp_path, monkeypatch)
    assert stored(workspace, by_screen) == stored(other, record)
