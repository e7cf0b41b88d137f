"""Is there room on the disk, can it be written to, and what does the message say if not?"""

import errno
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gru4rec_core.errors import DiskError, DiskFull, WorkbenchError
from gru4rec_core.words import bytes_text

MARGIN = 10_000_000
"""Bytes that must stay free in addition to what a job is expected to write: logs, states, other programs."""

AWAY_PATIENCE = 50.0
"""Seconds that a run waits for its folder; it counts as lost after more (`lost_jobs.LOST_AFTER`)."""

MAKE_ROOM = "Delete what is no longer needed, or name a workspace on a larger disk with GRU4REC_HOME."

_FULL, _QUOTA, _CLOSED = (errno.ENOSPC,), (errno.EDQUOT,), (errno.EROFS, errno.EACCES, errno.EPERM)
# NumPy's and DuckDB's errors for a full disk have no number.
_FULL_TEXTS = ("Not enough free space to write", " requested and ", "No space left on device")


@contextmanager
def plain_errors(path: Path, needed: int | None = None) -> Iterator[None]:
    """Around writing a file: the system's error for a full, read-only or missing disk becomes a message for people.

    Args:
        path: what is written, under its final name.
        needed: bytes that it takes, where that is known.

    Raises:
        DiskFull: the disk is full, or a quota is used up.
        DiskError: the file may not be written, or its folder is away.
    """
    try:
        yield
    except Exception as error:
        problem = describe(error, path, needed)
        if problem is None:
            raise
        raise problem from error


def describe(error: Exception, path: Path, needed: int | None = None) -> DiskError | None:
    """The message for a full, read-only or missing disk; None for any other error."""
    number = error.errno if isinstance(error, OSError) else None
    takes = f", which takes {bytes_text(needed)}" if needed else ""
    found = f"{bytes_text(free_bytes(path))} free while {path.name} was being written{takes}"
    if number in _QUOTA:
        return DiskFull("Your quota on this disk is used up.", found=found, where=str(path), remedy=MAKE_ROOM)
    is_foreign = not isinstance(error, WorkbenchError) and number is None
    if number in _FULL or (is_foreign and any(text in str(error) for text in _FULL_TEXTS)):
        return DiskFull("The disk is full.", found=found, where=str(path), remedy=MAKE_ROOM)
    if number in _CLOSED:
        return DiskError(
            "The workbench may not write to this folder.",
            found=f"{os.strerror(number)} while {path.name} was being written",
            where=str(path),
            remedy="Make it writable for the user who runs the workbench. You can still look at a read-only workspace;"
            " to use another one, set GRU4REC_HOME.",
        )
    if isinstance(error, FileNotFoundError) and not path.parent.is_dir():
        return _away(path.parent)
    return None


def require_folder(folder: Path) -> None:
    """Raises DiskError if a folder that was there is missing; none may be made in its place."""
    if not folder.is_dir():
        raise _away(folder)


def wait_for_folder(folder: Path) -> None:
    """Waits up to `AWAY_PATIENCE` seconds for a folder that was there: a shared disk may be away for a while.

    Raises:
        DiskError: it did not come back.
    """
    last = time.monotonic() + AWAY_PATIENCE
    while not folder.is_dir():
        if time.monotonic() > last:
            require_folder(folder)
        time.sleep(0.2)


def _away(folder: Path) -> DiskError:
    return DiskError(
        "The folder to write to is missing.",
        found="no such folder",
        where=str(folder),
        remedy="Check that its disk is mounted, and try again: what was finished is kept there.",
    )


def free_bytes(path: Path) -> int:
    """Bytes that may still be written where `path` is, or would be. A user's quota is not known here."""
    there = next(folder for folder in (path, *path.parents) if folder.exists())
    return shutil.disk_usage(there).free


def require_room(folder: Path, needed: int, what: str) -> None:
    """Refuses work that the disk has no room for, before it begins.

    Args:
        folder: where it is written.
        needed: bytes, by estimate.
        what: the work, the subject of a sentence: "Training BPR, seed 0".

    Raises:
        DiskFull: less than `needed` and `MARGIN` together is free.
    """
    free = free_bytes(folder)
    if free < needed + MARGIN:
        raise DiskFull(
            "There is not enough room on the disk.",
            found=f"{what} takes about {bytes_text(needed)}, {bytes_text(MARGIN)} must stay free,"
            f" and {bytes_text(free)} are free",
            where=str(folder),
            remedy=MAKE_ROOM,
        )


def folder_size(path: Path) -> int:
    """Bytes of a file, or of all files in a folder; 0 where there is none."""
    if not path.is_dir():
        return _size(path)
    return sum(_size(file) for file in path.rglob("*"))


def _size(path: Path) -> int:
    try:
        return 0 if path.is_dir() else path.lstat().st_size
    except OSError:  # removed meanwhile
        return 0
