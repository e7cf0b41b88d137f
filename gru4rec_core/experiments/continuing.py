"""How does a run go on where another one ended?

Training depends on its settings and its data alone, and the number of epochs changes nothing before its end. So a run
that continues another ends with the weights it would have had if it had been trained that long at once.
"""

import json
import shutil
from dataclasses import asdict
from pathlib import Path

from gru4rec_core.model.checkpoint import TrainingState, finished_epochs, list_checkpoints, read_newest
from gru4rec_core.storage import delete_folder, new_folder, write_text
from gru4rec_core.workspace.records import RunRecord
from gru4rec_core.workspace.run_folder import read_training_seconds
from gru4rec_core.workspace.store import Workspace

LARGEST_CHECKPOINT = 100_000_000
"""Bytes of a checkpoint that a finished run keeps; more epochs of a larger model train from the beginning."""

_FOLDER = "checkpoint"


def keep_last_checkpoint(folder: Path) -> None:
    """Of a finished run's checkpoints, keeps the last one for more epochs later, unless it is too large.

    Args:
        folder: the run's.
    """
    checkpoints = list_checkpoints(folder / _FOLDER)
    is_kept = bool(checkpoints) and _size(checkpoints[0]) <= LARGEST_CHECKPOINT
    for path in checkpoints[1:] if is_kept else checkpoints:
        delete_folder(path)
    if not is_kept and (folder / _FOLDER).exists():
        delete_folder(folder / _FOLDER)


def kept_epochs(workspace: Workspace, run_id: str) -> int:
    """After how many epochs a run's last checkpoint was made; 0 where none is kept, and more epochs begin anew."""
    checkpoint = _last_checkpoint(workspace, run_id)
    return 0 if checkpoint is None else finished_epochs(checkpoint)


def inherited_epochs(workspace: Workspace, run: RunRecord) -> int:
    """How many epochs a run takes over from the one it continues; 0 where there is none, or no checkpoint of it."""
    return 0 if run.continues is None else kept_epochs(workspace, run.continues)


def taken_over_epochs(workspace: Workspace, run: RunRecord) -> int:
    """How many epochs a run took over from the one it continues, or will take over where it has none yet.

    Its own epochs tell: each says how many there were to be, and those taken over were to be fewer. So it stays true
    when the other run is deleted, or keeps no checkpoint any more.
    """
    epochs = workspace.epochs(run.id)
    if epochs.empty:
        return inherited_epochs(workspace, run)
    return int((epochs["epochs"] < run.config.epochs).sum())


def inherit(workspace: Workspace, run: RunRecord) -> int:
    """Gives a run that has not trained yet the checkpoint and the epochs of the one it continues.

    Returns:
        How many epochs it took over; 0 where it trains from the beginning, or has begun already.
    """
    folder = workspace.run_folder(run.id)
    checkpoint = None if run.continues is None else _last_checkpoint(workspace, run.continues)
    if checkpoint is None or (folder / _FOLDER).exists():
        return 0
    epochs = checkpoint.parents[1] / "epochs.jsonl"
    if epochs.exists():
        shutil.copyfile(epochs, folder / "epochs.jsonl")
    with new_folder(folder / _FOLDER) as new:
        shutil.copytree(checkpoint, new / checkpoint.name)
    return finished_epochs(checkpoint)


def restore_epochs(folder: Path) -> bool:
    """Writes epochs.jsonl from the reports in a run's last checkpoint; False where there is none.

    A process that was killed, or a machine that lost its power, between the two has the checkpoint of an epoch and not
    its line; the epoch is not trained again, so nobody else would write it.

    Raises:
        RunError: all checkpoints are damaged.
    """
    checkpoint = read_newest(folder / _FOLDER)
    if checkpoint is None:
        return False
    reports = TrainingState.from_json(checkpoint.state, checkpoint.name).reports
    write_text(folder / "epochs.jsonl", "".join(json.dumps(asdict(report)) + "\n" for report in reports))
    return True


def inherited_seconds(workspace: Workspace, run: RunRecord) -> float:
    """Seconds for which the one that a run continues was trained: part of what its own training took."""
    if not inherited_epochs(workspace, run) or run.continues is None:
        return 0.0
    return read_training_seconds(workspace.run_folder(run.continues)) or 0.0


def _last_checkpoint(workspace: Workspace, run_id: str) -> Path | None:
    return next(iter(list_checkpoints(workspace.run_folder(run_id) / _FOLDER)), None)


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
