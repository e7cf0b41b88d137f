"""Is there room on the workspace's disk, and what in the workspace takes most?"""

import os
from pathlib import Path

from gru4rec_core.disk import MAKE_ROOM, MARGIN, free_bytes
from gru4rec_core.errors import DiskFull, WorkbenchError
from gru4rec_core.words import bytes_text, counted
from gru4rec_core.workspace.store import Workspace

NEARLY_FULL = 10 * MARGIN
"""Free bytes below which pages warn."""

_LISTED = 3  # of the largest things


def list_largest(workspace: Workspace) -> list[str]:
    """What can be deleted to make room, largest first: "the dataset shop log with 6 runs, 1.2 GB"."""
    found = [(workspace.run_dependents(run.id).frees, f"the run {run.name} ({run.id})") for run in workspace.runs()]
    for dataset in workspace.datasets():
        along = workspace.dataset_dependents(dataset.id)
        runs = f" with {counted(len(along.runs), 'run')}" if along.runs else ""
        found.append((along.frees, f"the dataset {dataset.name}{runs}"))
    return [f"{name}, {bytes_text(size)}" for size, name in sorted(found, reverse=True)[:_LISTED]]


def advise(error: WorkbenchError, root: Path) -> WorkbenchError:
    """The error itself; if a disk is full, with what takes most room in the workspace."""
    if not isinstance(error, DiskFull):
        return error
    try:
        largest = list_largest(Workspace(root))
    except (OSError, WorkbenchError):  # a workspace that cannot be read; the message itself is what counts
        return error
    if not largest:
        return error
    remedy = f"{error.remedy} The largest here: {'; '.join(largest)}."
    return DiskFull(error.rule, found=error.found, where=error.where, remedy=remedy)


def describe_disk(root: Path) -> str:
    """A sentence on a workspace that is read-only, or whose disk is nearly full; "" for any other."""
    if root.exists() and not os.access(root, os.W_OK):
        return "This workspace is read-only: you can look at what it holds, but not add or change anything."
    free = free_bytes(root)
    if free < NEARLY_FULL:
        return f"The disk of this workspace is nearly full: {bytes_text(free)} are free. {MAKE_ROOM}"
    return ""
