"""Which uploads does nothing need, and when are they removed?

An upload that was imported is kept for its dataset, which may have to be read again, and goes with it. Any other (a log
that was never imported, a file about items) is removed when whoever uploaded it discards it, or a day after it was last
used (`remove_old_uploads`).
"""

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

from gru4rec_core.access.guard import check
from gru4rec_core.access.rights import Action
from gru4rec_core.disk import plain_errors
from gru4rec_core.storage import exclusive_lock, is_id
from gru4rec_core.workspace.checksums import kept_text
from gru4rec_core.workspace.integrity import read_dataset_record
from gru4rec_core.workspace.store import Workspace

KEPT_FOR = 86_400.0
"""Seconds since its last use after which an upload that nothing needs is removed."""

_NOTED_EVERY = 3_600.0  # seconds; far less than `KEPT_FOR`, and no write on every run of a page's script
_SHA256 = re.compile("[0-9a-f]{64}")


def list_unneeded(workspace: Workspace) -> list[Path]:
    """The uploads that no dataset's record names.

    Damaged records count with their kept text. None are listed while a record can be read neither way: it may name any.
    """
    folder, named = workspace.root / "uploads", set[str]()
    for dataset_id in filter(is_id, workspace.list_folders("datasets")):
        dataset = workspace.dataset_folder(dataset_id)
        if read_dataset_record(dataset) is None and dataset.exists():
            return []
        for text in _read_texts(dataset):
            named.update(_SHA256.findall(text))
    paths = sorted(folder.iterdir()) if folder.exists() else []
    return [path for path in paths if _SHA256.fullmatch(path.name) and path.name not in named]


def _read_texts(dataset: Path) -> Iterator[str]:
    """A dataset's record as it stands in its file and as it was when its checksum was taken."""
    path = dataset / "dataset.json"
    if path.exists():
        yield path.read_text(encoding="utf-8", errors="replace")
    yield kept_text(dataset, path.name) or ""


def remove_old_uploads(workspace: Workspace) -> list[Path]:
    """Removes the uploads that nothing needs and nobody has used for `KEPT_FOR` seconds; returns them."""
    return _remove(workspace, [path for path in list_unneeded(workspace) if _is_old(path, KEPT_FOR)])


def discard_upload(workspace: Workspace, path: Path, stamp: int) -> bool:
    """Removes an upload whose owner needs it no more, unless a dataset or anybody else may.

    Args:
        workspace: where it is.
        path: the upload.
        stamp: what `note_use` returned last.

    Returns:
        Whether it was removed.

    Raises:
        AccessError: the current actor may not add a log.
        DiskError: it may not be removed.
    """
    check(workspace.root, Action.IMPORT, "upload")
    return path in list_unneeded(workspace) and bool(_remove(workspace, [path], stamp))


def note_use(path: Path, stamp: int) -> int:
    """Notes that an upload is still used, so that `remove_old_uploads` leaves it.

    Args:
        path: the upload.
        stamp: what this returned last; of a new upload, the time of its change; 0 if it was there before.

    Returns:
        Its time of change, in nanoseconds, as long as nobody else has uploaded the same file; otherwise 0.

    Raises:
        FileNotFoundError: it was removed.
    """
    changed = path.stat().st_mtime_ns
    is_own = stamp == changed
    if _is_old(path, _NOTED_EVERY):
        with exclusive_lock(_lock(path)), plain_errors(path):
            os.utime(path)
            changed = path.stat().st_mtime_ns
    return changed if is_own else 0


def _remove(workspace: Workspace, paths: list[Path], stamp: int | None = None) -> list[Path]:
    """Removes these, but for those that were used since: after `stamp`, or else in the last `KEPT_FOR` seconds."""
    removed = []
    for path in paths:
        with exclusive_lock(_lock(path)), plain_errors(path):
            if not path.exists():
                continue
            if _is_old(path, KEPT_FOR) if stamp is None else path.stat().st_mtime_ns == stamp:
                path.unlink()
                removed.append(path)
    return removed


def _lock(path: Path) -> Path:
    return path.with_name(".use.lock")


def _is_old(path: Path, seconds: float) -> bool:
    return path.exists() and time.time() - path.stat().st_mtime > seconds
