"""How is a text read as a moment, by a pattern such as "%d/%m/%Y %H:%M"?"""

import re
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gru4rec_core.data.time_zones import find_zone, to_moments
from gru4rec_core.data.times import FIRST_MOMENT, LAST_MOMENT
from gru4rec_core.errors import DataError

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"  # fmt: skip # noqa: E501
_WEEKDAY = "(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?"
_ZONE = r"z|(?:utc|gmt)?[+-]\d{2}(?::?\d{2})?|utc|gmt"

_DIRECTIVES = {
    "Y": r"(?P<year>\d{4})",
    "y": r"(?P<short_year>\d{2})",
    "m": r"(?P<month>\d{1,2})",
    "b": f"(?P<month_name>{_MONTH})\\.?",
    "B": f"(?P<month_name>{_MONTH})\\.?",
    "d": r"(?P<day>\d{1,2})",
    "H": r"(?P<hour>\d{1,2})",
    "I": r"(?P<hour>\d{1,2})",
    "M": r"(?P<minute>\d{1,2})",
    "S": r"(?P<second>\d{1,2})(?:[.,](?P<fraction>\d{1,9}))?",
    "f": r"(?P<fraction>\d{1,9})",
    "p": r"(?P<half>[ap]\.?m\.?)",
    "z": f"(?P<zone>{_ZONE})",
    "Z": f"(?P<zone>{_ZONE})",
    "a": _WEEKDAY,
    "A": _WEEKDAY,
    "%": "%",
}
_CLOCK = (
    r"(?P<hour>\d{1,2})(?::?(?P<minute>\d{2})(?::?(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?)?"
    r"(?: *(?P<half>[ap]\.?m\.?))?"
)
# After an offset, what stands in brackets names the zone again; without one, only a name of the IANA list tells it.
_AGAIN = r"(?: *\([a-z /_+:0-9-]+\)| *\[[a-z0-9/_+-]+\])?"
_REGION = r"(?:[a-z]+/)+[a-z_-]+"
_ZONE_AT_END = rf"(?: *(?P<zone>{_ZONE}){_AGAIN}|(?: +| *\[)(?P<region>{_REGION})\]?)?"
_NEEDED = (("year", "short_year"), ("month", "month_name"), ("day",))


class Readings(NamedTuple):
    """What a column of texts means.

    Attributes:
        moments: int64 [n], microseconds since 1970 on the clock that the text shows, less its zone's offset where it
            names one; meaningless where the text cannot be read.
        is_read: bool [n], the text is a plausible moment (from 1678 to 2261).
        has_zone: bool [n], the text names its zone.
    """

    moments: np.ndarray
    is_read: np.ndarray
    has_zone: np.ndarray


def read_by_pattern(texts: pa.Array, pattern: str) -> Readings:
    """Reads texts by a pattern.

    A pattern that says nothing about the time of day also reads texts in which one follows the date, with or without a
    zone. Two-digit years from 69 are of the 20th century, the others of the 21st.

    Args:
        texts: Without spaces around them; none is null.
        pattern: Of the directives %Y %y %m %b %B %d %H %I %M %S %f %p %z %a %A.

    Raises:
        DataError: The pattern has another directive, or no year, month or day.
    """
    return read_by_regex(texts, to_regex(pattern))


def read_by_regex(texts: pa.Array, regex: str) -> Readings:
    """Reads texts by a regular expression of `to_regex` or `compile_notation`."""
    parts, n = pc.extract_regex(texts, regex), len(texts)
    if parts.null_count == n:  # of the notations tried on a column, most read none of its texts
        return Readings(np.zeros(n, np.int64), np.zeros(n, bool), np.zeros(n, bool))
    return _to_readings(parts, n)


@lru_cache
def to_regex(pattern: str) -> str:
    """The regular expression with named groups for a pattern.

    Raises:
        DataError: The pattern has an unknown directive, or no year, month or day.
    """
    parts, i = [], 0
    while i < len(pattern):
        if pattern[i] == "%":
            directive = pattern[i + 1 : i + 2]
            if directive not in _DIRECTIVES:
                raise _bad_pattern(pattern, f"%{directive}, which is none of them")
            parts.append(_DIRECTIVES[directive])
            i += 2
        else:
            parts.append(" +" if pattern[i] == " " else re.escape(pattern[i]))
            i += 1
    body = "".join(parts)
    missing = [names[0] for names in _NEEDED if not any(f"<{name}>" in body for name in names)]
    if missing:
        raise _bad_pattern(pattern, f"no {missing[0]}")
    groups = re.findall(r"\?P<(\w+)>", body)
    if len(set(groups) - {"fraction"}) < len([name for name in groups if name != "fraction"]):
        raise _bad_pattern(pattern, "the same part twice")
    return compile_notation(body)


def compile_notation(body: str) -> str:
    """A date's regular expression, completed by what may follow it: a time of day and a zone."""
    if body.count("<fraction>") == 2:  # "%S.%f": the seconds bring an optional fraction of their own
        body = body.replace(r"(?:[.,](?P<fraction>\d{1,9}))?", "", 1)
    clock = "" if "<hour>" in body else f"(?:(?:[t:]|,? +(?:at +)?){_CLOCK})?"
    zone = "" if "<zone>" in body else _ZONE_AT_END
    return f"(?i)^{body}{clock}{zone}$"


def _bad_pattern(pattern: str, found: str) -> DataError:
    return DataError(
        "This is not a time format.",
        found=f"{pattern!r}: {found}",
        where="time_format",
        remedy="Use s, ms, us, ns, number, iso, or a pattern with a year, a month and a day, such as %d/%m/%Y %H:%M "
        "(of %Y %y %m %b %d %H %I %M %S %f %p %z %a).",
    )


def _to_readings(parts: pa.StructArray, n: int) -> Readings:
    """Moments from the parts that a regular expression found."""
    fields = {field.name: parts.field(i) for i, field in enumerate(parts.type)}
    number = {name: _numbers(fields[name], n) if name in fields else None for name in ("year", "month", "day")}
    year, month, day = number["year"], number["month"], number["day"]
    if year is None:
        short = _numbers(fields["short_year"], n)
        year = short + np.where(short >= 69, 1900, 2000)
    if month is None:
        month = _month_numbers(fields["month_name"])
    assert day is not None
    days, is_date = days_since_1970(year, month, day)
    clock, is_clock = _clock_microseconds(fields, n)
    offset, has_zone = _zone_offsets(fields.get("zone"), n)
    moments = days * 86_400_000_000 + clock - offset
    is_read = parts.is_valid().to_numpy(zero_copy_only=False) & is_date & is_clock
    if "region" in fields:
        moments, is_read, has_zone = _in_regions(Readings(moments, is_read, has_zone), fields["region"])
    return Readings(moments, is_read & (moments >= FIRST_MOMENT) & (moments <= LAST_MOMENT), has_zone)


def days_since_1970(year: np.ndarray, month: np.ndarray, day: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Days since 1970 (int64 [n]) of the calendar's dates, and which of the dates exist (bool [n])."""
    months = (year - 1970) * 12 + np.clip(month, 1, 12) - 1
    first = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    following = (months + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    days = first + day - 1
    return days, (month >= 1) & (month <= 12) & (day >= 1) & (days < following)


def _numbers(digits: pa.Array | None, n: int) -> np.ndarray:
    """Digits as int64 [n]; 0 where there are none."""
    if digits is None:
        return np.zeros(n, np.int64)
    filled = pc.if_else(pc.equal(pc.fill_null(digits, ""), ""), "0", digits)
    return filled.cast(pa.int64()).to_numpy()


def _month_numbers(names: pa.Array) -> np.ndarray:
    short = pc.utf8_slice_codeunits(pc.utf8_lower(names), 0, 3)
    return pc.fill_null(pc.index_in(short, pa.array(_MONTHS)), -1).to_numpy().astype(np.int64) + 1


def _clock_microseconds(fields: dict[str, pa.Array], n: int) -> tuple[np.ndarray, np.ndarray]:
    """The time of day in microseconds (int64 [n]), and where it is one (bool [n])."""
    hour, minute, second = (_numbers(fields.get(name), n) for name in ("hour", "minute", "second"))
    is_clock = (hour <= 23) & (minute <= 59) & (second <= 59)
    if "half" in fields:
        half = pc.utf8_lower(pc.utf8_slice_codeunits(pc.fill_null(fields["half"], ""), 0, 1))
        is_pm, is_half = (pc.equal(half, "p").to_numpy(False), pc.not_equal(half, "").to_numpy(False))
        is_clock &= ~is_half | ((hour >= 1) & (hour <= 12))
        hour = np.where(is_half, hour % 12 + 12 * is_pm, hour)
    micros = 0
    if "fraction" in fields:
        digits = pc.utf8_slice_codeunits(pc.utf8_rpad(pc.fill_null(fields["fraction"], ""), 6, "0"), 0, 6)
        micros = digits.cast(pa.int64()).to_numpy()
    return ((hour * 60 + minute) * 60 + second) * 10**6 + micros, is_clock


def _zone_offsets(zones: pa.Array | None, n: int) -> tuple[np.ndarray, np.ndarray]:
    """What to subtract for the zone named, in microseconds (int64 [n]), and where one is named (bool [n])."""
    if zones is None:
        return np.zeros(n, np.int64), np.zeros(n, bool)
    encoded = pc.fill_null(zones, "").dictionary_encode()
    offsets = np.array([_zone_offset(text) for text in encoded.dictionary.to_pylist()], np.int64)
    named = np.array([text != "" for text in encoded.dictionary.to_pylist()])
    numbers = encoded.indices.to_numpy()
    return offsets[numbers], named[numbers]


def _in_regions(readings: Readings, regions: pa.Array) -> Readings:
    """The same where no region such as "Europe/Berlin" is named; else moments by its clock."""
    moments, is_read, has_zone = readings
    encoded = pc.fill_null(regions, "").dictionary_encode()
    numbers = encoded.indices.to_numpy()
    for number, name in enumerate(encoded.dictionary.to_pylist()):
        rows = np.flatnonzero((numbers == number) & is_read) if name else ()
        if not len(rows):
            continue
        has_zone[rows] = True
        try:
            clock = to_moments(moments[rows], find_zone(name))
        except DataError:
            is_read[rows] = False
            continue
        moments[rows] = clock.moments
        is_read[rows] = ~(clock.is_skipped | clock.is_repeated)
    return Readings(moments, is_read, has_zone)


def _zone_offset(text: str) -> int:
    match = re.search(r"([+-])(\d\d):?(\d\d)?$", text)
    if match is None:
        return 0
    minutes = int(match[2]) * 60 + int(match[3] or 0)
    return (-1 if match[1] == "-" else 1) * minutes * 60 * 10**6
