"""How long will a run, or the baselines of a log, take on this machine?

Finished work of this machine answers best: runs on the same dataset with the same settings where there are some, else
others, for which a cost model says how much more or less work they were. Without any, the cost model speaks alone.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from statistics import median
from typing import Any

from gru4rec_core.config import ALL_ITEMS_LIMIT, SplitConfig, TrainingConfig
from gru4rec_core.errors import RunError
from gru4rec_core.storage import read_json
from gru4rec_core.workspace.job_state import JobState, read_state
from gru4rec_core.workspace.records import DatasetRecord, RunRecord
from gru4rec_core.workspace.run_folder import read_epochs
from gru4rec_core.workspace.store import Workspace

OVERHEAD_SECONDS = 6.0
"""Compiling, testing and storing, for each run."""

BASELINES_SECONDS = 0.5
"""What all baselines take on the smallest log: 0.43 s of one core on 21 events, with what a new process has to load."""

# The cost model, measured on two cores: seconds per training event with 64 units, and per item it is compared with.
_EVENT_SECONDS = 3e-6
_NEGATIVE_SECONDS = 2.3e-8

# Of all baselines together, per event: on one core 3e-5 s (workouts, 95,000 events) to 2.3e-4 s (shop, 110,000 events).
_BASELINES_EVENT_SECONDS = 8e-5

_MOST_RUNS, _MOST_DATASETS = 20, 10  # the newest are looked at: a page asks at every keystroke

# Settings that change how much is computed little or not at all.
_WITHOUT_WEIGHT = {
    "loss",
    "seed",
    "epochs",
    "steps_per_epoch",
    "learning_rate",
    "order",
    "patience",
    "early_stopping",
    "early_stopping_metric",
}


@dataclass(frozen=True)
class FinishedRun:
    """A run that this machine carried out.

    Attributes:
        run: its record.
        n_items: size of its catalogue.
        n_epochs: how many it trained, fewer than asked for where it stopped early.
        epoch_seconds: of one epoch, with its validation.
        epoch_events: events that one epoch learns from.
        overhead: seconds besides its epochs; None where not known.
        testing: seconds of them for its test; None where not known.
    """

    run: RunRecord
    n_items: int
    n_epochs: int
    epoch_seconds: float
    epoch_events: float
    overhead: float | None
    testing: float | None


Past = Sequence[FinishedRun]
"""The newest finished runs of this machine."""


def read_past(workspace: Workspace) -> Past:
    """What the workspace tells of how fast this machine trains.

    Pages ask every second and at every keystroke, so what does not change any more is read once.
    """
    n_items = {record.id: record.n_items for record in workspace.datasets()}
    runs = (_find_run(workspace, run_id) for run_id in workspace.run_ids())
    known = [run for run in runs if run is not None and run.dataset_id in n_items]
    newest = sorted(known, key=lambda run: run.created, reverse=True)[:_MOST_RUNS]
    measured = (_find_measured(workspace, run, n_items[run.dataset_id]) for run in newest)
    return [past for past in measured if past is not None]


def _find_run(workspace: Workspace, run_id: str) -> RunRecord | None:
    """A run's record; None where it cannot be read."""
    path = workspace.run_folder(run_id) / "run.json"
    try:
        return _read_run(path, path.stat().st_mtime_ns)
    except (OSError, RunError):  # deleted meanwhile, or damaged
        return None


@lru_cache(maxsize=2048)
def _read_run(path: Path, changed: int) -> RunRecord:
    """A run's record, read again only where its file has `changed`, a time in ns."""
    return RunRecord.read_from(path)


def _find_measured(workspace: Workspace, run: RunRecord, n_items: int) -> FinishedRun | None:
    """What a run took; None unless it is done and was carried out here, by as many cores."""
    state = workspace.state(run.id)
    if state.state != "done" or state.worker is None or not state.worker.is_local():
        return None
    return _measure(workspace.run_folder(run.id), run, state, n_items)


def run_seconds(
    past: Past, record: DatasetRecord, config: TrainingConfig, split: SplitConfig, trained_epochs: int = 0
) -> float:
    """Seconds that a run will keep a worker busy.

    Args:
        past: see `read_past`.
        record: the log.
        config: the run's settings.
        split: its test rule.
        trained_epochs: epochs that are there already, for a run that continues another.
    """
    own = [run for run in past if run.run.dataset_id == record.id]
    alike = [run for run in own if _is_alike(run.run.config, config)]
    n_epochs = max(_epochs(config, alike) - trained_epochs, 0)
    events = _events_per_epoch(record, config, [run for run in own if run.run.split == split])
    if alike:
        per_event = median(run.epoch_seconds / run.epoch_events for run in alike)
    else:
        per_event = _modelled_event_seconds(record.n_items, config) * _slowness(past)
    return _overhead(own or past) + n_epochs * events * per_event


def baselines_seconds(workspace: Workspace, record: DatasetRecord, names: Sequence[str]) -> float:
    """Seconds that these baselines of a log will keep a worker busy: as on this log before, or else by its size."""
    own = _measured_baselines(workspace, record.id)
    if all(name in own for name in names):
        return sum(own[name] for name in names)
    rates = []
    for other in workspace.datasets()[:_MOST_DATASETS]:
        seconds = _measured_baselines(workspace, other.id)
        if all(name in seconds for name in names):
            rates.append(sum(seconds[name] for name in names) / other.n_events)
    if rates:
        return max(median(rates) * record.n_events, 1.0)
    return BASELINES_SECONDS + _BASELINES_EVENT_SECONDS * record.n_events


def testing_seconds(past: Past, record: DatasetRecord) -> float:
    """Seconds that a run still needs when its training has ended: those of its test, on this log where known."""
    own = [run for run in past if run.run.dataset_id == record.id]
    for runs in (own, past):
        if known := [run.testing for run in runs if run.testing is not None]:
            return median(known)
    # No run says what its test took: half of all that is not training is a guess.
    return _overhead(own or past) / 2


def _epochs(config: TrainingConfig, alike: Sequence[FinishedRun]) -> int:
    """Epochs that will be trained: with early stopping as many as such runs took before."""
    if not config.early_stopping:
        return config.epochs
    stopping = ("loss", "learning_rate", "patience", "early_stopping", "early_stopping_metric")
    before = [
        run.n_epochs
        for run in alike
        if all(getattr(run.run.config, name) == getattr(config, name) for name in stopping)
    ]
    return min(config.epochs, round(median(before))) if before else config.epochs


def _events_per_epoch(record: DatasetRecord, config: TrainingConfig, same_test: Sequence[FinishedRun]) -> float:
    if config.steps_per_epoch is not None:
        return config.steps_per_epoch * config.batch_size
    whole_passes = [run.epoch_events for run in same_test if run.run.config.steps_per_epoch is None]
    return median(whole_passes) if whole_passes else record.n_events - record.n_sessions


def _overhead(runs: Iterable[FinishedRun]) -> float:
    known = [run.overhead for run in runs if run.overhead is not None]
    return median(known) if known else OVERHEAD_SECONDS


def _is_alike(a: TrainingConfig, b: TrainingConfig) -> bool:
    """Whether an epoch of both computes about the same."""
    return a.model_dump(exclude=_WITHOUT_WEIGHT) == b.model_dump(exclude=_WITHOUT_WEIGHT)


def _slowness(runs: Sequence[FinishedRun]) -> float:
    """How many times as long as by the cost model this machine takes per event; 1 where nothing was measured."""
    if not runs:
        return 1.0
    return median(
        run.epoch_seconds / (run.epoch_events * _modelled_event_seconds(run.n_items, run.run.config)) for run in runs
    )


def _modelled_event_seconds(n_items: int, config: TrainingConfig) -> float:
    """Seconds per training event by the cost model."""
    width = sum(config.n_hidden) / 64
    return (_EVENT_SECONDS + _NEGATIVE_SECONDS * _count_negatives(n_items, config)) * max(width, 0.25)


def _count_negatives(n_items: int, config: TrainingConfig) -> int:
    kind = config.negatives
    if kind == "auto":
        kind = "all" if n_items <= ALL_ITEMS_LIMIT else "sampled"
    return {"all": n_items, "in-batch": config.batch_size, "sampled": config.n_sample + config.batch_size}[kind]


@lru_cache(maxsize=8 * _MOST_RUNS)
def _measure(folder: Path, run: RunRecord, state: JobState, n_items: int) -> FinishedRun | None:
    """What a run took that is done. Its state is part of the key: no file changes before that does."""
    try:
        environment = read_json(folder / "environment.json", "a run")
    except RunError:
        return None
    epochs = read_epochs(folder)
    if environment.get("cores") != os.cpu_count() or not {"events", "seconds"} <= set(epochs):
        return None
    seconds, events = float(epochs["seconds"].median()), float(epochs["events"].median())
    if not (seconds > 0 and events > 0):
        return None
    # Of a run in several parts, the seconds of the last part stand beside the epochs of all.
    whole = state.attempt == 1 and run.continues is None and state.seconds is not None
    overhead = max(0.0, (state.seconds or 0.0) - float(epochs["seconds"].sum())) if whole else None
    return FinishedRun(run, n_items, len(epochs), seconds, events, overhead, _testing(environment))


def _testing(environment: dict[str, Any]) -> float | None:
    parts = environment.get("seconds")
    seconds = parts.get("testing") if isinstance(parts, dict) else None
    return float(seconds) if isinstance(seconds, int | float) else None


def _measured_baselines(workspace: Workspace, dataset_id: str) -> dict[str, float]:
    """The seconds of each baseline that this machine computed for a log, the longest where it did so several times."""
    found: dict[str, float] = {}
    for folder in (workspace.dataset_folder(dataset_id) / "splits").glob("*/baselines"):
        worker = read_state(folder).worker
        if worker is None or not worker.is_local():
            continue
        for path in folder.glob("*.json"):
            try:
                seconds = _read_baseline(path, path.stat().st_mtime_ns)
            except OSError:  # deleted meanwhile
                continue
            if seconds is not None:
                found[path.stem] = max(seconds, found.get(path.stem, 0.0))
    return found


@lru_cache(maxsize=512)
def _read_baseline(path: Path, changed: int) -> float | None:
    """What a baseline took, to fit and to test; None where its file does not say so."""
    try:
        return float(sum(read_json(path, "a baseline")["seconds"].values()))
    except (RunError, KeyError, TypeError, AttributeError):
        return None
