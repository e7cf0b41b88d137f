"""In which notation are a column's times, and which others could be meant?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gru4rec_core.data.number_times import NUMBER, UNIT_WORDS, judge_numbers
from gru4rec_core.data.time_patterns import Readings, compile_notation, read_by_pattern, read_by_regex, to_regex
from gru4rec_core.data.times import UNITS, unit_range
from gru4rec_core.errors import DataError

ISO = "iso"
_ISO_REGEX = compile_notation(r"(?P<year>\d{4})(?:[-/. ](?P<month>\d{1,2})[-/. ](?P<day>\d{1,2}))")
_ISO_BASIC_REGEX = compile_notation(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})")


@dataclass(frozen=True)
class TimeFormat:
    """A notation of times.

    Attributes:
        name: As `ReadingOptions.time_format` takes it: "s", "ms", "us", "ns", "number", "iso" or a pattern such as
            "%d/%m/%Y".
        label: For people, such as "day/month/year".
        must_be_chosen: Too uncertain to be taken unasked, even where it is the only candidate: two-digit years.
    """

    name: str
    label: str
    must_be_chosen: bool = False

    def read(self, texts: pa.Array) -> Readings:
        """What texts (without nulls, and without spaces around them) mean in this notation."""
        if self.name == NUMBER:
            return Readings(np.zeros(len(texts), np.int64), np.zeros(len(texts), bool), np.zeros(len(texts), bool))
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


_OF_NUMBERS = {
    **{unit: TimeFormat(unit, f"{word} since 1970") for unit, word in UNIT_WORDS.items()},
    "%Y%m%d": TimeFormat("%Y%m%d", "year, month, day without separators"),
    "%Y%m%d%H%M": TimeFormat("%Y%m%d%H%M", "year to minute without separators"),
    "%Y%m%d%H%M%S": TimeFormat("%Y%m%d%H%M%S", "year to second without separators"),
    "%Y%m%d%H%M%S%f": TimeFormat("%Y%m%d%H%M%S%f", "year to millisecond without separators"),
    NUMBER: TimeFormat(NUMBER, "numbers that are not dates"),
}
TEXT_FORMATS: tuple[TimeFormat, ...] = (
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

_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
_DATE_SIGN = rf"(?i)\d[-/. ]\d|\d{{8}}|\d[-/ ]+{_MONTH}|{_MONTH}[a-z.]* +\d"
"""What each of `TEXT_FORMATS` has somewhere."""


def recognise_time_formats(values: Sequence[str]) -> tuple[TimeFormat, ...]:
    """Every notation in which all values that are not empty can be read as plausible moments, the likeliest first.

    More than one, or one that `must_be_chosen`, needs a decision by the user. Numbers that are not dates, and no values
    at all, have none.

    Args:
        values: A sample from across the column.
    """
    texts = pc.utf8_trim_whitespace(pa.array(values, pa.string()))
    texts = pc.unique(texts.filter(pc.not_equal(texts, "")))
    if len(texts) == 0:
        return ()
    points = _with_points(texts)
    if _all(pc.match_substring_regex(points, r"^[+-]?\d+(\.\d*)?(e[+-]?\d+)?$", ignore_case=True)):
        return _of_numbers(points)
    # All notations tried on each column of words or ids took half a minute for 1,900 columns.
    if not _all(pc.match_substring_regex(texts, _DATE_SIGN)):
        return ()
    return tuple(form for form in TEXT_FORMATS if form.read(texts).is_read.all())


def find_telling_example(texts: Sequence[str], formats: Sequence[TimeFormat]) -> str:
    """The first text that means something else in each notation, or else the first: 1 January is 01/01 either way."""
    return next((text for text in texts if len({form.explain(text) for form in formats}) == len(formats)), texts[0])


def _of_numbers(texts: pa.Array) -> tuple[TimeFormat, ...]:
    numbers = texts.cast(pa.float64()).to_numpy()
    try:
        times = judge_numbers(numbers, "")
    except DataError:  # two units are mixed
        return ()
    return (_OF_NUMBERS[times.format_name],) if times.format_name != NUMBER and not times.rejected else ()


def _with_points(texts: pa.Array) -> pa.Array:
    """Numbers with a decimal comma as those with a point; 1,234 may be thousands and stays."""
    return pc.replace_substring_regex(texts, r"^([+-]?\d{4,}),(\d+)$", r"\1.\2")


def _read_numbers(texts: pa.Array, unit: str) -> Readings:
    texts = _with_points(texts)
    is_number = pc.match_substring_regex(texts, r"^[+-]?\d+(\.\d*)?$")
    numbers = pc.if_else(is_number, texts, "nan").cast(pa.float64()).to_numpy()
    start, end = unit_range(unit)
    is_read = (numbers >= start) & (numbers < end)
    micros = np.where(is_read, numbers, 0.0) * (10**6 / UNITS[unit])
    return Readings(np.round(micros).astype(np.int64), is_read, np.ones(len(numbers), bool))


def _read_iso(texts: pa.Array) -> Readings:
    extended, basic = read_by_regex(texts, _ISO_REGEX), read_by_regex(texts, _ISO_BASIC_REGEX)
    return Readings(*(np.where(basic.is_read, b, e) for b, e in zip(basic, extended, strict=True)))


def _all(flags: pa.Array) -> bool:
    return bool(pc.all(flags).as_py())


def find_format(name: str) -> TimeFormat:
    """The notation of a name that a user gave.

    Raises:
        DataError: It is none.
    """
    known = next((form for form in (*_OF_NUMBERS.values(), *TEXT_FORMATS) if form.name == name), None)
    if known is not None:
        return known
    to_regex(name)
    return TimeFormat(name, name)
