"""Runs that are watched until something happens, and compared to the bit with one that nothing interrupted."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd
import psutil

from gru4rec_core.config import SplitConfig, TrainingConfig
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.jobs import jobs
from gru4rec_core.jobs.engine import find_engine
from gru4rec_core.jobs.lost_jobs import reconcile_jobs
from gru4rec_core.workspace.job_state import JobState
from gru4rec_core.workspace.records import RunRecord
from gru4rec_core.workspace.store import Workspace

Found = TypeVar("Found")

WAIT = 120.0  # seconds; generous, for a machine that does other things too
CONFIG = TrainingConfig(n_hidden=(100,), batch_size=16, epochs=20)
"""Four seconds of training, once it is compiled."""


def add_log(workspace: Workspace) -> str:
    """Registers a log whose epochs take a fifth of a second; returns its id."""
    rows = [(s, 100 * s + t, f"item {(s * 7 + t * (1 + s % 3)) % 50}") for s in range(3000) for t in range(4 + s % 6)]
    log = SessionDataset(pd.DataFrame(rows, columns=["session", "timestamp", "item"]))
    return workspace.add_dataset(log, "round trips").id


def new_run(workspace: Workspace, config: TrainingConfig = CONFIG) -> RunRecord:
    return workspace.create_run(workspace.datasets()[0].id, config, SplitConfig())


def until(workspace: Workspace, run: RunRecord, fits: Callable[[JobState], bool]) -> JobState:
    """Looks at the workspace as a page does, until a run's state fits."""
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        reconcile_jobs(workspace)
        state = workspace.state(run.id)
        if fits(state):
            return state
        time.sleep(0.02)
    raise AssertionError(f"still {workspace.state(run.id)}\n{workspace.log(run.id)}")


def is_mid_epoch(state: JobState) -> bool:
    return state.state == "running" and state.epoch >= 2 and 0 < state.done < state.total


def retry(workspace: Workspace, run: RunRecord) -> None:
    jobs.retry(workspace, "run", run.id)
    state = until(workspace, run, lambda state: not state.is_active)
    assert (state.state, state.reason) == ("done", ""), workspace.log(run.id)


def assert_same(workspace: Workspace, run: RunRecord, other: RunRecord, *, elsewhere: Workspace | None = None) -> None:
    """Two runs ended alike to the bit, and left nothing half there."""
    folder, reference = workspace.run_folder(run.id), (elsewhere or workspace).run_folder(other.id)
    for name in ("metrics.json", "predictions.parquet", "vocabulary.json"):
        assert (folder / name).read_bytes() == (reference / name).read_bytes(), name
    with np.load(folder / "weights.npz") as mine, np.load(reference / "weights.npz") as theirs:
        assert mine.files == theirs.files
        assert [name for name in mine.files if mine[name].tobytes() != theirs[name].tobytes()] == []
    epochs = [list(each.epochs(record.id)["loss"]) for each, record in
              ((workspace, run), (elsewhere or workspace, other))]  # fmt: skip
    assert epochs[0] == epochs[1]
    assert leftovers(folder) == []


def leftovers(folder: Path) -> list[str]:
    """Files that are half there, or of no use after the end."""
    return [path.name for path in folder.rglob("*") if path.name.startswith((".new", ".gone")) or path.name == "new"]


def engine_family(workspace: Workspace) -> list[psutil.Process]:
    """The engine's process, then its workers and helpers."""
    engine = find_engine(workspace.root)
    assert engine is not None
    process = psutil.Process(engine.process.pid)
    return [process, *process.children(recursive=True)]


def wait_for(look: Callable[[], Found | None]) -> Found:
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        if (found := look()) is not None:
            return found
        time.sleep(0.05)
    raise AssertionError("never came")
