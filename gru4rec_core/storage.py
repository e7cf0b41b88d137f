"""Safe files: each is written whole or not at all, closed to other users, and inside its own folder.

Files and folders are written under a temporary name and renamed. They are open to their owner alone, or to the
owner's group where GRU4REC_SHARE=group. Arrays are `.npy` or `.npz`, tables Parquet; nothing is pickled.
"""

import errno
import hashlib
import json
import mmap
import os
import re
import shutil
import time
import tokenize
import uuid
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock, Timeout

from gru4rec_core.disk import plain_errors
from gru4rec_core.errors import DiskError, RunError

_ID = re.compile(r"[a-z0-9][a-z0-9-]{1,79}")
_BLOCK = 1 << 20  # bytes copied at once
_LOCK_POLL = 0.02  # seconds between two tries for a lock
_LOCK_POLL_LONG = 0.5  # the same where the holder may take hours

# Of array files. NumPy reads a header as Python; zipfile takes one wrong bit for a password or an unknown compression.
_UNREADABLE = (OSError, ValueError, EOFError, SyntaxError, tokenize.TokenError, RuntimeError, zipfile.BadZipFile)

RESTORE = "Repair it (with the command: check --repair), or restore the file from a copy."
"""What to do about a damaged file of the workspace, in a message."""


def is_id(name: str) -> bool:
    """Whether a name has the form of an id: 2 to 80 lower-case letters, digits, hyphens."""
    return _ID.fullmatch(name) is not None


def safe_child(parent: Path, name: str) -> Path:
    """The path of `name` below `parent`, for names that come from a URL or a command line.

    Raises:
        RunError: the name is no id (2 to 80 lower-case letters, digits, hyphens), or links out of the folder.
    """
    if not isinstance(name, str) or not is_id(name):
        raise RunError(
            "An id has 2 to 80 lower-case letters, digits and hyphens.",
            found=repr(name)[:100],
            remedy="Take the id from the list of datasets or runs.",
        )
    path = parent / name
    # A name without separators leads out only as a link. (Resolving every path cost a page of 300 runs 0.3 s.)
    if path.is_symlink() and path.resolve().parent != parent.resolve():
        raise RunError("An id names a folder inside the workspace.", found=f"{name} leads out of it")
    return path


def new_id(text: str, suffix: str | None = None) -> str:
    """An id made of the letters and digits of `text` and a suffix (random if not given)."""
    stem = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60].strip("-") or "x"
    return f"{stem}-{suffix or uuid.uuid4().hex[:8]}"


def folder_mode() -> int:
    """Permissions of a folder: 0700; with GRU4REC_SHARE=group 2770, so that what is made in it keeps its group."""
    return 0o2770 if _is_shared() else 0o700


def file_mode() -> int:
    """Permissions of a file: 0600; with GRU4REC_SHARE=group 0660."""
    return 0o660 if _is_shared() else 0o600


def _is_shared() -> bool:
    return os.environ.get("GRU4REC_SHARE", "") == "group"


def make_folder(folder: Path) -> None:
    """Makes a folder and its missing parents, with `folder_mode`; one that exists stays as it is."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        with plain_errors(path), suppress(FileExistsError):  # another process made it meanwhile
            path.mkdir(mode=0o700)
            path.chmod(folder_mode())
            _flush(path.parent)


def folder_number(folder: Path) -> int:
    """A number that a folder keeps when it is renamed or reached by another path, and that no copy of it has."""
    return folder.stat().st_ino


def is_copy(folder: Path, number: int) -> bool:
    """Whether a folder is a copy of the one of this number; False where that is 0, not known, or the folder is away."""
    try:
        return number not in (0, folder_number(folder))
    except OSError:
        return False


def make_file(path: Path) -> None:
    """Makes an empty file with `file_mode`; one that exists keeps its content and gets a new time of change."""
    with plain_errors(path):
        _make_file(path)


def _make_file(path: Path) -> None:
    # Created closed: a chmod afterwards would leave a moment in which others can open it.
    with open(path, "ab", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        if os.fstat(file.fileno()).st_uid == _user():
            path.chmod(file_mode())
    path.touch()


def restrict(folder: Path) -> None:
    """Gives a folder and what it holds `folder_mode` and `file_mode`; links and others' files stay as they are."""
    for path in (folder, *folder.rglob("*")):
        with suppress(FileNotFoundError):  # it may be removed meanwhile
            if not path.is_symlink() and path.stat().st_uid == _user():
                path.chmod(folder_mode() if path.is_dir() else file_mode())


def _user() -> int:
    return os.geteuid() if hasattr(os, "geteuid") else 0  # Windows says 0 for every file


@contextmanager
def new_file(path: Path, *, durable: bool = True, size: int | None = None) -> Iterator[Path]:
    """A file written under a temporary name and renamed to `path`: readers see the old one or the new, never a part.

    Args:
        path: where it goes; the temporary name ends alike, for writers that go by the ending.
        durable: wait until the disk has it, under its final name; not needed for what can be made again, and for what
            is in a folder that is flushed as a whole (`new_folder`).
        size: bytes that it takes, where that is known; for the message when the disk is full.

    Raises:
        DiskError: the disk is full, or may not be written; nothing is left of the new file.
    """
    temporary = path.with_name(f".new-{uuid.uuid4().hex[:8]}-{path.name}")
    with plain_errors(path, size):
        try:
            _make_file(temporary)
            yield temporary
            if durable:
                _flush(temporary)
            temporary.replace(path)
            if durable:
                _flush(path.parent)
        except BaseException:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise


@contextmanager
def new_folder(final: Path) -> Iterator[Path]:
    """A folder filled under a temporary name and renamed to `final` once the disk has it; removed when filling fails.

    Args:
        final: where it goes; must not exist yet.

    Raises:
        DiskError: the disk is full, or may not be written; nothing is left of the new folder.
    """
    make_folder(final.parent)
    temporary = final.with_name(f".new-{final.name[:60]}-{uuid.uuid4().hex[:8]}")
    with plain_errors(final):
        try:
            make_folder(temporary)
            yield temporary
            restrict(temporary)
            for path in (*temporary.rglob("*"), temporary):
                _flush(path)
            temporary.replace(final)
            _flush(final.parent)
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise


def _flush(path: Path) -> None:
    """Waits until a file's content, or a folder's names, are on disk."""
    is_folder = path.is_dir()
    if is_folder and os.name == "nt":  # Windows opens no folders
        return
    descriptor = os.open(path, os.O_RDONLY if is_folder else os.O_RDWR)
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Some network file systems flush no folder by itself: its names are as safe there as they can be.
        if not is_folder or error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)


def store_by_hash(source: BinaryIO, folder: Path) -> tuple[Path, str]:
    """Copies an open file into `folder`, named by the sha256 of its content; reads it once, from its start.

    Returns:
        The copy, and the sha256 in hexadecimal digits.
    """
    make_folder(folder)
    digest = hashlib.sha256()
    # The name is known only after the last block, so this renames itself and not by `new_file`.
    temporary = folder / f".new-{uuid.uuid4().hex[:8]}-upload"
    with plain_errors(folder / "upload"):
        try:
            _make_file(temporary)
            source.seek(0)
            with temporary.open("wb") as copy:
                while block := source.read(_BLOCK):
                    digest.update(block)
                    copy.write(block)
            _flush(temporary)
            path = folder / digest.hexdigest()
            temporary.replace(path)
            _flush(folder)
        except BaseException:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise
    return path, digest.hexdigest()


def write_text(path: Path, text: str, *, durable: bool = True) -> None:
    """Replaces a text file (see `new_file`)."""
    with new_file(path, durable=durable) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def append_text(path: Path, text: str) -> None:
    """Adds to the end of a text file, which is made if it is not there."""
    if not path.exists():
        make_file(path)
    with plain_errors(path), path.open("a", encoding="utf-8", newline="\n") as file:
        file.write(text)


def append_line(path: Path, line: str, *, durable: bool = False) -> None:
    """Adds a line to a file that is there, in one write: lines of several processes never mix.

    A line that a full disk cut is ended first. With `durable`, waits until the disk has it. Raises OSError where the
    disk does not take the whole line.
    """
    content = f"{line}\n".encode()
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND)
    try:
        if os.lseek(descriptor, 0, os.SEEK_END):
            os.lseek(descriptor, -1, os.SEEK_END)
            if os.read(descriptor, 1) != b"\n":
                content = b"\n" + content
        if os.write(descriptor, content) < len(content):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        if durable:
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_json(path: Path, value: Any) -> None:
    """`write_text` for JSON (no NaN: readers in other languages refuse it)."""
    write_text(path, _to_text(value))


def cache_json(path: Path, value: Any) -> None:
    """`write_json` for what can be made again: not flushed, and nothing kept where the disk does not take it."""
    with suppress(DiskError):
        write_text(path, _to_text(value), durable=False)


def _to_text(value: Any) -> str:
    return json.dumps(value, indent=2, allow_nan=False) + "\n"


def read_json(path: Path, owner: str) -> Any:
    """The JSON in a file of the workspace; `owner` says in messages whose file it is ("a run").

    Raises:
        RunError: the file is missing, unreadable or not JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RunError(f"{owner} has no file {path.name}.", found="no such file", where=str(path)) from None
    except (json.JSONDecodeError, UnicodeDecodeError, OSError) as error:
        raise RunError(
            f"{path.name} of {owner} cannot be read as JSON.", found=str(error), where=str(path), remedy=RESTORE
        ) from None


def save_array(path: Path, array: Any, *, durable: bool = False) -> None:
    """Replaces an .npy file (see `new_file`)."""
    with new_file(path, durable=durable, size=np.asanyarray(array).nbytes) as temporary:
        np.save(temporary, np.ascontiguousarray(array), allow_pickle=False)


def load_array(path: Path, *, remedy: str = RESTORE) -> np.ndarray:
    """The array in an .npy file, memory-mapped, read-only.

    Raises:
        RunError: the file is missing or damaged.
    """
    try:
        return np.lib.format.open_memmap(path, mode="r")
    except _UNREADABLE as error:
        raise damaged(path, error, remedy) from None


def release_pages(array: np.ndarray) -> None:
    """Gives back the memory that reading through a memory-mapped array took; nothing happens to any other array.

    What is needed again is read again, from the system's cache as a rule.
    """
    mapped = getattr(array, "_mmap", None)  # of a view, too
    if mapped is not None and hasattr(mmap, "MADV_DONTNEED"):  # not on Windows
        mapped.madvise(mmap.MADV_DONTNEED)


def save_arrays(path: Path, arrays: Mapping[str, Any]) -> None:
    """Replaces an .npz file, one array at a time: of TensorFlow's variables only one copy is in memory."""
    with (
        new_file(path, durable=False) as temporary,
        zipfile.ZipFile(temporary, "w", zipfile.ZIP_STORED, allowZip64=True) as archive,
    ):
        for name, value in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as file:
                np.lib.format.write_array(file, np.ascontiguousarray(value), allow_pickle=False)


def load_arrays(path: Path, *, remedy: str = RESTORE) -> dict[str, np.ndarray]:
    """The arrays of an .npz file, by name.

    Raises:
        RunError: the file is missing, or is not an archive of plain arrays.
    """
    try:
        with path.open("rb") as file:
            if not zipfile.is_zipfile(file):
                raise ValueError("not an archive of arrays")
        with np.load(path, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except _UNREADABLE as error:
        raise damaged(path, error, remedy) from None


def save_table(path: Path, frame: pd.DataFrame) -> None:
    """Replaces a Parquet file (see `new_file`); the frame's index is left out."""
    with new_file(path) as temporary:
        frame.to_parquet(temporary, index=False)


def save_blocks(path: Path, blocks: Iterable[pa.Table]) -> None:
    """Replaces a Parquet file by one of these tables, one after another; only one is in memory. Waits for the disk.

    Args:
        path: the file.
        blocks: at least one; all have the same columns.
    """
    rest = iter(blocks)
    first = next(rest)
    with new_file(path) as temporary, pq.ParquetWriter(temporary, first.schema) as writer:
        writer.write_table(first)
        for block in rest:
            writer.write_table(block)


def load_table(path: Path, *, columns: Sequence[str] | None = None, remedy: str = RESTORE) -> pa.Table:
    """The table in a Parquet file, or some of its columns.

    Raises:
        RunError: the file is missing or damaged, or lacks a column.
    """
    try:
        table = pq.read_table(path, columns=None if columns is None else list(columns))
        if columns is not None and table.column_names != list(columns):
            raise ValueError(f"columns {table.column_names} instead of {list(columns)}")
        return table
    except (OSError, ValueError, pa.ArrowException) as error:
        raise damaged(path, error, remedy) from None


def damaged(path: Path, error: Exception, remedy: str = RESTORE) -> RunError:
    """The error for a file that is missing or cannot be read."""
    return RunError(
        f"{path.name} is missing or damaged.",
        found=str(error)[:200] if path.exists() else "no such file",
        where=str(path),
        remedy=remedy,
    )


def replace_files(source: Path, target: Path) -> None:
    """Moves every file of `source` into `target`, each by one rename, and removes `source`; waits for the disk."""
    with plain_errors(target):
        for file in sorted(source.iterdir()):
            file.replace(target / file.name)
        source.rmdir()
        _flush(target)


def delete_folder(folder: Path) -> None:
    """Takes a folder out of sight by one rename, then removes it."""
    removed = folder.with_name(f".gone-{folder.name[:60]}-{uuid.uuid4().hex[:8]}")
    with plain_errors(folder):
        folder.replace(removed)
    shutil.rmtree(removed, ignore_errors=True)


def remove_leftovers(root: Path, older_than: float) -> list[Path]:
    """Removes what `new_file`, `new_folder` and `delete_folder` left below `root` when their process was killed.

    Args:
        root: searched with all its folders.
        older_than: seconds without a change after which a leftover is removed; a younger one may be in use.
    """
    oldest = time.time() - older_than
    candidates = [path for pattern in (".new-*", ".gone-*") for path in root.rglob(pattern)]
    leftovers = [path for path in candidates if _last_change(path) < oldest]
    for path in leftovers:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return leftovers


def _last_change(folder: Path) -> float:
    times = [0.0]
    for path in (folder, *folder.rglob("*")):
        with suppress(FileNotFoundError):  # another process removes it too
            times.append(path.stat().st_mtime)
    return max(times)


@contextmanager
def exclusive_lock(path: Path, timeout: float = 60.0, *, on_wait: Callable[[], None] | None = None) -> Iterator[None]:
    """Holds a lock file alone; the system frees it when the holder dies, so it is never left behind.

    Args:
        path: the lock file; made if it is not there, and never removed.
        timeout: seconds to wait for another holder.
        on_wait: called twice a second while another holds it.

    Raises:
        RunError: still held by another after `timeout`.
        DiskError: the lock file cannot be made.
    """
    make_folder(path.parent)
    lock = FileLock(path, mode=file_mode())
    end = time.monotonic() + timeout
    while True:
        try:
            with plain_errors(path):
                lock.acquire(blocking=False)
            break
        except Timeout:
            pass
        if time.monotonic() > end:
            raise RunError(
                "Another process is already doing this.",
                found=f"{path.name} held by another for {timeout:g} s",
                where=str(path),
                remedy="Wait for the other to end, or stop it.",
            )
        if on_wait is None:
            time.sleep(_LOCK_POLL)
        else:
            on_wait()
            time.sleep(_LOCK_POLL_LONG)
    try:
        yield
    finally:
        lock.release()
