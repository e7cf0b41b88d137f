"""In which notation are a column's times, and which others could be meant?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gru4rec_core.data.time_patterns import Readings, compile_notation, read_by_pattern, read_by_regex
from gru4rec_core.data.times import UNITS, guess_unit

ISO = "iso"
NUMBER = "number"

_ISO_REGEX = compile_notation(r"(?P<year>\d{4})(?:[-/. ](?P<month>\d{1,2})[-/. ](?P<day>\d{1,2}))")
_ISO_BASIC_REGEX = compile_notation(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})")


@dataclass(frozen=True)
class TimeFormat:
    """A notation of times.

    Attributes:
        name: As `ReadingOptions.time_format` takes it: "s", "ms", "us", "ns", "iso" or a pattern such as "%d/%m/%Y".
        label: For people, such as "day/month/year".
        must_be_chosen: Too uncertain to be taken unasked, even where it is the only candidate: two-digit years.
    """

    name: str
    label: str
    must_be_chosen: bool = False

    def read(self, texts: pa.Array) -> Readings:
        """What texts (without nulls, and without spaces around them) mean in this notation."""
        if self.name in UNITS:
            return _read_numbers(texts, self.name)
        if self.name == ISO:
            return _read_iso(texts)
        return read_by_pattern(texts, self.name)

    def explain(self, text: str) -> str:
        """What one text means, for people, such as "5 June 2024, 18:00"; "" where it means nothing."""
        readings = self.read(pa.array([text.strip()]))
        if not readings.is_read[0]:
            return ""
        moment = datetime.fromtimestamp(int(readings.moments[0]) // 10**6, UTC)
        day = f"{moment.day} {moment:%B} {moment.year}"
        clock = f"{moment:%H:%M:%S}".removesuffix(":00")
        return day if clock == "00:00" else f"{day}, {clock}"


def _of_order(order: str, separator: str) -> TimeFormat:
    """Three numbers in an order such as "dmY"."""
    words = {"d": "day", "m": "month", "Y": "year", "y": "two-digit year"}
    label = separator.join(words[letter] for letter in order)
    return TimeFormat(separator.join(f"%{letter}" for letter in order), label, must_be_chosen="y" in order)


_IN_UNITS = {
    "s": TimeFormat("s", "seconds since 1970"),
    "ms": TimeFormat("ms", "milliseconds since 1970"),
    "us": TimeFormat("us", "microseconds since 1970"),
    "ns": TimeFormat("ns", "nanoseconds since 1970"),
}
_TEXT_FORMATS: tuple[TimeFormat, ...] = (
    TimeFormat(ISO, "year-month-day (ISO)"),
    *(_of_order(order, separator) for separator in "/.-" for order in ("dmY", "mdY")),
    TimeFormat("%d %b %Y", "day, month's name, year"),
    TimeFormat("%d-%b-%Y", "day-month's name-year"),
    TimeFormat("%d/%b/%Y", "day/month's name/year"),
    TimeFormat("%b %d, %Y", "month's name, day, year"),
    TimeFormat("%b %d %Y", "month's name, day, year"),
    TimeFormat("%a, %d %b %Y", "weekday, day, month's name, year (mail)"),
    TimeFormat("%a %d %b %Y", "weekday, day, month's name, year"),
    TimeFormat("%a %b %d %Y", "weekday, month's name, day, year"),
    TimeFormat("%a %b %d %H:%M:%S %Y", "weekday, month's name, day, time, year"),
    TimeFormat("%a %b %d %H:%M:%S %z %Y", "weekday, month's name, day, time, zone, year"),
    TimeFormat("[%d/%b/%Y:%H:%M:%S %z]", "Apache log"),
    *(_of_order(order, separator) for separator in "/.-" for order in ("dmy", "mdy", "ymd")),
    TimeFormat("%d-%b-%y", "day-month's name-two-digit year", must_be_chosen=True),
    TimeFormat("%d %b %y", "day, month's name, two-digit year", must_be_chosen=True),
)
_COMPACT_FORMATS = {
    8: TimeFormat("%Y%m%d", "year, month, day without separators"),
    12: TimeFormat("%Y%m%d%H%M", "year to minute without separators"),
    14: TimeFormat("%Y%m%d%H%M%S", "year to second without separators"),
}


def recognise_time_formats(values: Sequence[str]) -> tuple[TimeFormat, ...]:
    """Every notation in which all values that are not empty can be read as plausible moments, the likeliest first.

    More than one, or one that `must_be_chosen`, needs a decision by the user. Numbers that are no dates, and no values
    at all, have none.

    Args:
        values: A sample from across the column.
    """
    texts = pc.utf8_trim_whitespace(pa.array(values, pa.string()))
    texts = pc.unique(texts.filter(pc.not_equal(texts, "")))
    if len(texts) == 0:
        return ()
    if _all(pc.match_substring_regex(texts, r"^[+-]?\d+(\.\d*)?(e[+-]?\d+)?$", ignore_case=True)):
        return _of_numbers(texts)
    return tuple(form for form in _TEXT_FORMATS if form.read(texts).is_read.all())


def _of_numbers(texts: pa.Array) -> tuple[TimeFormat, ...]:
    lengths = set(pc.utf8_length(texts).to_pylist())
    if len(lengths) == 1:
        compact = _COMPACT_FORMATS.get(lengths.pop())
        # Read as seconds or milliseconds, hardly any two numbers would also be a day of the calendar.
        if compact is not None and compact.read(texts).is_read.all():
            return (compact,)
    numbers = texts.cast(pa.float64()).to_numpy()
    unit = guess_unit(numbers.min(), numbers.max())
    return (_IN_UNITS[unit],) if unit is not None else ()


def _read_numbers(texts: pa.Array, unit: str) -> Readings:
    is_number = pc.match_substring_regex(texts, r"^[+-]?\d+(\.\d*)?$")
    numbers = pc.if_else(is_number, texts, "0").cast(pa.float64()).to_numpy()
    is_read = is_number.to_numpy(False) & np.array([guess_unit(number, number) == unit for number in numbers], bool)
    micros = np.where(is_read, numbers, 0.0) * (10**6 / UNITS[unit])
    return Readings(np.round(micros).astype(np.int64), is_read, np.ones(len(numbers), bool))


def _read_iso(texts: pa.Array) -> Readings:
    extended, basic = read_by_regex(texts, _ISO_REGEX), read_by_regex(texts, _ISO_BASIC_REGEX)
    return Readings(*(np.where(basic.is_read, b, e) for b, e in zip(basic, extended, strict=True)))


def _all(flags: pa.Array) -> bool:
    return bool(pc.all(flags).as_py())
