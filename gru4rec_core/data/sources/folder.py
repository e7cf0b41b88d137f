"""How are the files of a folder read as one log?

Files are read one after another, each as a log of its own, so every rule and limit for files applies.
"""

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow as pa
from pyarrow import fs

from gru4rec_core.data.addresses import show_pattern
from gru4rec_core.data.locations import FolderLog
from gru4rec_core.data.log_origin import FilePlaces, LogOrigin
from gru4rec_core.data.reading_options import Layout
from gru4rec_core.data.sources.base import PREVIEW_ROWS, ReadRequest, Source
from gru4rec_core.data.sources.file_listing import ListedFile, explain_storage_errors, list_files
from gru4rec_core.data.sources.json_lines import JsonLines
from gru4rec_core.data.sources.nested_json import NestedJson
from gru4rec_core.data.sources.parquet import ParquetRows
from gru4rec_core.errors import DataError
from gru4rec_core.words import counted

OpenFile = Callable[[Path, str, Path], tuple[Source, LogOrigin]]
"""Opens one file: its path, its name for people, and a folder for what must be unpacked first."""


class FolderRows:
    """Files of one form, in the order of their names; `key=value` folders are columns."""

    def __init__(self, log: FolderLog, folder: Path, open_file: OpenFile) -> None:
        self._log, self._folder, self._open_file = log, folder, open_file
        self._filesystem, self._files = list_files(log.pattern)
        self._is_local = isinstance(self._filesystem, fs.LocalFileSystem)
        self._places = FilePlaces()
        self._first, self._first_origin = self._open(0)
        self.place, self.layout = self._first.place, self._first.layout
        self._check_layout(self.layout)
        self._checked: set[bool] = set()

    def origin(self) -> LogOrigin:
        """Where the rows come from, without credentials."""
        shown, n_files = show_pattern(self._log.pattern), len(self._files)
        return replace(
            self._first_origin,
            name=shown,
            format=f"{self._first_origin.format}, {counted(n_files, 'file')}",
            size=sum(file.size for file in self._files),
            location={"folder": shown, "files": str(n_files)},
            files=self._places,
        )

    def names_columns(self) -> bool:
        return self._first.names_columns()

    def columns(self, has_header: bool) -> list[str]:
        self._check_all(has_header)
        own = self._first.columns(has_header)
        return [*own, *(key for key in self._files[0].partitions if key not in own)]

    def head(self, has_header: bool) -> pd.DataFrame:
        rows = self._first.head(has_header)[:PREVIEW_ROWS]
        partitions = {key: value or "" for key, value in self._files[0].partitions.items() if key not in rows.columns}
        return rows.assign(**partitions).astype("str")

    def blocks(self, request: ReadRequest) -> Iterator[pa.Table]:
        n_rows = n_events = n_bytes = 0
        for i, file in enumerate(self._files):
            source = self._first if i == 0 else self._open(i)[0]
            self._check(i, source, request.has_header)
            self._places.add(file.name, n_rows)
            own = source.columns(request.has_header)
            outside = {key for key in file.partitions if key not in own}
            inside = {role: column for role, column in request.roles.items() if column not in outside}
            last = 0
            on_bytes = _ahead(request.on_bytes, n_bytes)
            for block in source.blocks(replace(request, roles=inside, on_bytes=on_bytes, order_from=n_events)):
                n_events += block.num_rows
                if block.num_rows:
                    last = block["place"][-1].as_py()
                    yield _of_folder(block, request.roles, file, n_rows)
            n_rows += last
            n_bytes += file.size
            request.on_bytes(n_bytes)
            self._put_away(i)

    def _open(self, i: int) -> tuple[Source, LogOrigin]:
        file, folder = self._files[i], self._folder / str(i)
        folder.mkdir(exist_ok=True)
        path = Path(file.path)
        if not self._is_local:
            path = folder / "file"
            self._copy(file.path, path)
        return self._open_file(path, file.name, folder)

    def _copy(self, source: str, target: Path) -> None:
        with explain_storage_errors(self._log.pattern), target.open("wb") as copy:
            # Without "compression" what is packed would be unpacked here, past every limit.
            shutil.copyfileobj(self._filesystem.open_input_stream(source, compression=None), copy, 1 << 22)

    def _put_away(self, i: int) -> None:
        """Removes what was copied or unpacked to read a file."""
        shutil.rmtree(self._folder / str(i), ignore_errors=True)

    def _check_layout(self, layout: Layout) -> None:
        if layout == "session-per-line":
            raise DataError(
                "Files with one session per line cannot be read as a folder: a session is named by its line number, "
                "which would repeat.",
                found=f"{len(self._files):,} files" if len(self._files) > 1 else "a folder",
                where=show_pattern(self._log.pattern),
                remedy="Join the files into one, and import it.",
            )

    def _check_all(self, has_header: bool) -> None:
        """Before any row is read. In a store each file is checked when its turn comes, for it must be copied first."""
        if self._is_local and has_header not in self._checked:
            for i in range(1, len(self._files)):
                self._check(i, self._open(i)[0], has_header)
                self._put_away(i)
            self._checked.add(has_header)

    def _check(self, i: int, source: Source, has_header: bool) -> None:
        """Raises DataError when a file has other columns or types than the first."""
        first, file = self._files[0], self._files[i]
        pairs = (
            ("columns", _columns(self._first, first, has_header), _columns(source, file, has_header)),
            ("types", _types(self._first), _types(source)),
        )
        for what, expected, found in pairs:
            if expected != found:
                raise DataError(
                    f"All files of a folder must have the same {what}.",
                    found=f"{_list_unlike(expected, found)} in {first.name}, but {_list_unlike(found, expected)} in "
                    f"{file.name}",
                    where=show_pattern(self._log.pattern),
                    remedy="Name the files that belong together by a pattern, such as logs/2024-*.parquet, or write "
                    "them all with the same columns and types.",
                )


def _columns(source: Source, file: ListedFile, has_header: bool) -> list[str]:
    # What is inside JSON objects differs from row to row, so their own keys are compared.
    own = source.keys() if isinstance(source, JsonLines | NestedJson) else source.columns(has_header)
    return [*own, *file.partitions]


def _types(source: Source) -> list[str]:
    return source.describe_types() if isinstance(source, ParquetRows) else []


def _list_unlike(some: list[str], others: list[str]) -> str:
    """The entries that the others do not have; all of them where only the order differs."""
    return ", ".join([entry for entry in some if entry not in others] or some)


def _ahead(on_bytes: Callable[[int], None], before: int) -> Callable[[int], None]:
    return lambda done: on_bytes(before + done)


def _of_folder(block: pa.Table, roles: Mapping[str, str], file: ListedFile, rows_before: int) -> pa.Table:
    """A block of a file with places counted through all files, and with what the file's folders say."""
    place = pa.array(block["place"].to_numpy() + rows_before)
    block = block.set_column(block.schema.get_field_index("place"), "place", place)
    for role, column in roles.items():
        if role not in block.column_names:
            value = pa.scalar(file.partitions[column], pa.string())
            block = block.append_column(role, pa.repeat(value, block.num_rows))
    return block
