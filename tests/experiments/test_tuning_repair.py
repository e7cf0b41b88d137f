"""A repaired tuning is as it was; without the kept text, no trial that can be read is lost."""

from pathlib import Path

import pytest

from gru4rec_core.errors import RunError
from gru4rec_core.experiments.repair import repair_now
from gru4rec_core.storage import read_json
from gru4rec_core.workspace.checksums import FILE
from gru4rec_core.workspace.damage import Damage
from gru4rec_core.workspace.integrity import find_damage
from gru4rec_core.workspace.job_state import read_state
from gru4rec_core.workspace.records import TunedWith
from gru4rec_core.workspace.store import Workspace
from gru4rec_core.workspace.tunings import TuningRecord, read_trials, read_tuning, tuning_folder
from tests.damaged_files import DAMAGES, TUNING_FILES
from tests.finished import store_tuning


@pytest.fixture
def tuning(workspace: Workspace, dataset) -> TuningRecord:
    return store_tuning(workspace, dataset.id)


@pytest.fixture
def folder(workspace: Workspace, tuning: TuningRecord) -> Path:
    return tuning_folder(workspace, tuning.dataset_id, tuning.id)


def repair_one(workspace: Workspace) -> Damage:
    (found,) = find_damage(workspace)
    repair_now(workspace, found)
    assert find_damage(workspace) == []
    return found


@pytest.mark.parametrize("file", [file for file in TUNING_FILES if "comparison" not in file and "queued" not in file])
def test_it_is_as_it_was_where_its_text_was_kept(
    workspace: Workspace, tuning: TuningRecord, folder: Path, file: str
) -> None:
    path = folder / TUNING_FILES[file]
    before = path.read_bytes()
    for how, spoil in DAMAGES.items():
        if how == "deleted" and file == "its state":
            continue
        spoil(path)
        assert repair_one(workspace).cure == "now"
        assert file == "its state" or path.read_bytes() == before, how
        assert {read_state(method).state for method in path.parent.parent.glob("bpr")} <= {"done"}
        assert read_tuning(workspace, tuning.dataset_id, tuning.id) == tuning


def test_without_the_kept_text_all_trials_that_can_be_read_stay_and_the_rest_can_be_tried_again(
    workspace: Workspace, tuning: TuningRecord, folder: Path
) -> None:
    path = folder / "bpr" / "trials.jsonl"
    (folder / "bpr" / FILE).unlink()
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + b"\xff\n" + lines[2] + lines[3])
    found = repair_one(workspace)
    assert "the others are tried again, with the same settings" in found.cure_sentence
    assert path.read_bytes() == lines[0] + lines[2] + lines[3]
    trials = read_trials(workspace, tuning, "bpr")
    assert (trials.next_number, trials.n_unreadable, trials.is_complete(tuning)) == (1, 0, False)
    assert (read_state(folder / "bpr").state, read_state(folder / "stan").state) == ("lost", "done")


@pytest.mark.parametrize("file", ["importances", "interrupted", "refusal"])
def test_without_the_kept_text_it_is_said_what_is_lost(workspace: Workspace, folder: Path, file: str) -> None:
    path = folder / TUNING_FILES[file]
    (path.parent / FILE).unlink()
    path.write_bytes(b"{")
    assert "lost" in (found := repair_one(workspace)).cure_sentence or "again" in found.cure_sentence
    assert not path.exists()
    assert read_state(path.parent).state == ("lost" if file == "refusal" else "done")


@pytest.mark.parametrize("is_there", [True, False])
def test_the_comparison_of_its_winners_is_found_by_what_it_says_of_its_tuning(
    workspace: Workspace, tuning: TuningRecord, folder: Path, run, is_there: bool
) -> None:
    tuned = TunedWith(tuning_id=tuning.id if is_there else "another", n_trials=4, seconds=None, spent={})
    comparison = workspace.create_comparison(run.dataset_id, run.split, tuning.judging, [run.id], tuned=tuned)
    for name in ("comparison.json", "queued.json"):
        (folder / name).write_bytes(b"")
    repair_one(workspace)
    assert (folder / "comparison.json").exists() == is_there
    expected = comparison.id if is_there else None
    assert read_json(folder / "queued.json", "a tuning")["comparison"] == expected


def test_a_state_says_what_the_trials_say(workspace: Workspace, tuning: TuningRecord, folder: Path) -> None:
    for method in ("bpr", "stan"):
        (folder / method / "state.json").write_bytes(b"{")
    path = folder / "stan" / "trials.jsonl"
    (folder / "stan" / FILE).unlink()
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:2]))
    repair_one(workspace)
    assert [read_state(folder / method).state for method in ("bpr", "stan")] == ["done", "lost"]


def test_a_record_that_is_nowhere_else_is_not_guessed(workspace: Workspace, folder: Path) -> None:
    (folder / FILE).unlink()
    (folder / "tuning.json").write_bytes(b"{")
    (found,) = find_damage(workspace)
    assert found.cure == ""
    with pytest.raises(RunError, match=r"tuning\.json"):
        repair_now(workspace, found)
