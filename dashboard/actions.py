"""What do the buttons of the pages set going: keeping an upload, starting a comparison?"""

from __future__ import annotations

import hashlib
import threading
import uuid
from pathlib import Path
from typing import BinaryIO

from dashboard.training_form import Plan
from gru4rec_core.config import LOSS_LABELS
from gru4rec_core.errors import DataError, WorkbenchError
from gru4rec_core.jobs import jobs
from gru4rec_core.jobs.planning import ComparisonPlan, plan_comparison
from gru4rec_core.workspace.job_state import change_state, read_state
from gru4rec_core.workspace.records import ComparisonRecord
from gru4rec_core.workspace.store import Workspace

_BLOCK = 1 << 20
_PATIENCE = 0.5  # seconds a page waits for a warm engine


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

    Runs with exactly these settings that are there already are taken, not trained again. The first job starts the
    engine, which takes some seconds: the page does not wait for it (see `is_starting`).

    Raises:
        ConfigError, RunError: the settings or the engine do not allow it.
    """
    name = " against ".join(LOSS_LABELS[loss] for loss in plan.losses)
    comparison = plan_comparison(home, dataset_id, ComparisonPlan(plan.configs, plan.split, plan.comparison, name=name))
    submit(home, comparison)
    return comparison


def submit(home: Workspace, comparison: ComparisonRecord) -> None:
    """Queues what a comparison still needs, in a thread of its own. Raises RunError where it fails at once."""
    begun = _Submission(home, comparison)
    _submissions[comparison.id] = begun
    begun.thread.start()
    begun.thread.join(_PATIENCE)
    if begun.error is not None:
        raise begun.error


def is_starting(comparison_id: str) -> bool:
    """Whether this process is still handing the comparison's jobs to the engine."""
    return comparison_id in _submissions and _submissions[comparison_id].thread.is_alive()


class _Submission:
    """Hands a comparison's jobs over; what goes wrong later is kept as the reason why its runs failed."""

    def __init__(self, home: Workspace, comparison: ComparisonRecord) -> None:
        self.home = home
        self.comparison = comparison
        self.error: WorkbenchError | None = None
        self.thread = threading.Thread(target=self._run, name="submission", daemon=True)

    def _run(self) -> None:
        try:
            jobs.submit_comparison(self.home, self.comparison.id)
        except WorkbenchError as error:
            self.error = error
            for run_id in self.comparison.run_ids:
                folder = self.home.run_folder(run_id)
                if read_state(folder).state == "new":
                    change_state(folder, state="failed", reason=str(error))


_submissions: dict[str, _Submission] = {}
