"""What does a Dask worker do with a job?

Loaded in each worker when it starts; TensorFlow follows in a thread, so that the first run finds it there.
"""

import logging
import threading
import time
from pathlib import Path

from gru4rec_core.errors import RunError, WorkbenchError
from gru4rec_core.runs.jobs import Kind, job_folder
from gru4rec_core.runs.state import cancel_requested, change_state
from gru4rec_core.runs.workspace import Workspace

_logger = logging.getLogger(__name__)


def dask_setup(worker: object) -> None:
    """Called by Dask when a worker process starts."""
    threading.Thread(target=_warm_up, name="warm-up", daemon=True).start()


def _warm_up() -> None:
    import gru4rec_core.runs.experiments  # noqa: F401


def execute(root: str, kind: Kind, job_id: str, threads: int = 1) -> None:
    """Carries a job out. How it ended is in its folder; only what nobody expected is raised to Dask too."""
    workspace = Workspace(Path(root))
    folder = job_folder(workspace, kind, job_id)
    if cancel_requested(folder) is not None:
        change_state(folder, state="cancelled", reason="Cancelled before it began.", ended=time.time())
        return
    from gru4rec_core.runs import experiments

    try:
        if kind == "run":
            experiments.execute_run(workspace, job_id, threads=threads)
        elif kind == "baselines":
            dataset_id, _, key = job_id.partition("/")
            experiments.execute_baselines_job(workspace, dataset_id, key)
        else:
            raise RunError("A job is a run or baselines.", found=repr(kind))
    except WorkbenchError as error:
        _logger.info("%s %s ended: %s", kind, job_id, error)
