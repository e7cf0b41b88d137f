"""How are a file's times interpreted, once all of them are known?"""

from typing import NamedTuple

import numpy as np
import pyarrow as pa

from gru4rec_core.data.column_builders import GrowingArray, TextColumn
from gru4rec_core.data.number_times import DIGITS, NUMBER, NumberTimes, judge_in_unit, judge_numbers, read_digits
from gru4rec_core.data.row_rules import MAX_PER_REASON, TIME_RULES, trim_texts
from gru4rec_core.data.text_times import Candidate, list_candidates, require_certain
from gru4rec_core.data.time_formats import ISO, TimeFormat, find_format
from gru4rec_core.data.time_parsing import (
    DATE,
    FRACTION,
    REPEATED,
    SKIPPED,
    TEXT,
    UNREADABLE,
    WHOLE,
    TimeReading,
    Times,
)
from gru4rec_core.data.times import UNITS, iso_times

NOT_LIKE_MOST = "the timestamp is a {}, but most are {}s"
OTHER_NOTATION = "the timestamp is written differently: most are {}"
# Kinds beside those of time_parsing.py: a date in another notation than most, and a number unlike most.
_OTHER, _TAKEN_OUT = 4, 5


class LateRejection(NamedTuple):
    """Rows that only the whole file shows to have no time.

    Attributes:
        rows: Their numbers, ascending, int64.
        first: Number, place and time (as text) of the first of them.
    """

    rows: np.ndarray
    first: list[tuple[int, int, str]]


class FileTimes(NamedTuple):
    """The times of a file.

    Attributes:
        timestamps: int64 or float64 [n_kept], in `unit`; dates in the coarsest unit that holds them exactly.
        unit: "s", "ms", "us" or "ns" since 1970, or None for numbers that are not dates.
        form: The notation of most rows, the one that is kept.
        is_kept: bool [n].
        rejected: The other rows, by reason.
    """

    timestamps: np.ndarray
    unit: str | None
    form: TimeFormat
    is_kept: np.ndarray
    rejected: dict[str, LateRejection]


class TimeColumn:
    """Times of rows, collected block by block: numbers, dates or texts, whichever are more in the end.

    Args:
        reading: What the user decided.
        where: File and column, for messages.
    """

    def __init__(self, reading: TimeReading, where: str) -> None:
        self._reading, self._where = reading, where
        self._bits = GrowingArray(np.int64)  # those of a float64 where the number has a fraction
        self._kinds: list[np.ndarray] = []  # int8
        self._places: list[range | np.ndarray] = []
        self._texts = TextColumn()

    def append(self, rows: pa.Table) -> None:
        """Takes the times of the next rows, events all of them (columns: `row_rules.JudgedRows`)."""
        kinds, places = rows["kind"].to_numpy(), rows["place"].to_numpy()
        self._kinds.append(kinds)
        self._bits.append(rows["bits"].to_numpy())
        is_range = bool((np.diff(places) == 1).all())
        self._places.append(range(int(places[0]), int(places[-1]) + 1) if is_range else places)
        is_text = kinds == TEXT
        if is_text.any():
            self._texts.append(trim_texts(rows["time"].filter(pa.array(is_text))))

    def finish(self) -> FileTimes:
        """The times of the rows that are like most, and which rows these are.

        Raises:
            DataError: The notation is uncertain, or two are mixed.
        """
        bits, kinds = self._bits.finish(), np.concatenate(self._kinds)
        texts = _Texts(kinds, self._texts)
        form = self._settle_texts(bits, kinds, texts) or self._reading.form or find_format(ISO)
        late: dict[str, np.ndarray] = {}
        is_number = (kinds == WHOLE) | (kinds == FRACTION)
        are_dates = int((kinds == DATE).sum()) > int(is_number.sum())
        if not are_dates and is_number.any():
            form = self._settle_numbers(bits, kinds, late)
            are_dates = form.name in DIGITS
        is_kept = kinds == DATE if are_dates else (kinds == WHOLE) | (kinds == FRACTION)
        if not is_kept.all():
            late |= _unlike_most(kinds, form if are_dates else None)
        rejected = {reason: self._late(rows, bits, texts) for reason, rows in late.items() if len(rows)}
        if not is_kept.all():
            bits, kinds = bits[is_kept], kinds[is_kept]
        if are_dates:
            return FileTimes(*_in_coarsest_unit(bits), form, is_kept, rejected)
        unit = form.name if form.name in UNITS else None
        return FileTimes(_as_numbers(bits, kinds), unit, form, is_kept, rejected)

    def _settle_texts(self, bits: np.ndarray, kinds: np.ndarray, texts: "_Texts") -> TimeFormat | None:
        """Reads the texts in the notation of most, if any; puts their moments and kinds into the arrays."""
        if not len(texts.rows):
            return None
        candidates = list_candidates(texts.distinct, texts.counts)
        best = self._choose(candidates, kinds, texts)
        kind = np.full(len(texts.distinct), UNREADABLE, np.int8)
        for candidate in candidates:
            kind[candidate.readings.is_read] = _OTHER
        if best is None:
            kinds[texts.rows] = kind[texts.number]
            return None
        if best.form.name != ISO:
            kinds[kinds == DATE] = _OTHER
        kind[best.readings.is_read] = DATE
        times = self._reading.on_clock(Times(best.readings.moments, kind), best.readings.has_zone)
        bits[texts.rows], kinds[texts.rows] = times.bits[texts.number], times.kinds[texts.number]
        return best.form

    def _choose(self, candidates: list[Candidate], kinds: np.ndarray, texts: "_Texts") -> Candidate | None:
        """The notation in which the texts are read: ISO, which other rows may be in, or that of most rows."""
        iso = next((candidate for candidate in candidates if candidate.form.name == ISO), None)
        others = [candidate for candidate in candidates if candidate is not iso]
        n_dates = np.count_nonzero(kinds == DATE) + (iso.n_rows if iso else 0)
        n_numbers = np.count_nonzero((kinds == WHOLE) | (kinds == FRACTION))
        if others and others[0].n_rows > max(n_dates, n_numbers):
            return require_certain(others, texts.distinct, texts.counts, self._where)
        return iso

    def _settle_numbers(self, bits: np.ndarray, kinds: np.ndarray, late: dict[str, np.ndarray]) -> TimeFormat:
        """Finds what the numbers count; takes out those unlike most, and reads the digits of dates as moments."""
        is_number = (kinds == WHOLE) | (kinds == FRACTION)
        numbers = _as_numbers(*((bits, kinds) if is_number.all() else (bits[is_number], kinds[is_number])))
        judged = self._judge(numbers)
        if not judged.rejected and judged.format_name not in DIGITS:  # nearly always
            return find_format(judged.format_name)
        rows = np.flatnonzero(is_number)
        for reason, is_bad in judged.rejected.items():
            late[reason] = rows[is_bad]
            kinds[rows[is_bad]] = _TAKEN_OUT
        if judged.format_name in DIGITS:
            kinds[kinds == DATE] = _OTHER
            moments, is_date = read_digits(numbers, judged.format_name)
            rows = rows[is_date]
            times = self._reading.on_clock(Times(moments[is_date], np.full(len(rows), DATE, np.int8)), False)
            bits[rows[times.kinds == DATE]] = times.bits[times.kinds == DATE]
            kinds[rows] = times.kinds
        return find_format(judged.format_name)

    def _judge(self, numbers: np.ndarray) -> NumberTimes:
        form = self._reading.form
        if form is None:
            return judge_numbers(numbers, self._where)
        return judge_in_unit(numbers, form.name) if form.name in UNITS else NumberTimes(NUMBER, {})

    def _late(self, rows: np.ndarray, bits: np.ndarray, texts: "_Texts") -> LateRejection:
        starts = np.cumsum([0, *map(len, self._places)])
        first = []
        for row in rows[:MAX_PER_REASON].tolist():
            block = int(np.searchsorted(starts, row, side="right")) - 1
            in_block = row - int(starts[block])
            text = texts.find(row) or _describe(bits[row : row + 1], int(self._kinds[block][in_block]))
            first.append((row, int(self._places[block][in_block]), text))
        return LateRejection(rows, first)


class _Texts:
    """The texts of a column that were neither numbers nor plain ISO dates.

    Attributes:
        rows: The rows that have them, ascending.
        number: Which distinct text each of these rows has.
        distinct: The texts.
        counts: How many rows have each.
    """

    def __init__(self, kinds: np.ndarray, column: TextColumn) -> None:
        self.rows = np.flatnonzero(kinds == TEXT)
        self.number, self.distinct = np.array([], np.int32), pa.array([], pa.string())
        if len(self.rows):
            self.number, self.distinct = column.finish()
        self.counts = np.bincount(self.number, minlength=len(self.distinct))

    def find(self, row: int) -> str:
        """The text of a row; "" where it had a number or a plain date."""
        i = int(np.searchsorted(self.rows, row))
        return self.distinct[int(self.number[i])].as_py() if i < len(self.rows) and self.rows[i] == row else ""


def _unlike_most(kinds: np.ndarray, form: TimeFormat | None) -> dict[str, np.ndarray]:
    """Reason to the rows that are not kept: of all that are not dates, or of all dates where `form` is None."""
    is_number = (kinds == WHOLE) | (kinds == FRACTION)
    if form is None:
        reasons = {NOT_LIKE_MOST.format("date", "number"): (kinds == DATE) | (kinds == _OTHER)}
    else:
        reasons = {
            NOT_LIKE_MOST.format("number", "date"): is_number,
            OTHER_NOTATION.format(form.label): kinds == _OTHER,
        }
    reasons |= {TIME_RULES[kind]: kinds == kind for kind in (UNREADABLE, SKIPPED, REPEATED)}
    return {reason: np.flatnonzero(is_one) for reason, is_one in reasons.items()}


def _in_coarsest_unit(microseconds: np.ndarray) -> tuple[np.ndarray, str]:
    """Dates in the coarsest unit that holds them exactly, int64 [n]."""
    for unit in ("s", "ms"):
        step = 10**6 // UNITS[unit]
        if not (microseconds % step).any():
            return microseconds // step, unit
    return microseconds, "us"


def _as_numbers(bits: np.ndarray, kinds: np.ndarray) -> np.ndarray:
    """Numbers as they are in the file, int64 [n], or float64 where one has a fraction."""
    return bits if (kinds == WHOLE).all() else np.where(kinds == WHOLE, bits, bits.view(np.float64))


def _describe(bits: np.ndarray, kind: int) -> str:
    """A time as text."""
    if kind == FRACTION:
        return f"{bits.view(np.float64)[0]:g}"
    return str(bits[0]) if kind == WHOLE else str(iso_times(bits, "us")[0])
