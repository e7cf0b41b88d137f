"""Every damaged file of a tuning is found and named; what is under way, or was removed, is not damaged."""

import shutil
from pathlib import Path

import pytest

from gru4rec_core.errors import RunError
from gru4rec_core.experiments.repair import repair_now
from gru4rec_core.results.tuning import load_tuning
from gru4rec_core.workspace.checksums import FILE
from gru4rec_core.workspace.integrity import check_again, find_damage
from gru4rec_core.workspace.job_state import change_state, read_state
from gru4rec_core.workspace.removal import find_dependents, remove_damaged
from gru4rec_core.workspace.store import Workspace
from gru4rec_core.workspace.tuning_checks import check_tuning, find_tuning_problems, find_unreadable_tunings
from gru4rec_core.workspace.tunings import list_tunings, tuning_folder
from tests.damaged_files import DAMAGES, TUNING_FILES
from tests.finished import store_tuning

NEEDED = ("tuning", "trials", "refusal")
"""Files that are missed without checksums too; in place of a refusal, a method that has ended has trials."""

SUMMED = ("importances", "interrupted")
"""Files that their checksums tell of; of a missing marker or state nobody knows whether there was one."""


@pytest.fixture
def folder(workspace: Workspace, dataset) -> Path:
    return tuning_folder(workspace, dataset.id, store_tuning(workspace, dataset.id).id)


@pytest.mark.parametrize("with_sums", [True, False])
@pytest.mark.parametrize("file", TUNING_FILES)
def test_each_damaged_file_is_found_and_named(
    workspace: Workspace, dataset, folder: Path, file: str, with_sums: bool
) -> None:
    if not with_sums:
        for path in folder.rglob(FILE):
            path.unlink()
    assert find_damage(workspace) == []
    path = folder / TUNING_FILES[file]
    before = path.read_bytes()
    for how, spoil in DAMAGES.items():
        spoil(path)
        found = find_damage(workspace)
        if how == "deleted" and file not in (*NEEDED, *(SUMMED if with_sums else ())):
            assert found == []
        else:
            (one,) = found
            is_other = how == "deleted" and file == "refusal" and not with_sums
            assert one.names() == {"slist/trials.jsonl" if is_other else TUNING_FILES[file]}
            assert (one.kind, one.id) == ("tuning", f"{dataset.id}/{folder.name}")
            assert one.title == "The tuning of letters (tuning-bpr-1) is damaged."
            assert check_again(workspace, [one]) == [one]
        path.write_bytes(before)


def test_a_changed_figure_is_found_by_its_checksum_alone(workspace: Workspace, dataset, folder: Path) -> None:
    path = folder / "stan" / "trials.jsonl"
    path.write_text(path.read_text().replace("0.2", "0.9"))
    assert check_tuning(workspace, f"{dataset.id}/{folder.name}") is None
    (found,) = find_damage(workspace)
    assert found.names() == {"stan/trials.jsonl"}


@pytest.mark.parametrize("with_sums", [True, False])
def test_a_method_that_has_ended_lacks_no_trial(workspace: Workspace, dataset, folder: Path, with_sums: bool) -> None:
    """What is left are whole lines, each as it was."""
    path = folder / "stan" / "trials.jsonl"
    if not with_sums:
        (folder / "stan" / FILE).unlink()
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    (found,) = load_tuning(workspace, list_tunings(workspace, dataset.id)[0]).damages
    assert [(file.name, file.what) for file in found.files] == [("stan/trials.jsonl", "lacks trials")]
    repair_now(workspace, found)
    assert find_damage(workspace) == []
    assert read_state(folder / "stan").state == ("done" if with_sums else "lost")  # a lost one can be continued


def test_a_method_at_work_is_not_looked_at_and_half_a_last_line_of_a_killed_one_is_no_damage(
    workspace: Workspace, folder: Path
) -> None:
    path = folder / "bpr" / "trials.jsonl"
    (folder / "bpr" / FILE).unlink()  # as when it goes on
    path.write_bytes(path.read_bytes()[:-20])
    change_state(folder / "bpr", state="running")
    assert find_damage(workspace) == []
    change_state(folder / "bpr", state="lost")
    assert find_damage(workspace) == []
    change_state(folder / "bpr", state="done")
    assert [one.names() for one in find_damage(workspace)] == [{"bpr/trials.jsonl"}]


def test_what_lists_leave_out_is_told(workspace: Workspace, dataset, folder: Path) -> None:
    assert (find_unreadable_tunings(workspace, dataset.id), find_tuning_problems(workspace)) == ([], [])
    (folder / "tuning.json").write_bytes(b"{")
    assert list_tunings(workspace, dataset.id) == []
    assert [one.cure for one in find_unreadable_tunings(workspace, dataset.id)] == ["now"]
    assert "tuning.json" in str(find_tuning_problems(workspace)[0])
    (folder / FILE).unlink()
    (found,) = find_unreadable_tunings(workspace, dataset.id)
    assert found.cure == ""
    assert found.cure_sentence.endswith("or remove the tuning and begin it again.")


def test_it_is_removed_alone_and_not_while_a_method_is_at_work(workspace: Workspace, dataset, folder: Path) -> None:
    (folder / "tuning.json").write_bytes(b"")
    (found,) = find_damage(workspace)
    said = find_dependents(workspace, found).describe_removal("Removes", found.subject)
    assert said.startswith("Removes the tuning of letters (tuning-bpr-1) from this workspace. This frees ")
    change_state(folder / "stan", state="running")
    with pytest.raises(RunError, match="once it has ended"):
        remove_damaged(workspace, found)
    change_state(folder / "stan", state="cancelled")
    remove_damaged(workspace, found)
    assert not folder.exists()
    assert workspace.datasets() == [dataset]
    assert check_tuning(workspace, found.id) is None


def test_what_others_put_beside_is_not_checked(workspace: Workspace, dataset, folder: Path) -> None:
    shutil.copytree(folder, folder.with_name("Copy of it"))
    (folder.with_name("Copy of it") / "tuning.json").unlink()
    (folder.parent / "notes.txt").touch()
    assert find_damage(workspace) == []
