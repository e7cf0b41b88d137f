"""How does training survive a power cut?

A checkpoint is a folder `epoch-N` of arrays and JSON, written to disk under a temporary name and then
renamed, so that whatever carries its final name is whole; the one before is kept beside it. No pickle.
"""

import json
import os
import shutil
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gru4rec_core.errors import RunError

STATE, ARRAYS, BEST = "state.json", "arrays.npz", "best.npz"


def save_arrays(path: Path, arrays: Mapping[str, Any]) -> None:
    """Writes an .npz, one array at a time: of TensorFlow's variables only one copy is in memory."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        for name, value in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as file:
                np.lib.format.write_array(file, np.ascontiguousarray(value), allow_pickle=False)


def load_arrays(path: Path) -> dict[str, np.ndarray]:
    """The arrays of an .npz.

    Raises:
        RunError: the file is missing or is no .npz of plain arrays.
    """
    try:
        with path.open("rb") as file:
            if not zipfile.is_zipfile(file):
                raise ValueError("not an archive")
        with np.load(path, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise RunError(
            "Weights are an .npz file of plain arrays.",
            found=str(error),
            where=path.name,
            remedy="Restore the file, or train again.",
        ) from None


def write_checkpoint(
    folder: Path,
    epoch: int,
    state: Mapping[str, Any],
    arrays: Mapping[str, Any],
    best: Mapping[str, Any] | None,
) -> None:
    """Writes epoch `epoch` and removes all but it and the one before.

    Args:
        folder: holds the checkpoints of one run.
        epoch: epochs finished.
        state: JSON-able.
        arrays: weights, optimiser, lane states: arrays or TensorFlow variables.
        best: weights of the best epoch if this is it; None keeps those of the checkpoint before.
    """
    folder.mkdir(parents=True, exist_ok=True)
    final = folder / f"epoch-{epoch:05d}"
    before = next((path for path in _checkpoints(folder) if path != final), None)
    temporary = folder / f"writing-{os.getpid()}"
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir()
    save_arrays(temporary / ARRAYS, arrays)
    if best is not None:
        save_arrays(temporary / BEST, best)
    elif before is not None and (before / BEST).exists():
        shutil.copyfile(before / BEST, temporary / BEST)
    (temporary / STATE).write_text(json.dumps(state, indent=1), encoding="utf-8")
    for path in (*temporary.iterdir(), temporary):
        _flush(path)
    shutil.rmtree(final, ignore_errors=True)
    temporary.replace(final)
    _flush(folder)
    for other in folder.iterdir():
        if other not in (final, before) and other.name.startswith(("epoch-", "writing-")):
            shutil.rmtree(other, ignore_errors=True)


@dataclass(frozen=True)
class Checkpoint:
    """A whole checkpoint: `state`, `arrays` by name, and the `best` epoch's weights where there are some."""

    name: str
    state: dict[str, Any]
    arrays: dict[str, np.ndarray]
    best: dict[str, np.ndarray] | None


def read_newest(folder: Path) -> Checkpoint | None:
    """The newest checkpoint that can be read; None where there never was one.

    Raises:
        RunError: there are checkpoints, and all are damaged.
    """
    damage: RunError | None = None
    for path in _checkpoints(folder):
        try:
            best = load_arrays(path / BEST) if (path / BEST).exists() else None
            return Checkpoint(path.name, _read_state(path), load_arrays(path / ARRAYS), best)
        except RunError as error:
            damage = damage or error
    if damage is not None:
        raise damage
    return None


def _checkpoints(folder: Path) -> list[Path]:
    """Newest first."""
    return sorted(folder.glob("epoch-*"), reverse=True) if folder.exists() else []


def _read_state(path: Path) -> dict[str, Any]:
    try:
        return json.loads((path / STATE).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RunError(
            "A checkpoint holds its state as JSON.",
            found=str(error),
            where=f"{path.name}/{STATE}",
            remedy="Delete the checkpoint folder and train from the start.",
        ) from None


def _flush(path: Path) -> None:
    """Makes sure that a file's content, or a folder's names, are on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
