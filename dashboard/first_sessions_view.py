"""Which sessions would the chosen columns make of an upload, and what about them speaks against importing it?"""

from __future__ import annotations

from pathlib import Path

from dashboard import cached, messages, widgets
from dashboard.mapping_form import TIME_QUESTION
from dashboard.session_html import describe_events, session_heading, session_strip
from gru4rec_core.data.columns import ColumnMapping
from gru4rec_core.data.session_preview import HEAD_BYTES, FirstSessions
from gru4rec_core.errors import DataError, WorkbenchError
from gru4rec_core.report.visit_names import session_titles
from gru4rec_core.words import counted
from gru4rec_core.workspace.importing import ImportSource

SOLVE_FIRST = "First solve the problem above: the import would stop at it."


def show_first_sessions(source: ImportSource, mapping: ColumnMapping, is_whole_file: bool) -> str:
    """The first three sessions that this mapping makes: only a person can tell whether each is one visit.

    Args:
        source: An upload.
        mapping: Its columns.
        is_whole_file: They come from the whole file, so that importing it would meet the same problem.

    Returns:
        Why the file cannot be imported so, as a sentence; "" if nothing that was seen speaks against it.
    """
    try:
        first = cached.first_sessions(str(source.path), source.name, source.encoding, mapping, source.options)
    except WorkbenchError as error:
        messages.show_problem(say_it_for_the_page(error))
        return SOLVE_FIRST if is_whole_file else ""
    widgets.sentence("With these columns, the first sessions are:", weight=600)
    keys = [session.name for session in first.sessions]
    for session, title in zip(first.sessions, session_titles(keys, keys), strict=True):
        events = describe_events(session.n_events, session.times[0], session.last_time)
        session_strip(session_heading(session.name, title, events), session.items)
    _describe_rows(first)
    return ""


def say_it_for_the_page(error: WorkbenchError) -> WorkbenchError:
    """The same error with the remedy that the page has, where its question about the times answers it."""
    if TIME_QUESTION not in error.remedy:
        return error
    remedy = f"Choose another answer to “{TIME_QUESTION}” above."
    return DataError(error.rule, found=error.found, where=error.where, remedy=remedy)


def reads_whole_file(path: Path, file_format: str) -> bool:
    """Whether the first sessions are taken from all of a file. Not known of a packed one: then no.

    Args:
        path: The file.
        file_format: As its preview names it.
    """
    if file_format.startswith("Excel"):
        return True
    return path.stat().st_size < HEAD_BYTES and not file_format.endswith("zipped")


def _describe_rows(first: FirstSessions) -> None:
    rows = f"these {counted(first.n_rows, 'row')}" if first.n_rows != 1 else "1 row"
    if not first.is_whole_file:
        messages.show_aside(
            f"Based on the first {counted(first.n_rows, 'row')}; a session may continue further down the file."
        )
    if first.n_outside_sample:
        messages.show_aside(
            f"{first.n_outside_sample:,} of {rows} {'is' if first.n_outside_sample == 1 else 'are'} of sessions "
            "outside the sample."
        )
    left_out = sum(first.rejected_counts.values())
    if left_out:
        reasons = ", ".join(f"{count:,} ({reason})" for reason, count in first.rejected_counts.items())
        messages.show_message(f"{left_out:,} of {rows} would be left out: {reasons}.", "warning")
