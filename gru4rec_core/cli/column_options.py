"""Which columns does a command line name, and how are they completed?"""

import math
from dataclasses import dataclass
from typing import Any

from gru4rec_core.data.columns import ColumnMapping, check_mapping
from gru4rec_core.data.locations import Location
from gru4rec_core.data.mapping_guess import explain_choices
from gru4rec_core.data.preview import LogPreview, inspect_log
from gru4rec_core.data.reading_options import ReadingOptions
from gru4rec_core.data.times import USUAL_PAUSE
from gru4rec_core.errors import DataError


@dataclass(frozen=True)
class ColumnOptions:
    """What the options of a command line say about columns; empty for options left out.

    Raises:
        DataError: Options that go only together with another one, without that.
    """

    session: tuple[str, ...] = ()
    timestamp: tuple[str, ...] = ()
    item: str | None = None
    user: str | None = None
    gap: float | None = None
    event_column: str | None = None
    event_kinds: tuple[str, ...] = ()
    item_name: str | None = None
    has_header: bool | None = None

    def __post_init__(self) -> None:
        if self.gap is not None and self.user is None:
            raise DataError(
                "--gap divides each user's events into visits, so it goes with --user.",
                found=f"--gap {self.gap:g} without --user",
                remedy="Name the column of the user with --user, or leave out --gap if a column names the visit.",
            )
        if self.gap is not None and not 0 < self.gap < math.inf:
            raise DataError(
                "--gap must be a number of minutes above 0.",
                found=f"--gap {self.gap:g}",
                remedy=f"{USUAL_PAUSE:g} minutes is usual.",
            )
        if self.user is not None and self.session:
            raise DataError(
                "Give either the column that names the session (--session), or that of the user (--user).",
                found="both --session and --user",
                remedy="Leave out one of the two.",
            )
        if self.event_column is not None and not self.event_kinds:
            raise DataError(
                "--event-column needs --event-kind: the kinds of event to keep.",
                found=f"--event-column {self.event_column} without --event-kind",
                remedy="Name each kind to keep with --event-kind, or leave out --event-column to keep all.",
            )

    def complete(self, file: Location, encoding: str, options: ReadingOptions) -> ColumnMapping | None:
        """The columns named, and for the others those that are recognised; None if no option says anything.

        Raises:
            DataError: A column is neither named nor recognised.
        """
        if self == ColumnOptions():
            return None
        preview = inspect_log(file, encoding=encoding, options=options, has_header=self.has_header)
        named = self._named(preview)
        guessed = {} if preview.guessed is None else dict(preview.guessed.__dict__)
        likely = {role: columns[0] for role, columns in preview.candidates.items() if columns}
        usual = {role: likely.get(role) for role in ("session", "timestamp", "item")} | guessed
        if "user" in named:
            usual |= {"session": None}
        if "session" in named:
            usual |= {"user": None, "session_gap_minutes": None}
        values: dict[str, Any] = {**usual, **named, "has_header": preview.has_header}
        self._check_complete(values, file)
        mapping = ColumnMapping(**values)
        check_mapping(mapping, preview.columns, str(file))
        return mapping

    def explain(self, mapping: ColumnMapping) -> tuple[str, ...]:
        """What was decided without asking about sessions and times, if the options say nothing about either."""
        return () if self.session or self.user or self.timestamp else explain_choices(mapping)

    def _named(self, preview: LogPreview) -> dict[str, Any]:
        named: dict[str, Any] = {
            "session": self.session or None,
            "timestamp": self.timestamp or None,
            "item": self.item,
            "user": self.user,
            "session_gap_minutes": self.gap,
            "item_name": self.item_name,
        }
        if self.event_kinds:
            named |= {"event_column": self.event_column or self._find_event_column(preview)}
            named |= {"keep_events": self.event_kinds}
        return {role: value for role, value in named.items() if value is not None}

    def _find_event_column(self, preview: LogPreview) -> str:
        columns = preview.candidates.get("event", ())
        if not columns:
            raise DataError(
                "No column could be recognised as the kind of event.",
                found="columns " + ", ".join(preview.columns),
                remedy="Name the column with --event-column.",
            )
        return columns[0]

    def _check_complete(self, values: dict[str, Any], file: Location) -> None:
        missing = [role for role in ("timestamp", "item") if not values.get(role)]
        if not values.get("session") and not values.get("user"):
            missing.insert(0, "session")
        if missing:
            raise DataError(
                "A log needs a column for the session, the timestamp and the item.",
                found=f"no column recognised as {', '.join(missing)}",
                where=str(file),
                remedy=f"Name it with --{missing[0]}.",
            )
        if not values.get("session") and values.get("session_gap_minutes") is None:
            user = values["user"]
            raise DataError(
                "--user needs --gap here: the pause that ends a visit was not recognised.",
                found=f"--user {user} without --gap",
                where=str(file),
                remedy=f"Add --gap {USUAL_PAUSE:g} ({USUAL_PAUSE:g} minutes is usual), or use --session {user} if a "
                "user's whole history is one session.",
            )
