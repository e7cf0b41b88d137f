"""What does a Dask worker do with a job?

Dask loads this module in each worker that starts. TensorFlow follows in a thread, so that the first run need not wait
for it.
"""

import logging
import threading
import time
import traceback
from pathlib import Path

from gru4rec_core.access.actors import SYSTEM, acting_as
from gru4rec_core.config import LOSS_LABELS
from gru4rec_core.errors import WorkbenchError
from gru4rec_core.experiments.baselines import execute_baselines_job
from gru4rec_core.experiments.reporter import describe_unexpected
from gru4rec_core.experiments.self_check import execute_self_check_job
from gru4rec_core.experiments.tuning import execute_tuning
from gru4rec_core.jobs.job_list import Kind, job_folder, read_tuning_job
from gru4rec_core.jobs.planning import default_plan
from gru4rec_core.jobs.winners import plan_winners
from gru4rec_core.results.backtest_summary import precompute_backtests
from gru4rec_core.results.summary import precompute_summaries
from gru4rec_core.storage import append_text
from gru4rec_core.workspace.job_state import cancel_requested, change_state, read_state
from gru4rec_core.workspace.store import Workspace

_WARM_UP_AFTER = 2.0  # seconds

LOADING = "starting: loading TensorFlow (about 10 s, once)"
"""Phase of a run whose worker does not have TensorFlow yet."""

tensorflow_loaded = threading.Event()
"""Set once this process has TensorFlow, so that a run can begin at once."""

_logger = logging.getLogger(__name__)


def dask_setup(worker: object) -> None:
    """Called by Dask when a worker process starts."""
    threading.Thread(target=_warm_up, name="warm-up", daemon=True).start()


def _warm_up() -> None:
    # Loading TensorFlow keeps a core busy: the other workers come up first.
    time.sleep(_WARM_UP_AFTER)
    import gru4rec_core.experiments.run  # noqa: F401

    tensorflow_loaded.set()


def execute_job(root: str, kind: Kind, job_id: str) -> None:
    """Carries out a job; how it ended is in its folder.

    Args:
        root: the workspace's folder.
        kind: see `job_list.Kind`.
        job_id: id of the job.

    Raises:
        Exception: a failure that nobody expected; expected ones are only recorded.
    """
    workspace = Workspace(Path(root))
    folder = job_folder(workspace, kind, job_id)
    if kind == "run" and read_state(folder).state != "queued":  # another process took it, or it was given up
        return
    if cancel_requested(folder) is not None:
        change_state(folder, state="cancelled", reason="Cancelled before it began.", ended=time.time())
        return
    try:
        with acting_as(SYSTEM):  # the person who started it was allowed to
            _carry_out(workspace, kind, job_id)
    except WorkbenchError as error:
        _record_failure(folder, error)
        _logger.info("%s %s ended: %s", kind, job_id, error)
    except Exception as error:
        _record_failure(folder, error)
        raise


def _carry_out(workspace: Workspace, kind: Kind, job_id: str) -> None:
    if kind == "order-test":
        _load_tensorflow(workspace, kind, job_id)
        from gru4rec_core.experiments import order_test

        test_rule = default_plan(workspace, workspace.dataset(job_id)).test_rule
        order_test.execute_order_test(workspace, job_id, test_rule)
        return
    if kind == "run":
        _load_tensorflow(workspace, kind, job_id)
        from gru4rec_core.experiments import run

        run.execute_run(workspace, job_id)
        dataset_id = workspace.run(job_id).dataset_id
    elif kind == "tuning":
        tuning, method = read_tuning_job(workspace, job_id)
        if method in LOSS_LABELS:
            _load_tensorflow(workspace, kind, job_id)
        execute_tuning(workspace, tuning, method, at_end=lambda: plan_winners(workspace, tuning))
        return
    elif kind == "self-check":
        execute_self_check_job(workspace, job_id)
        return
    else:
        dataset_id, _, key = job_id.partition("/")
        execute_baselines_job(workspace, dataset_id, key)
    precompute_summaries(workspace, dataset_id)
    precompute_backtests(workspace, dataset_id)


def _load_tensorflow(workspace: Workspace, kind: Kind, job_id: str) -> None:
    """Loads it, or waits for the warm-up that does, and says so.

    Both import the same module first: of two threads that reach TensorFlow by different modules, one finds some that
    are only half there.
    """
    if not tensorflow_loaded.is_set():
        change_state(job_folder(workspace, kind, job_id), phase=LOADING)
    import gru4rec_core.experiments.run  # noqa: F401

    tensorflow_loaded.set()


def _record_failure(folder: Path, error: Exception) -> None:
    """Records a failure that came before the job could record it itself, such as a package that does not load."""
    if read_state(folder).is_active:
        is_expected = isinstance(error, WorkbenchError)
        reason = str(error) if is_expected else describe_unexpected(error)
        if not is_expected:
            append_text(folder / "log.txt", "".join(traceback.format_exception(error)))
        change_state(folder, state="failed", reason=reason, ended=time.time(), seconds_left=None)
