"""How does training resume after an interruption, such as a power cut?

A checkpoint is a folder `epoch-N` of arrays and JSON. It is written to disk under a temporary name and then renamed, so
a folder with its final name is complete; the one before it is kept too. No pickle.
"""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np

from gru4rec_core.config import TrainingConfig
from gru4rec_core.disk import wait_for_folder
from gru4rec_core.errors import RunError
from gru4rec_core.model.batch_builder import TrainingPosition
from gru4rec_core.model.reports import EpochReport
from gru4rec_core.storage import load_arrays, make_folder, new_folder, read_json, save_arrays, write_json

SCHEMA = 2
"""2: output weights and biases are separate arrays."""

STATE, ARRAYS, BEST = "state.json", "arrays.npz", "best.npz"
_PREFIX = "epoch-"


@dataclass(frozen=True)
class TrainingState:
    """What a checkpoint says besides its arrays.

    Attributes:
        config: resolved settings.
        n_items: size of the catalogue.
        n_events: events of the training log.
        position: where training stands.
        reports: of the epochs finished.
        best_epoch: the best epoch so far under early stopping, 0 if there is none.
        best_value: its validation metric, None if there is none.
    """

    config: TrainingConfig
    n_items: int
    n_events: int
    position: TrainingPosition
    reports: Sequence[EpochReport]
    best_epoch: int
    best_value: float | None

    def to_json(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "config": self.config.model_dump(mode="json"),
            "n_items": self.n_items,
            "n_events": self.n_events,
            "position": asdict(self.position),
            "reports": [asdict(report) for report in self.reports],
            "best": {"epoch": self.best_epoch, "value": self.best_value},
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any], where: str) -> Self:
        """Reads what `to_json` gave; `where` names the checkpoint in messages.

        Raises:
            RunError: another version wrote it.
        """
        if values["schema"] != SCHEMA:
            raise RunError(
                "A checkpoint is read by the version that wrote it.",
                found=f"schema {values['schema']}, this version has {SCHEMA}",
                where=where,
                remedy="Start a new run with the same settings.",
            )
        return cls(
            config=TrainingConfig(**values["config"]),
            n_items=values["n_items"],
            n_events=values["n_events"],
            position=TrainingPosition(**values["position"]),
            reports=[EpochReport(**report) for report in values["reports"]],
            best_epoch=values["best"]["epoch"],
            best_value=values["best"]["value"],
        )

    def check_continued_by(self, config: TrainingConfig, n_items: int, n_events: int, where: str) -> None:
        """Raises RunError unless these are the same settings and data; the number of epochs may differ."""
        before = self.config.model_dump() | {"n_items": self.n_items, "n_events": self.n_events}
        now = config.model_dump() | {"n_items": n_items, "n_events": n_events}
        for name, value in now.items():
            if name != "epochs" and value != before[name]:
                raise RunError(
                    "Training continues with the settings and the data it began with.",
                    found=f"{name} {value}, was {before[name]}",
                    where=where,
                    remedy="Start a new run for new settings.",
                )


@dataclass(frozen=True)
class Checkpoint:
    """A complete checkpoint.

    Attributes:
        name: of its folder, for messages.
        state: JSON values.
        arrays: weights, optimiser slots and lane states, by name.
        best: weights of the best epoch, by name, where early stopping keeps them.
    """

    name: str
    state: dict[str, Any]
    arrays: dict[str, np.ndarray]
    best: dict[str, np.ndarray] | None


def write_checkpoint(
    folder: Path,
    epoch: int,
    state: Mapping[str, Any],
    arrays: Mapping[str, Any],
    best: Mapping[str, Any] | None,
) -> None:
    """Writes the checkpoint of an epoch, and removes all others but the one before.

    Args:
        folder: holds the checkpoints of one run.
        epoch: epochs finished.
        state: JSON values.
        arrays: arrays or TensorFlow variables, by name.
        best: weights of the best epoch if this is the best one; None keeps those of the checkpoint before.
    """
    wait_for_folder(folder.parent)  # none is made in its place
    make_folder(folder)
    final = folder / f"{_PREFIX}{epoch:05d}"
    before = next((path for path in list_checkpoints(folder) if path != final), None)
    with new_folder(final) as temporary:
        save_arrays(temporary / ARRAYS, arrays)
        if best is not None:
            save_arrays(temporary / BEST, best)
        elif before is not None and (before / BEST).exists():
            shutil.copyfile(before / BEST, temporary / BEST)
        write_json(temporary / STATE, state)
        shutil.rmtree(final, ignore_errors=True)  # a damaged one of the same epoch
    for other in folder.iterdir():
        # Older checkpoints, and unfinished ones of a process that was killed.
        if other not in (final, before) and other.name.startswith((_PREFIX, ".new-", "writing-")):
            shutil.rmtree(other, ignore_errors=True)


def read_newest(folder: Path) -> Checkpoint | None:
    """The newest checkpoint that can be read; None where there never was one.

    Raises:
        RunError: there are checkpoints, and all of them are damaged.
    """
    damage: RunError | None = None
    for path in list_checkpoints(folder):
        try:
            best = load_arrays(path / BEST) if (path / BEST).exists() else None
            return Checkpoint(path.name, read_json(path / STATE, "a checkpoint"), load_arrays(path / ARRAYS), best)
        except RunError as error:
            damage = damage or error
    if damage is not None:
        raise damage
    return None


def list_checkpoints(folder: Path) -> list[Path]:
    """The checkpoints in a folder, newest first; none where it does not exist."""
    return sorted(folder.glob(f"{_PREFIX}*"), reverse=True) if folder.exists() else []


def finished_epochs(checkpoint: Path) -> int:
    """How many epochs were finished when the checkpoint of this folder was made."""
    return int(checkpoint.name.removeprefix(_PREFIX))
