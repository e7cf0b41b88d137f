"""How are a dataset's damaged files made again: by reading its log once more, and only if it is the same log?"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import TypeAdapter

from gru4rec_core.data.cleaning import clean
from gru4rec_core.data.cleaning_types import CleaningStep
from gru4rec_core.data.columns import ColumnMapping
from gru4rec_core.data.ingest import read_log
from gru4rec_core.data.reading_options import ReadingOptions
from gru4rec_core.data.samples import SAMPLES, make_sample
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.errors import RunError
from gru4rec_core.storage import save_table, write_json
from gru4rec_core.workspace import dataset_files
from gru4rec_core.workspace.checksums import restore_text, write_checksums
from gru4rec_core.workspace.dataset_store import OWN_NAMES
from gru4rec_core.workspace.integrity import read_dataset_record
from gru4rec_core.workspace.records import DatasetRecord
from gru4rec_core.workspace.store import Workspace

_FORGOTTEN = ("items.parquet", "rejected.parquet")
"""Files that nothing but themselves says; without them the log is whole."""


def restore_dataset(workspace: Workspace, dataset_id: str, names: set[str]) -> None:
    """Makes damaged files of a dataset again.

    Args:
        workspace: where it is.
        dataset_id: its id.
        names: of the damaged files.

    Raises:
        RunError: the log cannot be read again, or it is another one now.
    """
    folder = workspace.dataset_folder(dataset_id)
    left = {name for name in names if name in _FORGOTTEN or not restore_text(folder, name)}
    record = read_dataset_record(folder)
    if record is None or "dataset.json" in left:
        raise RunError("What the dataset was is not known any more.", found="dataset.json damaged", where=str(folder))
    for name in left.intersection(_FORGOTTEN):
        (folder / name).unlink(missing_ok=True)
    if left.difference(_FORGOTTEN):
        _read_again(workspace, record, folder, left)
    write_checksums(folder, left)


def _read_again(workspace: Workspace, record: DatasetRecord, folder: Path, names: set[str]) -> None:
    dataset, item_names, rejected = _reread(workspace, record)
    if dataset_files.hash_content(dataset) != record.content_hash:
        raise RunError(
            "A dataset is made again only with the events that it had.",
            found="reading its log again gave others",
            where=str(record),
            remedy="Restore the files from a copy, or remove the dataset.",
        )
    dataset_files.save_dataset(dataset, folder)
    if OWN_NAMES in names and item_names:
        write_json(folder / OWN_NAMES, item_names)
    if "rejected.parquet" in names and rejected is not None:
        save_table(folder / "rejected.parquet", rejected)


def _reread(
    workspace: Workspace, record: DatasetRecord
) -> tuple[SessionDataset, Mapping[str, str], pd.DataFrame | None]:
    if record.made_from is not None:
        steps = [CleaningStep(step["kind"], _as_value(step.get("value"))) for step in record.made_from.steps]
        return clean(workspace.open_dataset(record.made_from.parent_id), steps)[0], {}, None
    if record.source == "sample":
        return SessionDataset(make_sample(_sample_name(record), seed=0)), {}, None
    values = dict(record.mapping)
    options = TypeAdapter(ReadingOptions).validate_python(values.pop("options", {}))
    encoding = values.pop("encoding", "utf-8")
    mapping = TypeAdapter(ColumnMapping).validate_python(values) if values else None
    path = workspace.root / "uploads" / record.file_sha256
    log = read_log(path, mapping, name=record.file_name, encoding=encoding, options=options, sha256=record.file_sha256)
    return log.dataset, log.item_names, log.summary.rejected


def _as_value(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _sample_name(record: DatasetRecord) -> str:
    """Which sample a log is: by its title, or by the beginning of its id where it was renamed."""
    by_title = (name for name, sample in SAMPLES.items() if sample.title == record.name)
    by_id = (name for name, sample in SAMPLES.items() if record.id.startswith(sample.title.lower().split()[0]))
    name = next(by_title, None) or next(by_id, None)
    if name is None:
        raise RunError("A sample is made again by its name.", found=record.name, where=str(record))
    return name
