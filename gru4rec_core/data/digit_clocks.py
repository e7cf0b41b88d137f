"""What do whole numbers beside a date say: a clock time in digits (093000), or seconds or milliseconds of the day?"""

import re
from dataclasses import replace
from typing import Literal, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gru4rec_core.data.columns import ColumnMapping
from gru4rec_core.data.reading_options import ReadingOptions
from gru4rec_core.data.sources.base import ReadRequest, Source, ignore_bytes
from gru4rec_core.data.time_parts import counts_events
from gru4rec_core.data.times import DAY_SECONDS
from gru4rec_core.errors import DataError

DigitClock = Literal["HHMMSS", "HHMM", "s", "ms"]
CLOCK_LABELS: dict[DigitClock, str] = {
    "HHMMSS": "clock times in digits, such as 93000 for 9:30:00",
    "HHMM": "clock times in digits, such as 930 for 9:30",
    "s": "seconds of the day",
    "ms": "milliseconds of the day",
}
HOUR = re.compile(r"(?i)^(hh?|hour|hours|stunde|heure|ora|hora|godzina|uur)$")
_CLOCK_SHARE = 0.95  # of the distinct numbers that must be clock times
_ENOUGH = 20  # distinct numbers that are clock times by chance once in 10,000 logs
_LEAST_SECONDS = 1_000  # a number that never gets there only counts the events of a session
_MOST_NUMBERS = DAY_SECONDS  # more distinct ones are milliseconds


class SettledClock(NamedTuple):
    """How the numbers beside a date are read.

    Attributes:
        clock: None where the time has no such number.
        options: What is left to decide about the times.
        note: What was decided unasked, for people; "" where nothing was.
    """

    clock: DigitClock | None
    options: ReadingOptions
    note: str = ""


def settle_clock(
    source: Source, request: ReadRequest, mapping: ColumnMapping, options: ReadingOptions, name: str
) -> SettledClock:
    """Decides from the whole column what the numbers beside a date say.

    Args:
        source: The log.
        request: Its connection and header count; the columns are those of the mapping.
        mapping: Which columns form the time.
        options: `time_format` may name the reading: "HHMMSS", "HHMM", "s" or "ms".
        name: Of the log, for messages.

    Raises:
        DataError: The numbers have several plausible readings.
    """
    column = find_number_column(mapping)
    if column is None:
        return SettledClock(None, options)
    chosen = next((clock for clock in CLOCK_LABELS if clock == options.time_format), None)
    if chosen is not None:
        return SettledClock(chosen, replace(options, time_format=None))
    if counts_events(column):
        return SettledClock("ms", options)
    texts = _read_numbers(source, replace(request, roles={"number": column}, on_bytes=ignore_bytes))
    if len(texts) == 0:
        return SettledClock("ms", options)
    clocks = list_clocks(texts)
    if len(clocks) > 1:
        raise _unclear(clocks, texts, f"{name}, column {column}")
    are_seconds = len(mapping.parts["timestamp"]) == 4 and pc.max(texts.cast(pa.int64())).as_py() < 60  # of a minute
    note = "" if are_seconds else f"The numbers in {column} are read as {CLOCK_LABELS[clocks[0]]}."
    return SettledClock(clocks[0], options, note)


def find_number_column(mapping: ColumnMapping) -> str | None:
    """The one column that follows the date and names no hour; None where there is none."""
    parts = mapping.parts.get("timestamp", ())
    return parts[-1] if len(parts) in (2, 4) and not HOUR.match(parts[-1]) else None


def list_clocks(texts: pa.Array) -> tuple[DigitClock, ...]:
    """The plausible readings of a column's distinct whole numbers, the likeliest first.

    >>> list_clocks(pa.array(["900", "2130"])), list_clocks(pa.array(["93000", "184500"]))
    (('HHMM',), ('HHMMSS',))
    >>> list_clocks(pa.array(["34200", "50400"])), list_clocks(pa.array(["526309", "61000"]))
    (('HHMMSS', 's', 'ms'), ('ms',))
    """
    numbers = texts.cast(pa.int64()).to_numpy()
    hours_minutes, with_seconds = _clock_share(numbers), _clock_share(numbers // 100, numbers % 100)
    lengths = pc.unique(pc.utf8_length(texts)).to_pylist()
    is_padded = len(lengths) == 1 and bool(pc.any(pc.starts_with(texts, "0")).as_py())
    if is_padded and lengths == [4] and hours_minutes >= _CLOCK_SHARE:
        return ("HHMM",)
    if is_padded and lengths == [6] and with_seconds >= _CLOCK_SHARE:
        return ("HHMMSS",)
    spread = np.ptp(numbers)
    if hours_minutes >= _CLOCK_SHARE and numbers.max() >= 100 and spread >= 100:
        return ("HHMM",)
    fits_a_day_in_seconds = _LEAST_SECONDS <= numbers.max() < DAY_SECONDS
    if with_seconds >= _CLOCK_SHARE and spread >= 10_000:
        by_chance = len(numbers) < _ENOUGH or not (numbers % 100).any()
        return ("HHMMSS", "s", "ms") if fits_a_day_in_seconds and by_chance else ("HHMMSS",)
    return ("s", "ms") if fits_a_day_in_seconds else ("ms",)


def _clock_share(hours_minutes: np.ndarray, seconds: np.ndarray | int = 0) -> float:
    is_clock = (hours_minutes // 100 < 24) & (hours_minutes % 100 < 60) & (np.asarray(seconds) < 60)
    return float(is_clock.mean())


def _read_numbers(source: Source, request: ReadRequest) -> pa.Array:
    """The distinct whole numbers of a column, as texts; only some where these are milliseconds beyond doubt."""
    found = pa.array([], pa.string())
    for block in source.blocks(request):
        texts = pc.utf8_trim_whitespace(pc.unique(block["number"].combine_chunks()).cast(pa.string()))
        texts = texts.filter(pc.fill_null(pc.match_substring_regex(texts, r"^\d{1,18}$"), False))
        found = pc.unique(pa.chunked_array([found, texts]))
        if len(found) > _MOST_NUMBERS or (
            len(found) > _ENOUGH and list_clocks(found) == ("ms",) and _exceed_day(found)
        ):
            break
    return found


def _exceed_day(texts: pa.Array) -> bool:
    """Whether most numbers are neither clock times nor seconds of a day."""
    return bool(np.mean(texts.cast(pa.int64()).to_numpy() >= 240_000) > 1 - _CLOCK_SHARE)


def _unclear(clocks: tuple[DigitClock, ...], texts: pa.Array, where: str) -> DataError:
    example = texts[pc.index(texts, pc.max(texts)).as_py()].as_py()
    ways = "; ".join(f"--time-format {clock} for {CLOCK_LABELS[clock]}" for clock in clocks)
    return DataError(
        "It is not clear what the numbers next to a date mean.",
        found=f"{example}: " + " or ".join(_explain(int(example), clock) for clock in clocks),
        where=where,
        remedy=f"With the command, say which: {ways}. Or write the column as 09:30:00.",
    )


def _explain(number: int, clock: DigitClock) -> str:
    """What a number means, such as "9:30:00 as seconds of the day"."""
    if clock in ("HHMMSS", "HHMM"):
        digits = f"{number:06}" if clock == "HHMMSS" else f"{number:04}"
        return f"{int(digits[:2])}:" + ":".join(re.findall("..", digits[2:])) + " as a clock time"
    text = str(np.datetime64(number, "s" if clock == "s" else "ms")).removeprefix("1970-01-01T")
    return f"{text} as {CLOCK_LABELS[clock]}"
