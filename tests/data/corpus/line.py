"""What is a line of the corpus: a file, how it is read, and what must come of it?"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from gru4rec_core.data.columns import ColumnMapping
from gru4rec_core.data.reading_options import ReadingOptions

HEADER = ("session", "timestamp", "item")
TOY = "s1: A B; s2: B C A"
"""The sessions of `ROWS`."""
ROWS = [("s1", 10, "A"), ("s1", 20, "B"), ("s2", 15, "B"), ("s2", 30, "C"), ("s2", 40, "A")]


class Reading(NamedTuple):
    """How a file is read.

    Attributes:
        file: Its name.
        mapping: Which column is which; None to have it recognised.
        encoding: Of text.
        options: See `ReadingOptions`.
    """

    file: str = "log.csv"
    mapping: ColumnMapping | None = None
    encoding: str = "utf-8"
    options: ReadingOptions = ReadingOptions()


@dataclass(frozen=True)
class Line:
    """A file and what must come of it. Every row of the file is accounted for by the expectation.

    Attributes:
        name: What is odd about the file.
        content: Of the file; of each file by its name for a folder; None for no file at all.
        reading: How it is read.
        sessions: Session to its items, oldest first, in the order in which they appear; None where it is refused.
        times: Of all events, in the order of `sessions`: ISO texts in UTC, or numbers where the times are no dates;
            None where they do not matter.
        rejected: Line (or row) of each rejected row, and a part of the reason.
        filtered: How many rows are left out because of their kind of event.
        says: Parts of the message, where the file is refused.
    """

    name: str
    content: bytes | dict[str, bytes] | None
    reading: Reading
    sessions: dict[str, list[str]] | None
    times: list[str | float] | None = None
    rejected: tuple[tuple[int, str], ...] = ()
    filtered: int = 0
    says: tuple[str, ...] = ()


def reads(
    name: str,
    content: str | bytes | dict[str, bytes],
    sessions: str | dict[str, list[str]] = TOY,
    *,
    times: Sequence[str | float] | None = None,
    rejected: Sequence[tuple[int, str]] = (),
    filtered: int = 0,
    **reading: Any,
) -> Line:
    """A line for a file that is read. `sessions` as text: "s1: A B; s2: C". Fields of `Reading` follow by name."""
    if isinstance(sessions, str):
        sessions = {s.split(": ")[0]: s.split(": ")[1].split() for s in sessions.split("; ")}
    times = None if times is None else list(times)
    return Line(name, to_bytes(content), _reading(reading), sessions, times, tuple(rejected), filtered)


def refuses(name: str, content: str | bytes | dict[str, bytes] | None, *says: str, **reading: Any) -> Line:
    """A line for a file that is refused with a message in which all of `says` occurs."""
    return Line(name, to_bytes(content), _reading(reading), None, says=says)


def means(name: str, moments: Mapping[str, str | float | None], *, reason: str = "timestamp", **reading: Any) -> Line:
    """A line for one session of items 0, 1, …, whose times are written as the keys and mean the values.

    Times that mean None are rejected for `reason`.
    """
    rows = [("s", text, str(i)) for i, text in enumerate(moments)]
    kept = sorted((m, i) for i, m in enumerate(moments.values()) if m is not None)
    rejected = tuple((i + 2, reason) for i, m in enumerate(moments.values()) if m is None)
    sessions = {"s": [str(i) for _, i in kept]}
    reading = {"mapping": ColumnMapping(*HEADER), **reading}  # items that occur once each would not be recognised
    return Line(name, table(rows).encode(), _reading(reading), sessions, [m for m, _ in kept], rejected)


def table(
    rows: Sequence[Sequence[object]] = ROWS, delimiter: str = ",", end: str = "\n", header: Sequence[str] = HEADER
) -> str:
    """Rows as delimited text, quoted where they need it; without a header where it is empty."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end)
    writer.writerows([header, *rows] if header else rows)
    return text.getvalue()


def at(*times: object) -> str:
    """A table of one session, s, of items 0 to 9, again and again, at these times."""
    return table([("s", time, i % 10) for i, time in enumerate(times)])


def lines(*texts: str) -> str:
    """A CSV file of the usual header and these lines."""
    return "\n".join([",".join(HEADER), *texts, ""])


def to_bytes(content: str | bytes | dict[str, bytes] | None) -> bytes | dict[str, bytes] | None:
    return content.encode() if isinstance(content, str) else content


def _reading(fields: dict[str, Any]) -> Reading:
    """Of the fields of `Reading`, and of those of `ReadingOptions`."""
    own = {name: value for name, value in fields.items() if name in Reading._fields}
    options = {name: value for name, value in fields.items() if name not in own}
    return Reading(**{"options": ReadingOptions(**options), **own})
