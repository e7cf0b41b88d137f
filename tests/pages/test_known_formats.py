"""Public logs as people download them: uploaded or imported by command, without help, the dataset is the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from gru4rec_core.cli.app import main
from gru4rec_core.workspace.records import DatasetRecord
from gru4rec_core.workspace.store import Workspace
from tests.data.known_formats import KNOWN_FORMATS

ARRAYS = ("items.npy", "timestamps.npy", "offsets.npy", "session_ids.npy", "vocabulary.json")


def written(app) -> str:
    """Everything the page writes as HTML or text."""
    return "\n".join([*(one.body for one in app.get("html")), *(one.value for one in app.text)])


def stored(workspace: Workspace, record: DatasetRecord) -> dict[str, bytes]:
    """The files of a dataset that hold its events."""
    files = [path for path in workspace.dataset_folder(record.id).iterdir() if path.suffix in {".npy", ".npz"}]
    assert files
    return {path.name: path.read_bytes() for path in files}


@pytest.mark.parametrize("name", KNOWN_FORMATS)
def test_screen_and_command_make_the_same_dataset(
    name: str, workspace: Workspace, open_page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    known = KNOWN_FORMATS[name]
    page = open_page("data")
    page.file_uploader[0].upload(known.file, known.content, "application/octet-stream").run()
    assert "Import this log" in [button.label for button in page.button], written(page)
    page.button(key="read-log").click().run()
    assert not page.exception
    (by_screen,) = workspace.datasets()

    path = tmp_path / known.file
    path.write_bytes(known.content)
    monkeypatch.setenv("GRU4REC_HOME", str(tmp_path / "other"))
    with pytest.raises(SystemExit) as ended:
        main(["import", str(path), "--json"])
    assert not ended.value.code, capsys.readouterr().err
    other = Workspace(tmp_path / "other")
    (by_command,) = other.datasets()

    assert stored(workspace, by_screen) == stored(other, by_command)
    for record in (by_screen, by_command):
        summary = record.summary
        assert summary["columns"] == known.columns
        assert summary["session_gap_minutes"] == known.gap
        assert summary["time_unit"] == known.unit
        assert sum(summary["rejected_counts"].values()) == known.n_rejected
    dataset = other.open_dataset(by_command.id)
    sequences = sorted(dataset.vocabulary.decode(dataset.session(i)).tolist() for i in range(dataset.n_sessions))
    assert sequences == known.sequences
