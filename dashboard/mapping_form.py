"""How does a form ask which column is which, and what is still missing before a log can be read?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st

from dashboard import messages
from gru4rec_core.data.columns import ROLE_WORDS, ColumnMapping, describe_columns, find_double_role
from gru4rec_core.data.preview import LogPreview
from gru4rec_core.data.reading_options import ReadingOptions
from gru4rec_core.data.time_formats import TimeFormat, find_telling_example
from gru4rec_core.data.times import USUAL_PAUSE
from gru4rec_core.errors import WorkbenchError

BY_COLUMN, BY_PAUSE = "A column names the visit", "Each person's events, cut where a pause is long"
_ALL_EVENTS, _ITEM_ITSELF = "all events", "the item itself"

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
    """Recognised columns in one line, to be changed in a collapsed part; unrecognised ones are asked for openly.

    Args:
        preview: What was recognised in the file.
        count_kinds: Tells the kinds of event of a column.
        key: What the keys of the widgets end in.
    """
    answer = _choose_columns(preview, count_kinds, key)
    if answer.mapping is None:
        return answer
    return replace(answer, options=ReadingOptions(time_format=_choose_time_format(preview, answer.mapping, key)))


def _choose_columns(preview: LogPreview, count_kinds: CountKinds, key: str) -> Answer:
    guess = preview.guess
    if preview.guessed is not None:
        st.text(f"Recognised: {describe_columns(preview.guessed.labels())}.")
        for sentence in (*preview.problems, *preview.notes):
            messages.show_message(sentence, "warning" if sentence in preview.problems else "note")
        with st.expander("Change the columns, or keep only some kinds of event", key=f"map-{key}"):
            return _ask(preview, count_kinds, key)
    messages.show_message(
        "This file names persons, not visits. A person is not one visit: choose below how to cut them."
        if _names_persons(preview)
        else "Not every column was recognised: choose below which is which.",
        "warning",
    )
    for role in ("session", "timestamp", "item"):
        if role in guess.doubts and role not in guess.columns:
            messages.show_message(guess.doubts[role], "warning")
    return _ask(preview, count_kinds, key)


def _ask(preview: LogPreview, count_kinds: CountKinds, key: str) -> Answer:
    guessed = _guess_columns(preview)
    ways = [BY_COLUMN, BY_PAUSE]
    visit = st.radio("What makes a visit?", ways, index=int(_names_persons(preview)), key=f"by-{key}", horizontal=True)
    owner_role, label = ("session", "Session") if visit == BY_COLUMN else ("user", "Person")
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


def _names_persons(preview: LogPreview) -> bool:
    """Whether the file has a column of persons, and none of visits."""
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
    """What speaks against reading, as a sentence; "" when nothing does.

    Args:
        chosen: Role to column; None where none was chosen. An item may be shown by itself.

    >>> find_obstacle({"session": None, "timestamp": "when", "item": None})
    'Choose the columns of the session and the item.'
    >>> find_obstacle({"session": "a", "timestamp": "b", "item": "a"})
    'The column a is chosen twice, as session and as item. Each column has one role.'
    """
    missing = [ROLE_WORDS[role] for role in ("session", "user", "timestamp", "item") if chosen.get(role, "") is None]
    if missing:
        *others, last = [f"the {word}" for word in missing]
        return f"Choose the columns of {', '.join(others)} and {last}." if others else f"Choose the column of {last}."
    double = find_double_role(chosen)
    if double is None:
        return ""
    column, roles = double
    return f"The column {column} is chosen twice, as {' and as '.join(roles)}. Each column has one role."


def _split(columns: Columns | None) -> tuple[str, ...]:
    return () if columns is None else (columns,) if isinstance(columns, str) else columns


def _choose_column(preview: LogPreview, label: str, likely: Columns | None, key: str) -> Columns | None:
    """A column, or the columns that were recognised as belonging together; None where nothing suggests one."""
    options: list[Columns] = list(preview.columns)
    if isinstance(likely, tuple):
        options = [likely, *options]
    index = options.index(likely) if likely in options else None
    chosen: Columns | None = st.selectbox(
        label, options, index=index, key=key, placeholder="Choose a column", format_func=lambda c: " + ".join(_split(c))
    )
    return chosen


def _choose_time_format(preview: LogPreview, mapping: ColumnMapping, key: str) -> str | None:
    """The notation of the times, asked for where those looked at leave it open; None for what the whole file says."""
    timestamp = mapping.timestamp
    if not isinstance(timestamp, str):
        return None
    formats = preview.time_formats.get(timestamp, ())
    if len(formats) < 2 and not any(form.must_be_chosen for form in formats):
        return None
    texts = [*filter(None, preview.rows[timestamp]), ""]
    text = find_telling_example(texts, formats)

    def describe(form: TimeFormat | None) -> str:
        return f"{form.label}: {text} is {form.explain(text)}" if form else "As the whole file says, if it does"

    chosen = st.selectbox(
        "What do these times mean?", [None, *formats], key=f"time-format-{timestamp}-{key}", format_func=describe
    )
    return None if chosen is None else chosen.name


def _ask_for_pause(key: str) -> float:
    return float(
        st.number_input(
            "A pause of more than this many minutes starts a new visit",
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
    column = st.selectbox("Keep only some kinds of event, by the column", options, key=f"event-{key}")
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
        format_func=lambda kind: f"{kind} ({counts[kind]:,} row{'s' * (counts[kind] != 1)})",
    )
    return {"event_column": column, "keep_events": tuple(kinds)} if kinds else {}


def _choose_item_name(preview: LogPreview, key: str) -> str | None:
    """The column whose text is shown for an item, if there is one."""
    options = [_ITEM_ITSELF, *preview.columns]
    likely = _guess_columns(preview).get("item_name")
    index = options.index(likely) if isinstance(likely, str) and likely in options else 0
    chosen = st.selectbox("Show items by", options, index=index, key=f"item-name-{key}")
    return None if chosen == _ITEM_ITSELF else chosen
