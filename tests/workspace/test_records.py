"""Records are read as they were written, and broken ones say what is wrong."""

import json
import os
import time
from pathlib import Path

import pytest

from gru4rec_core.config import SplitConfig, TrainingConfig
from gru4rec_core.errors import RunError
from gru4rec_core.storage import write_text
from gru4rec_core.workspace.job_state import JobState
from gru4rec_core.workspace.records import SCHEMA, DatasetRecord, RunRecord
from gru4rec_core.workspace.store import Workspace


def test_a_run_comes_back_with_its_settings(workspace: Workspace, run: RunRecord) -> None:
    assert workspace.run(run.id) == run
    folder = workspace.run_folder(run.id)
    assert TrainingConfig.from_json((folder / "config.json").read_text()) == run.config
    assert SplitConfig.from_json((folder / "split.json").read_text()) == run.split
    assert json.loads((folder / "run.json").read_text())["schema"] == 2


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("run.json", "{", "cannot be read as JSON"),
        ("run.json", '{"schema": 3}', "schema 3"),
        ("run.json", "[]", "no schema"),
        ("run.json", '{"schema": 2, "id": "xx"}', "lacks a field"),
        ("config.json", '{"epochs": 0}', "invalid settings"),
    ],
)
def test_a_broken_run_is_named_and_hides_no_other(
    workspace: Workspace, dataset: DatasetRecord, run: RunRecord, file: str, content: str, message: str
) -> None:
    other = workspace.create_run(dataset.id, run.config, run.split)
    (workspace.run_folder(run.id) / file).write_text(content)
    with pytest.raises(RunError, match=message):
        workspace.run(run.id)
    assert workspace.runs() == [other]
    (problem,) = workspace.problems()
    assert run.id in problem.where


def test_an_older_schema_is_read_as_this_one(workspace: Workspace, dataset: DatasetRecord) -> None:
    path = workspace.dataset_folder(dataset.id) / "dataset.json"
    path.write_text(path.read_text().replace(f'"schema": {SCHEMA}', '"schema": 1'))
    assert DatasetRecord.read(path) == dataset
    assert DatasetRecord.read(path).schema_version == SCHEMA


def test_fields_of_a_later_version_are_passed_over(workspace: Workspace, dataset: DatasetRecord) -> None:
    path = workspace.dataset_folder(dataset.id) / "dataset.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "colour": "blue"}))
    assert DatasetRecord.read(path) == dataset


@pytest.mark.parametrize(
    ("last", "unit"), [(1_717_178_400, "s"), (9_214_646_399, "s"), (9_214_646_400, ""), (10**18, "")]
)
def test_times_that_no_calendar_holds_are_numbers_without_a_unit(last: int, unit: str) -> None:
    record = DatasetRecord(
        id="log-1", name="log", content_hash="x", n_sessions=1, n_items=1, n_events=2, first_time=0, last_time=last,
        time_unit="s",
    )  # fmt: skip
    assert record.time_unit == unit


def test_a_record_is_read_once_until_its_file_changes(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    JobState(state="done").write(path)
    young = JobState.read(path)
    assert JobState.read(path) == young
    assert JobState.read(path) is not young  # so young a file may change again without a new time
    settled = time.time_ns() - 10**9
    os.utime(path, ns=(settled, settled))
    kept = JobState.read(path)
    assert JobState.read(path) is kept
    JobState(state="lost").write(path)
    assert JobState.read(path).state == "lost"
    path.unlink()
    with pytest.raises(RunError, match="no such file"):
        JobState.read(path)


def test_a_run_is_read_again_when_its_settings_change(workspace: Workspace, run: RunRecord) -> None:
    folder = workspace.run_folder(run.id)
    settled = time.time_ns() - 10**9
    for name in ("run.json", "config.json", "split.json"):
        os.utime(folder / name, ns=(settled, settled))
    assert workspace.run(run.id) is workspace.run(run.id)
    write_text(folder / "config.json", run.config.replace(epochs=7).to_json())
    assert workspace.run(run.id).config.epochs == 7
