"""Things get onto disk whole or not at all, and only inside their folder."""

import errno
import hashlib
import io
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
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


def test_a_file_system_that_flushes_no_folder_is_good_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fsync = os.fsync

    def refuse(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "Invalid argument")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", refuse)
    storage.write_text(tmp_path / "a.txt", "a")
    assert (tmp_path / "a.txt").read_text() == "a"


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
            storage.write_json(path, {"n": n, "filler": "x" * 50_000})
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
    with pytest.raises(RunError, match=r"run\.json of a run cannot be read as JSON.*What to do"):
        storage.read_json(path, "a run")


def take(path: Path, timeout: float = 0.05) -> None:
    with storage.exclusive_lock(path, timeout=timeout):
        pass


def test_one_holder_of_a_lock_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with storage.exclusive_lock(path), pytest.raises(RunError, match="Another process is already"):
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


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def make_everything(root: Path) -> dict[str, int]:
    """One of each thing that storage can make below `root`: its name and permissions."""
    storage.make_folder(root / "deep" / "folder")
    with storage.new_folder(root / "made") as folder:
        (folder / "inner").mkdir()
        (folder / "inner" / "by-hand").write_text("x")
    storage.write_text(root / "text", "x")
    storage.append_text(root / "appended", "x")
    storage.save_array(root / "a.npy", np.arange(3))
    storage.save_arrays(root / "a.npz", {"x": np.arange(3)})
    storage.save_table(root / "a.parquet", pd.DataFrame({"x": [1]}))
    with storage.exclusive_lock(root / "lock"):
        pass
    return {str(path.relative_to(root)): mode(path) for path in (root, *root.rglob("*"))}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
@pytest.mark.parametrize(("share", "folders", "files"), [("", 0o700, 0o600), ("group", 0o2770, 0o660)])
def test_others_may_not_look_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, share: str, folders: int, files: int
) -> None:
    monkeypatch.setenv("GRU4REC_SHARE", share)
    before = os.umask(0o022)
    try:
        modes = make_everything(tmp_path / "workspace")
    finally:
        os.umask(before)
    assert len(modes) == 12
    for name, found in modes.items():
        is_folder = (tmp_path / "workspace" / name).is_dir()
        assert found == (folders if is_folder else files), name


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_what_was_open_is_closed(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir(mode=0o755)
    (tmp_path / "old" / "file").write_text("x")
    (tmp_path / "outside").write_text("x")
    (tmp_path / "outside").chmod(0o644)
    (tmp_path / "old" / "link").symlink_to(tmp_path / "outside")
    storage.restrict(tmp_path / "old")
    assert mode(tmp_path / "old") == 0o700
    assert mode(tmp_path / "old" / "file") == 0o600
    assert mode(tmp_path / "outside") == 0o644


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x93NUMPY nonsense", b"PAR1 nonsense PAR1"])
def test_damaged_arrays_and_tables_name_the_file_and_a_remedy(tmp_path: Path, content: bytes) -> None:
    for load in (storage.load_array, storage.load_arrays, storage.load_table):
        path = tmp_path / "values"
        path.unlink(missing_ok=True)
        with pytest.raises(RunError, match=r"values is missing or damaged\. Found: no such file.*Train again"):
            load(path, remedy="Train again.")
        path.write_bytes(content)
        with pytest.raises(RunError, match=r"values is missing or damaged.*What to do"):
            load(path)


def test_arrays_with_objects_in_them_are_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.array([{"x": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(RunError, match="missing or damaged"):
        storage.load_array(tmp_path / "a.npy")


def test_arrays_come_back_as_they_were(tmp_path: Path) -> None:
    values = np.arange(6, dtype=np.int32).reshape(2, 3).T
    storage.save_array(tmp_path / "a.npy", values)
    storage.save_arrays(tmp_path / "a.npz", {"a": values, "b": np.float32(2)})
    loaded = storage.load_arrays(tmp_path / "a.npz")
    np.testing.assert_array_equal(storage.load_array(tmp_path / "a.npy"), values)
    np.testing.assert_array_equal(loaded["a"], values)
    assert loaded["b"].dtype == np.float32


def test_a_writer_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    def fail() -> None:
        with storage.new_file(tmp_path / "a.bin") as temporary:
            temporary.write_bytes(b"half")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_who_waits_for_a_lock_is_told_so(tmp_path: Path) -> None:
    calls: list[int] = []

    def wait() -> None:
        calls.append(1)
        first.__exit__(None, None, None)

    first = storage.exclusive_lock(tmp_path / "lock")
    first.__enter__()
    with storage.exclusive_lock(tmp_path / "lock", on_wait=wait):
        assert calls == [1]


def test_a_file_stored_by_its_hash_is_read_once_and_whole(tmp_path: Path) -> None:
    content = os.urandom(3 << 20)

    class Counted(io.BytesIO):
        n_bytes = 0

        def read(self, size: int | None = -1, /) -> bytes:
            block = super().read(size)
            self.n_bytes += len(block)
            return block

    source = Counted(content)
    path, digest = storage.store_by_hash(source, tmp_path / "uploads")
    assert digest == hashlib.sha256(content).hexdigest() == path.name
    assert path.read_bytes() == content
    assert source.n_bytes == len(content)
    assert stat.S_IMODE(path.stat().st_mode) == storage.file_mode()


def test_a_copy_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError("the connection is gone")

    with pytest.raises(OSError, match="connection"):
        storage.store_by_hash(Broken(), tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere memory is counted in other ways")
def test_memory_that_reading_a_mapped_array_took_is_given_back(tmp_path: Path) -> None:
    storage.save_array(tmp_path / "large.npy", np.arange(5_000_000))
    array, process = storage.load_array(tmp_path / "large.npy"), psutil.Process()
    wanted = array.sum()
    before = process.memory_info().rss
    storage.release_pages(array[:, None])
    assert before - process.memory_info().rss > 30_000_000
    assert array.sum() == wanted
    storage.release_pages(np.arange(3))  # not mapped: left alone


@pytest.mark.parametrize("suffix", [".npy", ".npz"])
def test_whichever_bit_of_an_array_file_is_wrong_it_is_read_or_called_damaged(tmp_path: Path, suffix: str) -> None:
    """NumPy and zipfile have many errors: of a header that is no Python, of an archive that is called encrypted."""
    path = tmp_path / f"values{suffix}"
    if suffix == ".npy":
        storage.save_array(path, np.arange(3))
    else:
        storage.save_arrays(path, {"a": np.arange(3)})
    load: Callable[[Path], object] = storage.load_array if suffix == ".npy" else storage.load_arrays
    content = path.read_bytes()
    for place in range(len(content)):
        for bit in (0, 4, 6):
            path.write_bytes(content[:place] + bytes([content[place] ^ 1 << bit]) + content[place + 1 :])
            with suppress(RunError):
                load(path)
