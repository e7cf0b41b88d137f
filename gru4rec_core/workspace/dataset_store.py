"""Where are a workspace's datasets stored, and how are they found again?"""

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

from gru4rec_core.access.guard import require
from gru4rec_core.access.rights import Action
from gru4rec_core.config import SplitConfig
from gru4rec_core.data.item_table import CATEGORY, ITEM, NAME, as_mapping
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.errors import DataError, RunError
from gru4rec_core.storage import (
    exclusive_lock,
    load_table,
    new_folder,
    new_id,
    read_json,
    safe_child,
    save_table,
    write_json,
)
from gru4rec_core.workspace import dataset_files
from gru4rec_core.workspace.checksums import write_checksums
from gru4rec_core.workspace.migration import open_workspace
from gru4rec_core.workspace.records import DatasetOrigin, DatasetRecord

T = TypeVar("T")
_ITEM_TABLE = "items.parquet"
_LOCK = ".add.lock"
_PATIENCE = 600.0  # seconds to wait for another process that adds a log
OWN_NAMES = "item_names.json"


class DatasetStore:
    """The datasets of a workspace, and the folders of everything in it.

    Args:
        root: the workspace's folder; made when something is first written. An older workspace is brought up to date.

    Raises:
        RunError: a newer version of the workbench wrote the workspace.
    """

    def __init__(self, root: Path | str) -> None:
        self.root = Path(root).expanduser().resolve()
        open_workspace(self.root)

    def datasets(self) -> list[DatasetRecord]:
        """All datasets, newest first; unreadable ones are left out (see `Workspace.problems`)."""
        records, _ = self.read_records("datasets", "dataset.json", DatasetRecord.read)
        return sorted(records, key=lambda record: record.created, reverse=True)

    def dataset(self, id_or_name: str) -> DatasetRecord:
        """The dataset with this id, or the newest with this name.

        Raises:
            RunError: there is none, or its record is damaged.
        """
        by_id = self._find_by_id(id_or_name)
        if by_id is not None:
            return by_id
        datasets = self.datasets()
        for record in datasets:
            if id_or_name == record.name:
                return record
        raise RunError(
            "There is no dataset of this id or name.",
            found=f"{id_or_name!r}; there are: {list_names(record.name for record in datasets)}",
            where=str(self.root / "datasets"),
            remedy="Import the log first, or choose one that is there.",
        )

    def _find_by_id(self, dataset_id: str) -> DatasetRecord | None:
        try:
            path = self.dataset_folder(dataset_id) / "dataset.json"
        except RunError:  # a name, not an id
            return None
        return DatasetRecord.read(path) if path.exists() else None

    def find_content(self, content_hash: str) -> DatasetRecord | None:
        """The dataset with exactly these events, if it is registered."""
        return next((record for record in self.datasets() if record.content_hash == content_hash), None)

    def find_file(self, file_sha256: str, mapping: Mapping[str, Any] | None = None) -> DatasetRecord | None:
        """The dataset read from a file with this content and this mapping, if it is registered."""
        values = _as_json(mapping)
        same_file = (record for record in self.datasets() if record.file_sha256 == file_sha256)
        return next((record for record in same_file if record.mapping == values), None)

    def add_dataset(
        self,
        dataset: SessionDataset,
        name: str,
        origin: DatasetOrigin | None = None,
        *,
        time_unit: str = "",
        rejected: pd.DataFrame | None = None,
        item_names: dict[str, str] | None = None,
    ) -> DatasetRecord:
        """Registers a log. If the same events are there already, their record is returned and takes the item names.

        Args:
            dataset: the sessions.
            name: what people call it; any text.
            origin: where it came from; by default a frame in memory.
            time_unit: unit of the timestamps ("s", "ms", "us", "ns"); the dataset's own by default, "" unknown.
            rejected: rows that were left out, with place and reason.
            item_names: item to the name to show.

        Raises:
            AccessError: the current actor may not add one.
        """
        origin = origin or DatasetOrigin()
        action = Action.CLEAN if origin.made_from else Action.IMPORT
        digest = dataset_files.hash_content(dataset)
        known = self.find_content(digest)
        if known is not None:
            require(self.root, action, "dataset", known.id, known.name)
            self._set_own_names(known, item_names)
            return known
        record = DatasetRecord(
            id=new_id(name, digest[:8]),
            name=name.strip() or "unnamed",
            source=origin.source,
            file_name=origin.file_name,
            file_sha256=origin.file_sha256,
            mapping=_as_json(origin.mapping),
            content_hash=digest,
            n_sessions=dataset.n_sessions,
            n_items=dataset.n_items,
            n_events=dataset.n_events,
            first_time=float(dataset.timestamps.min()),
            last_time=float(dataset.timestamps.max()),
            time_unit=time_unit or dataset.time_unit or "",
            generated=origin.generated,
            summary=dict(origin.summary),
            made_from=origin.made_from,
        )
        require(self.root, action, "dataset", record.id, record.name)
        with exclusive_lock(self.root / "datasets" / _LOCK, timeout=_PATIENCE):
            known = self.find_content(digest)
            if known is not None:  # another process was faster
                self._set_own_names(known, item_names)
                return known
            with new_folder(self.root / "datasets" / record.id) as folder:
                dataset_files.save_dataset(dataset, folder)
                if rejected is not None and len(rejected):
                    save_table(folder / "rejected.parquet", rejected)
                if item_names:
                    write_json(folder / OWN_NAMES, item_names)
                record.write(folder / "dataset.json")
                write_checksums(folder)
        return record

    def _set_own_names(self, record: DatasetRecord, item_names: Mapping[str, str] | None) -> None:
        if item_names:
            write_json(self.dataset_folder(record.id) / OWN_NAMES, item_names)
            write_checksums(self.dataset_folder(record.id), [OWN_NAMES])

    def open_dataset(self, id_or_name: str) -> SessionDataset:
        """The sessions of a dataset, memory-mapped."""
        record = self.dataset(id_or_name)
        return dataset_files.open_dataset(self.dataset_folder(record.id), record.time_unit)

    def rejected(self, dataset_id: str) -> pd.DataFrame:
        """Rows that the import left out; empty when there were none."""
        path = self.dataset_folder(dataset_id) / "rejected.parquet"
        return load_table(path).to_pandas() if path.exists() else pd.DataFrame()

    def item_names(self, dataset_id: str) -> dict[str, str]:
        """Item to the name to show: that of the item table, else that of the log's own column; empty without names."""
        return self.own_item_names(dataset_id) | self._told_of_items(dataset_id, NAME)

    def own_item_names(self, dataset_id: str) -> dict[str, str]:
        """Item to its name in the log's own column, whatever an item table says; empty without such names."""
        path = self.item_files(dataset_id)[0]
        return dict(read_json(path, "a dataset")) if path.exists() else {}

    def item_table(self, dataset_id: str) -> pd.DataFrame:
        """What is known of the items (see `data.item_table.ItemTable.frame`); empty where no such file was added."""
        path = self.dataset_folder(dataset_id) / _ITEM_TABLE
        return load_table(path).to_pandas() if path.exists() else pd.DataFrame()

    def item_categories(self, dataset_id: str) -> dict[str, str]:
        """Item to its category; empty where none are known."""
        return self._told_of_items(dataset_id, CATEGORY)

    def _told_of_items(self, dataset_id: str, column: str) -> dict[str, str]:
        path = self.item_files(dataset_id)[1]
        return as_mapping(load_table(path, columns=[ITEM, column]).to_pandas(), column) if path.exists() else {}

    def item_files(self, dataset_id: str) -> tuple[Path, Path]:
        """The files with what is known of a dataset's items: names of the log's own column, and the item table."""
        folder = self.dataset_folder(dataset_id)
        return folder / OWN_NAMES, folder / _ITEM_TABLE

    def set_item_table(self, dataset_id: str, frame: pd.DataFrame | None) -> None:
        """Keeps what is known of a dataset's items, in place of what was known before; None forgets it."""
        record = self.dataset(dataset_id)
        require(self.root, Action.DESCRIBE_ITEMS, "dataset", record.id, record.name)
        path = self.dataset_folder(record.id) / _ITEM_TABLE
        if frame is None:
            path.unlink(missing_ok=True)
        else:
            save_table(path, frame)
        write_checksums(path.parent, [path.name])

    def rename_dataset(self, dataset_id: str, name: str) -> DatasetRecord:
        """Gives a dataset another name; its id stays.

        Raises:
            DataError: the name is empty.
        """
        if not name.strip():
            raise DataError("A dataset needs a name.", found="an empty name")
        before = self.dataset(dataset_id)
        require(self.root, Action.RENAME, "dataset", before.id, f"{before.name} → {name.strip()}")
        record = before.model_copy(update={"name": name.strip()})
        self._rewrite(record)
        return record

    def set_aside(self, dataset_id: str, codes: Iterable[str]) -> DatasetRecord:
        """Remembers which findings about a log's quality are to stay as they are: these, and no others."""
        before = self.dataset(dataset_id)
        require(self.root, Action.SET_ASIDE, "dataset", before.id, before.name)
        record = before.model_copy(update={"set_aside": tuple(sorted(set(codes)))})
        self._rewrite(record)
        return record

    def _rewrite(self, record: DatasetRecord) -> None:
        folder = self.dataset_folder(record.id)
        record.write(folder / "dataset.json")
        write_checksums(folder, ["dataset.json"])

    def dataset_folder(self, dataset_id: str) -> Path:
        return safe_child(self.root / "datasets", dataset_id)

    def split_folder(self, dataset_id: str, split: SplitConfig) -> Path:
        """The folder of a dataset under a test rule (see split_store.py); may not exist yet."""
        return self.dataset_folder(dataset_id) / "splits" / split.key()

    def order_test_folder(self, dataset_id: str) -> Path:
        """The folder of a dataset's order test, its job and its result; may not exist yet."""
        return self.dataset_folder(dataset_id) / "order-test"

    def run_folder(self, run_id: str) -> Path:
        return safe_child(self.root / "runs", run_id)

    def comparison_folder(self, comparison_id: str) -> Path:
        return safe_child(self.root / "comparisons", comparison_id)

    def list_folders(self, kind: str) -> list[str]:
        """The names of all folders of a kind ("runs"), sorted."""
        folder = self.root / kind
        # Names that begin with a dot are being written or removed.
        return sorted(child.name for child in folder.iterdir() if child.name[0] != ".") if folder.exists() else []

    def read_records(self, kind: str, file_name: str, read: Callable[[Path], T]) -> tuple[list[T], list[RunError]]:
        """The records in all folders of a kind, and the errors of those that could not be read."""
        folder, records, errors = self.root / kind, [], []
        for name in self.list_folders(kind):
            try:
                records.append(read(folder / name / file_name))
            except RunError as error:
                if (folder / name).exists():  # else it was removed meanwhile
                    errors.append(error)
        return records, errors


def _as_json(mapping: Mapping[str, Any] | None) -> dict[str, Any]:
    """A mapping as records read it back: JSON has no tuples."""
    return dict(json.loads(json.dumps(dict(mapping or {}))))


def list_names(names: Iterable[str], limit: int = 5) -> str:
    """The first names of a list, for a message."""
    names = list(names)
    text = ", ".join(names[:limit]) or "none yet"
    return text if len(names) <= limit else f"{text} and {len(names) - limit} more"
