"""How is a file or a sample added to the workspace as a dataset?"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from gru4rec_core.access.guard import check
from gru4rec_core.access.rights import Action
from gru4rec_core.data.columns import ColumnMapping
from gru4rec_core.data.file_format import hash_file
from gru4rec_core.data.file_names import without_endings
from gru4rec_core.data.ingest import read_log
from gru4rec_core.data.locations import Location
from gru4rec_core.data.log_path import require_file
from gru4rec_core.data.reading_options import ReadingOptions
from gru4rec_core.data.samples import SAMPLES, make_sample
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.disk import require_room
from gru4rec_core.errors import RunError
from gru4rec_core.workspace.records import DatasetOrigin, DatasetRecord
from gru4rec_core.workspace.store import Workspace

Progress = Callable[[int, int], None]
"""Called with the bytes read and the bytes there are."""


@dataclass(frozen=True)
class ImportSource:
    """A file, folder or database that holds a log, and how to read it.

    Attributes:
        path: the file; or the folder or the database.
        mapping: which column is which; None to go by their names.
        encoding: of a text file.
        source: how it came.
        name: what people call it, for uploads that are stored under their hash; by default the file's own name.
        sha256: of a file's content, where it is known already; else it is computed.
        options: what the file's content does not say about reading it.
    """

    path: Location
    mapping: ColumnMapping | None = None
    encoding: str = "utf-8"
    source: Literal["upload", "file"] = "file"
    name: str = ""
    sha256: str = ""
    options: ReadingOptions = field(default_factory=ReadingOptions)

    @property
    def display_name(self) -> str:
        """What people call it, without credentials."""
        return self.name or (self.path.name if isinstance(self.path, Path) else str(self.path))


def import_file(
    workspace: Workspace,
    file: ImportSource,
    *,
    name: str | None = None,
    on_progress: Progress | None = None,
    on_known: Callable[[str], None] | None = None,
) -> DatasetRecord:
    """Reads and registers a log. One that is there already (same file and mapping, or same events) is not stored twice.

    A log that is there already takes the name given for it, and the names of its items. A folder or a database is read
    anew each time: its events may have changed.

    Args:
        workspace: where to register it.
        file: the file, and how to read it.
        name: of the dataset; None for what `propose_name` says, and to leave the name of a log that was there already.
        on_progress: called with the bytes read and the bytes there are.
        on_known: called with a sentence when the log was there already: what changed about it.

    Raises:
        DataError: the file is not a log.
        DiskFull: there is no room for its events.
    """
    file_name = file.display_name
    check(workspace.root, Action.IMPORT, "dataset", name=name or file_name)
    mapping = _describe_reading(file)
    sha256 = _hash(file)
    known = workspace.find_file(sha256, mapping) if sha256 else None
    if known is not None:
        return _rename_known(workspace, known, name, [], on_known)
    if isinstance(file.path, Path):  # its events take no more than they do as text; how large others are, no one knows
        require_room(workspace.root, file.path.stat().st_size, f"Importing {file_name}")
    names_before = {record.id: _read_names(workspace, record.id) for record in workspace.datasets()}
    log = read_log(
        file.path,
        file.mapping,
        on_progress,
        name=file_name,
        encoding=file.encoding,
        options=file.options,
        sha256=sha256,
    )
    origin = DatasetOrigin(
        source=file.source,
        file_name=file_name,
        file_sha256=log.summary.sha256,
        mapping=mapping,
        summary=log.summary.to_json(),
    )
    record = workspace.add_dataset(
        log.dataset,
        name or propose_name(file),
        origin,
        time_unit=log.summary.time_unit or "",
        rejected=log.summary.rejected,
        item_names=log.item_names,
    )
    if record.id not in names_before:
        return record
    if on_known is not None:
        for note in log.summary.notes:
            if note not in record.summary.get("notes", ()):
                on_known(note)
    has_new_names = workspace.item_names(record.id) != names_before[record.id]
    changes = ["its item names were updated"] if has_new_names else []
    return _rename_known(workspace, record, name, changes, on_known)


def _read_names(workspace: Workspace, dataset_id: str) -> dict[str, str] | None:
    """The names of a dataset's items; None where they are damaged, which is no reason to refuse another log."""
    try:
        return workspace.item_names(dataset_id)
    except RunError:
        return None


def _hash(file: ImportSource) -> str:
    """The hash of a file's content; "" for a folder or a database."""
    if not isinstance(file.path, Path):
        return ""
    require_file(file.path)
    return file.sha256 or hash_file(file.path)


def propose_name(file: ImportSource) -> str:
    """What a log is called unless a name is given: its file, folder or table, and that it is a sample where it is."""
    title = (without_endings(file.display_name) if isinstance(file.path, Path) else file.path.title) or "log"
    if file.options.sample == 1:
        return title
    seed = f", seed {file.options.seed}" if file.options.seed else ""
    return f"{title}, {100 * file.options.sample:g} % sample{seed}"


def _describe_reading(file: ImportSource) -> dict[str, Any]:
    """The choices that were made in reading the file, as the record keeps them."""
    mapping = {} if file.mapping is None else asdict(file.mapping)
    if file.encoding != "utf-8":
        mapping["encoding"] = file.encoding
    defaults, options = asdict(ReadingOptions()), asdict(file.options)
    chosen = {name: value for name, value in options.items() if value != defaults[name]}
    return {**mapping, "options": chosen} if chosen else mapping


def _rename_known(
    workspace: Workspace,
    record: DatasetRecord,
    name: str | None,
    changes: list[str],
    on_known: Callable[[str], None] | None,
) -> DatasetRecord:
    """Gives a log that was there already the name asked for, and reports this and the other changes."""
    old = record.name
    if name and name.strip() and name.strip() != old:
        record = workspace.rename_dataset(record.id, name)
        changes = [*changes, f"it is now called “{record.name}”"]
    if on_known is not None:
        on_known(
            f"These events were already in the workspace as “{old}”; {' and '.join(changes) or 'nothing changed'}."
        )
    return record


def import_sample(workspace: Workspace, name: str, *, seed: int = 0) -> DatasetRecord:
    """Generates and registers an example log; the same sample is registered once.

    Raises:
        ConfigError: there is no such sample.
    """
    check(workspace.root, Action.IMPORT, "dataset", name=name)
    dataset = SessionDataset(make_sample(name, seed=seed))
    origin = DatasetOrigin(source="sample", generated=True)
    return workspace.add_dataset(dataset, SAMPLES[name].title, origin, time_unit="s")
