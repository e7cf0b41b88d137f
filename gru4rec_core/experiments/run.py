"""How does a run go, from its settings to its results?

Split, train, test, store. The only place that puts these together; the command line calls it in its own
process, a worker for a page. TensorFlow is loaded here.
"""

import os
import platform
import time
from contextlib import suppress
from dataclasses import asdict
from importlib.metadata import version
from math import inf
from pathlib import Path
from typing import Any

import tensorflow as tf

from gru4rec_core.data.splits import Split
from gru4rec_core.evaluation import metrics
from gru4rec_core.evaluation.scoring import Evaluation, evaluate
from gru4rec_core.experiments.baselines import TOP_K, Clock, execute_baselines
from gru4rec_core.experiments.reporter import JobReporter, OnChange
from gru4rec_core.jobs import jobs
from gru4rec_core.model.gru4rec import Gru4Rec
from gru4rec_core.model.training import EpochReport, TrainingProgress
from gru4rec_core.storage import delete_folder, exclusive_lock, new_folder, replace_files, write_json
from gru4rec_core.workspace import dataset_files, run_folder
from gru4rec_core.workspace.records import RunRecord
from gru4rec_core.workspace.split_store import load_split
from gru4rec_core.workspace.store import Workspace

_PACKAGES = ("tensorflow", "keras", "numpy", "pandas", "pyarrow", "scipy", "duckdb", "distributed", "pydantic")
_LOOK_EVERY = 1.0  # seconds between two looks at a run that another process has in hand


def execute_run(workspace: Workspace, run_id: str, *, threads: int = 1, on_change: OnChange | None = None) -> None:
    """Carries out a run in this process; its results are in its folder. Goes on from a checkpoint if there is one.

    One process at a time trains a run: of several callers one works, the others wait and find it done.

    Args:
        threads: threads TensorFlow may use; results are bit-identical for one number of them only.
        on_change: told about progress, another process's too.

    Raises:
        WorkbenchError: why it failed, or Cancelled; recorded in the run's state too.
    """
    run = workspace.run(run_id)
    folder = workspace.run_folder(run_id)

    def waiting() -> None:
        if on_change:
            on_change(workspace.state(run_id))

    with exclusive_lock(folder / "run.lock", inf, on_wait=waiting):
        if workspace.state(run_id).state != "done":
            _carry_out(workspace, run, folder, threads, on_change)


def _carry_out(workspace: Workspace, run: RunRecord, folder: Path, threads: int, on_change: OnChange | None) -> None:
    with JobReporter(folder, on_change) as job:
        clock = Clock()
        threads = _limit_threads(threads)
        job.phase("reading the log")
        with clock.time("reading"):
            split = load_split(workspace, run.dataset_id, run.split)
        model = Gru4Rec.from_config(split.train.n_items, run.config, vocabulary=split.train.vocabulary)
        with clock.time("training"):
            _train(model, split, folder, job)
        with clock.time("testing"):
            job.phase("testing", split.test.n_predicted)
            evaluation = evaluate(model, split.test, _top_k(workspace, run), job.progress)
            states = model.final_states(split.test)
        job.phase("storing")
        _store(model, evaluation, states, split, folder)
        write_json(folder / "environment.json", _environment(threads, clock))
        if (folder / "checkpoint").exists():
            delete_folder(folder / "checkpoint")


def execute_comparison(workspace: Workspace, comparison_id: str, *, on_change: OnChange | None = None) -> None:
    """Carries out in this process what a comparison still lacks, one after the other.

    A run that is queued or at work elsewhere is waited for; one that got lost there goes on here.
    """
    comparison = workspace.comparison(comparison_id)
    execute_baselines(workspace, comparison.dataset_id, comparison.split, comparison.baselines, on_change=on_change)
    for run_id in comparison.run_ids:
        _wait_for(workspace, run_id, on_change)
        execute_run(workspace, run_id, on_change=on_change)


def _wait_for(workspace: Workspace, run_id: str, on_change: OnChange | None) -> None:
    while (state := workspace.state(run_id)).is_active:
        if on_change:
            on_change(state)
        time.sleep(_LOOK_EVERY)
        jobs.reconcile(workspace)


def _train(model: Gru4Rec, split: Split, folder: Path, job: JobReporter) -> None:
    epochs = model.config.epochs
    job.phase("training")

    def on_epoch(report: EpochReport) -> None:
        run_folder.append_epoch(folder, asdict(report))
        job.progress(job.state.done, job.state.total, epoch=report.epoch, epochs=epochs)
        job.log(f"epoch {report.epoch} of {epochs}: loss {report.loss:.5f}, {report.events_per_s:,.0f} events/s")

    def on_progress(now: TrainingProgress) -> None:
        job.progress(now.step, now.steps, epochs=epochs, seconds_left=now.seconds_left)

    model.fit(
        split.train,
        validation=split.validation,
        on_epoch=on_epoch,
        on_progress=on_progress,
        should_stop=job.should_stop,
        checkpoint_folder=folder / "checkpoint",
        resume=(folder / "checkpoint").exists(),
    )


def _store(model: Gru4Rec, evaluation: Evaluation, states: Any, split: Split, folder: Path) -> None:
    """Everything is written beside, then renamed: metrics.json, the last, says that all is there."""
    if (folder / "new").exists():  # an attempt that was killed here
        delete_folder(folder / "new")
    with new_folder(folder / "new") as new:
        model.save(new)
        dataset_files.save_array(new / "final_states.npy", states)
    # The run's own config.json came first and says the same.
    (folder / "new" / "config.json").unlink(missing_ok=True)
    replace_files(folder / "new", folder)
    values = metrics.summary(evaluation, events=split.test, train_counts=split.train.counts())
    run_folder.save_evaluation(evaluation, values, folder)


def _top_k(workspace: Workspace, run: RunRecord) -> int:
    users = [one.config.deciding_k for one in workspace.comparisons(run.dataset_id) if run.id in one.run_ids]
    return max([TOP_K, *users])


def _limit_threads(threads: int) -> int:
    """Sets TensorFlow's threads, where that still can be set; returns how many it uses (0: as many as cores)."""
    # Once TensorFlow has computed something its threads are fixed: the number stays what it was.
    with suppress(RuntimeError):
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)
        for device in tf.config.list_physical_devices("GPU"):
            tf.config.experimental.set_memory_growth(device, True)
    return int(tf.config.threading.get_intra_op_parallelism_threads())


def _environment(threads: int, clock: Clock) -> dict[str, Any]:
    return {
        "python": platform.python_version(),
        "system": platform.platform(),
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "threads": threads,
        "packages": {name: version(name) for name in _PACKAGES},
        "seconds": clock.seconds,
    }
