"""What is kept of a split, so that a page can show test sessions without cutting the log again?"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gru4rec_core.config import SplitConfig
from gru4rec_core.data.split_types import EvaluationSet, Split
from gru4rec_core.data.splits import split
from gru4rec_core.errors import RunError
from gru4rec_core.evaluation.comparability import count_leaked, test_key
from gru4rec_core.storage import delete_folder, new_folder, read_json, write_json, write_text
from gru4rec_core.workspace import dataset_files
from gru4rec_core.workspace.store import Workspace


@dataclass(frozen=True)
class StoredSplit:
    """The test part of a split, and what training held of each item.

    Attributes:
        config: the test rule.
        test: the test sessions and which of their events are predicted; memory-mapped.
        trained: bool [n_events], events of the test sessions that training learnt from (test rule last-item).
        train_counts: int64 [n_items], training events of each item.
        summary: what every step of the split left and dropped, as JSON.
        test_key: names the test events.
        leaked_events: test events that training has seen too.
    """

    config: SplitConfig
    test: EvaluationSet
    trained: np.ndarray
    train_counts: np.ndarray
    summary: dict[str, Any]
    test_key: str
    leaked_events: int


def load_split(workspace: Workspace, dataset_id: str, config: SplitConfig) -> Split:
    """Cuts a dataset, and keeps the test part for the pages."""
    found = split(workspace.open_dataset(dataset_id), config)
    folder = workspace.split_folder(dataset_id, config)
    if not _is_stored(folder / "test"):
        _store(found, config, folder)
    return found


def open_split(workspace: Workspace, dataset_id: str, config: SplitConfig) -> StoredSplit:
    """The kept test part; cuts the dataset first if that was never done (a second for a million events)."""
    folder = workspace.split_folder(dataset_id, config) / "test"
    if not _is_stored(folder):
        load_split(workspace, dataset_id, config)
    info = read_json(folder / "info.json", "a split")
    return StoredSplit(
        config=config,
        test=EvaluationSet(
            dataset_files.open_dataset(folder, info["summary"]["time_unit"]),
            predicted=dataset_files.load_array(folder / "predicted.npy"),
        ),
        trained=dataset_files.load_array(folder / "trained.npy"),
        train_counts=dataset_files.load_array(folder / "train_counts.npy"),
        summary=info["summary"],
        test_key=info["test_key"],
        leaked_events=info["leaked_events"],
    )


def split_config(folder: Path) -> SplitConfig:
    """The test rule whose results are kept in `folder`."""
    return SplitConfig.from_json(json.dumps(read_json(folder / "split.json", "a split")))


def keep_config(folder: Path, config: SplitConfig) -> None:
    """Makes the folder of a split and says in it which test rule it is for."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "split.json").exists():
        write_text(folder / "split.json", config.to_json() + "\n")


def _is_stored(test_folder: Path) -> bool:
    """Whether all of it is there; a folder that an earlier version wrote lacks this file."""
    return (test_folder / "trained.npy").exists()


def _store(found: Split, config: SplitConfig, folder: Path) -> None:
    keep_config(folder, config)
    test = found.test
    index = test.events()
    session_ids = np.asarray(test.dataset.session_ids)[index.session]
    try:
        if (folder / "test").exists() and not _is_stored(folder / "test"):
            delete_folder(folder / "test")
        with new_folder(folder / "test") as new:
            dataset_files.save_dataset(test.dataset, new)
            dataset_files.save_array(new / "predicted.npy", test.predicted)
            dataset_files.save_array(new / "train_counts.npy", found.train.counts())
            dataset_files.save_array(new / "trained.npy", _trained(found))
            info = {
                "summary": found.summary.to_dict(),
                "test_key": test_key(session_ids, index.position, _true_items(found)),
                "leaked_events": count_leaked(found.train, test),
            }
            write_json(new / "info.json", info)
    except OSError as error:
        # Another process cut the same split at the same time and was first: the content is the same.
        if not _is_stored(folder / "test"):
            raise RunError("A split can be stored.", found=str(error), where=str(folder)) from error


def _trained(found: Split) -> np.ndarray:
    """Training holds the beginning of a session, as far as it holds any of it."""
    test, train = found.test.dataset, found.train
    at = pd.Index(train.session_ids).get_indexer(pd.Index(test.session_ids))
    learnt = np.where(at >= 0, train.lengths[at], 0)
    return test.positions < np.repeat(learnt, test.lengths)


def _true_items(found: Split) -> np.ndarray:
    index = found.test.events()
    return found.test.dataset.vocabulary.decode(index.target)
