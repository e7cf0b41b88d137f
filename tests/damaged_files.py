"""Files of a workspace that are damaged on purpose."""

from collections.abc import Callable
from pathlib import Path

import numpy as np


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _garble(path: Path) -> None:
    path.write_bytes(np.random.default_rng(5).bytes(path.stat().st_size))


DAMAGES: dict[str, Callable[[Path], object]] = {
    "cut": _cut,
    "emptied": _empty,
    "garbled": _garble,
    "deleted": Path.unlink,
}
"""How a file is damaged, by what it is called."""

FILES = {
    "metrics": "runs/bpr-*/metrics.json",
    "predictions": "runs/bpr-*/predictions.parquet",
    "lists": "runs/bpr-*/predictions.top_items.npy",
    "run": "runs/bpr-*/run.json",
    "config": "runs/bpr-*/config.json",
    "run's split": "runs/bpr-*/split.json",
    "epochs": "runs/bpr-*/epochs.jsonl",
    "weights": "runs/bpr-*/weights.npz",
    "run's vocabulary": "runs/bpr-*/vocabulary.json",
    "state": "runs/bpr-*/state.json",
    "environment": "runs/bpr-*/environment.json",
    "dataset": "datasets/*/dataset.json",
    "items": "datasets/*/items.npy",
    "timestamps": "datasets/*/timestamps.npy",
    "offsets": "datasets/*/offsets.npy",
    "session ids": "datasets/*/session_ids.npy",
    "vocabulary": "datasets/*/vocabulary.json",
    "split's rule": "datasets/*/splits/*/split.json",
    "train part": "datasets/*/splits/*/train/items.npy",
    "test part": "datasets/*/splits/*/test/items.npy",
    "split's figures": "datasets/*/splits/*/test/info.json",
    "baseline": "datasets/*/splits/*/baselines/markov.json",
    "baseline's predictions": "datasets/*/splits/*/baselines/markov.parquet",
    "baselines' state": "datasets/*/splits/*/baselines/state.json",
    "comparison": "comparisons/*/comparison.json",
    "statistics": "comparisons/*/statistics.json",
    "summary": "comparisons/*/summary.json",
}
"""A file of each kind that a finished comparison leaves in its workspace, as a pattern below its root."""

TUNING_FILES = {
    "tuning": "tuning.json",
    "its comparison": "comparison.json",
    "that it is queued": "queued.json",
    "trials": "bpr/trials.jsonl",
    "importances": "bpr/importances.json",
    "interrupted": "bpr/interrupted.json",
    "its state": "bpr/state.json",
    "refusal": "slist/slist.refused.json",
}
"""A file of each kind that a finished tuning has (`finished.store_tuning`), as a path below its folder."""


def damage(root: Path, file: str, how: str) -> Path:
    """Damages one of `FILES` and returns its path."""
    path = find_file(root, file)
    DAMAGES[how](path)
    return path


def find_file(root: Path, file: str) -> Path:
    """One of `FILES` in a workspace."""
    return min(root.glob(FILES[file]))
