"""What is read of an upload in a process of its own, so that a malicious file cannot take down the page?"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gru4rec_core.access.actors import Actor, acting_as
from gru4rec_core.access.guard import check
from gru4rec_core.access.rights import Action
from gru4rec_core.data.columns import ColumnMapping
from gru4rec_core.data.event_kinds import count_event_kinds
from gru4rec_core.data.file_format import is_utf8
from gru4rec_core.data.item_table import ItemColumns
from gru4rec_core.data.preview import LogPreview, inspect_log
from gru4rec_core.data.reading_options import Layout, ReadingOptions
from gru4rec_core.data.session_preview import FirstSessions, preview_sessions
from gru4rec_core.errors import DataError
from gru4rec_core.workspace import child_process
from gru4rec_core.workspace.child_process import preview_limits, reading_limits, run_apart
from gru4rec_core.workspace.importing import ImportSource, Progress, import_file
from gru4rec_core.workspace.item_tables import AddedItems, add_item_file
from gru4rec_core.workspace.records import DatasetRecord
from gru4rec_core.workspace.store import Workspace


@dataclass(frozen=True)
class ItemFile:
    """A file about items, and how to read it."""

    path: Path
    name: str
    encoding: str
    columns: ItemColumns


def prepare() -> None:
    """Starts the process that the next call will need, unless one waits already; does not wait for it."""
    child_process.prepare(__name__)


def preview_apart(path: str, name: str, encoding: str, options: ReadingOptions, has_header: bool | None) -> LogPreview:
    """`inspect_log` in another process.

    Raises:
        DataError: As `inspect_log` and `run_apart`.
    """
    return run_apart(inspect_file, path, name, encoding, options, has_header, what=name, limits=preview_limits())


def first_sessions_apart(
    path: str, name: str, encoding: str, mapping: ColumnMapping, options: ReadingOptions
) -> FirstSessions:
    """`preview_sessions` in another process.

    Raises:
        DataError: As `preview_sessions` and `run_apart`.
    """
    return run_apart(preview_file, path, name, encoding, mapping, options, what=name, limits=preview_limits())


def event_kinds_apart(
    path: str, name: str, encoding: str, column: str, has_header: bool, layout: Layout
) -> dict[str, int]:
    """`count_event_kinds` in another process.

    Raises:
        DataError: As `count_event_kinds` and `run_apart`.
    """
    arguments = path, name, encoding, column, has_header, layout
    return run_apart(count_kinds, *arguments, what=name, limits=reading_limits())


def is_utf8_apart(path: str) -> bool:
    """`is_utf8` in another process; True if that fails; the preview then reports the error."""
    try:
        return run_apart(is_utf8, path, what=Path(path).name, limits=preview_limits())
    except DataError:
        return True


def import_apart(
    root: Path, file: ImportSource, name: str | None, on_tick: Callable[[int, int], None]
) -> tuple[DatasetRecord, str]:
    """`import_file` in another process. The dataset is in the workspace then; the message only names it.

    Returns:
        The record, and the sentence about a log that was there already, or "".

    Raises:
        DataError: As `import_file` and `run_apart`.
    """
    what, limits = file.display_name, reading_limits()
    actor = check(root, Action.IMPORT, "dataset", name=name or what)
    dataset_id, sentence = run_apart(
        import_and_tell, root, file, name, actor, what=what, limits=limits, on_tick=on_tick
    )
    return Workspace(root).dataset(dataset_id), sentence


def add_items_apart(
    root: Path, dataset_id: str, path: str, name: str, encoding: str, columns: ItemColumns
) -> AddedItems:
    """`add_item_file` in another process. The table is in the workspace then; the message only counts.

    Raises:
        DataError: As `add_item_file` and `run_apart`.
    """
    actor = check(root, Action.DESCRIBE_ITEMS, "dataset", dataset_id)
    arguments = root, dataset_id, ItemFile(Path(path), name, encoding, columns), actor
    return run_apart(add_items, *arguments, what=name, limits=reading_limits())


# What the child calls. Paths, not texts: a text may also name a folder or a database.


def inspect_file(path: Path, name: str, encoding: str, options: ReadingOptions, has_header: bool | None) -> LogPreview:
    return inspect_log(path, name=name, encoding=encoding, options=options, has_header=has_header)


def preview_file(
    path: Path, name: str, encoding: str, mapping: ColumnMapping, options: ReadingOptions
) -> FirstSessions:
    return preview_sessions(path, mapping, name=name, encoding=encoding, options=options)


def count_kinds(path: Path, name: str, encoding: str, column: str, has_header: bool, layout: Layout) -> dict[str, int]:
    return count_event_kinds(path, column, name=name, encoding=encoding, has_header=has_header, layout=layout)


def add_items(root: Path, dataset_id: str, file: ItemFile, actor: Actor) -> AddedItems:
    with acting_as(actor):
        return add_item_file(
            Workspace(root), dataset_id, file.path, file.columns, name=file.name, encoding=file.encoding
        )


def import_and_tell(
    root: Path, file: ImportSource, name: str | None, actor: Actor, on_progress: Progress | None = None
) -> tuple[str, str]:
    """The id of the dataset, and the sentence about a log that was there already, or ""."""
    told: list[str] = []
    with acting_as(actor):
        record = import_file(Workspace(root), file, name=name, on_progress=on_progress, on_known=told.append)
    return record.id, " ".join(told)
