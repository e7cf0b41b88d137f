"""What is damaged is removed with what cannot stay without it, readable or not."""

import pytest

from gru4rec_core.errors import RunError
from gru4rec_core.workspace.checksums import write_checksums
from gru4rec_core.workspace.damage import Damage
from gru4rec_core.workspace.integrity import find_damage
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
