"""How is a log file read: `read_log`?

A file is read in blocks (sources/), their rows are judged (row_rules.py), and the events are kept as numbers
(event_builder.py). So memory grows with the kept events, some 20 bytes each, not with the file. Nothing in a file is
executed.
"""

import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Self

from gru4rec_core.data.columns import ColumnMapping, check_mapping
from gru4rec_core.data.digit_clocks import settle_clock
from gru4rec_core.data.event_builder import EventBuilder
from gru4rec_core.data.file_format import hash_file
from gru4rec_core.data.find_location import find_location
from gru4rec_core.data.import_types import ImportedLog
from gru4rec_core.data.joined_columns import join_columns
from gru4rec_core.data.locations import Location
from gru4rec_core.data.reading_options import ReadingOptions
from gru4rec_core.data.recognition import recognise_columns
from gru4rec_core.data.row_rules import RowRules
from gru4rec_core.data.session_sample import SessionSample
from gru4rec_core.data.sources.base import ReadRequest, open_duckdb
from gru4rec_core.data.sources.opening import Opening, open_location
from gru4rec_core.data.time_parsing import TimeReading

Progress = Callable[[int, int], None]
"""Called with the bytes read so far and the size of the file; of a database with the rows, and 0 for a size."""


@dataclass(frozen=True)
class ReadLimits:
    """Limits of what is read.

    Attributes:
        rows: Most rows, before any is dropped.
        unpacked_bytes: Largest size of a gzipped or Parquet file once unpacked.
        memory: DuckDB's own limit.
    """

    rows: int = 200_000_000
    unpacked_bytes: int = 8_000_000_000
    memory: str = "1GB"

    def under(self, options: ReadingOptions) -> Self:
        """These limits, or none of rows and bytes where the options say any size."""
        return replace(self, rows=sys.maxsize, unpacked_bytes=sys.maxsize) if options.any_size else self


@dataclass
class _Reading:
    """How far a file is read: `n_bytes` of it so far."""

    size: int
    on_progress: Progress | None
    n_bytes: int = 0

    def tell(self, n_bytes: int) -> None:
        self.n_bytes = n_bytes
        if self.on_progress is not None:
            self.on_progress(n_bytes, self.size)


def read_log(
    path: Location | str,
    mapping: ColumnMapping | None = None,
    on_progress: Progress | None = None,
    *,
    name: str | None = None,
    encoding: str = "utf-8",
    options: ReadingOptions | None = None,
    sha256: str | None = None,
    limits: ReadLimits | None = None,
) -> ImportedLog:
    """Reads a log of sessions from a file (CSV, TSV, JSON lines, Parquet, Excel), a folder of them, or a database.

    Times are numbers, or dates in one notation that the whole file decides (in `options.time_zone` where they name no
    zone). The kind that most rows have is kept; rows of the other kind are rejected. Dates are kept as whole seconds
    since 1970, or milliseconds or microseconds where seconds do not hold them exactly. Sessions and items are taken as
    text, without the spaces around them.

    Args:
        path: The file, folder or pattern; or a `FolderLog` or a `DatabaseLog`.
        mapping: Which column is which; None to recognise them, by names and values.
        on_progress: Called with the bytes read so far and the size of the file.
        name: What people call the file, for messages; the path's own name when None.
        encoding: Of a text file.
        options: What the file's content does not say; None to recognise all of it.
        sha256: Of the file's bytes, where the caller knows it; else the file is read once more to compute it.
        limits: Limits of what is read.

    Raises:
        DataError: The file is not a log; the message names the rule, what was found, where, and the remedy.
    """
    options = options or ReadingOptions()
    limits = (limits or ReadLimits()).under(options)
    location = find_location(path) if isinstance(path, str) else path
    notes: tuple[str, ...] = ()
    with tempfile.TemporaryDirectory(prefix="gru4rec-") as folder:
        opening = Opening(name, encoding, limits.unpacked_bytes, limits.rows, Path(folder), options.layout)
        source, origin = open_location(location, opening)
        if isinstance(location, Path):
            origin = replace(origin, sha256=sha256 or hash_file(location))
        reading = _Reading(origin.size, on_progress)
        if mapping is None:
            found = recognise_columns(location, opening)
            mapping, notes = found.mapping(origin.name), found.notes
        check_mapping(mapping, source.columns(mapping.has_header), origin.name)
        sample = SessionSample(options.sample, options.seed, options.keep_null_words)
        with open_duckdb(limits.memory, folder) as connection:
            request = ReadRequest(connection, mapping.columns(), mapping.has_header, reading.tell)
            clock = settle_clock(source, request, mapping, options, origin.name)
            rules = RowRules(mapping, TimeReading.of(clock.options), options.keep_null_words)
            builder = EventBuilder(origin, source.place, rules, limits.rows)
            for block in join_columns(connection, source.blocks(request), rules, clock.clock):
                builder.add(connection, sample.keep(block), reading.n_bytes)
    counts = sample.finish(origin.name)
    log = builder.build()
    notes = (*origin.notes, *notes, *filter(None, [clock.note]), *log.summary.notes)
    summary = replace(log.summary, notes=list(notes))
    return replace(log, summary=summary if counts is None else summary.of_sample(asdict(counts)))
