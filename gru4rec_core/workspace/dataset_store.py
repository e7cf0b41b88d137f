"""Where are the logs of a workspace, and how are they found again?"""

import json
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Literal, TypeVar

import pandas as pd

from gru4rec_core.config import SplitConfig
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.errors import DataError, RunError
from gru4rec_core.storage import new_folder, new_id, read_json, safe_child, write_json
from gru4rec_core.workspace import dataset_files
from gru4rec_core.workspace.records import DatasetRecord

T = TypeVar("T")


class DatasetShelf:
    """The datasets of a workspace, and the folders of everything in it.

    Args:
        root: the workspace's folder; made when something is first written.
    """

    def __init__(self, root: Path | str) -> None:
        self.root = Path(root).expanduser().resolve()

    def datasets(self) -> list[DatasetRecord]:
        """All datasets, newest first; unreadable ones are left out (see `Workspace.problems`)."""
        records, _ = self.records("datasets", "dataset.json", DatasetRecord.read)
        return sorted(records, key=lambda record: record.created, reverse=True)

    def dataset(self, id_or_name: str) -> DatasetRecord:
        """The dataset with this id, or the newest of this name.

        Raises:
            RunError: there is none.
        """
        for record in self.datasets():
            if id_or_name == record.id:
                return record
        for record in self.datasets():
            if id_or_name == record.name:
                return record
        raise RunError(
            "A dataset is named by its id or name.",
            found=f"{id_or_name!r}; there are: {some(record.name for record in self.datasets())}",
            where=str(self.root / "datasets"),
            remedy="Import the log first, or choose one that is there.",
        )

    def find_content(self, content_hash: str) -> DatasetRecord | None:
        """The dataset with exactly these events, if it is registered."""
        return next((one for one in self.datasets() if one.content_hash == content_hash), None)

    def find_file(self, file_sha256: str, mapping: dict[str, Any] | None = None) -> DatasetRecord | None:
        """The dataset read from a file of this content with this mapping, if it is registered."""
        wanted = _as_json(mapping)
        return next((one for one in self.datasets() if one.file_sha256 == file_sha256 and one.mapping == wanted), None)

    def add_dataset(
        self,
        dataset: SessionDataset,
        name: str,
        *,
        source: Literal["upload", "file", "sample", "frame"] = "frame",
        file_name: str = "",
        file_sha256: str = "",
        mapping: dict[str, Any] | None = None,
        time_unit: str = "",
        generated: bool = False,
        summary: dict[str, Any] | None = None,
        rejected: pd.DataFrame | None = None,
        item_names: dict[str, str] | None = None,
    ) -> DatasetRecord:
        """Registers a log. The same events again give the record that is there already, with the new item names.

        Args:
            dataset: the sessions.
            name: how people call it; any text.
            source, file_name, file_sha256, mapping: where it came from and how the file was read.
            time_unit: unit of the timestamps ("s", "ms", "us", "ns"); the dataset's own by default, "" unknown.
            generated: made by a generator, not recorded.
            summary: what importing counted, JSON-able.
            rejected: rows that were left out, with place and reason.
            item_names: item to the name to show.
        """
        digest = dataset_files.content_hash(dataset)
        known = self.find_content(digest)
        if known is not None:
            if item_names:
                write_json(self.dataset_folder(known.id) / "item_names.json", item_names)
            return known
        record = DatasetRecord(
            id=new_id(name, digest[:8]),
            name=name.strip() or "unnamed",
            source=source,
            file_name=file_name,
            file_sha256=file_sha256,
            mapping=_as_json(mapping),
            content_hash=digest,
            n_sessions=dataset.n_sessions,
            n_items=dataset.n_items,
            n_events=dataset.n_events,
            first_time=float(dataset.timestamps.min()),
            last_time=float(dataset.timestamps.max()),
            time_unit=time_unit or dataset.time_unit or "",
            generated=generated,
            summary=summary or {},
        )
        with new_folder(self.root / "datasets" / record.id) as folder:
            dataset_files.save_dataset(dataset, folder)
            if rejected is not None and len(rejected):
                rejected.to_parquet(folder / "rejected.parquet", index=False)
            if item_names:
                write_json(folder / "item_names.json", item_names)
            record.write(folder / "dataset.json")
        return record

    def open_dataset(self, id_or_name: str) -> SessionDataset:
        """The sessions of a dataset, memory-mapped."""
        record = self.dataset(id_or_name)
        return dataset_files.open_dataset(self.dataset_folder(record.id), record.time_unit)

    def rejected(self, dataset_id: str) -> pd.DataFrame:
        """Rows that importing left out; empty when there were none."""
        path = self.dataset_folder(dataset_id) / "rejected.parquet"
        return pd.read_parquet(path) if path.exists() else pd.DataFrame()

    def item_names(self, dataset_id: str) -> dict[str, str]:
        """Item to the name to show; empty when the log had no names."""
        path = self.dataset_folder(dataset_id) / "item_names.json"
        return dict(read_json(path, "a dataset")) if path.exists() else {}

    def rename_dataset(self, dataset_id: str, name: str) -> DatasetRecord:
        if not name.strip():
            raise DataError("A dataset has a name.", found="an empty name")
        record = self.dataset(dataset_id).model_copy(update={"name": name.strip()})
        record.write(self.dataset_folder(record.id) / "dataset.json")
        return record

    def split_folder(self, dataset_id: str, split: SplitConfig) -> Path:
        """Where what belongs to a dataset under a test rule is kept; may not exist yet (see split_store.py)."""
        return self.dataset_folder(dataset_id) / "splits" / split.key()

    def dataset_folder(self, dataset_id: str) -> Path:
        return safe_child(self.root / "datasets", dataset_id)

    def run_folder(self, run_id: str) -> Path:
        return safe_child(self.root / "runs", run_id)

    def comparison_folder(self, comparison_id: str) -> Path:
        return safe_child(self.root / "comparisons", comparison_id)

    def free_bytes(self) -> int:
        """Room left on the workspace's disk."""
        folder = self.root
        while not folder.exists():
            folder = folder.parent
        return shutil.disk_usage(folder).free

    def records(self, kind: str, file_name: str, read: Callable[[Path], T]) -> tuple[list[T], list[RunError]]:
        """What `read` makes of every folder of a kind, and what it could not read."""
        folder, found, broken = self.root / kind, [], []
        # Names that begin with a dot are being written or removed.
        names = [child.name for child in folder.iterdir() if child.name[0] != "."] if folder.exists() else []
        for name in sorted(names):
            try:
                found.append(read(folder / name / file_name))
            except RunError as error:
                if (folder / name).exists():  # else it was removed meanwhile
                    broken.append(error)
        return found, broken


def _as_json(mapping: dict[str, Any] | None) -> dict[str, Any]:
    """A mapping as records read it back: JSON has no tuples."""
    return dict(json.loads(json.dumps(mapping or {})))


def some(names: Iterable[str], limit: int = 5) -> str:
    """The first names of a list, for a message."""
    names = list(names)
    text = ", ".join(names[:limit]) or "none yet"
    return text if len(names) <= limit else f"{text} and {len(names) - limit} more"
