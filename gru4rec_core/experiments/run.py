"""How does a run get from its settings to its results: split, train, test and store?

The only place that puts these together: the command line calls it in its own process, a worker for a page.
TensorFlow is loaded here.
"""

import os
import platform
from dataclasses import asdict
from importlib.metadata import version
from math import inf
from pathlib import Path
from typing import Any

from gru4rec_core.access.guard import check
from gru4rec_core.access.rights import Action
from gru4rec_core.data.split_types import Split
from gru4rec_core.disk import wait_for_folder
from gru4rec_core.errors import Cancelled
from gru4rec_core.evaluation import metrics
from gru4rec_core.evaluation.scoring import Evaluation, evaluate
from gru4rec_core.experiments.continuing import (
    inherit,
    inherited_seconds,
    keep_last_checkpoint,
    kept_epochs,
    restore_epochs,
)
from gru4rec_core.experiments.reporter import JobReporter, OnChange
from gru4rec_core.experiments.space import require_room_for
from gru4rec_core.experiments.threads import limit_threads
from gru4rec_core.experiments.timings import Timings
from gru4rec_core.model.gru4rec import Gru4Rec
from gru4rec_core.model.reports import EpochReport, TrainingProgress
from gru4rec_core.storage import delete_folder, exclusive_lock, new_folder, replace_files, write_json
from gru4rec_core.workspace import run_folder
from gru4rec_core.workspace.checksums import write_checksums
from gru4rec_core.workspace.job_state import cancel_requested, change_state
from gru4rec_core.workspace.records import RunRecord
from gru4rec_core.workspace.split_store import load_split
from gru4rec_core.workspace.store import Workspace

HELD = "waiting: another process holds this run, and shows no progress"
"""Phase of a run that is queued while another process, which may hang, has it."""

_PACKAGES = ("tensorflow", "keras", "numpy", "pandas", "pyarrow", "scipy", "duckdb", "distributed", "pydantic")


def execute_run(
    workspace: Workspace, run_id: str, *, threads: int | None = None, on_change: OnChange | None = None
) -> None:
    """Carries out a run in this process, from its checkpoint if there is one; the results are in its folder.

    Of several processes that call this for one run, the first trains it and the others wait until it is done.

    Args:
        workspace: where the run is.
        run_id: its id.
        threads: threads TensorFlow may use; by default as many as before, else 1. Results are bit-identical for the
            same number only.
        on_change: called with the state of the run, another process's too.

    Raises:
        WorkbenchError: why it failed, or Cancelled; recorded in the run's state too.
    """
    run = workspace.run(run_id)
    check(workspace.root, Action.TRAIN, "run", run.id, run.name)
    folder = workspace.run_folder(run_id)

    def while_waiting() -> None:
        if cancel_requested(folder) is not None:
            raise Cancelled("Cancelled.")
        state = workspace.state(run_id)
        if state.state == "queued" and state.phase != HELD:  # else the other one writes down what it does
            state = change_state(folder, phase=HELD)
        if on_change:
            on_change(state)

    with exclusive_lock(folder / "run.lock", inf, on_wait=while_waiting):
        if workspace.state(run_id).state != "done":
            threads = threads or workspace.state(run_id).threads or 1
            _carry_out(workspace, run, folder, threads, on_change)


def _carry_out(workspace: Workspace, run: RunRecord, folder: Path, threads: int, on_change: OnChange | None) -> None:
    with JobReporter(folder, on_change, root=workspace.root) as job:
        timings = Timings()
        threads = limit_threads(threads)
        job.report_progress(0, 0, threads=threads)
        job.begin_phase("reading the log")
        with timings.measure("reading"):
            split = load_split(workspace, run.dataset_id, run.split)
        require_room_for(workspace, run.dataset_id, run.split, [run])
        with timings.measure("training"):
            model = _load_trained(folder, job) or _train_anew(workspace, run, split, job)
        timings.seconds["training"] += _earlier_seconds(workspace, run, folder)
        with timings.measure("testing"):
            job.begin_phase("testing", split.test.n_predicted)
            evaluation = evaluate(model, split.test, _top_k(workspace, run), job.report_progress)
        job.begin_phase("storing")
        _store(model, evaluation, split, folder)
        write_json(folder / "environment.json", _describe_environment(threads, timings))
        keep_last_checkpoint(folder)
        write_checksums(folder)


def _load_trained(folder: Path, job: JobReporter) -> Gru4Rec | None:
    """The model of a run that was trained already and is only tested again; None where there is something to train.

    A model is stored after its last epoch only.
    """
    if not all((folder / name).exists() for name in ("weights.npz", "vocabulary.json")):
        return None
    job.log("trained already: it is tested again")
    return Gru4Rec.load(folder)


def _train_anew(workspace: Workspace, run: RunRecord, split: Split, job: JobReporter) -> Gru4Rec:
    """The model of a run, trained from its last checkpoint, its own or an inherited one, if there is any."""
    model = Gru4Rec.from_config(split.train.n_items, run.config, vocabulary=split.train.vocabulary)
    if epochs := inherit(workspace, run):
        job.log(f"continues {run.continues} after epoch {epochs}")
    # Checkpoints, an inherited one too, say where it goes on; the steps are counted from there as well.
    kept = kept_epochs(workspace, run.id)
    if len(workspace.epochs(run.id)) < kept:
        restore_epochs(workspace.run_folder(run.id))
    job.report_progress(0, 0, epoch=kept, epochs=run.config.epochs)
    _train(model, split, workspace.run_folder(run.id), job)
    return model


def _earlier_seconds(workspace: Workspace, run: RunRecord, folder: Path) -> float:
    """Seconds of training before this attempt: of the run itself if it was finished once, else of the one before it."""
    return run_folder.read_training_seconds(folder) or inherited_seconds(workspace, run)


def _train(model: Gru4Rec, split: Split, folder: Path, job: JobReporter) -> None:
    epochs = model.config.epochs
    job.begin_phase("training")

    def on_epoch(report: EpochReport) -> None:
        wait_for_folder(folder)
        run_folder.append_epoch(folder, asdict(report))
        job.report_progress(job.state.done, job.state.total, epoch=report.epoch, epochs=epochs)
        job.log(f"epoch {report.epoch} of {epochs}: loss {report.loss:.5f}, {report.events_per_s:,.0f} events/s")

    def on_progress(progress: TrainingProgress) -> None:
        job.report_progress(progress.step, progress.steps, epochs=epochs, seconds_left=progress.seconds_left)

    model.fit(
        split.train,
        validation=split.validation,
        on_epoch=on_epoch,
        on_progress=on_progress,
        should_stop=job.should_stop,
        checkpoint_folder=folder / "checkpoint",
        resume=(folder / "checkpoint").exists(),
    )


def _store(model: Gru4Rec, evaluation: Evaluation, split: Split, folder: Path) -> None:
    """Writes the model into a folder of its own and moves its files; metrics.json comes last and says all is there."""
    wait_for_folder(folder)
    unfinished = folder / "new"
    if unfinished.exists():  # an attempt that was killed here
        delete_folder(unfinished)
    with new_folder(unfinished) as new:
        model.save(new)
    # The run's own config.json came first and says the same.
    (unfinished / "config.json").unlink(missing_ok=True)
    replace_files(unfinished, folder)
    values = metrics.summarise(evaluation, events=split.test, train_counts=split.train.counts())
    run_folder.save_evaluation(evaluation, values, folder)


def _top_k(workspace: Workspace, run: RunRecord) -> int:
    """Items to keep per prediction: enough for every comparison that uses the run."""
    users = [record for record in workspace.comparisons(run.dataset_id) if run.id in record.run_ids]
    return max([run_folder.TOP_K, *(record.config.deciding_k for record in users)])


def _describe_environment(threads: int, timings: Timings) -> dict[str, Any]:
    return {
        "python": platform.python_version(),
        "system": platform.platform(),
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "threads": threads,
        "packages": {name: version(name) for name in _PACKAGES},
        "seconds": timings.seconds,
    }
