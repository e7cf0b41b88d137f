"""How long will these runs take on this machine?

Finished runs of this machine answer best: of the same dataset and settings where there are some, else of others, for
which a cost model says how much more or less work they were. Without any, the cost model speaks alone.
"""

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from gru4rec_core.config import ALL_ITEMS_LIMIT, TrainingConfig
from gru4rec_core.errors import RunError
from gru4rec_core.jobs.capacity import worker_count
from gru4rec_core.jobs.jobs import engine_status
from gru4rec_core.storage import read_json
from gru4rec_core.workspace.records import DatasetRecord, RunRecord
from gru4rec_core.workspace.store import Workspace

START_SECONDS = 15.0
"""Starting the engine and loading TensorFlow, once."""

OVERHEAD_SECONDS = 6.0
"""Compiling, testing and storing, for each run."""

# The cost model, measured on two cores: seconds per training event with 64 units, and per item it is compared with.
_EVENT_SECONDS = 3e-6
_NEGATIVE_SECONDS = 2.3e-8

_MOST_RUNS = 20  # newest runs that are looked at: a page asks at every keystroke

# Settings that change how much is computed little or not at all.
_WITHOUT_WEIGHT = {"loss", "seed", "epochs", "steps_per_epoch", "learning_rate", "order", "patience", "early_stopping"}


@dataclass(frozen=True)
class _Measured:
    """A finished run of this machine: its speed in training, and the seconds it took besides (None: not known)."""

    run: RunRecord
    n_items: int
    events_per_second: float
    overhead: float | None


def estimate_seconds(workspace: Workspace, record: DatasetRecord, configs: Sequence[TrainingConfig]) -> float:
    """Seconds until runs with these settings on a dataset are done, side by side on the engine's workers."""
    measured = _measured_runs(workspace)
    each = [_run_seconds(record, config, measured) for config in configs]
    status = engine_status(workspace)
    n_workers = max(1, status.n_workers if status.alive else worker_count())
    start = 0.0 if status.alive else START_SECONDS
    return start + max(max(each), sum(each) / n_workers, math.ceil(len(each) / n_workers) * min(each))


def _run_seconds(record: DatasetRecord, config: TrainingConfig, measured: Sequence[_Measured]) -> float:
    if config.steps_per_epoch is None:
        events = record.n_events - record.n_sessions
    else:
        events = config.steps_per_epoch * config.batch_size
    speeds = [past.events_per_second for past in measured if _is_alike(past.run, record, config)]
    own = [past.overhead for past in measured if past.run.dataset_id == record.id and past.overhead is not None]
    overhead = median(own) if own else OVERHEAD_SECONDS
    if speeds:
        return overhead + config.epochs * events / median(speeds)
    return overhead + config.epochs * events * _event_seconds(record.n_items, config) * _slowness(measured)


def _is_alike(run: RunRecord, record: DatasetRecord, config: TrainingConfig) -> bool:
    """Whether a run computed about the same per event."""
    same_settings = run.config.model_dump(exclude=_WITHOUT_WEIGHT) == config.model_dump(exclude=_WITHOUT_WEIGHT)
    return run.dataset_id == record.id and same_settings


def _slowness(measured: Sequence[_Measured]) -> float:
    """How many times as long as by the cost model this machine takes per event; 1 where nothing was measured."""
    if not measured:
        return 1.0
    return median(1 / (past.events_per_second * _event_seconds(past.n_items, past.run.config)) for past in measured)


def _event_seconds(n_items: int, config: TrainingConfig) -> float:
    """Seconds per training event by the cost model."""
    width = sum(config.n_hidden) / 64
    return (_EVENT_SECONDS + _NEGATIVE_SECONDS * _count_negatives(n_items, config)) * max(width, 0.25)


def _count_negatives(n_items: int, config: TrainingConfig) -> int:
    kind = config.negatives
    if kind == "auto":
        kind = "all" if n_items <= ALL_ITEMS_LIMIT else "sampled"
    return {"all": n_items, "in-batch": config.batch_size, "sampled": config.n_sample + config.batch_size}[kind]


def _measured_runs(workspace: Workspace) -> list[_Measured]:
    """The newest finished runs of this machine, with what they took."""
    n_items = {record.id: record.n_items for record in workspace.datasets()}
    measured = [
        _measure(workspace, run, n_items[run.dataset_id])
        for run in workspace.runs()[:_MOST_RUNS]
        if run.dataset_id in n_items
    ]
    return [past for past in measured if past is not None]


def _measure(workspace: Workspace, run: RunRecord, n_items: int) -> _Measured | None:
    """What a run took; None unless it is done and was carried out here, by as many cores."""
    state = workspace.state(run.id)
    if state.state != "done" or state.worker is None or not state.worker.is_local():
        return None
    try:
        environment = read_json(workspace.run_folder(run.id) / "environment.json", "a run")
    except RunError:
        return None
    epochs = workspace.epochs(run.id)
    if environment.get("cores") != os.cpu_count() or not {"events_per_s", "seconds"} <= set(epochs):
        return None
    speed = float(epochs["events_per_s"].median())
    whole = sum(environment["seconds"].values())
    # A resumed run has the seconds of its last attempt alone, but the epochs of all attempts.
    overhead = max(0.0, whole - float(epochs["seconds"].sum())) if state.attempt == 1 else None
    return _Measured(run, n_items, speed, overhead) if speed > 0 else None
