"""A file becomes a dataset once, however often it is imported."""

from pathlib import Path

import pytest

from gru4rec_core.data.columns import ColumnMapping
from gru4rec_core.runs import imports
from gru4rec_core.runs.workspace import Workspace


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "odd.csv"
    path.write_text("wer,wann,was,art\n1,5,a,view\n1,6,b,view\n2,7,a,buy\n2,8,b,view\n2,9,a,view\n")
    return path


@pytest.mark.parametrize(
    "mapping",
    [
        ColumnMapping("wer", "wann", "was"),
        ColumnMapping("wer", "wann", "was", event_column="art", keep_events=("view", "click")),
    ],
)
def test_a_known_file_and_mapping_are_not_read_again(
    workspace: Workspace, log: Path, mapping: ColumnMapping, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = imports.import_file(workspace, log, mapping=mapping)
    monkeypatch.delattr(imports, "read_log")
    assert imports.import_file(workspace, log, mapping=mapping) == first


def test_another_mapping_of_a_known_file_is_another_dataset(workspace: Workspace, log: Path) -> None:
    all_events = imports.import_file(workspace, log, mapping=ColumnMapping("wer", "wann", "was"))
    views = ColumnMapping("wer", "wann", "was", event_column="art", keep_events=("view",))
    assert imports.import_file(workspace, log, mapping=views).n_events == all_events.n_events - 1
