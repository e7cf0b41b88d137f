"""How are the columns of a file recognised, from a sample of its rows?"""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from gru4rec_core.data.column_guess import ColumnGuess, guess_columns
from gru4rec_core.data.column_profile import ColumnProfile, profile_column
from gru4rec_core.data.column_words import ROLES
from gru4rec_core.data.columns import ROLE_WORDS, ColumnMapping
from gru4rec_core.data.file_format import open_log
from gru4rec_core.data.file_sample import sample_file
from gru4rec_core.data.known_forms import KnownForm, find_known_form
from gru4rec_core.data.layouts import mapping_of_layout
from gru4rec_core.data.locations import Location
from gru4rec_core.data.mapping_guess import build_mapping, explain_choices
from gru4rec_core.data.reading_options import Layout
from gru4rec_core.data.sources.base import ReadRequest, Source, open_duckdb
from gru4rec_core.data.sources.opening import Opening, open_location, open_source
from gru4rec_core.data.times import USUAL_PAUSE
from gru4rec_core.errors import DataError

MAX_PROFILED_COLUMNS = 200
"""Of a wider file, only the first columns are looked into."""

MAX_BLOCKS = 4
"""Of a file that cannot be cut into a sample, such as a workbook, only the first blocks are."""


@dataclass(frozen=True)
class Recognition:
    """What was recognised in a file.

    Attributes:
        columns: All its columns, in order.
        profiles: What the first `MAX_PROFILED_COLUMNS` of them hold.
        guess: Which has which role.
        has_header: Whether the file names its columns; else they are called "column 1" and so on.
        layout: What a row of the file holds.
    """

    columns: tuple[str, ...]
    profiles: dict[str, ColumnProfile]
    guess: ColumnGuess
    has_header: bool
    layout: Layout

    @property
    def guessed(self) -> ColumnMapping | None:
        """The whole mapping, where all of it was recognised."""
        return build_mapping(self.guess.columns, self.profiles, self.has_header)

    @property
    def notes(self) -> tuple[str, ...]:
        """What this mapping decides without asking, in sentences."""
        mapping = self.guessed
        return () if mapping is None else explain_choices(mapping, self.guess.columns.get("user"))

    def mapping(self, file: str) -> ColumnMapping:
        """The mapping that was recognised.

        Raises:
            DataError: Session, time or item was not; the message says why, and how to map them.
        """
        mapping = self.guessed
        if mapping is None:
            raise _incomplete(self, file)
        return mapping


def recognise_columns(
    location: Location, opening: Opening, has_header: bool | None = None, chosen: Mapping[str, str] | None = None
) -> Recognition:
    """Looks at a sample of a log and finds the column of each role.

    Args:
        location: The file; or a folder or a database, of which the first rows are looked at.
        opening: How to open it.
        has_header: Whether its first line names the columns; None to find out.
        chosen: Role to column where the user has decided.
    """
    sample = _read_sample(location, opening, has_header)
    profiles = [profile_column(column, texts) for column, texts in sample.texts.items()]
    by_layout = mapping_of_layout(sample.layout, list(sample.columns), sample.has_header)
    form = None if sample.has_header else find_known_form(profiles)
    if by_layout is not None and not chosen:
        guess = _guess_of_layout(by_layout)
    elif form is not None and not chosen:
        guess = _guess_of_form(form, profiles)
    else:
        guess = guess_columns(profiles, chosen)
    by_name = {profile.name: profile for profile in profiles}
    return Recognition(sample.columns, by_name, guess, sample.has_header, sample.layout)


class _Sample(NamedTuple):
    """Rows of a log: all its columns, and the texts of the first `MAX_PROFILED_COLUMNS`."""

    columns: tuple[str, ...]
    texts: dict[str, pa.ChunkedArray]
    has_header: bool
    layout: Layout


def _read_sample(location: Location, opening: Opening, has_header: bool | None) -> _Sample:
    if not isinstance(location, Path):
        return _read_head(open_location(location, opening).source, has_header)
    file = open_log(location, opening.name or location.name, opening.encoding, opening.max_bytes)
    with sample_file(file) as sample, tempfile.TemporaryDirectory(prefix="gru4rec-") as folder:
        source = open_source(sample, opening.max_rows, Path(folder), opening.layout)
        has_header = source.names_columns() if has_header is None else has_header
        columns = source.columns(has_header)
        roles = {f"c{i}": column for i, column in enumerate(columns[:MAX_PROFILED_COLUMNS])}
        with open_duckdb("1GB", folder) as connection:
            blocks = list(islice(source.blocks(ReadRequest(connection, roles, has_header)), MAX_BLOCKS))
    texts = {column: _sound_texts(blocks, role) for role, column in roles.items()}
    return _Sample(tuple(columns), texts, has_header, source.layout)


def _read_head(source: Source, has_header: bool | None) -> _Sample:
    has_header = source.names_columns() if has_header is None else has_header
    columns = source.columns(has_header)
    head = source.head(has_header)
    texts = {
        column: pa.chunked_array([pa.array(head[column], pa.string())]) for column in columns[:MAX_PROFILED_COLUMNS]
    }
    return _Sample(tuple(columns), texts, has_header, source.layout)


def _sound_texts(blocks: list[pa.Table], role: str) -> pa.ChunkedArray:
    sound = [block[role].cast(pa.string()).filter(block["fault"].is_null()) for block in blocks]
    return pa.chunked_array([chunk for column in sound for chunk in column.chunks], pa.string())


def _guess_of_layout(mapping: ColumnMapping) -> ColumnGuess:
    columns = {role: column for role, column in mapping.labels().items() if role in ROLES}
    candidates = {role: (columns[role],) if role in columns else tuple[str, ...]() for role in ROLES}
    return ColumnGuess(columns, dict.fromkeys(columns, "by the layout of the file"), candidates=candidates)


def _guess_of_form(form: KnownForm, profiles: list[ColumnProfile]) -> ColumnGuess:
    columns = {role: profiles[number].name for role, number in form.roles.items()}
    guess = guess_columns(profiles, columns)
    return replace(guess, reasons=guess.reasons | dict.fromkeys(columns, f"as in files of {form.name}"))


def _incomplete(recognition: Recognition, file: str) -> DataError:
    guess = recognition.guess
    if "session" not in guess.columns and {"user", "timestamp", "item"} <= guess.columns.keys():
        user = guess.columns["user"]
        example = recognition.profiles[guess.columns["timestamp"]].example
        return DataError(
            "This log names users but no sessions, and its times are not dates, so its events cannot be divided into "
            "visits.",
            found=f"a user column, {user}, no session column, and times such as {example}",
            where=file,
            remedy=f"Choose {user} as the session if a user's whole history is one sequence (with the command: import "
            f"--session {user}); or write the times as dates; or name their unit (import --user {user} --gap "
            f"{USUAL_PAUSE:g} --time-format s).",
        )
    missing = [role for role in ("session", "timestamp", "item") if role not in guess.columns]
    doubts = [guess.doubts[role] for role in missing if role in guess.doubts]
    words = " or ".join(f"the {ROLE_WORDS[role]}" for role in missing)
    return DataError(
        f"No column could be recognised as {words}.",
        found=" ".join(doubts).rstrip(".") or "columns " + ", ".join(recognition.columns),
        where=file,
        remedy=f"Choose the column on the page, or name it with the command: import --{missing[0]} COLUMN.",
    )
