"""What is damaged is removed with what cannot stay without it, readable or not."""

import shutil

import pytest

from gru4rec_core.errors import RunError
from gru4rec_core.workspace.checksums import write_checksums
from gru4rec_core.workspace.damage import Damage
from gru4rec_core.workspace.integrity import check_run, find_damage
from gru4rec_core.workspace.job_state import change_state
from gru4rec_core.workspace.removal import find_dependents, remove_damaged
from gru4rec_core.workspace.store import Workspace
from tests.damaged_files import damage, find_file


def damage_one(home: Workspace, file: str) -> Damage:
    damage(home.root, file, "garbled")
    (found,) = find_damage(home)
    return found


def test_a_run_goes_with_the_comparisons_that_use_it(home: Workspace) -> None:
    found = damage_one(home, "run")
    assert find_dependents(home, found).describe() == "1 comparison"
    remove_damaged(home, found)
    assert [run.config.loss for run in home.runs()] == ["top1"]
    assert home.comparisons() == []
    assert find_damage(home) == []


def test_a_dataset_goes_with_its_runs(home: Workspace) -> None:
    found = damage_one(home, "dataset")
    assert find_dependents(home, found).describe() == "2 runs and 1 comparison"
    remove_damaged(home, found)
    assert (home.datasets(), home.runs(), home.comparisons()) == ([], [], [])


def test_the_upload_of_a_dataset_goes_with_it(home: Workspace) -> None:
    (record,) = home.datasets()
    upload = home.root / "uploads" / ("a" * 64)
    upload.parent.mkdir(exist_ok=True)
    upload.write_bytes(b"session,timestamp,item")
    folder = home.dataset_folder(record.id)
    record.model_copy(update={"file_sha256": upload.name}).write(folder / "dataset.json")
    write_checksums(folder, ["dataset.json"])
    for file in ("items", "dataset"):  # also where the record itself is damaged
        damage(home.root, file, "garbled")
        (found,) = find_damage(home)
        assert upload in find_dependents(home, found).paths
    remove_damaged(home, found)
    assert not upload.exists()


def test_a_dataset_stays_while_a_run_on_it_is_at_work(home: Workspace) -> None:
    found = damage_one(home, "dataset")
    change_state(home.run_folder(home.runs()[0].id), state="running")
    with pytest.raises(RunError, match="once it has ended"):
        remove_damaged(home, found)
    assert found.folder.exists()


@pytest.mark.parametrize("file", ["comparison", "baseline", "test part"])
def test_what_others_do_not_need_goes_alone(home: Workspace, file: str) -> None:
    found = damage_one(home, file)
    assert find_dependents(home, found).describe() == ""
    remove_damaged(home, found)
    assert find_damage(home) == []
    assert len(home.runs()) == 2


def test_a_damaged_run_stays_while_it_is_at_work(home: Workspace) -> None:
    found = damage_one(home, "run")
    change_state(found.folder, state="running")
    with pytest.raises(RunError, match="once it has ended"):
        remove_damaged(home, found)
    assert found.folder.exists()
    assert len(home.comparisons()) == 1


@pytest.mark.parametrize("file", ["baseline", "test part"])
def test_a_split_and_its_baselines_stay_while_these_are_computed(home: Workspace, file: str) -> None:
    found = damage_one(home, file)
    change_state(find_file(home.root, "baselines' state").parent, state="running")
    with pytest.raises(RunError, match="once it has ended"):
        remove_damaged(home, found)
    assert found.folder.exists()


@pytest.mark.parametrize("file", ["run's vocabulary", "items", "test part", "baseline", "comparison"])
def test_what_was_repaired_meanwhile_is_not_removed(home: Workspace, file: str) -> None:
    before = find_file(home.root, file).read_bytes()
    found = damage_one(home, file)
    find_file(home.root, file).write_bytes(before)
    with pytest.raises(RunError, match=r"not damaged any more(.|\n)*Nothing was removed"):
        remove_damaged(home, found)
    assert find_damage(home) == []
    assert (len(home.runs()), len(home.comparisons()), len(home.datasets())) == (2, 1, 1)


def test_what_cannot_be_read_is_removed_although_it_is_what_was_written(home: Workspace) -> None:
    folder = damage(home.root, "metrics", "emptied").parent
    (folder / "metrics.json").write_bytes(b"{")
    write_checksums(folder, ["metrics.json"])
    found = check_run(home, folder.name)
    assert found is not None
    assert check_run(home, folder.name, thorough=True) is None
    remove_damaged(home, found)
    assert not folder.exists()


def test_only_the_files_that_were_damaged_are_looked_at_again(home: Workspace) -> None:
    before = find_file(home.root, "metrics").read_bytes()
    found = damage_one(home, "metrics")
    find_file(home.root, "metrics").write_bytes(before)
    damage(home.root, "epochs", "garbled")
    with pytest.raises(RunError, match="not damaged any more"):
        remove_damaged(home, found)


def test_comparisons_of_a_run_that_is_gone_are_removed(home: Workspace) -> None:
    run = home.runs()[0]
    shutil.rmtree(home.run_folder(run.id))
    found = check_run(home, run.id)
    assert found is not None
    remove_damaged(home, found)
    assert home.comparisons() == []
