"""How is a split stored, so that a log is cut once per test rule?

    splits/<key>/split.json    the test rule
    splits/<key>/train/        the training part
    splits/<key>/validation/   the validation part, where the rule has one
    splits/<key>/test/         the test part, and what pages need to know of the training part

Arrays are memory-mapped: a part takes memory only as far as it is read.
"""

import json
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gru4rec_core.config import SplitConfig
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.split_types import EvaluationSet, Split, SplitStep, SplitSummary
from gru4rec_core.data.splits import split
from gru4rec_core.data.vocabulary import ItemVocabulary
from gru4rec_core.errors import RunError
from gru4rec_core.evaluation.comparability import build_test_key, count_leaked
from gru4rec_core.storage import (
    delete_folder,
    exclusive_lock,
    load_array,
    make_folder,
    new_folder,
    read_json,
    save_array,
    write_json,
    write_text,
)
from gru4rec_core.workspace import dataset_files
from gru4rec_core.workspace.checksums import write_checksums
from gru4rec_core.workspace.store import Workspace

_PATIENCE = 600.0  # seconds to wait for another process that cuts the same log


@dataclass(frozen=True)
class StoredSplit:
    """The test part of a split, and what training held of each item.

    Attributes:
        config: the test rule.
        test: the test sessions and which of their events are predicted; memory-mapped.
        trained: bool [n_events], events of the test sessions that training learnt from (test rule last-item).
        train_counts: int64 [n_items], training events of each item.
        summary: what every step of the split left and dropped, as JSON.
        test_key: identifies the test events.
        leaked_events: how many test events training has seen too.
    """

    config: SplitConfig
    test: EvaluationSet
    trained: np.ndarray
    train_counts: np.ndarray
    summary: dict[str, Any]
    test_key: str
    leaked_events: int


def load_split(workspace: Workspace, dataset_id: str, config: SplitConfig) -> Split:
    """All parts of a split, memory-mapped; the log is cut when that was never done (a second per million events).

    It is cut again, too, where a stored part is damaged: the parts follow from the log and the test rule alone.

    Raises:
        DataError: the log cannot be cut by this test rule.
        RunError: the log's own files are damaged.
    """
    folder = workspace.split_folder(dataset_id, config)
    if not _is_stored(folder):
        _cut(workspace, dataset_id, config)
    try:
        return _read_parts(folder)
    except RunError:
        _cut(workspace, dataset_id, config, again=True)
        return _read_parts(folder)


def _cut(workspace: Workspace, dataset_id: str, config: SplitConfig, *, again: bool = False) -> None:
    """Cuts the log and stores the parts; `again` replaces those that are stored."""
    folder = workspace.split_folder(dataset_id, config)
    store_test_rule(folder, config)
    with exclusive_lock(folder / "cut.lock", timeout=_PATIENCE):
        if again:
            for part in (folder / name for name in ("test", "train", "validation")):
                if part.exists():
                    delete_folder(part)
        if not _is_stored(folder):  # else another process was faster
            _store(split(workspace.open_dataset(dataset_id), config), folder)


def _read_parts(folder: Path) -> Split:
    summary = _read_summary(read_json(folder / "test" / "info.json", "a split")["summary"])
    # One vocabulary for all parts, as in a fresh split.
    train = _open_part(folder / "train", summary.time_unit)
    validation = None
    if (folder / "validation").exists():
        dataset = _open_part(folder / "validation", summary.time_unit, train.vocabulary)
        validation = EvaluationSet(dataset, predicted=load_array(folder / "validation" / "predicted.npy"))
    test = _open_part(folder / "test", summary.time_unit, train.vocabulary)
    return Split(
        train, validation, EvaluationSet(test, predicted=load_array(folder / "test" / "predicted.npy")), summary
    )


def open_split(workspace: Workspace, dataset_id: str, config: SplitConfig) -> StoredSplit:
    """The test part of a split, for pages; the log is cut first when that was never done, or its result is damaged.

    Raises:
        DataError: the log cannot be cut by this test rule.
        RunError: the log's own files are damaged.
    """
    folder = workspace.split_folder(dataset_id, config)
    if not _has_test(folder):
        _cut(workspace, dataset_id, config)
    try:
        return _read_test(folder, config)
    except RunError:
        _cut(workspace, dataset_id, config, again=True)
        return _read_test(folder, config)


def _read_test(folder: Path, config: SplitConfig) -> StoredSplit:
    info = read_json(folder / "test" / "info.json", "a split")
    return StoredSplit(
        config=config,
        test=EvaluationSet(
            dataset_files.open_dataset(folder / "test", info["summary"]["time_unit"]),
            predicted=load_array(folder / "test" / "predicted.npy"),
        ),
        trained=load_array(folder / "test" / "trained.npy"),
        train_counts=load_array(folder / "test" / "train_counts.npy"),
        summary=info["summary"],
        test_key=info["test_key"],
        leaked_events=info["leaked_events"],
    )


def read_test_rule(folder: Path) -> SplitConfig:
    """The test rule of the split in `folder`."""
    return SplitConfig.from_json(json.dumps(read_json(folder / "split.json", "a split")))


def store_test_rule(folder: Path, config: SplitConfig) -> None:
    """Makes the folder of a split and writes into it which test rule it is for."""
    make_folder(folder)
    if not (folder / "split.json").exists():
        write_text(folder / "split.json", config.to_json() + "\n")
        write_checksums(folder, ["split.json"])


def _has_test(folder: Path) -> bool:
    """Whether the test part is complete; one that an early version stored lacks this file."""
    return (folder / "test" / "trained.npy").exists()


def _is_stored(folder: Path) -> bool:
    """Whether all parts are there; schema 1 stored the test part alone."""
    return _has_test(folder) and (folder / "train").exists()


def _store(parts: Split, folder: Path) -> None:
    if parts.validation is not None and not (folder / "validation").exists():
        with new_folder(folder / "validation") as new:
            _save_evaluation_set(parts.validation, new)
            write_checksums(new)
    # After the validation part: where there is a training part, the validation part is complete.
    if not (folder / "train").exists():
        with new_folder(folder / "train") as new:
            dataset_files.save_dataset(parts.train, new)
            write_checksums(new)
    if not _has_test(folder):
        if (folder / "test").exists():
            delete_folder(folder / "test")
        with new_folder(folder / "test") as new:
            _save_test(parts, new)
            write_checksums(new)


def _save_evaluation_set(part: EvaluationSet, folder: Path) -> None:
    dataset_files.save_dataset(part.dataset, folder)
    save_array(folder / "predicted.npy", part.predicted)


def _save_test(parts: Split, folder: Path) -> None:
    test = parts.test
    events = test.events()
    session_ids = np.asarray(test.dataset.session_ids)[events.session]
    true_items = test.dataset.vocabulary.decode(events.target)
    _save_evaluation_set(test, folder)
    save_array(folder / "train_counts.npy", parts.train.counts())
    save_array(folder / "trained.npy", _mark_trained(parts))
    info = {
        "summary": parts.summary.to_dict(),
        "test_key": build_test_key(session_ids, events.position, true_items),
        "leaked_events": count_leaked(parts.train, test),
    }
    write_json(folder / "info.json", info)


def _mark_trained(parts: Split) -> np.ndarray:
    """Events of the test sessions that training has: the beginning of a session, if any of it."""
    test, train = parts.test.dataset, parts.train
    in_train = pd.Index(train.session_ids).get_indexer(pd.Index(test.session_ids))  # -1: not there
    n_trained = np.where(in_train >= 0, train.lengths[in_train], 0)
    return test.positions < np.repeat(n_trained, test.lengths)


def _open_part(folder: Path, time_unit: str | None, vocabulary: ItemVocabulary | None = None) -> SessionDataset:
    dataset = dataset_files.open_dataset(folder, time_unit, vocabulary)
    # Plain views of the mapped files: a slice of a np.memmap takes several times as long.
    return SessionDataset.from_arrays(
        np.asarray(dataset.items),
        np.asarray(dataset.timestamps),
        np.asarray(dataset.offsets),
        np.asarray(dataset.session_ids),
        dataset.vocabulary,
        dataset.time_unit,
    )


def _read_summary(values: dict[str, Any]) -> SplitSummary:
    known = {field.name: values[field.name] for field in fields(SplitSummary)}
    return SplitSummary(**{**known, "steps": tuple(SplitStep(**step) for step in values["steps"])})
