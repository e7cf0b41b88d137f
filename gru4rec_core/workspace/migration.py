"""How is a workspace written by an older version brought up to date?

From schema 1 to 2 no value changes its meaning. Records get the new number, and everything is closed to other users.
Statistics are recomputed when they are next read (see results/statistics_cache.py).
"""

import logging
from pathlib import Path

from gru4rec_core.errors import RunError
from gru4rec_core.storage import exclusive_lock, folder_mode, read_json, restrict, write_json
from gru4rec_core.workspace.records import SCHEMA

MARKER = "workspace.json"
"""The file that says which schema a workspace has; written when one is first opened with something in it."""

FOLDERS = ("datasets", "runs", "comparisons", "uploads", "engine")
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
            if _read_schema(root) != SCHEMA:  # else another process was faster
                _migrate(root)
    except OSError as error:  # not ours to write: records of an older schema can be read as they are
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
        root.chmod(folder_mode())
    write_json(root / MARKER, {"schema": SCHEMA})
    _logger.info("workspace %s has schema %d now", root, SCHEMA)


def _renumber(path: Path) -> None:
    """Gives an old record the new schema; damaged ones are left for `Workspace.problems` to name."""
    try:
        values = read_json(path, "a record")
    except RunError:
        return
    # A job at work writes its state twice a second: what was read here may be older than what is there now.
    is_at_work = isinstance(values, dict) and values.get("state") in ("queued", "running")
    if isinstance(values, dict) and values.get("schema") == 1 and not is_at_work:
        write_json(path, {**values, "schema": SCHEMA})
