"""What can be done to clean a log, what is it called, and what did it do?"""

from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np

from gru4rec_core.data.log_faults import ROBOT_FAST_EVENTS
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.errors import DataError
from gru4rec_core.words import counted

DROPS: dict[str, str] = {
    "far-away-dates": "far-away dates",
    "duplicates": "duplicates",
    "robots": "likely robots",
    "single-items": "items that occur once",
    "one-event-sessions": "one-event sessions",
}
"""What can be dropped, and what to call it. In the order in which several are dropped: items that occur once leave
sessions of one event behind."""


_VALUES = {
    "pauses": "A pause must be a number of minutes above 0.",
    "period": "Give a start, an end, or both.",
    "days": "Name at least one day to drop.",
}


@dataclass(frozen=True)
class CleaningStep:
    """One thing to do to a log.

    Attributes:
        kind: one of `DROPS`; or "pauses": cut sessions wherever nothing happens for a time; "period": keep the sessions
            that start in it; "days": drop the sessions that start on them.
        value: of "pauses", the minutes; of "period", its start and its end (ISO dates, or numbers in the log's own
            unit; "" for open), the end not included; of "days", ISO dates (UTC). None for `DROPS`.

    Raises:
        DataError: there is no such step, or its value is not one.
    """

    kind: str
    value: float | tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if self.kind in DROPS:
            return
        if self.kind not in _VALUES:
            raise DataError(
                "There is nothing of this name to drop.",
                found=repr(self.kind),
                remedy=f"Choose from {', '.join(DROPS)}.",
            )
        if not self._has_value():
            raise DataError(_VALUES[self.kind], found=repr(self.value))

    def _has_value(self) -> bool:
        if self.kind == "pauses":
            return isinstance(self.value, float | int) and 0 < self.value < np.inf
        return isinstance(self.value, tuple) and any(self.value)

    @property
    def _texts(self) -> tuple[str, ...]:
        return self.value if isinstance(self.value, tuple) else ()

    @property
    def phrase(self) -> str:
        """What it makes of a log, for the new log's name: "without duplicates"."""
        if self.kind in DROPS:
            return f"without {DROPS[self.kind]}"
        if self.kind == "pauses":
            return f"cut at pauses over {self.value:g} min"
        texts = self._texts
        if self.kind == "days":
            return f"without {texts[0]}" if len(texts) == 1 else f"without {len(texts)} days"
        return " ".join(f"{word} {text}" for word, text in zip(("from", "until"), texts, strict=True) if text)

    @property
    def label(self) -> str:
        """What to do, for a button: "Drop duplicates"."""
        if self.kind in DROPS:
            return f"Drop {DROPS[self.kind]}"
        if self.kind == "pauses":
            return f"Cut at pauses over {self.value:g} min"
        if self.kind == "days":
            days = self._texts
            return f"Drop sessions that start on {days[0] if len(days) == 1 else f'these {len(days)} days'}"
        start, end = (text.replace("T", " ") for text in self._texts)
        if start and end:
            return f"Keep sessions that start from {start} until {end}"
        return f"Keep sessions that start {f'on or after {start}' if start else f'before {end}'}"

    @property
    def action(self) -> str:
        """What was done, as the end of "made from shop by …": "dropping duplicates"."""
        if self.kind in DROPS:
            return f"dropping {DROPS[self.kind]}"
        if self.kind == "pauses":
            return f"cutting sessions at pauses of more than {self.value:g} minutes"
        if self.kind == "days":
            return f"dropping the sessions that start on {', '.join(self._texts)}"
        return f"keeping the sessions that start {self.phrase}"

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


class LogSize(NamedTuple):
    """How much there is in a log."""

    events: int
    sessions: int
    items: int

    @classmethod
    def of(cls, dataset: SessionDataset) -> "LogSize":
        return cls(dataset.n_events, dataset.n_sessions, dataset.n_items)


@dataclass(frozen=True)
class StepOutcome:
    """What a step did.

    Attributes:
        step: the step.
        before, after: sizes of the log.
        shrunk: sessions that had several events and have one now; of "pauses", the pieces of one event.
        limits: of "robots", what made a session one, in words; else "".
    """

    step: CleaningStep
    before: LogSize
    after: LogSize
    shrunk: int
    limits: str = ""

    @property
    def changes(self) -> bool:
        """Whether it does anything to this log."""
        return self.before != self.after

    def describe(self) -> str:
        """What is left, in one or two sentences."""
        if not self.changes:
            return "This step changes nothing."
        before, after = self.before, self.after
        if self.step.kind == "pauses":
            more = "1 more session than before has" if self.shrunk == 1 else f"{self.shrunk:,} more than before have"
            alone = f"; {more} only one event" if self.shrunk else ""
            return f"Turns {counted(before.sessions, 'session')} into {after.sessions:,}{alone}."
        parts = zip(after, before, LogSize._fields, strict=True)
        left = ", ".join(f"{new:,} of {old:,} {name}" for new, old, name in parts)
        return f"Leaves {left}{self._count_shrunk()}."

    def _count_shrunk(self) -> str:
        if not self.shrunk:
            return ""
        return f"; {self.shrunk:,} more session{' is' if self.shrunk == 1 else 's are'} left with one event"

    def to_json(self) -> dict[str, Any]:
        return {
            **self.step.to_json(),
            "before": self.before._asdict(),
            "after": self.after._asdict(),
            "shrunk_to_one_event": self.shrunk,
            "limits": self.limits,
        }


def describe_robot_limits(most_events: float, most_per_minute: float) -> str:
    """When a session counts as a robot's: "more than 120 events, or at least 20 at more than 60 per minute"."""
    is_known = np.isfinite(most_per_minute)
    fast = f", or at least {ROBOT_FAST_EVENTS} at more than {most_per_minute:,.4g} per minute" if is_known else ""
    return f"more than {most_events:,.0f} events{fast}"
