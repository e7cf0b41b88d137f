"""How does a file or a sample become a dataset of the workspace?"""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Literal

from gru4rec_core.data.columns import ColumnMapping
from gru4rec_core.data.ingest import read_log
from gru4rec_core.data.samples import SAMPLES, make_sample
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.textfiles import sha256_of
from gru4rec_core.runs.records import DatasetRecord
from gru4rec_core.runs.workspace import Workspace

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
    on_progress: Progress | None = None,
) -> DatasetRecord:
    """Reads and registers a log; one that is there already (same file and mapping, or same events) is not doubled.

    Args:
        path: the file.
        name: of the dataset; the file's name without its endings when None.
        mapping: which column is which; None to go by their names.
        source: how it came.
        file_name: what people call the file, for uploads that are stored under their hash.

    Raises:
        DataError: the file is no log.
    """
    file_name = file_name or path.name
    told = {} if mapping is None else asdict(mapping)
    known = workspace.find_file(sha256_of(path), told) if path.is_file() else None
    if known is not None:
        return known
    log = read_log(path, mapping, on_progress, name=file_name)
    return workspace.add_dataset(
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


def import_sample(workspace: Workspace, name: str, *, seed: int = 0) -> DatasetRecord:
    """Generates and registers an example log; the same again is the one that is there.

    Raises:
        ConfigError: no such sample.
    """
    dataset = SessionDataset(make_sample(name, seed=seed))
    return workspace.add_dataset(dataset, SAMPLES[name].title, source="sample", time_unit="s", generated=True)
