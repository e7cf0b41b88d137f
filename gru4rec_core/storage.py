"""How does something get onto disk whole or not at all, and only inside its folder?"""

import json
import os
import re
import shutil
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from gru4rec_core.errors import RunError

_ID = re.compile(r"[a-z0-9][a-z0-9-]{1,79}")
_LOCK_POLL = 0.02  # seconds between two tries for a lock
_LOCK_POLL_LONG = 0.5  # the same where the holder may take hours


def safe_child(parent: Path, name: str) -> Path:
    """The path of `name` below `parent`, for names that come from a URL or a command line.

    Raises:
        RunError: not an id (2 to 80 lower-case letters, digits, hyphens), or a link out of the folder.
    """
    if not isinstance(name, str) or not _ID.fullmatch(name):
        raise RunError(
            "An id has 2 to 80 lower-case letters, digits and hyphens.",
            found=repr(name)[:100],
            remedy="Take the id from the list of datasets or runs.",
        )
    path = parent / name
    if path.resolve().parent != parent.resolve():
        raise RunError("An id names a folder inside the workspace.", found=f"{name} leads out of it")
    return path


def new_id(text: str, suffix: str | None = None) -> str:
    """An id that begins with what can be kept of `text` and ends with a suffix (random if not given)."""
    kept = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60].strip("-") or "x"
    return f"{kept}-{suffix or uuid.uuid4().hex[:8]}"


def write_text(path: Path, text: str, *, durable: bool = True) -> None:
    """Replaces a file by one rename: readers see the old text or the new, never a part.

    Args:
        durable: wait until the disk has it; leave out for what is rewritten every second.
    """
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    with temporary.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        if durable:
            file.flush()
            os.fsync(file.fileno())
    temporary.replace(path)


def write_json(path: Path, value: Any, *, durable: bool = True) -> None:
    """`write_text` for JSON (no NaN: readers in other languages refuse it)."""
    write_text(path, json.dumps(value, indent=2, allow_nan=False) + "\n", durable=durable)


def read_json(path: Path, what: str) -> Any:
    """The JSON in a file of the workspace.

    Raises:
        RunError: missing, unreadable or no JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RunError(f"{what} has a file {path.name}.", found="no such file", where=str(path)) from None
    except (json.JSONDecodeError, UnicodeDecodeError, OSError) as error:
        raise RunError(
            f"{path.name} of {what} is readable JSON.",
            found=str(error),
            where=str(path),
            remedy="Restore the file from a copy, or delete the folder it is in.",
        ) from None


@contextmanager
def new_folder(final: Path) -> Iterator[Path]:
    """A folder filled under a temporary name and renamed to `final`; removed when filling fails."""
    final.parent.mkdir(parents=True, exist_ok=True)
    temporary = final.with_name(f".new-{final.name[:60]}-{uuid.uuid4().hex[:8]}")
    temporary.mkdir()
    try:
        yield temporary
        temporary.replace(final)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise


def replace_files(source: Path, target: Path) -> None:
    """Moves every file of `source` into `target`, each by one rename, and removes `source`."""
    for file in sorted(source.iterdir()):
        file.replace(target / file.name)
    source.rmdir()


def delete_folder(folder: Path) -> None:
    """Takes a folder out of sight by one rename, then removes it."""
    gone = folder.with_name(f".gone-{folder.name[:60]}-{uuid.uuid4().hex[:8]}")
    folder.replace(gone)
    shutil.rmtree(gone, ignore_errors=True)


def remove_leftovers(root: Path, older_than: float) -> list[Path]:
    """Removes what `new_folder` and `delete_folder` left below `root` when their process was killed.

    Args:
        older_than: seconds in which nothing in such a folder may have changed; a younger one may be at work.
    """
    oldest = time.time() - older_than
    found = [folder for pattern in (".new-*", ".gone-*") for folder in root.rglob(pattern)]
    left = [folder for folder in found if folder.is_dir() and _last_change(folder) < oldest]
    for folder in left:
        shutil.rmtree(folder, ignore_errors=True)
    return left


def _last_change(folder: Path) -> float:
    times = [0.0]
    for path in (folder, *folder.rglob("*")):
        with suppress(FileNotFoundError):  # another removes it too
            times.append(path.stat().st_mtime)
    return max(times)


@contextmanager
def exclusive_lock(path: Path, timeout: float = 60.0, *, on_wait: Callable[[], None] | None = None) -> Iterator[None]:
    """Holds a lock file alone; the system frees it when the holder dies, so it is never left behind.

    Args:
        timeout: seconds to wait for another holder.
        on_wait: called twice a second while another holds it.

    Raises:
        RunError: still held by another after `timeout`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        end = time.monotonic() + timeout
        while not _try_lock(file.fileno()):
            if time.monotonic() > end:
                raise RunError(
                    "Only one process at a time does this.",
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
            _unlock(file.fileno())


if sys.platform == "win32":
    import msvcrt

    def _try_lock(descriptor: int) -> bool:
        os.lseek(descriptor, 0, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _unlock(descriptor: int) -> None:
        os.lseek(descriptor, 0, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _try_lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _unlock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)
