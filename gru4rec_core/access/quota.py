"""How much may one person upload, and how much of that is used?

    uploads/owners.jsonl   {"who": "ada@example.com", "sha256": "3f2a…", "bytes": 1048576}, one line per upload

Only what is still stored counts: an upload is deleted with its last dataset, or, if none came from it, when it is
discarded or old (workspace/uploads.py).
"""

import json
import logging
from collections.abc import Collection
from pathlib import Path

from gru4rec_core.disk import plain_errors
from gru4rec_core.errors import DataError
from gru4rec_core.storage import append_line, make_file, make_folder
from gru4rec_core.words import bytes_text

LIMIT = 10_000_000_000
"""Bytes that one person may keep in a workspace, where a login is required."""

_DISCARD = (
    "Discard files that you uploaded and did not import, on Data where they are still open; otherwise they are removed"
    " a day after they were last used."
)
_DELETE = "Ask an admin to delete datasets that you uploaded and no longer need: their files go with them."

_logger = logging.getLogger(__name__)


def require_quota(root: Path, who: str, size: int, limit: int = LIMIT, *, unneeded: Collection[str] = ()) -> None:
    """Raises DataError if, with this upload, somebody would keep more than one person may.

    Args:
        root: the workspace's folder.
        who: the person who uploads.
        size: bytes of the upload.
        limit: bytes that one person may keep.
        unneeded: the SHA-256 of uploads that no dataset came from.
    """
    kept = _list_kept(root, who)
    used, free = sum(kept.values()), sum(kept[sha256] for sha256 in kept.keys() & set(unneeded))
    if used + size <= limit:
        return
    of_it = f", {bytes_text(free)} of it in files that no dataset came from" if free else ""
    remedies = [_DISCARD] if free else []
    remedies += [_DELETE] if used > free or not free else []
    raise DataError(
        f"One person may keep uploads of {bytes_text(limit)} in this workspace.",
        found=f"yours take {bytes_text(used)}{of_it}, and this one takes {bytes_text(size)}",
        remedy=" ".join(remedies),
    )


def note_owner(root: Path, who: str, sha256: str, size: int) -> None:
    """Remembers who uploaded a file."""
    make_folder(root / "uploads")
    with plain_errors(_owners(root)):
        make_file(_owners(root))
        append_line(_owners(root), json.dumps({"who": who, "sha256": sha256, "bytes": size}))


def bytes_kept(root: Path, who: str) -> int:
    """Bytes of the uploads of a person that are still stored."""
    return sum(_list_kept(root, who).values())


def _list_kept(root: Path, who: str) -> dict[str, int]:
    """Bytes of each upload of a person that is still stored, by its SHA-256."""
    path, kept = _owners(root), dict[str, int]()
    if not path.exists():
        return {}
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            entry = json.loads(line)
            if entry["who"] == who and (root / "uploads" / entry["sha256"]).exists():
                kept[entry["sha256"]] = int(entry["bytes"])
        except (ValueError, KeyError, TypeError):
            _logger.warning("a line of %s cannot be read", path.name)
    return kept


def _owners(root: Path) -> Path:
    return root / "uploads" / "owners.jsonl"
