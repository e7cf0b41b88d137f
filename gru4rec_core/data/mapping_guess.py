"""Which mapping follows from the columns that were recognised, and what was decided without asking?"""

from collections.abc import Mapping

import numpy as np

from gru4rec_core.data.column_profile import ColumnProfile
from gru4rec_core.data.columns import ColumnMapping
from gru4rec_core.data.layouts import WITHOUT_TIMES
from gru4rec_core.data.sources.session_lines import ITEM, ORDER
from gru4rec_core.data.time_parts import find_time_parts
from gru4rec_core.data.times import USUAL_PAUSE
from gru4rec_core.data.user_visits import find_gap

Columns = Mapping[str, str]
"""Role to column."""


def build_mapping(columns: Columns, profiles: Mapping[str, ColumnProfile], has_header: bool) -> ColumnMapping | None:
    """The mapping; None where session (or user), time or item is missing, or users cannot be cut for want of dates.

    Args:
        columns: The columns recognised or chosen, by role.
        profiles: All columns.
        has_header: Whether the file names them.
    """
    timestamp = find_timestamp(columns, profiles)
    if timestamp is None or "item" not in columns:
        return None
    session: str | None = columns.get("session")
    user, gap = None, None
    if session is None:
        if "user" not in columns:
            return None
        seconds = _seconds(timestamp, profiles)
        if seconds is None:
            return None
        gap = find_gap(profiles[columns["user"]], seconds)
        session, user = (columns["user"], None) if gap is None else (None, columns["user"])
    return ColumnMapping(
        session,
        timestamp,
        columns["item"],
        user=user,
        session_gap_minutes=gap,
        item_name=columns.get("item_name"),
        has_header=has_header,
    )


def find_timestamp(columns: Columns, profiles: Mapping[str, ColumnProfile]) -> str | tuple[str, ...] | None:
    """The column of the time, or the columns that form it together; None where there are none."""
    parts = find_time_parts([profile for profile in profiles.values() if profile.name not in _other(columns)])
    known = columns.get("timestamp")
    return parts if parts is not None and (known is None or known in parts) else known


def _other(columns: Columns) -> set[str]:
    """The columns with a role of their own that is not the time."""
    return {column for role, column in columns.items() if role in ("session", "user", "item")}


def _seconds(timestamp: str | tuple[str, ...], profiles: Mapping[str, ColumnProfile]) -> np.ndarray | None:
    """When each row was, by the time or its date; None where these are not dates. Parts of a date tell nothing."""
    profile = profiles[timestamp if isinstance(timestamp, str) else timestamp[0]]
    if profile.time_formats:
        return profile.seconds
    return np.full(len(profile.codes), np.nan) if isinstance(timestamp, tuple) else None


def explain_choices(mapping: ColumnMapping, user: str | None = None) -> tuple[str, ...]:
    """What a mapping that was recognised decides without asking, in sentences.

    Args:
        mapping: The mapping.
        user: The column of the user, if there is one.
    """
    labels, gap = mapping.labels(), mapping.session_gap_minutes
    sentences = []
    if gap is not None:
        sentences.append(
            f"No column names sessions, so each {labels['user']}'s events are divided wherever nothing happens for "
            f"more than {gap:g} minutes."
        )
    if user is not None and mapping.session == user:
        sentences.append(
            f"No column names sessions, and most events of a {labels['session']} are more than {USUAL_PAUSE:g} minutes "
            f"apart, so all events of one {labels['session']} form one session."
        )
    if " + " in labels["timestamp"]:
        sentences.append(f"The time is formed from several columns: {labels['timestamp']}.")
    if (labels["timestamp"], labels["item"]) == (ORDER, ITEM):
        sentences.append(WITHOUT_TIMES)
    return tuple(sentences)
