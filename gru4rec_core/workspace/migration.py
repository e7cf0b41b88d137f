"""How is a workspace written by an older version brought up to date?

From schema 1 to 2 no value changes its meaning. Records get the new number, and everything is closed to other users.
Statistics are recomputed when they are next read (see results/statistics_cache.py).
"""

import logging
from contextlib import suppress
from pathlib import Path
from typing import Any

from gru4rec_core.errors import DiskError, RunError
from gru4rec_core.storage import exclusive_lock, folder_mode, read_json, restrict, write_json
from gru4rec_core.workspace.records import SCHEMA

MARKER = "workspace.json"
"""The file that says which schema a workspace has; written when one is first opened with something in it."""

FOLDERS = ("datasets", "runs", "comparisons", "backtests", "decisions", "gates", "uploads", "engine", "errors")
_LOCK = "migration.lock"
_PATIENCE = 600.0  # seconds to wait for another process that migrates
_RECORDS = (
    "datasets/*/dataset.json",
    "datasets/*/splits/*/baselines/state.json",
    "runs/*/run.json",
    "runs/*/state.json",
    "comparisons/*/comparison.json",
)

_logger = logging.getLogger(__name__)


def open_workspace(root: Path) -> None:
    """Brings an older workspace in `root` to this version's schema; returns at once when there is nothing to do.

    Safe when several processes do it at once, and when one is killed on the way: the next continues.

    Raises:
        RunError: a newer version wrote the workspace.
    """
    if not any((root / name).is_dir() for name in FOLDERS) or _read_schema(root) == SCHEMA:
        return
    try:
        with exclusive_lock(root / _LOCK, timeout=_PATIENCE):
            if _read_schema(root) != SCHEMA and not _is_at_work(root):  # another process may have been faster
                _migrate(root)
    except (OSError, DiskError) as error:  # not ours to write: records of an older schema can be read as they are
        _logger.warning("workspace %s cannot be brought to schema %d: %s", root, SCHEMA, error)


def _read_schema(root: Path) -> int:
    """The schema in the marker; 0 without one, or when it cannot be read."""
    path = root / MARKER
    if not path.exists():
        return 0
    try:
        schema = int(read_json(path, "the workspace")["schema"])
    except (RunError, KeyError, TypeError, ValueError):
        return 0
    if schema > SCHEMA:
        raise RunError(
            f"This version of the workbench opens workspaces of schema {SCHEMA} or older.",
            found=f"schema {schema}",
            where=str(root),
            remedy="Update the workbench, or name another workspace with GRU4REC_HOME.",
        )
    return schema


def _migrate(root: Path) -> None:
    for pattern in _RECORDS:
        for path in root.glob(pattern):
            _renumber(path)
    for name in FOLDERS:
        restrict(root / name)
    # A folder that holds other things too is its owner's business.
    if all(path.name in (*FOLDERS, MARKER, _LOCK) for path in root.iterdir()):
        with suppress(PermissionError):  # another user's folder
            root.chmod(folder_mode())
    write_json(root / MARKER, {"schema": SCHEMA})
    _logger.info("workspace %s has schema %d now", root, SCHEMA)


def _is_at_work(root: Path) -> bool:
    """Whether a job is active: the older version that may work on it could not read renumbered records."""
    states = (path for pattern in _RECORDS if pattern.endswith("state.json") for path in root.glob(pattern))
    return any(values.get("state") in ("queued", "running") for path in states if (values := _read_values(path)))


def _read_values(path: Path) -> dict[str, Any]:
    """A record as it stands; empty when it is damaged."""
    try:
        values = read_json(path, "a record")
    except RunError:
        return {}
    return values if isinstance(values, dict) else {}


def _renumber(path: Path) -> None:
    """Gives an old record the new schema; damaged ones are left for `Workspace.problems` to name."""
    values = _read_values(path)
    if values.get("schema") == 1:
        write_json(path, {**values, "schema": SCHEMA})
