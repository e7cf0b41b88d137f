"""A workspace written by schema 1 (commit bd6c9cc) opens, shows the same results, and its cancelled run resumes."""

import json
import os
import shutil
import stat
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from gru4rec_core.errors import RunError
from gru4rec_core.evaluation.data_warnings import SMALL_TEST
from gru4rec_core.evaluation.model_warnings import find_comparison_warnings, shows_test_size
from gru4rec_core.experiments.run import execute_run
from gru4rec_core.results.comparison import build_comparison_result
from gru4rec_core.workspace.job_state import change_state
from gru4rec_core.workspace.migration import open_workspace
from gru4rec_core.workspace.records import SCHEMA
from gru4rec_core.workspace.store import Workspace

REFERENCE = Path(__file__).parents[1] / "reference"
EXPECTED = json.loads((REFERENCE / "workspace_schema1.json").read_text(encoding="utf-8"))
TEXTS = {"sentences", "sentence", "limits", "title", "figure", "why", "remedy", "label"}
"""Keys of sentences and labels, whose wording may change between versions."""


@pytest.fixture
def old_root(tmp_path: Path) -> Path:
    with zipfile.ZipFile(REFERENCE / "workspace_schema1.zip") as archive:
        archive.extractall(tmp_path)
    return tmp_path / "workspace"


def records(root: Path) -> list[Path]:
    names = ("dataset.json", "run.json", "comparison.json", "state.json")
    return [path for name in names for path in root.rglob(name) if "checkpoint" not in path.parts]


def schemas(root: Path) -> set[int]:
    return {json.loads(path.read_text())["schema"] for path in records(root)}


def assert_holds(new: Any, old: Any, where: str = "") -> None:
    """Every key of the old JSON is there with the same value: numbers up to rounding, texts with any wording."""
    if isinstance(old, dict):
        for key, value in old.items():
            assert key in new, f"{where}.{key}"
            if key not in TEXTS:
                assert_holds(new[key], value, f"{where}.{key}")
    elif isinstance(old, list):
        assert len(new) == len(old), where
        for i, (after, before) in enumerate(zip(new, old, strict=True)):
            assert_holds(after, before, f"{where}[{i}]")
    elif isinstance(old, float):
        assert new == pytest.approx(old, rel=1e-12, abs=1e-12), where
    else:
        assert new == old, where


# 19 % of steps repeat: the old rule warned of any such share, today's if repeating does as well as a baseline.
# A test's size was estimated; today the intervals between the models say that it is large enough.
WITHDRAWN = {"consecutive-repeats", SMALL_TEST}


def test_an_old_workspace_shows_the_same_verdict_and_figures(old_root: Path) -> None:
    assert schemas(old_root) == {1}
    workspace = Workspace(old_root)
    assert schemas(old_root) == {SCHEMA}
    assert workspace.problems() == []
    opened = build_comparison_result(workspace, EXPECTED["comparison"])
    assert {warning["code"] for warning in EXPECTED["warnings"]} >= WITHDRAWN
    assert shows_test_size(opened.comparison)
    assert SMALL_TEST not in {warning.code for warning in find_comparison_warnings(opened.comparison)}
    result = opened.to_json()
    warnings = [warning for warning in EXPECTED["warnings"] if warning["code"] not in WITHDRAWN]
    assert_holds(result, {**EXPECTED, "warnings": warnings})
    assert [warning["code"] for warning in result["warnings"]] == [one["code"] for one in warnings]
    assert build_comparison_result(workspace, EXPECTED["comparison"]).to_json() == result  # as kept


def test_its_cancelled_run_resumes_from_its_checkpoint(old_root: Path) -> None:
    workspace = Workspace(old_root)
    (run,) = [run for run in workspace.runs() if workspace.state(run.id).state == "cancelled"]
    before = workspace.epochs(run.id)
    assert list(before["epoch"]) == list(range(1, 9))
    (workspace.run_folder(run.id) / "cancel").unlink()
    execute_run(workspace, run.id)
    after = workspace.epochs(run.id)
    assert workspace.state(run.id).state == "done"
    assert list(after["epoch"]) == list(range(1, 61))
    assert after["loss"][:8].tolist() == before["loss"].tolist()
    assert after["loss"].iloc[-1] < before["loss"].iloc[-1]
    assert workspace.metrics(run.id)["n_events"] == EXPECTED["n_test"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_an_old_workspace_is_closed_to_others(old_root: Path) -> None:
    for path in (old_root, *old_root.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    open_workspace(old_root)
    for path in (old_root, *old_root.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_a_folder_that_holds_other_things_too_stays_open(old_root: Path) -> None:
    old_root.chmod(0o755)
    script = old_root / "script.sh"
    script.touch()
    script.chmod(0o755)
    open_workspace(old_root)
    assert stat.S_IMODE(old_root.stat().st_mode) == 0o755
    assert stat.S_IMODE(script.stat().st_mode) == 0o755
    assert stat.S_IMODE((old_root / "runs").stat().st_mode) == 0o700


def test_several_processes_may_open_it_at_once(old_root: Path) -> None:
    code = (
        "import sys\nfrom gru4rec_core.workspace.store import Workspace\n"
        "workspace = Workspace(sys.argv[1])\nassert not workspace.problems()\n"
        "print(len(workspace.runs()), len(workspace.comparisons()))"
    )
    command = [sys.executable, "-c", code, str(old_root)]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    answers = [process.communicate()[0].strip() for process in processes]
    assert [process.returncode for process in processes] == [0] * 4
    assert answers == ["5 1"] * 4
    assert schemas(old_root) == {SCHEMA}


def test_a_migration_that_was_killed_is_finished_by_the_next(old_root: Path) -> None:
    open_workspace(old_root)
    (old_root / "workspace.json").unlink()  # it is written last
    record = next(iter(old_root.glob("runs/*/run.json")))
    record.write_text(record.read_text().replace(f'"schema": {SCHEMA}', '"schema": 1'))
    open_workspace(old_root)
    assert schemas(old_root) == {SCHEMA}
    assert json.loads((old_root / "workspace.json").read_text()) == {"schema": SCHEMA}


def test_records_are_rewritten_once(old_root: Path) -> None:
    open_workspace(old_root)
    before = {path: path.stat().st_mtime_ns for path in old_root.rglob("*")}
    open_workspace(old_root)
    assert before == {path: path.stat().st_mtime_ns for path in old_root.rglob("*")}


def test_a_job_at_work_keeps_its_state_and_can_be_read(old_root: Path) -> None:
    folder = next(iter(old_root.glob("runs/*")))
    path = folder / "state.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "state": "running", "done": 7}))
    before = path.read_text()
    workspace = Workspace(old_root)
    assert path.read_text() == before  # an old process may write it at any moment
    assert workspace.state(folder.name).done == 7
    assert json.loads((folder / "run.json").read_text())["schema"] == 1  # the old process still reads it
    change_state(folder, state="done")
    assert json.loads(path.read_text())["schema"] == SCHEMA
    Workspace(old_root)
    assert json.loads((folder / "run.json").read_text())["schema"] == SCHEMA


def test_a_damaged_record_is_left_and_named(old_root: Path) -> None:
    path = next(iter(old_root.glob("runs/*/run.json")))
    path.write_text("{")
    (problem,) = Workspace(old_root).problems()
    assert path.parent.name in problem.where
    assert path.read_text() == "{"


def test_a_workspace_of_a_newer_version_is_refused(old_root: Path) -> None:
    Workspace(old_root)
    (old_root / "workspace.json").write_text('{"schema": 99}')
    with pytest.raises(RunError, match=r"opens workspaces of schema 2 or older.*schema 99.*Update the workbench"):
        Workspace(old_root)


@pytest.mark.parametrize("content", ["{", "[]", '{"schema": "two"}', "{}"])
def test_a_damaged_marker_is_written_again(old_root: Path, content: str) -> None:
    Workspace(old_root)
    (old_root / "workspace.json").write_text(content)
    Workspace(old_root)
    assert json.loads((old_root / "workspace.json").read_text()) == {"schema": SCHEMA}


def test_nothing_is_written_where_there_is_no_workspace(tmp_path: Path) -> None:
    Workspace(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    Workspace(tmp_path / "empty")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["empty"]


def test_a_workspace_on_a_full_or_read_only_disk_is_read_as_it_is(
    old_root: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("gru4rec_core.workspace.migration.write_json", refuse)
    workspace = Workspace(old_root)
    assert schemas(old_root) == {1}
    assert len(workspace.runs()) == 5
    assert "cannot be brought to schema" in caplog.text


def test_a_copy_is_a_workspace_too(old_root: Path, tmp_path: Path) -> None:
    Workspace(old_root)
    shutil.copytree(old_root, tmp_path / "copy")
    assert len(Workspace(tmp_path / "copy").runs()) == 5
