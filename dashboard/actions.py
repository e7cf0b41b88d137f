"""What happens when a button is pressed, such as storing an upload or starting a comparison?"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from dashboard import sign_in
from gru4rec_core import storage
from gru4rec_core.access.actors import acting_as, current_actor
from gru4rec_core.access.guard import check, require
from gru4rec_core.access.quota import note_owner, require_quota
from gru4rec_core.access.rights import Action
from gru4rec_core.config import WindowConfig, name_comparison
from gru4rec_core.disk import require_room
from gru4rec_core.errors import DataError, RunError, WorkbenchError
from gru4rec_core.jobs import jobs
from gru4rec_core.jobs.backtest_planning import plan_backtest
from gru4rec_core.jobs.job_list import job_folder, tuning_job_id
from gru4rec_core.jobs.planning import ComparisonPlan, plan_comparison
from gru4rec_core.jobs.tuning_plan import TuningPlan, plan_tuning
from gru4rec_core.storage import make_folder
from gru4rec_core.workspace.job_state import State, change_state, read_state
from gru4rec_core.workspace.records import ComparisonRecord
from gru4rec_core.workspace.store import Workspace
from gru4rec_core.workspace.tunings import TuningRecord
from gru4rec_core.workspace.uploads import list_unneeded, remove_old_uploads

_MB = 1 << 20
_PATIENCE = 0.5  # seconds a page waits for a warm engine


def store_upload(workspace: Workspace, file: BinaryIO, size: int, limit_mb: int) -> tuple[Path, str]:
    """Stores an uploaded file under its sha256, reading it once; the client's file name is never a path.

    Where a login is required it counts towards what one person may keep.

    Returns:
        The path, and the sha256.

    Raises:
        AccessError: the current actor may not add a log.
        DataError: the file is empty, larger than the limit, or more than one person may keep.
        DiskFull: there is no room for it.
    """
    if size == 0:
        raise DataError(
            "The file is empty.",
            found="0 bytes",
            remedy="Export the log again and check that it has rows.",
        )
    if size > limit_mb * _MB:
        raise DataError(
            f"An upload may have at most {limit_mb:,} MB.",
            found=f"{size / _MB:,.0f} MB",
            remedy="Compress it (.csv.gz, .parquet), or read it with: python -m gru4rec_core import FILE",
        )
    actor = require(workspace.root, Action.IMPORT, "upload")
    is_counted = sign_in.is_required()
    if is_counted:
        remove_old_uploads(workspace)
        unneeded = [path.name for path in list_unneeded(workspace)]
        require_quota(workspace.root, actor.name, size, unneeded=unneeded)
    require_room(workspace.root, size, "This upload")
    path, sha256 = storage.store_by_hash(file, workspace.root / "uploads")
    if is_counted:
        note_owner(workspace.root, actor.name, sha256, size)
    return path, sha256


def start_comparison(workspace: Workspace, dataset_id: str, plan: ComparisonPlan) -> ComparisonRecord:
    """Stores the comparison before anything trains, then queues its runs and baselines.

    Runs with exactly these settings that are there already are taken as they are. The first job starts the engine,
    which takes some seconds: the page does not wait for it (see `is_starting`).

    Raises:
        ConfigError, RunError: the settings or the engine do not allow it.
    """
    named = replace(plan, name=plan.name or name_comparison(plan.losses))
    comparison = plan_comparison(workspace, dataset_id, named)
    submit(workspace, comparison)
    return comparison


def start_backtest(
    workspace: Workspace, dataset_id: str, plan: ComparisonPlan, windows: WindowConfig
) -> ComparisonRecord:
    """As `start_comparison`, on several windows, of which the earliest trains first; returns the comparison of that.

    Raises:
        DataError: a window is too small.
        ConfigError, RunError: the settings or the engine do not allow it.
    """
    backtest = plan_backtest(workspace, dataset_id, plan, windows)
    comparisons = [workspace.comparison(comparison_id) for comparison_id in backtest.comparison_ids]
    submit(workspace, *comparisons)
    return comparisons[0]


def start_tuning(workspace: Workspace, dataset_id: str, plan: TuningPlan) -> TuningRecord:
    """Stores a tuning and queues its methods; the comparison of its winners follows by itself.

    Raises:
        ConfigError, DataError, RunError: the settings, the log or the engine do not allow it.
    """
    tuning = plan_tuning(workspace, dataset_id, plan)
    continue_tuning(workspace, tuning)
    return tuning


def continue_tuning(workspace: Workspace, tuning: TuningRecord) -> None:
    """Queues the methods of a tuning that have budget left and are not at work.

    Raises:
        RunError: the engine does not allow it.
    """
    check(workspace.root, Action.TRAIN, "tuning", tuning.id)

    def fail(reason: str) -> None:
        for method in tuning.methods:
            folder = job_folder(workspace, "tuning", tuning_job_id(tuning, method))
            _fail_if(folder, reason, "new", "failed", "cancelled", "lost")

    _submit([tuning.id], lambda: jobs.submit_tuning(workspace, tuning), fail)


def submit(workspace: Workspace, *comparisons: ComparisonRecord) -> None:
    """Queues what comparisons still need, in one thread of their own. Raises RunError if that fails at once."""
    for comparison in comparisons:
        check(workspace.root, Action.TRAIN, "comparison", comparison.id, comparison.name)

    def hand_over() -> None:
        for comparison in comparisons:
            jobs.submit_comparison(workspace, comparison.id)

    def fail(reason: str) -> None:
        for run_id in (run_id for comparison in comparisons for run_id in comparison.run_ids):
            _fail_if(workspace.run_folder(run_id), reason, "new")

    _submit([comparison.id for comparison in comparisons], hand_over, fail)


def _submit(names: Sequence[str], hand_over: Callable[[], object], fail: Callable[[str], object]) -> None:
    submission = _Submission(hand_over, fail)
    _submissions.update(dict.fromkeys(names, submission))
    submission.thread.start()
    submission.thread.join(_PATIENCE)
    if submission.error is not None:
        raise submission.error


def _fail_if(folder: Path, reason: str, *states: State) -> None:
    """Says why a job failed that is in one of these states: it was to be handed over."""
    if read_state(folder).state in states:
        make_folder(folder)
        change_state(folder, state="failed", reason=reason)


def is_starting(name: str) -> bool:
    """Whether this process is still handing the jobs of a comparison or a tuning, by its id, to the engine."""
    return name in _submissions and _submissions[name].thread.is_alive()


class _Submission:
    """Hands jobs to the engine; a later error is stored as the reason why they failed.

    Args:
        hand_over: does it.
        fail: called with the reason where it cannot be done.
    """

    def __init__(self, hand_over: Callable[[], object], fail: Callable[[str], object]) -> None:
        self.hand_over = hand_over
        self.fail = fail
        self.error: WorkbenchError | None = None
        self.actor = current_actor()  # the thread cannot know it
        self.thread = threading.Thread(target=self._run, name="submission", daemon=True)

    def _run(self) -> None:
        try:
            with acting_as(self.actor):
                self.hand_over()
        except (WorkbenchError, OSError) as problem:
            error = problem if isinstance(problem, WorkbenchError) else _cannot_submit(problem)
            self.error = error
            self.fail(str(error))


def _cannot_submit(error: OSError) -> RunError:
    return RunError(
        "The jobs could not be handed to the engine.",
        found=str(error),
        remedy="Check that the workspace's disk has space and can be written, then try again.",
    )


_submissions: dict[str, _Submission] = {}
