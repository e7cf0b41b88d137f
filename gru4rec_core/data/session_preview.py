"""Which sessions would a mapping make of the beginning of a file?"""

from dataclasses import dataclass
from pathlib import Path

from gru4rec_core.data.columns import ColumnMapping
from gru4rec_core.data.file_format import open_log
from gru4rec_core.data.file_sample import sample_file
from gru4rec_core.data.ingest import ReadLimits, read_log
from gru4rec_core.data.reading_options import ReadingOptions
from gru4rec_core.data.times import describe_time

HEAD_BYTES = 4 << 20
"""How much of a file is read."""

_EVENTS_SHOWN = 20


@dataclass(frozen=True)
class PreviewSession:
    """A session as a mapping would make it.

    Attributes:
        name: Name of the session.
        n_events: How many events it has in what was read.
        items: Of its first events, oldest first.
        times: Of the same events, as they are understood.
        last_time: Of its last event in what was read, of which `items` may show only the first.
    """

    name: str
    n_events: int
    items: tuple[str, ...]
    times: tuple[str, ...]
    last_time: str


@dataclass(frozen=True)
class FirstSessions:
    """The first sessions of a file.

    Attributes:
        sessions: In the order in which the file has them.
        is_whole_file: All of the file was read; else a session may continue further down.
        n_rows: Rows that were read.
        rejected_counts: Reason to number of rows that would be left out, most frequent first.
        n_outside_sample: Rows of sessions that the sample leaves out.
    """

    sessions: tuple[PreviewSession, ...]
    is_whole_file: bool
    n_rows: int
    rejected_counts: dict[str, int]
    n_outside_sample: int = 0


def preview_sessions(
    path: Path | str,
    mapping: ColumnMapping,
    *,
    name: str | None = None,
    encoding: str = "utf-8",
    options: ReadingOptions | None = None,
    n: int = 3,
) -> FirstSessions:
    """The first sessions that a mapping would make of a file, read from its beginning.

    Args:
        path: The file.
        mapping: Which column is which.
        name: Display name of the file, for messages; the path's own name when None.
        encoding: Encoding of a text file.
        options: What the file's content does not say; None to recognise all of it.
        n: How many sessions.

    Raises:
        DataError: The beginning of the file is not a log by this mapping; reading the file would likely say the same.
    """
    file = open_log(Path(path), name or Path(path).name, encoding, ReadLimits().unpacked_bytes)
    with sample_file(file, HEAD_BYTES, n_pieces=0) as head:
        log = read_log(head.path, mapping, name=file.name, encoding=encoding, options=options, sha256="not needed")
    dataset, unit = log.dataset, log.summary.time_unit
    sessions = []
    for i in range(min(n, dataset.n_sessions)):
        begin, end = int(dataset.offsets[i]), int(dataset.offsets[i + 1])
        items = dataset.vocabulary.decode(dataset.session(i)[:_EVENTS_SHOWN]).tolist()
        moments = dataset.timestamps[begin : min(end, begin + _EVENTS_SHOWN)].tolist()
        sessions.append(
            PreviewSession(
                str(dataset.session_ids[i]),
                end - begin,
                tuple(str(log.item_names.get(item, item)) for item in items),
                tuple(describe_time(moment, unit) for moment in moments),
                describe_time(dataset.timestamps[end - 1].item(), unit),
            )
        )
    summary = log.summary
    n_outside_sample = summary.sample["rows_left_out"] if summary.sample else 0
    return FirstSessions(tuple(sessions), head is file, summary.rows_read, summary.rejected_counts, n_outside_sample)
