"""How does a file or a sample become a dataset of the workspace?"""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Literal

from gru4rec_core.data.columns import ColumnMapping
from gru4rec_core.data.file_format import hash_file
from gru4rec_core.data.ingest import read_log
from gru4rec_core.data.samples import SAMPLES, make_sample
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.workspace.records import DatasetRecord
from gru4rec_core.workspace.store import Workspace

Progress = Callable[[int, int], None]
"""Told the bytes read and the bytes there are."""


def import_file(
    workspace: Workspace,
    path: Path,
    *,
    name: str | None = None,
    mapping: ColumnMapping | None = None,
    source: Literal["upload", "file"] = "file",
    file_name: str | None = None,
    encoding: str = "utf-8",
    on_progress: Progress | None = None,
    on_known: Callable[[str], None] | None = None,
) -> DatasetRecord:
    """Reads and registers a log; one that is there already (same file and mapping, or same events) is not doubled.

    A name given for it and names of its items are taken over, though.

    Args:
        path: the file.
        name: of the dataset; the file's name without its endings when None.
        mapping: which column is which; None to go by their names.
        source: how it came.
        file_name: what people call the file, for uploads that are stored under their hash.
        encoding: of a text file.
        on_progress: told the bytes read and the bytes there are.
        on_known: told a sentence when the log was there already: what changed about it.

    Raises:
        DataError: the file is no log.
    """
    file_name = file_name or path.name
    told = {} if mapping is None else asdict(mapping)
    if encoding != "utf-8":
        told["encoding"] = encoding
    known = workspace.find_file(hash_file(path), told) if path.is_file() else None
    if known is not None:
        return _renamed(workspace, known, name, [], on_known)
    before = {record.id: workspace.item_names(record.id) for record in workspace.datasets()}
    log = read_log(path, mapping, on_progress, name=file_name, encoding=encoding)
    record = workspace.add_dataset(
        log.dataset,
        name or file_name.split(".")[0] or "log",
        source=source,
        file_name=file_name,
        file_sha256=log.summary.sha256,
        mapping=told,
        time_unit=log.summary.time_unit or "",
        summary=log.summary.to_json(),
        rejected=log.summary.rejected,
        item_names=log.item_names,
    )
    if record.id not in before:
        return record
    named = [] if workspace.item_names(record.id) == before[record.id] else [f"{len(log.item_names):,} items named"]
    return _renamed(workspace, record, name, named, on_known)


def _renamed(
    workspace: Workspace,
    record: DatasetRecord,
    name: str | None,
    changes: list[str],
    tell: Callable[[str], None] | None,
) -> DatasetRecord:
    """A known log under the name asked for; tells this and the other changes."""
    old = record.name
    if name and name.strip() and name.strip() != old:
        record = workspace.rename_dataset(record.id, name)
        changes = [*changes, f"renamed from {old}"]
    if tell is not None:
        tell(f"These events were here already, as {old}; " + (", ".join(changes) or "nothing changed") + ".")
    return record


def import_sample(workspace: Workspace, name: str, *, seed: int = 0) -> DatasetRecord:
    """Generates and registers an example log; the same again is the one that is there.

    Raises:
        ConfigError: no such sample.
    """
    dataset = SessionDataset(make_sample(name, seed=seed))
    return workspace.add_dataset(dataset, SAMPLES[name].title, source="sample", time_unit="s", generated=True)
