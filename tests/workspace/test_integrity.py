"""Every damaged file is found and named, whichever way it was damaged, with checksums and without."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gru4rec_core.experiments.repair import repair_now
from gru4rec_core.results.order import find_result, store_result
from gru4rec_core.workspace.checksums import FILE, write_checksums
from gru4rec_core.workspace.integrity import check_run, find_damage
from gru4rec_core.workspace.job_state import JobState, change_state, write_state
from gru4rec_core.workspace.store import Workspace
from tests.damaged_files import DAMAGES, FILES, damage, find_file
from tests.order_results import order_result


@pytest.fixture(scope="module")
def intact(whole: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """One copy for all tests here, each of which leaves it as it was."""
    return Workspace(shutil.copytree(whole, tmp_path_factory.mktemp("intact") / "workspace"))


@pytest.fixture(scope="module")
def old(whole: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The same as an earlier version left it, without checksums."""
    root = shutil.copytree(whole, tmp_path_factory.mktemp("old") / "workspace")
    for path in root.rglob(FILE):
        path.unlink()
    return Workspace(root)


@contextmanager
def damaged(home: Workspace, file: str, how: str) -> Iterator[Path]:
    """One of the files is damaged for a moment."""
    path = find_file(home.root, file)
    before = path.read_bytes()
    damage(home.root, file, how)
    yield path
    path.write_bytes(before)


def test_nothing_is_found_in_a_workspace_that_is_whole(intact: Workspace, old: Workspace) -> None:
    assert find_damage(intact) == []
    assert find_damage(old) == []


@pytest.mark.parametrize("file", FILES)
def test_each_damaged_file_is_found_and_named(intact: Workspace, file: str) -> None:
    for how in DAMAGES:
        with damaged(intact, file, how) as path:
            found = find_damage(intact)
            if how == "deleted" and file in ("statistics", "summary"):
                assert found == []  # they are computed when they are next asked for
                continue
            (one,) = found
            assert [name.rpartition("/")[2] for name in one.names()] == [path.name], how
            assert path.is_relative_to(one.folder)
            sentence = one.file_sentences[0].rpartition("/")[2]
            assert sentence.startswith(f"{path.name} {SAID.get(how, '')}")


SAID = {"emptied": "is empty", "deleted": "is missing"}


@pytest.mark.parametrize("file", FILES)
def test_old_folders_without_checksums_are_checked_by_reading(old: Workspace, file: str) -> None:
    for how in DAMAGES:
        with damaged(old, file, how) as path:
            found = {Path(name).name for one in find_damage(old) for name in one.names()}
            nobody_knows = how == "deleted" and file in ("statistics", "summary", "lists")
            assert {Path(name).stem for name in found} == (set() if nobody_knows else {path.stem}), how


def test_progress_counts_all_that_is_checked(home: Workspace) -> None:
    told: list[tuple[int, int]] = []
    find_damage(home, lambda done, total: told.append((done, total)))
    assert [done for done, _ in told] == list(range(len(told)))
    assert {total for _, total in told} == {len(told)}


def test_a_run_whose_folder_is_gone_is_named_by_its_id(home: Workspace) -> None:
    run = home.runs()[0]
    shutil.rmtree(home.run_folder(run.id))
    found = check_run(home, run.id)
    assert found is not None
    assert (found.name, found.cure) == (run.id, "")


def test_what_others_put_beside_and_what_a_killed_process_left_are_not_checked(home: Workspace) -> None:
    """A copy made by hand, a disk's own folder, a split that was being made or removed."""
    for kind in ("datasets", "runs", "comparisons", "backtests", "decisions", "gates"):
        (home.root / kind / "lost+found").mkdir(parents=True)
    split = find_file(home.root, "split's rule").parent
    for name in (f".new-{split.name}-12345678", f".gone-{split.name}-12345678"):
        (split.with_name(name) / "train").mkdir(parents=True)
    assert find_damage(home) == []


def test_a_baseline_that_is_being_computed_is_not_damaged(home: Workspace) -> None:
    path = find_file(home.root, "baseline")
    path.unlink()  # it is written last
    write_checksums(path.parent, [path.name])
    assert [one.kind for one in find_damage(home)] == ["baseline"]
    change_state(path.parent, state="running")
    assert find_damage(home) == []


def test_a_damaged_order_test_is_found_and_its_repair_makes_room_for_a_new_one(workspace: Workspace, dataset) -> None:
    store_result(workspace, dataset, order_result())
    folder = workspace.order_test_folder(dataset.id)
    write_state(folder, JobState(state="done"))
    assert find_damage(workspace) == []
    path = folder / "result.json"
    path.write_text(path.read_text().replace("0.35", "0.36"))
    (found,) = find_damage(workspace)
    assert (found.kind, found.id, found.cure, found.names()) == ("order-test", dataset.id, "now", {"result.json"})
    assert found.title == "The order test of letters is damaged."
    write_state(folder, JobState(state="running"))
    assert find_damage(workspace) == []  # it is being written
    write_state(folder, JobState(state="done"))
    repair_now(workspace, found)
    assert find_damage(workspace) == []
    assert find_result(workspace, dataset) is None
    assert not folder.exists()
