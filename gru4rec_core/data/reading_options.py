"""How do rows become events, where a file's content alone does not say?"""

from dataclasses import dataclass
from typing import Literal

from gru4rec_core.errors import DataError

Layout = Literal["events", "session-per-line", "wide", "nested"]
"""What a row holds: one event; a session's items, separated by spaces; a session and its items in columns of their
own; or a session with a list of its events."""


@dataclass(frozen=True)
class ReadingOptions:
    """What the user decides about reading a log, beside which column is which. By default all of it is recognised.

    Attributes:
        layout: What a row holds; None to recognise it.
        time_format: The notation of the times: "s", "ms", "us" or "ns" since 1970, "number" for numbers that are no
            dates, "iso", or a pattern such as "%d/%m/%Y %H:%M"; for a number next to a date, "HHMM", "HHMMSS", "s" or
            "ms" of the day; None to recognise it.
        time_zone: The zone of times that do not name one, such as "Europe/Berlin".
        keep_null_words: Take words such as NULL and NaN as the name of a session or an item, not as a missing value.
        sample: Share of the sessions to keep, in (0, 1]; whole sessions are kept or left out.
        seed: The same seed keeps the same sessions.
        any_size: Read the log however many rows it has, and however many bytes once it is unpacked.
    """

    layout: Layout | None = None
    time_format: str | None = None
    time_zone: str = "UTC"
    keep_null_words: bool = False
    sample: float = 1.0
    seed: int = 0
    any_size: bool = False

    def __post_init__(self) -> None:
        if not 0 < self.sample <= 1:
            raise DataError(
                "A sample must be a fraction of the sessions, above 0 and up to 1.",
                found=f"{self.sample:g}",
                where="sample",
                remedy="0.1 keeps a tenth of the sessions.",
            )
