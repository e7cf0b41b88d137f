"""What does a Dask worker do with a job?

Loaded in each worker when it starts; TensorFlow follows in a thread, so that the first run finds it there.
"""

import logging
import sys
import threading
import time
import traceback
from pathlib import Path

from gru4rec_core.errors import WorkbenchError
from gru4rec_core.experiments.baselines import execute_baselines_job
from gru4rec_core.experiments.reporter import describe_unexpected
from gru4rec_core.jobs.jobs import Kind, job_folder
from gru4rec_core.results.comparison import keep_statistics
from gru4rec_core.workspace.job_state import cancel_requested, change_state, read_state
from gru4rec_core.workspace.store import Workspace

_WARM_UP_AFTER = 2.0  # seconds

LOADING = "starting: loading TensorFlow (about 10 s, once)"

_logger = logging.getLogger(__name__)


def dask_setup(worker: object) -> None:
    """Called by Dask when a worker process starts."""
    threading.Thread(target=_warm_up, name="warm-up", daemon=True).start()


def _warm_up() -> None:
    # Loading TensorFlow keeps a core busy: first let the other workers come up.
    time.sleep(_WARM_UP_AFTER)
    import gru4rec_core.experiments.run  # noqa: F401


def execute(root: str, kind: Kind, job_id: str, threads: int = 1) -> None:
    """Carries a job out. How it ended is in its folder; only what nobody expected is raised to Dask too."""
    workspace = Workspace(Path(root))
    folder = job_folder(workspace, kind, job_id)
    if kind == "run" and read_state(folder).state != "queued":  # another process took it, or it was given up
        return
    if cancel_requested(folder) is not None:
        change_state(folder, state="cancelled", reason="Cancelled before it began.", ended=time.time())
        return
    try:
        _carry_out(workspace, kind, job_id, threads)
    except WorkbenchError as error:
        _logger.info("%s %s ended: %s", kind, job_id, error)
    except Exception as error:
        _record(folder, error)
        raise


def _carry_out(workspace: Workspace, kind: Kind, job_id: str, threads: int) -> None:
    if kind == "run":
        if not _tensorflow_is_loaded():
            change_state(job_folder(workspace, kind, job_id), phase=LOADING)
        from gru4rec_core.experiments import run as run_experiment

        run_experiment.execute_run(workspace, job_id, threads=threads)
        dataset_id = workspace.run(job_id).dataset_id
    else:
        dataset_id, _, key = job_id.partition("/")
        execute_baselines_job(workspace, dataset_id, key)
    keep_statistics(workspace, dataset_id)


def _tensorflow_is_loaded() -> bool:
    """Whether a run can begin at once; not while the warm-up is still at it."""
    module = sys.modules.get("gru4rec_core.experiments.run")
    return module is not None and hasattr(module, "execute_run")


def _record(folder: Path, error: Exception) -> None:
    """Writes down what went wrong before the job could do so itself, such as a package that does not load."""
    if read_state(folder).is_active:
        with (folder / "log.txt").open("a", encoding="utf-8") as log:
            log.write("".join(traceback.format_exception(error)))
        change_state(folder, state="failed", reason=describe_unexpected(error), ended=time.time(), seconds_left=None)
