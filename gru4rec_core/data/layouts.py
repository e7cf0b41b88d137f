"""What does a row of a file hold: one event, or a whole session?"""

from gru4rec_core.data.column_words import find_candidates
from gru4rec_core.data.columns import ColumnMapping
from gru4rec_core.data.file_format import LogFile
from gru4rec_core.data.lines_of_words import are_sessions
from gru4rec_core.data.reading_options import Layout
from gru4rec_core.data.sources.base import PREVIEW_BYTES, PREVIEW_ROWS, Source
from gru4rec_core.data.sources.json_lines import first_objects
from gru4rec_core.data.sources.nested_json import holds_events
from gru4rec_core.data.sources.session_lines import ITEM, LINE, ORDER
from gru4rec_core.data.sources.wide import find_item_columns
from gru4rec_core.data.text_records import read_records

LAYOUT_LABELS: dict[Layout, str] = {
    "events": "one event per row",
    "session-per-line": "one session per line: its items, oldest first",
    "wide": "one session per row, its items in columns of their own",
    "nested": "one session per line, with a list of its events (JSON)",
}
WITHOUT_TIMES = "This file has no times, so events keep the order of the file."


def recognise_layout(file: LogFile, table: Source) -> Layout:
    """What a row holds, judged by the beginning of the file.

    Args:
        file: The file.
        table: The same file, read as one event per row.

    Raises:
        DataError: Words separated by spaces that are no items: a table, a server's log, prose.
    """
    if file.format == "jsonl":
        return "nested" if holds_events(first_objects(file)) else "events"
    if file.format == "delimited" and are_sessions(_first_lines(file), file.name):
        return "session-per-line"
    return "wide" if find_item_columns(table.columns(table.names_columns())) else "events"


def mapping_of_layout(layout: Layout, columns: list[str], has_header: bool) -> ColumnMapping | None:
    """The mapping that a layout itself gives; None where the columns' names and values decide."""
    if layout == "session-per-line":
        return ColumnMapping(LINE, ORDER, ITEM)
    if layout == "wide":
        times = find_candidates(columns)["timestamp"]
        owners = [column for column in columns if column not in (*times, ORDER, ITEM)]
        likely = find_candidates(owners)
        owner = next(iter((*likely["session"], *likely["user"], *owners)))
        return ColumnMapping(owner, times[0] if times else ORDER, ITEM, has_header=has_header)
    return None


def _first_lines(file: LogFile) -> list[str]:
    """The first lines that are not blank."""
    records = next(iter(read_records(file, block_bytes=PREVIEW_BYTES)), None)
    texts = [] if records is None else records.text.slice(0, PREVIEW_ROWS).to_pylist()
    return [text.strip() for text in texts if text.strip()]
