"""Which columns of a file hold the session, the time and the item?"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gru4rec_core.data.times import USUAL_PAUSE
from gru4rec_core.errors import DataError

PART = "{}_part{}"
"""What a part of a role is called in a block: the role and the part's number."""

MOST_TIME_PARTS = 6  # year to second


ROLE_WORDS = {
    "session": "session",
    "user": "user",
    "timestamp": "time",
    "item": "item",
    "item_name": "name of an item",
    "event": "kind of event",
}
"""Roles in words."""

_SHOWN = ("session", "user", "timestamp", "item")


@dataclass(frozen=True)
class ColumnMapping:
    """Which column of a file has which role.

    Attributes:
        session: Column of the session (one visit), or several that together name it; None to cut visits out of a
            user's events.
        timestamp: Column of the time, or several that together form it (joined_columns.py says how).
        item: Column of the item.
        user: Column of the user; used only together with session_gap_minutes.
        session_gap_minutes: A pause longer than this starts a user's next visit.
        event_column: Column of the kind of event, for keep_events.
        keep_events: Kinds of event to keep; empty keeps all.
        item_name: Column of the name to show for an item.
        has_header: Whether the first line of a delimited file names the columns; else they are called "column 1",
            "column 2" and so on.
    """

    session: str | tuple[str, ...] | None
    timestamp: str | tuple[str, ...]
    item: str
    user: str | None = None
    session_gap_minutes: float | None = None
    event_column: str | None = None
    keep_events: tuple[str, ...] = ()
    item_name: str | None = None
    has_header: bool = True

    def __post_init__(self) -> None:
        for role in ("session", "timestamp"):
            object.__setattr__(self, role, _as_column(getattr(self, role), role))
        by_gap = self.user is not None and self.session_gap_minutes is not None
        if (self.session is None) != by_gap:
            raise DataError(
                "A mapping needs a session column, or a user column and a pause that divides each user's events.",
                found=f"session {self.session!r}, user {self.user!r}, pause {self.session_gap_minutes!r} minutes",
                where="column mapping",
                remedy="Name the session column; or leave it out and give a user column and session_gap_minutes "
                f"({USUAL_PAUSE:g} is usual).",
            )
        if self.session_gap_minutes is not None and not 0 < self.session_gap_minutes < math.inf:
            raise DataError(
                "The pause that ends a visit must be a number of minutes above 0.",
                found=f"{self.session_gap_minutes:g}",
                where="session_gap_minutes",
                remedy=f"{USUAL_PAUSE:g} is usual.",
            )
        if self.keep_events and self.event_column is None:
            raise DataError(
                "Kinds of event to keep need the column that holds them.",
                found=f"kinds {', '.join(self.keep_events)} without a column",
                where="keep_events",
                remedy="Name the column of the kind of event.",
            )

    @property
    def parts(self) -> dict[str, tuple[str, ...]]:
        """The roles that several columns have together ("owner", "timestamp"), and these columns."""
        roles = {"owner": self.session, "timestamp": self.timestamp}
        return {role: columns for role, columns in roles.items() if isinstance(columns, tuple)}

    def columns(self) -> dict[str, str]:
        """The columns to read, by role; each part of a role by a name of its own, see `PART`."""
        parts = self.parts
        whole = {role: column for role, column in self._roles().items() if role not in parts}
        return whole | {
            PART.format(role, i): column for role, columns in parts.items() for i, column in enumerate(columns)
        }

    def labels(self) -> dict[str, str]:
        """The columns by role ("session" or "user", "timestamp", "item", …), for people; parts joined by " + "."""
        roles = self._roles()
        owner = "session" if self.session is not None else "user"
        return {owner: roles.pop("owner"), **roles}

    def _roles(self) -> dict[str, str]:
        roles = {
            "owner": self.session if self.session is not None else self.user,
            "timestamp": self.timestamp,
            "item": self.item,
            "event": self.event_column if self.keep_events else None,
            "item_name": self.item_name,
        }
        return {role: _label(columns) for role, columns in roles.items() if columns is not None}


def _as_column(columns: str | Sequence[str] | None, role: str) -> str | tuple[str, ...] | None:
    """A single column as its name, several as a tuple."""
    if columns is None or isinstance(columns, str):
        return columns
    if not columns or len(set(columns)) < len(columns) or (role == "timestamp" and len(columns) > MOST_TIME_PARTS):
        raise DataError(
            f"The columns that form the {role} must be different ones"
            + (f", at most {MOST_TIME_PARTS}." if role == "timestamp" else "."),
            found=", ".join(columns) or "none",
            where="column mapping",
            remedy="Name each column once, the date first." if role == "timestamp" else "Name each column once.",
        )
    return columns[0] if len(columns) == 1 else tuple(columns)


def _label(columns: str | tuple[str, ...]) -> str:
    return columns if isinstance(columns, str) else " + ".join(columns)


def find_double_role(chosen: Mapping[str, str | tuple[str, ...] | None]) -> tuple[str, list[str]] | None:
    """The first column that has two roles, and these as people call them; None where each has one.

    Only what is a part of both a session and a time, such as the day, may be in both.

    Args:
        chosen: Role to its column, or to those that form it; None for none.

    >>> find_double_role({"session": "a", "timestamp": "b", "item": "a"})
    ('a', ['session', 'item'])
    """
    parts = {role: (column,) if isinstance(column, str) else column or () for role, column in chosen.items()}
    for column in dict.fromkeys(column for columns in parts.values() for column in columns):
        roles = [role for role, columns in parts.items() if column in columns]
        if len(roles) > 1 and not (roles == ["session", "timestamp"] and all(len(parts[role]) > 1 for role in roles)):
            return column, [ROLE_WORDS[role] for role in roles]
    return None


def check_mapping(mapping: ColumnMapping, columns: Sequence[str], file: str) -> None:
    """Raises DataError when a mapped column is not in the file, or one is session (or user), time and item at once."""
    owner = "user" if mapping.session is None else "session"
    double = find_double_role(
        {owner: mapping.session or mapping.user, "timestamp": mapping.timestamp, "item": mapping.item}
    )
    if double is not None:
        raise DataError(
            "Session, time and item must each have a column of their own.",
            found=f"one column as {' and as '.join(double[1])}",
            where=f"{file}, column {double[0]}",
            remedy="Choose another column for one of them.",
        )
    for role, column in mapping.columns().items():
        if column not in columns:
            role = role.partition(PART.format("", ""))[0]
            role = ("user" if mapping.session is None else "session") if role == "owner" else role
            raise DataError(
                f"The file has no column {column} (chosen as {ROLE_WORDS[role]}).",
                found="columns " + ", ".join(columns),
                where=file,
                remedy="Choose one of the file's columns.",
            )


def describe_columns(labels: Mapping[str, str]) -> str:
    """Which column is which, in one line for people: "session = visit, time = clicked_at, item = product".

    Args:
        labels: Role to column, see `ColumnMapping.labels`.
    """
    return ", ".join(f"{ROLE_WORDS[role]} = {column}" for role, column in labels.items() if role in _SHOWN)
