"""How are session ids, items and times stored as numbers while a file is being read?"""

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gru4rec_core.data.row_rules import MAX_REJECTED, RejectedRow, describe_row
from gru4rec_core.data.times import UNITS, guess_unit

_WHOLE, _FRACTION, _DATE = 0, 1, 2  # kinds of timestamps


class TextColumn:
    """Texts as numbers by first appearance, collected block by block.

    Arrow keeps and merges the distinct texts: a Python dict of 1.7 million of them took 8 of the 20 seconds of an
    import of 10 million rows.
    """

    def __init__(self) -> None:
        self._blocks: list[pa.DictionaryArray] = []

    def append(self, values: pa.ChunkedArray) -> pa.DictionaryArray:
        """Takes the next texts; returns them with numbers of their own, which hold for this block alone."""
        encoded = values.combine_chunks().dictionary_encode()
        self._blocks.append(encoded)
        return encoded

    def finish(self) -> tuple[np.ndarray, pa.Array]:
        """The number of every text appended, int32 [n]; and the distinct texts by number."""
        merged = pa.chunked_array(self._blocks).unify_dictionaries()
        self._blocks.clear()
        return np.concatenate([block.indices.to_numpy() for block in merged.chunks]), merged.chunk(0).dictionary


class FileTimes(NamedTuple):
    """The times of a file.

    Attributes:
        timestamps: int64 or float64 [n_kept], in `unit`; dates in the coarsest unit that holds them exactly.
        unit: "s", "ms", "us" or "ns" since 1970, or None for numbers that are no dates.
        are_dates: Most rows have dates, else most have numbers.
        is_kept: bool [n], the row is like most.
        examples: The first rows that are not, at most `MAX_REJECTED`.
    """

    timestamps: np.ndarray
    unit: str | None
    are_dates: bool
    is_kept: np.ndarray
    examples: list[RejectedRow]


class TimeColumn:
    """Times of rows, collected block by block: dates or numbers, whichever are more in the end."""

    def __init__(self) -> None:
        self._bits: list[np.ndarray] = []  # int64; those of a float64 where the number has a fraction
        self._kinds: list[np.ndarray] = []  # int8
        self._first: dict[bool, list[RejectedRow]] = {True: [], False: []}  # dates, numbers

    def append(self, rows: pa.Table) -> None:
        """Takes the times of the next rows, events all of them (columns: row_rules.py)."""
        whole = rows["whole"].fill_null(0).to_numpy()
        number = rows["number"].fill_null(0.0).to_numpy()
        moment = rows["moment"].fill_null(0).to_numpy()
        is_date = pc.is_valid(rows["moment"]).to_numpy()
        # A cast rounds 1.5 to 2, so a number is whole only if it is equal to its cast.
        is_whole = pc.is_valid(rows["whole"]).to_numpy() & (number == whole)
        self._kinds.append(np.where(is_date, _DATE, np.where(is_whole, _WHOLE, _FRACTION)).astype(np.int8))
        self._bits.append(np.where(is_date, moment, np.where(is_whole, whole, number.view(np.int64))))
        for date, first in self._first.items():
            chosen = np.flatnonzero(is_date == date)[: MAX_REJECTED - len(first)]
            first += [describe_row(row) for row in rows.take(chosen).to_pylist()] if len(chosen) else []

    def finish(self) -> FileTimes:
        """The times of the rows that are like most, and which rows these are."""
        bits, kinds = np.concatenate(self._bits), np.concatenate(self._kinds)
        self._bits.clear()
        is_date = kinds == _DATE
        are_dates = 2 * int(is_date.sum()) > len(kinds)
        is_kept = is_date == are_dates
        if not is_kept.all():
            bits, kinds = bits[is_kept], kinds[is_kept]
        timestamps, unit = _in_coarsest_unit(bits) if are_dates else _as_numbers(bits, kinds)
        return FileTimes(timestamps, unit, are_dates, is_kept, self._first[not are_dates])


def _in_coarsest_unit(microseconds: np.ndarray) -> tuple[np.ndarray, str]:
    """Dates in the coarsest unit that holds them exactly, int64 [n]."""
    for unit in ("s", "ms"):
        step = 10**6 // UNITS[unit]
        if not (microseconds % step).any():
            return microseconds // step, unit
    return microseconds, "us"


def _as_numbers(bits: np.ndarray, kinds: np.ndarray) -> tuple[np.ndarray, str | None]:
    """Numbers as they are in the file, int64 [n], or float64 where one has a fraction; and their unit, if any."""
    timestamps = bits if (kinds == _WHOLE).all() else np.where(kinds == _WHOLE, bits, bits.view(np.float64))
    return timestamps, guess_unit(timestamps.min(), timestamps.max())
