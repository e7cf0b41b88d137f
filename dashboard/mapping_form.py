"""How does a form ask which column is which, and what is still missing before a log can be imported?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st

from dashboard import messages
from gru4rec_core.data.columns import ROLE_WORDS, ColumnMapping, describe_columns, find_double_role
from gru4rec_core.data.preview import LogPreview
from gru4rec_core.data.reading_options import ReadingOptions
from gru4rec_core.data.time_formats import TimeFormat, find_telling_example
from gru4rec_core.data.times import USUAL_PAUSE
from gru4rec_core.errors import DataError, WorkbenchError
from gru4rec_core.words import counted

BY_COLUMN, BY_PAUSE = "By a column", "By pauses in each user's events"
PAUSE_LABEL = "A pause of more than this many minutes starts a new session"
TIME_QUESTION = "What do these times mean?"
_WHOLE_FILE = "Let the whole file decide (the import stops if it cannot)"
_NOT_CHOSEN = "not chosen"
_ALL_EVENTS, _ITEM_ITSELF = "none: keep all events", "its id (no name column)"

Columns = str | tuple[str, ...]
"""A column's name, or the names of several that form a time or a session together."""

CountKinds = Callable[[str], dict[str, int]]
"""Column to its values in the whole file, each with its number of rows."""


@dataclass(frozen=True)
class Answer:
    """What was chosen.

    Attributes:
        mapping: The mapping; None while something is missing.
        options: What the file does not say and was decided: the notation of its times.
        obstacle: What is missing, as a sentence; "" when nothing is.
    """

    mapping: ColumnMapping | None
    obstacle: str = ""
    options: ReadingOptions = field(default_factory=ReadingOptions)


def choose_mapping(preview: LogPreview, count_kinds: CountKinds, key: str) -> Answer:
    """Shows recognised columns in one line with an expander to change them; asks for the others directly.

    Args:
        preview: What was recognised in the file.
        count_kinds: Counts the kinds of event of a column.
        key: Suffix of the widget keys.
    """
    answer = _choose_columns(preview, count_kinds, key)
    if answer.mapping is None:
        return answer
    time_format = _choose_time_format(preview, answer.mapping, key)
    if time_format == _NOT_CHOSEN:
        return Answer(None, f"Choose an answer to “{TIME_QUESTION}”")
    return replace(answer, options=ReadingOptions(time_format=time_format))


def _choose_columns(preview: LogPreview, count_kinds: CountKinds, key: str) -> Answer:
    if preview.guessed is not None:
        st.text(f"Recognised: {describe_columns(preview.guessed.labels())}.")
        for sentence in (*preview.problems, *preview.notes):
            messages.show_message(sentence, "warning" if sentence in preview.problems else "note")
        with st.expander("Change columns or filter by kind of event", key=f"map-{key}"):
            return _ask(preview, count_kinds, key)
    unclear = st.container()  # above the choices that settle it
    answer = _ask(preview, count_kinds, key)
    if answer.mapping is None:
        with unclear:
            _tell_what_is_unclear(preview)
    return answer


def _tell_what_is_unclear(preview: LogPreview) -> None:
    messages.show_message(
        "This file names users but not visits, and one user can make many visits. Choose below how to divide "
        "each user's events into visits."
        if _has_users_only(preview)
        else "Not every column was recognised: choose below which is which.",
        "warning",
    )
    for role in ("session", "timestamp", "item"):
        if role in preview.guess.doubts and role not in preview.guess.columns:
            messages.show_message(preview.guess.doubts[role], "warning")


def _ask(preview: LogPreview, count_kinds: CountKinds, key: str) -> Answer:
    guessed = _guess_columns(preview)
    ways = [BY_COLUMN, BY_PAUSE]
    visit = st.radio(
        "How are visits told apart?", ways, index=int(_has_users_only(preview)), key=f"by-{key}", horizontal=True
    )
    owner_role, label = ("session", "Session") if visit == BY_COLUMN else ("user", "User")
    chosen: dict[str, Columns | None] = {}
    for column, (role, name) in zip(
        st.columns(3), {owner_role: label, "timestamp": "Time", "item": "Item"}.items(), strict=True
    ):
        with column:
            chosen[role] = _choose_column(preview, name, guessed.get(role), f"{name}-{key}")
    settings: dict[str, Any] = {"session": chosen.get("session")}
    if visit == BY_PAUSE:
        settings = {"session": None, "user": chosen.get("user"), "session_gap_minutes": _ask_for_pause(key)}
    kinds = _choose_event_kinds(preview, count_kinds, key)
    chosen["item_name"] = _choose_item_name(preview, key)
    obstacle = find_obstacle({**chosen, "event": kinds.get("event_column")})
    if obstacle:
        return Answer(None, obstacle)
    roles: dict[str, Any] = {role: chosen[role] for role in ("timestamp", "item", "item_name")}
    return Answer(ColumnMapping(**settings, **roles, has_header=preview.has_header, **kinds))


def _has_users_only(preview: LogPreview) -> bool:
    """Whether the file has a column of users, and none of sessions."""
    if preview.guessed is not None:
        return preview.guessed.user is not None
    return "session" not in preview.guess.columns and "user" in preview.guess.columns


def _guess_columns(preview: LogPreview) -> dict[str, Columns]:
    """Role to the column, or the columns together, that it was recognised in."""
    mapping = preview.guessed
    if mapping is None:
        return dict(preview.guess.columns)
    roles = {role: getattr(mapping, role) for role in ("session", "user", "timestamp", "item", "item_name")}
    return {role: columns for role, columns in roles.items() if columns is not None}


def find_obstacle(chosen: Mapping[str, Columns | None]) -> str:
    """What speaks against importing, as a sentence; "" when nothing does.

    Args:
        chosen: Role to column; None where none was chosen. An item may be shown by itself.

    >>> find_obstacle({"session": None, "timestamp": "when", "item": None})
    'Choose a column for the session and one for the item.'
    >>> find_obstacle({"session": "a", "timestamp": "b", "item": "a"})
    'Column a is chosen for both session and item. Choose a different column for each.'
    """
    missing = [ROLE_WORDS[role] for role in ("session", "user", "timestamp", "item") if chosen.get(role, "") is None]
    if missing:
        *others, last = [f"{'one' if i else 'a column'} for the {word}" for i, word in enumerate(missing)]
        return f"Choose {', '.join(others)} and {last}." if others else f"Choose {last}."
    double = find_double_role(chosen)
    if double is None:
        return ""
    column, roles = double
    both = "both " if len(roles) == 2 else ""
    return f"Column {column} is chosen for {both}{' and '.join(roles)}. Choose a different column for each."


def _as_tuple(columns: Columns | None) -> tuple[str, ...]:
    return () if columns is None else (columns,) if isinstance(columns, str) else columns


def _choose_column(preview: LogPreview, label: str, likely: Columns | None, key: str) -> Columns | None:
    """A column, or the columns that were recognised as belonging together; None where nothing suggests one."""
    options: list[Columns] = list(preview.columns)
    if isinstance(likely, tuple):
        options = [likely, *options]
    index = options.index(likely) if likely in options else None
    chosen: Columns | None = st.selectbox(
        label,
        options,
        index=index,
        key=key,
        placeholder="Choose a column",
        format_func=lambda c: " + ".join(_as_tuple(c)),
    )
    return chosen


def _choose_time_format(preview: LogPreview, mapping: ColumnMapping, key: str) -> str | None:
    """The notation of the times, asked for if the sample leaves it open; `_NOT_CHOSEN` until that is answered.

    None to let the whole file decide.
    """
    timestamp = mapping.timestamp
    if not isinstance(timestamp, str):
        return None
    formats = preview.time_formats.get(timestamp, ())
    if len(formats) < 2 and not any(form.must_be_chosen for form in formats):
        return None
    texts = [*filter(None, preview.rows[timestamp]), ""]
    text = find_telling_example(texts, formats)

    meanings = {f"{form.label}: {text} is {form.explain(text)}": form.name for form in formats}
    problem = st.empty()
    chosen = st.selectbox(
        TIME_QUESTION,
        [*meanings, _WHOLE_FILE],
        index=None,
        key=f"time-format-{timestamp}-{key}",
        placeholder="Please choose",
    )
    if chosen is None:
        with problem:
            messages.show_problem(_unclear_times(timestamp, text, formats))
        return _NOT_CHOSEN
    return None if chosen == _WHOLE_FILE else meanings[chosen]


def _unclear_times(column: str, text: str, formats: Sequence[TimeFormat]) -> DataError:
    """Beside the menu that asks, which its remedy names."""
    return DataError(
        "A year of two digits can be taken for something else, so what these times mean must be chosen."
        if any(form.must_be_chosen for form in formats)
        else "These times can be read in more than one way.",
        found=f"{text}, which could be {' or '.join(form.explain(text) for form in formats)}",
        where=f"column {column}",
        remedy=f"Choose an answer to “{TIME_QUESTION}” below.",
    )


def _ask_for_pause(key: str) -> float:
    return float(
        st.number_input(
            PAUSE_LABEL,
            0.1,
            100_000.0,
            USUAL_PAUSE,
            format="%g",
            key=f"gap-{key}",
            help=f"{USUAL_PAUSE:g} minutes is usual in web shops.",
        )
    )


def _choose_event_kinds(preview: LogPreview, count_kinds: CountKinds, key: str) -> dict[str, Any]:
    """Which kinds of event to keep, of all that the whole file has."""
    options = [_ALL_EVENTS, *preview.columns]
    column = st.selectbox("Column that names the kind of event (optional)", options, key=f"event-{key}")
    if column == _ALL_EVENTS:
        return {}
    try:
        counts = count_kinds(column)
    except WorkbenchError as error:
        messages.show_problem(error)
        return {}
    kinds = st.multiselect(
        "Kinds to keep",
        list(counts),
        key=f"kinds-{key}",
        placeholder="All of them",
        format_func=lambda kind: f"{kind} ({counted(counts[kind], 'row')})",
    )
    return {"event_column": column, "keep_events": tuple(kinds)} if kinds else {}


def _choose_item_name(preview: LogPreview, key: str) -> str | None:
    """The column whose text is shown for an item, if there is one."""
    options = [_ITEM_ITSELF, *preview.columns]
    likely = _guess_columns(preview).get("item_name")
    index = options.index(likely) if isinstance(likely, str) and likely in options else 0
    chosen = st.selectbox("Name to show for an item", options, index=index, key=f"item-name-{key}")
    return None if chosen == _ITEM_ITSELF else chosen
