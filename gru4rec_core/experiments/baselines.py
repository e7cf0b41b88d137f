"""How do simple methods do on a split?

Computed once for every split and shared by all comparisons on it; no TensorFlow.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gru4rec_core.baselines.registry import BASELINES, DEFAULT_BASELINES
from gru4rec_core.config import SplitConfig
from gru4rec_core.data.splits import Split
from gru4rec_core.evaluation import metrics
from gru4rec_core.evaluation.scoring import evaluate
from gru4rec_core.experiments.reporter import JobReporter, OnChange
from gru4rec_core.storage import exclusive_lock
from gru4rec_core.workspace import run_folder
from gru4rec_core.workspace.job_state import change_state, read_state
from gru4rec_core.workspace.split_store import keep_config, load_split, split_config
from gru4rec_core.workspace.store import Workspace

TOP_K = 20
"""Items kept of every prediction."""


def execute_baselines(
    workspace: Workspace,
    dataset_id: str,
    config: SplitConfig,
    names: tuple[str, ...] = DEFAULT_BASELINES,
    *,
    on_change: OnChange | None = None,
) -> None:
    """Computes the baselines of a split that are not there yet; of several callers one works, the others wait."""
    root = workspace.split_folder(dataset_id, config)
    keep_config(root, config)
    folder = root / "baselines"
    with exclusive_lock(folder / "lock", timeout=3600):
        missing = [name for name in names if not (folder / f"{name}.json").exists()]
        if not missing:
            if read_state(folder).is_active:  # queued, and another was faster
                change_state(folder, state="done", ended=time.time())
            return
        with JobReporter(folder, on_change) as job:
            job.phase("reading the log")
            split = load_split(workspace, dataset_id, config)
            for name in missing:
                _one_baseline(name, split, folder, job)


def execute_baselines_job(workspace: Workspace, dataset_id: str, key: str) -> None:
    """`execute_baselines` for a split known by its key."""
    config = split_config(workspace.dataset_folder(dataset_id) / "splits" / key)
    execute_baselines(workspace, dataset_id, config)


def _one_baseline(name: str, split: Split, folder: Path, job: JobReporter) -> None:
    job.phase(name, split.test.n_predicted)
    clock = Clock()
    with clock.time("fitting"):
        baseline = BASELINES[name]().fit(split.train)
    with clock.time("testing"):
        evaluation = evaluate(baseline, split.test, TOP_K, job.progress)
    values = {
        **metrics.summary(evaluation, events=split.test, train_counts=split.train.counts()),
        "name": name,
        "seconds": clock.seconds,
    }
    run_folder.save_evaluation(evaluation, values, folder, name)


class Clock:
    """Seconds by part of the work."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def time(self, part: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.seconds[part] = round(time.perf_counter() - start, 3)
