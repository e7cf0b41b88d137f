"""What do the buttons of the pages set going: keeping an upload, starting a comparison?"""

from __future__ import annotations

import hashlib
import uuid
from pathlib import Path
from typing import BinaryIO

from dashboard.forms import Plan
from gru4rec_core.errors import DataError
from gru4rec_core.runs import jobs
from gru4rec_core.runs.plans import plan_comparison
from gru4rec_core.runs.records import ComparisonRecord
from gru4rec_core.runs.results import LOSS_LABELS
from gru4rec_core.runs.workspace import Workspace

_BLOCK = 1 << 20


def store_upload(home: Workspace, file: BinaryIO, size: int, limit_mb: int) -> tuple[Path, str]:
    """Keeps an uploaded file under its sha256; the client's file name is never a path.

    Returns:
        The path, and the sha256.

    Raises:
        DataError: the file is empty, or larger than the limit.
    """
    if size == 0:
        raise DataError(
            "A log has at least one event.", found="an empty file", remedy="Export the log again and look into it."
        )
    if size > limit_mb * _BLOCK:
        raise DataError(
            f"An upload has at most {limit_mb:,} MB.",
            found=f"{size / _BLOCK:,.0f} MB",
            remedy="Compress it (.csv.gz, .parquet), or read it with: python -m gru4rec_core import FILE",
        )
    digest = hashlib.sha256()
    file.seek(0)
    while block := file.read(_BLOCK):
        digest.update(block)
    path = home.root / "uploads" / digest.hexdigest()
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _copy(file, path)
    return path, digest.hexdigest()


def _copy(file: BinaryIO, path: Path) -> None:
    """Writes beside the target and renames, so that a broken upload never looks like a whole one."""
    unfinished = path.with_name(f".{uuid.uuid4().hex}")
    file.seek(0)
    with unfinished.open("wb") as out:
        while block := file.read(_BLOCK):
            out.write(block)
    unfinished.replace(path)


def start(home: Workspace, dataset_id: str, plan: Plan) -> ComparisonRecord:
    """Stores the comparison before anything trains, then queues its runs and baselines.

    Runs with exactly these settings that are there already are taken, not trained again.

    Raises:
        ConfigError, RunError: the settings or the engine do not allow it.
    """
    name = " against ".join(LOSS_LABELS[loss] for loss in plan.losses)
    comparison = plan_comparison(home, dataset_id, plan.configs, plan.split, plan.comparison, name=name)
    jobs.submit_comparison(home, comparison.id)
    return comparison
