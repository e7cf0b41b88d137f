"""What does a form need to know about a file, to map its columns?"""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from gru4rec_core.data.column_guess import ColumnGuess
from gru4rec_core.data.columns import ColumnMapping
from gru4rec_core.data.find_location import find_location
from gru4rec_core.data.ingest import ReadLimits
from gru4rec_core.data.locations import Location
from gru4rec_core.data.reading_options import Layout, ReadingOptions
from gru4rec_core.data.recognition import recognise_columns
from gru4rec_core.data.sources.base import Source
from gru4rec_core.data.sources.opening import Opening, open_location
from gru4rec_core.data.time_formats import TimeFormat
from gru4rec_core.errors import DataError

_PREVIEW_ROWS = 20


@dataclass(frozen=True)
class LogPreview:
    """What a form needs to map the columns of a file.

    Attributes:
        columns: Their names, in order.
        types: Column to what it holds, for people, such as "seconds since 1970" or "few words".
        first_rows: The first rows, all text.
        format: For people, such as "CSV".
        guess: Which column has which role, and why.
        guessed: The whole mapping, where all of it was recognised.
        notes: What that mapping decides unasked, in sentences.
        time_formats: Column of times to the notations that its values may be in, likeliest first.
        problems: Sentences about what must be solved before the file can be read.
        has_header: Whether the file names its columns; else they are called "column 1" and so on.
        layout: What a row of the file holds.
        header_matters: Whether the file could be read with its first line as names, or as an event; JSON and Parquet
            cannot.
    """

    columns: tuple[str, ...]
    types: dict[str, str]
    first_rows: tuple[tuple[str, ...], ...]
    format: str
    guess: ColumnGuess
    guessed: ColumnMapping | None
    notes: tuple[str, ...]
    time_formats: dict[str, tuple[TimeFormat, ...]]
    problems: tuple[str, ...]
    has_header: bool = True
    layout: Layout = "events"
    header_matters: bool = True

    @property
    def rows(self) -> pd.DataFrame:
        """The first rows, by column."""
        return pd.DataFrame(list(self.first_rows), columns=pd.Index(self.columns), dtype="str")

    @property
    def is_text(self) -> bool:
        """Whether the file has an encoding; Excel and Parquet have none."""
        return not self.format.startswith(("Excel", "Parquet"))

    @property
    def candidates(self) -> dict[str, tuple[str, ...]]:
        """Role to columns, likeliest first."""
        return self.guess.candidates


def inspect_log(
    path: Location | str,
    *,
    name: str | None = None,
    encoding: str = "utf-8",
    options: ReadingOptions | None = None,
    chosen: Mapping[str, str] | None = None,
    has_header: bool | None = None,
) -> LogPreview:
    """Looks at a sample of a file, for the form that maps its columns.

    Args:
        path: The file, folder or pattern; or a `FolderLog` or a `DatabaseLog`.
        name: What people call the file, for messages; the path's own name when None.
        encoding: Of a text file.
        options: What the file's content does not say; None to recognise all of it.
        chosen: Role to column where the user has decided.
        has_header: Whether the first line names the columns; None to find out.

    Raises:
        DataError: The file cannot be read at all.
    """
    options = options or ReadingOptions()
    limits = ReadLimits().under(options)
    location = find_location(path) if isinstance(path, str) else path
    with tempfile.TemporaryDirectory(prefix="gru4rec-") as folder:
        opening = Opening(name, encoding, limits.unpacked_bytes, limits.rows, Path(folder), options.layout)
        source, origin = open_location(location, opening)
        has_header = source.names_columns() if has_header is None else has_header
        first_rows = tuple(source.head(has_header).head(_PREVIEW_ROWS).itertuples(index=False, name=None))
        found = recognise_columns(location, opening, has_header, chosen)
        header_matters = _header_matters(source, has_header)
    problems = []
    guessed = found.guessed
    if guessed is None:
        try:
            found.mapping(origin.name)
        except DataError as error:
            problems.append(str(error))
    if not first_rows:
        problems.append("There is a header, but no row below it.")
    return LogPreview(
        found.columns,
        {name: profile.description for name, profile in found.profiles.items()},
        first_rows,
        origin.format,
        found.guess,
        guessed,
        (*origin.notes, *found.notes),
        {name: profile.time_formats for name, profile in found.profiles.items() if profile.time_formats},
        tuple(problems),
        has_header,
        source.layout,
        header_matters,
    )


def _header_matters(source: Source, has_header: bool) -> bool:
    try:
        return source.columns(has_header) != source.columns(not has_header)
    except DataError:  # a first line that cannot name columns, such as one with a value twice
        return True
