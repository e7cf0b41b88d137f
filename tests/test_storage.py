"""Things get onto disk whole or not at all, and only inside their folder."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gru4rec_core import storage
from gru4rec_core.errors import RunError


@pytest.mark.parametrize(
    "name",
    ["", "a", "..", "../x", "a/b", "/etc", "A1", "a_b", "-ab", "a" * 81, "ab\n", "a.b", "ab\x00", "ä1", ".ab", "a b"],
)
def test_refuses_what_is_no_id(tmp_path: Path, name: str) -> None:
    with pytest.raises(RunError, match="An id has"):
        storage.safe_child(tmp_path, name)


def test_refuses_a_link_that_leads_out_of_the_folder(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "link").symlink_to(tmp_path)
    with pytest.raises(RunError, match="inside the workspace"):
        storage.safe_child(inside, "link")


@given(st.text())
def test_every_text_makes_an_id(text: str) -> None:
    made = storage.new_id(text)
    assert storage.safe_child(Path("/nowhere"), made).name == made


def test_ids_of_one_text_differ() -> None:
    assert storage.new_id("x") != storage.new_id("x")


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    storage.write_json(path, {"a": 1})
    with pytest.raises(ValueError, match="JSON compliant"):
        storage.write_json(path, {"a": float("nan")})
    assert storage.read_json(path, "a test") == {"a": 1}
    assert [one.name for one in tmp_path.iterdir()] == ["state.json"]


def test_readers_never_see_half_a_file(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    storage.write_json(path, {"n": 0, "filler": "x" * 50_000})
    done = threading.Event()

    def write() -> None:
        for n in range(200):
            storage.write_json(path, {"n": n, "filler": "x" * 50_000}, durable=False)
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    while not done.is_set():
        assert len(storage.read_json(path, "a test")["filler"]) == 50_000
    writer.join()


def test_a_folder_appears_complete_or_not_at_all(tmp_path: Path) -> None:
    def fail() -> None:
        with storage.new_folder(tmp_path / "made") as folder:
            (folder / "a").touch()
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert list(tmp_path.iterdir()) == []
    with storage.new_folder(tmp_path / "made") as folder:
        (folder / "a").touch()
        assert not (tmp_path / "made").exists()
    assert (tmp_path / "made" / "a").exists()


def test_broken_json_names_the_file_and_a_remedy(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    with pytest.raises(RunError, match="no such file"):
        storage.read_json(path, "a run")
    path.write_bytes(b'{"a": \xff')
    with pytest.raises(RunError, match=r"run\.json of a run is readable JSON.*What to do"):
        storage.read_json(path, "a run")


def take(path: Path, timeout: float = 0.05) -> None:
    with storage.exclusive_lock(path, timeout=timeout):
        pass


def test_one_holder_of_a_lock_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with storage.exclusive_lock(path), pytest.raises(RunError, match="Only one process"):
        take(path)
    take(path)


def test_a_lock_is_free_again_when_its_holder_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom gru4rec_core.storage import exclusive_lock\n"
        f"with exclusive_lock(Path({str(path)!r})):\n    print('held', flush=True)\n    time.sleep(60)"
    )
    holder = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    with pytest.raises(RunError):
        take(path)
    holder.kill()
    holder.wait()
    holder.stdout.close()
    take(path, timeout=1)


def test_what_a_killed_process_left_is_removed_once_it_is_old(tmp_path: Path) -> None:
    run = tmp_path / "runs" / "top1-1"
    old_new, old_gone, young, busy = (run / name for name in (".new-a", ".gone-b", ".new-c", ".new-d"))
    for folder in (old_new, old_gone, young, busy):
        folder.mkdir(parents=True)
        (folder / "weights").write_text("x")
        if folder != young:
            os.utime(folder / "weights", (0, 0))
            os.utime(folder, (0, 0))
    os.utime(busy / "weights")  # a large file is being written in it
    os.utime(run, (0, 0))
    assert set(storage.remove_leftovers(tmp_path, 3600)) == {old_new, old_gone}
    assert {path.name for path in run.iterdir()} == {".new-c", ".new-d"}
