"""How does training survive a power cut?

A checkpoint is a folder `epoch-N` of arrays and JSON, written under a temporary name and renamed, so that
whatever carries its final name is whole. No pickle.
"""

import json
import os
import shutil
import zipfile
from collections.abc import Mapping
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
    """Writes epoch `epoch` and then removes older ones.

    Args:
        folder: holds the checkpoints of one run.
        epoch: epochs finished.
        state: JSON-able.
        arrays: weights, optimiser, lane states: arrays or TensorFlow variables.
        best: weights of the best epoch if this is it; None keeps those of the checkpoint before.
    """
    folder.mkdir(parents=True, exist_ok=True)
    before = newest(folder)
    temporary = folder / f"writing-{os.getpid()}"
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir()
    save_arrays(temporary / ARRAYS, arrays)
    if best is not None:
        save_arrays(temporary / BEST, best)
    elif before is not None and (before / BEST).exists():
        shutil.copyfile(before / BEST, temporary / BEST)
    (temporary / STATE).write_text(json.dumps(state, indent=1), encoding="utf-8")
    final = folder / f"epoch-{epoch:05d}"
    shutil.rmtree(final, ignore_errors=True)
    temporary.replace(final)
    for other in folder.iterdir():
        if other != final and other.name.startswith(("epoch-", "writing-")):
            shutil.rmtree(other, ignore_errors=True)


def newest(folder: Path) -> Path | None:
    """The checkpoint of the latest epoch, if there is one."""
    found = sorted(folder.glob("epoch-*")) if folder.exists() else []
    return found[-1] if found else None


def read_checkpoint(path: Path) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """State and arrays.

    Raises:
        RunError: a file is missing or damaged.
    """
    try:
        state = json.loads((path / STATE).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RunError(
            "A checkpoint holds its state as JSON.",
            found=str(error),
            where=f"{path.name}/{STATE}",
            remedy="Delete the checkpoint folder and train from the start.",
        ) from None
    return state, load_arrays(path / ARRAYS)
