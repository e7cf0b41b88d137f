"""Records are read as they were written, and broken ones say what is wrong."""

import json

import pytest

from gru4rec_core.config import SplitConfig, TrainingConfig
from gru4rec_core.errors import RunError
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
