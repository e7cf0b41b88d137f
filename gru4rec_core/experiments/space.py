"""How much of the disk will runs and baselines take? Checked before they are queued, and again before each begins."""

from collections.abc import Sequence

from gru4rec_core.config import SplitConfig, TrainingConfig
from gru4rec_core.disk import require_room
from gru4rec_core.words import counted
from gru4rec_core.workspace.records import RunRecord
from gru4rec_core.workspace.run_folder import TOP_K
from gru4rec_core.workspace.split_store import open_split
from gru4rec_core.workspace.store import Workspace

# Per predicted event: its session, position, true item and ranks; per listed item: its id and score. The lists are
# stored twice, in the table and as arrays.
_EVENT_BYTES, _ENTRY_BYTES, _COPIES = 40, 8, 2
# Stored for NumPy and for Keras; in two checkpoints, each with two slots of the optimiser; and those of the best epoch.
_WEIGHT_COPIES = 2 + 2 * 3 + 1


def count_weights(config: TrainingConfig, n_items: int) -> int:
    """How many weights a model of these settings has: those of `model.network.Gru4RecNetwork`."""
    widths = config.n_hidden
    embedding = config.embedding_size if config.item_input == "separate" else 0
    first = {"one-hot": n_items, "separate": embedding, "shared": widths[-1]}[config.item_input]
    sizes = (first, *widths[:-1])
    layers = sum(3 * width * (size + width + 1) for size, width in zip(sizes, widths, strict=True))
    return n_items * (embedding + widths[-1] + 1) + layers


def run_bytes(config: TrainingConfig, n_items: int, n_test: int) -> int:
    """The most bytes that a run takes, for a catalogue of `n_items` and `n_test` predicted events."""
    return _WEIGHT_COPIES * 4 * count_weights(config, n_items) + prediction_bytes(n_test)


def prediction_bytes(n_test: int) -> int:
    """The most bytes that a model's predictions for `n_test` events take."""
    return n_test * (_EVENT_BYTES + _COPIES * _ENTRY_BYTES * TOP_K)


def require_room_for(
    workspace: Workspace, dataset_id: str, split: SplitConfig, runs: Sequence[RunRecord], baselines: Sequence[str] = ()
) -> None:
    """Refuses runs and baselines on one split that the disk has no room for.

    Raises:
        DiskFull: less is free than they are expected to take.
    """
    if not runs and not baselines:
        return
    parts = open_split(workspace, dataset_id, split)
    n_items, n_test = len(parts.train_counts), parts.test.n_predicted
    needed = sum(run_bytes(run.config, n_items, n_test) for run in runs) + len(baselines) * prediction_bytes(n_test)
    what = [counted(len(runs), "run")] if runs else []
    what += [counted(len(baselines), "baseline")] if baselines else []
    require_room(workspace.root, needed, f"Training and testing {' and '.join(what)}")
