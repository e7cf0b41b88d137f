"""Is a file of the workspace as it was written?

A file whose checksum is known is compared with it; any other is read.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from gru4rec_core.config import SplitConfig, TrainingConfig
from gru4rec_core.data.vocabulary import ItemVocabulary
from gru4rec_core.errors import WorkbenchError
from gru4rec_core.storage import load_array, load_arrays, load_table, read_json
from gru4rec_core.workspace.checksums import Checksum, find_difference, kept_text, read_checksums
from gru4rec_core.workspace.damage import DamagedFile, last_change
from gru4rec_core.workspace.decisions import DecisionRecord, GateRecord
from gru4rec_core.workspace.job_state import JobState
from gru4rec_core.workspace.records import ComparisonRecord, DatasetRecord

Read = Callable[[Path], object]
"""Reads a file; raises where that is not possible."""

FAULTS = (WorkbenchError, ValueError, KeyError, TypeError, AttributeError, OSError, EOFError, pa.ArrowException)
"""What reading a damaged file may raise."""

_REWRITTEN = ("dataset.json", "items.parquet", "item_names.json")
"""Files of a dataset that people change; their content may be newer than its sum."""


def _dict(path: Path) -> object:
    return dict(read_json(path, "a file"))


def _vocabulary(path: Path) -> object:
    return ItemVocabulary.from_json(path.read_text(encoding="utf-8"))


def _metrics(path: Path) -> object:
    return read_json(path, "a run")["accuracy"].items()


def _seconds(path: Path) -> object:
    return float(read_json(path, "a run")["seconds"]["training"])


def _epochs(path: Path) -> object:
    return [json.loads(line)["epoch"] for line in path.read_text(encoding="utf-8").splitlines()]


def _predictions(path: Path) -> object:
    return load_table(path).num_rows


_READERS: dict[str, Read] = {
    "run.json": _dict,
    "config.json": lambda path: TrainingConfig.from_json(path.read_text(encoding="utf-8")),
    "split.json": lambda path: SplitConfig.from_json(path.read_text(encoding="utf-8")),
    "state.json": JobState.read,
    "metrics.json": _metrics,
    "vocabulary.json": _vocabulary,
    "environment.json": _seconds,
    "epochs.jsonl": _epochs,
    "dataset.json": DatasetRecord.read,
    "comparison.json": ComparisonRecord.read,
    "decision.json": DecisionRecord.read,
    "gate.json": GateRecord.read,
    "info.json": _dict,
}
"""How files are read that are known by their name; others by their ending."""

_ENDINGS: dict[str, Read] = {
    ".json": _dict,
    ".npy": load_array,
    ".npz": load_arrays,
    ".parquet": _predictions,
}


@dataclass(frozen=True)
class CheckedFolder:
    """A folder whose files are checked.

    Attributes:
        path: the folder.
        sums: what its files were, by name; empty where only reading is wanted.
        readers: of files whose names mean something of their own here.
    """

    path: Path
    sums: Mapping[str, Checksum]
    readers: Mapping[str, Read] = field(default_factory=dict)

    def check(self, names: Iterable[str]) -> list[DamagedFile]:
        """The damaged ones of these files."""
        return [found for name in names if (found := self._check(name)) is not None]

    def _check(self, name: str) -> DamagedFile | None:
        path = self.path / name
        try:
            what = self._compare(path, name)
        except FileNotFoundError:
            what = "is missing"
        except FAULTS:
            what = "cannot be read"
        return DamagedFile(name, what, last_change(path)) if what else None

    def _compare(self, path: Path, name: str) -> str:
        if path.stat().st_size == 0:
            return "is empty"
        expected = self.sums.get(name)
        if expected is not None and path.name not in _REWRITTEN:
            return find_difference(path, expected)
        read = self.readers.get(path.name) or _READERS.get(path.name) or _ENDINGS.get(path.suffix)
        if read is not None:
            read(path)
        return ""


def open_folder(folder: Path, thorough: bool, readers: Mapping[str, Read] | None = None) -> CheckedFolder:
    """A folder with its checksums, if `thorough`; else its files are only read."""
    return CheckedFolder(folder, read_checksums(folder) if thorough else {}, readers or {})


def read_name(folder: Path, record: str) -> str:
    """The name in a record; if that is damaged, in its kept text; "" if neither has it."""
    try:
        return str(dict(read_json(folder / record, "a record"))["name"])
    except FAULTS:
        pass
    try:
        return str(json.loads(kept_text(folder, record) or "")["name"])
    except FAULTS:
        return ""
