"""Which time does each text of a column denote?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING, NamedTuple, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gru4rec_core.data.missing import INVISIBLE, is_null_word
from gru4rec_core.data.number_times import NUMBER
from gru4rec_core.data.reading_options import ReadingOptions
from gru4rec_core.data.sources.base import run_query
from gru4rec_core.data.time_formats import ISO, TimeFormat, find_format
from gru4rec_core.data.time_zones import find_zone, to_moments
from gru4rec_core.data.times import FIRST_MOMENT, LAST_MOMENT, UNITS

if TYPE_CHECKING:
    import duckdb

WHOLE, FRACTION, DATE, TEXT = 0, 1, 2, 3
"""Kinds of times: a whole number, another number, a moment, a text whose notation the whole file decides."""
NONE_GIVEN, UNREADABLE, NOT_FINITE, NULL_WORD, SKIPPED, REPEATED, SHORTENED, TOO_LARGE = -1, -2, -3, -4, -5, -6, -7, -8
"""Kinds of texts that are not times; two are on a clock that skips them or shows them twice, one lost digits."""
_LOST_DIGITS = r"^[+-]?\d([.,]\d{0,6})?e\+?0*([89]|1\d)$"
"""A large number with an exponent and too few digits to be exact, as spreadsheets show it: 1.7E+12."""
_DECIMAL_COMMA = r"^[+-]?\d{4,},\d+$"  # no thousands: these are groups of three


class Times(NamedTuple):
    """What a column of texts denotes.

    Attributes:
        bits: int64 [n]: a whole number; the bits of the float64 of another number; microseconds since 1970 of a moment.
        kinds: int8 [n], of the constants above; those of texts that are not times are negative.
    """

    bits: np.ndarray
    kinds: np.ndarray


@dataclass(frozen=True)
class TimeReading:
    """How times are to be read.

    Attributes:
        form: Their notation; None to recognise it.
        zone: Zone of times that do not name one.
    """

    form: TimeFormat | None = None
    zone: tzinfo = UTC

    @classmethod
    def of(cls, options: ReadingOptions) -> Self:
        """What a user decided.

        Raises:
            DataError: No such notation or zone.
        """
        form = None if options.time_format is None else find_format(options.time_format)
        return cls(form, find_zone(options.time_zone))

    @property
    def of_numbers(self) -> bool:
        """Whether only numbers are times."""
        return self.form is not None and (self.form.name in UNITS or self.form.name == NUMBER)

    @property
    def of_texts(self) -> bool:
        """Whether the notation is that of a date."""
        return self.form is not None and not self.of_numbers

    def on_clock(self, times: Times, has_zone: np.ndarray | bool) -> Times:
        """Converts local times that were read as UTC; other times stay as they are."""
        if self.zone is UTC:
            return times
        local = (times.kinds == DATE) & ~np.broadcast_to(has_zone, len(times.kinds))
        if not local.any():
            return times
        bits, kinds = times.bits.copy(), times.kinds.copy()
        clock = to_moments(bits[local], self.zone)
        bits[local] = clock.moments
        kinds[local] = np.where(clock.is_skipped, SKIPPED, np.where(clock.is_repeated, REPEATED, DATE))
        return Times(bits, kinds)


def parse_times(
    connection: duckdb.DuckDBPyConnection, texts: pa.ChunkedArray, reading: TimeReading | None = None
) -> Times:
    """Parses a column of texts as times; null means that no time was given.

    Arrow reads a column of whole numbers, or of ISO dates of one form, ten times as fast as DuckDB reads any column.
    """
    reading = reading or TimeReading()
    texts = texts.combine_chunks()
    is_iso = reading.form is None or reading.form.name == ISO
    if reading.of_texts:
        return (_parse_iso(texts, reading) if is_iso else None) or _parse_by_format(texts, reading)
    times = _parse_whole_numbers(texts) or _parse_iso(texts, reading) or _parse_any(connection, texts, reading)
    if reading.of_numbers:
        times.kinds[times.kinds >= DATE] = UNREADABLE
    return times


def _parse_by_format(texts: pa.StringArray, reading: TimeReading) -> Times:
    assert reading.form is not None
    trimmed = pc.utf8_trim(pc.fill_null(texts, ""), INVISIBLE)
    read = reading.form.read(trimmed)
    kinds = np.where(read.is_read, DATE, UNREADABLE).astype(np.int8)
    return reading.on_clock(_without_missing(Times(read.moments, kinds), trimmed), read.has_zone)


def _without_missing(times: Times, trimmed: pa.StringArray) -> Times:
    times.kinds[is_null_word(trimmed).to_numpy(False)] = NULL_WORD
    times.kinds[pc.equal(trimmed, "").to_numpy(False)] = NONE_GIVEN
    return times


_HAS_ZONE = r"regexp_matches(time, ':\d\d.*([+-]\d\d(:?\d\d)?|[a-z])$', 'i')"


def _parse_whole_numbers(texts: pa.StringArray) -> Times | None:
    data = _characters(texts)
    if texts.null_count or not len(data) or data.max() > ord("9"):  # Arrow would take 0x1F for a number
        return None
    try:
        return _of_kind(texts.cast(pa.int64()), WHOLE)
    except pa.ArrowInvalid:
        return None


def _parse_iso(texts: pa.StringArray, reading: TimeReading) -> Times | None:
    """Dates, or dates with at least hours and minutes."""
    data = _characters(texts)
    if texts.null_count or not len(data):
        return None
    starts = _offsets(texts)[:-1] - _offsets(texts)[0]
    lengths = np.diff(_offsets(texts))
    has_minutes = lengths.min() >= 16 and (data[starts + 13] == ord(":")).all()
    if not has_minutes and not (lengths == 10).all():
        return None
    has_zone = data[-1] == ord("Z") or (has_minutes and bool(np.isin(data[starts[-1] + 16 :], list(b"+-")).any()))
    try:
        moments = texts.cast(pa.timestamp("us", "UTC" if has_zone else None)).cast(pa.int64())
    except pa.ArrowInvalid:
        return None
    times = _of_kind(moments, DATE)
    if times.bits.min() < FIRST_MOMENT or times.bits.max() > LAST_MOMENT:
        return None
    return reading.on_clock(times, has_zone)


def _parse_any(connection: duckdb.DuckDBPyConnection, texts: pa.StringArray, reading: TimeReading) -> Times:
    # A date starts with a digit: DuckDB also takes "epoch", "now" and "infinity" for one. A zone's abbreviation does
    # not tell which zone is meant (CST is in America and in China); Z, UTC, GMT and names with "/" do.
    query = f"""
      WITH trimmed AS (
        SELECT time, regexp_matches(time, '{_LOST_DIGITS}', 'i') AS is_short,
          try_cast(CASE WHEN regexp_matches(time, '{_DECIMAL_COMMA}') THEN replace(time, ',', '.') ELSE time END
                   AS DOUBLE) AS number,
          time[1] BETWEEN '0' AND '9' AND NOT regexp_matches(time, '[a-z]$', 'i')
            OR regexp_matches(time, '(\\dZ| UTC| GMT|/\\w+)$', 'i') AS may_be_date
        FROM block)
      SELECT number,
        CASE WHEN number IS NOT NULL THEN try_cast(time AS BIGINT) END AS whole,
        CASE WHEN number IS NULL AND may_be_date THEN epoch_us(try_cast(time AS TIMESTAMPTZ)) END AS moment,
        {"false" if reading.zone is UTC else _HAS_ZONE} AS has_zone, is_short
      FROM trimmed"""
    trimmed = pc.utf8_trim(pc.fill_null(texts, ""), INVISIBLE)
    rows = run_query(connection, pa.table({"time": trimmed}), query)
    whole = rows["whole"].fill_null(0).to_numpy()
    number = rows["number"].fill_null(0.0).to_numpy()
    moment = rows["moment"].fill_null(0).to_numpy()
    is_date = pc.is_valid(rows["moment"]).to_numpy() & (moment >= FIRST_MOMENT) & (moment <= LAST_MOMENT)
    # A cast rounds 1.5 to 2, so a number is whole only if it is equal to its cast.
    is_whole = pc.is_valid(rows["whole"]).to_numpy() & (number == whole)
    kinds = np.where(is_date, DATE, np.where(is_whole, WHOLE, FRACTION)).astype(np.int8)
    kinds[~(np.abs(number) <= 2.0**63)] = TOO_LARGE
    kinds[~np.isfinite(number)] = NOT_FINITE
    kinds[pc.is_null(rows["number"]).to_numpy() & ~is_date] = TEXT
    kinds[rows["is_short"].to_numpy()] = SHORTENED
    times = Times(np.where(is_date, moment, np.where(is_whole, whole, number.view(np.int64))), kinds)
    return reading.on_clock(_without_missing(times, trimmed), rows["has_zone"].to_numpy())


def _of_kind(values: pa.Int64Array, kind: int) -> Times:
    return Times(values.to_numpy(), np.full(len(values), kind, np.int8))


def _offsets(texts: pa.StringArray) -> np.ndarray:
    """Where each text begins and the last ends, int32 [n + 1]."""
    return np.frombuffer(texts.buffers()[1], np.int32)[texts.offset : texts.offset + len(texts) + 1]


def _characters(texts: pa.StringArray) -> np.ndarray:
    """The bytes of all texts, uint8."""
    if not len(texts) or texts.buffers()[2] is None:
        return np.empty(0, np.uint8)
    first, last = _offsets(texts)[[0, -1]]
    return np.frombuffer(texts.buffers()[2], np.uint8)[first:last]
