"""How are session ids, items and times stored as numbers while a file is being read?"""

from typing import NamedTuple

import numpy as np
import pyarrow as pa

from gru4rec_core.data.row_rules import MAX_PER_REASON, RejectedRow, describe_row
from gru4rec_core.data.time_parsing import DATE, WHOLE
from gru4rec_core.data.times import UNITS, guess_unit


class TextColumn:
    """Texts as numbers by first appearance, collected block by block.

    Arrow keeps and merges the distinct texts: a Python dict of 1.7 million of them took 8 of the 20 seconds of an
    import of 10 million rows.
    """

    def __init__(self) -> None:
        self._blocks: list[pa.DictionaryArray] = []

    def append(self, values: pa.DictionaryArray) -> None:
        """Takes the next texts."""
        self._blocks.append(values)

    def finish(self) -> tuple[np.ndarray, pa.Array]:
        """The number of every text appended, int32 [n]; and the distinct texts by number."""
        merged = pa.chunked_array(self._blocks).unify_dictionaries()
        self._blocks.clear()
        numbers = np.concatenate([block.indices.to_numpy() for block in merged.chunks])
        texts = merged.chunk(0).dictionary
        del merged
        pa.default_memory_pool().release_unused()  # Arrow keeps freed memory: a fifth of the peak of an import
        return numbers, texts


class FileTimes(NamedTuple):
    """The times of a file.

    Attributes:
        timestamps: int64 or float64 [n_kept], in `unit`; dates in the coarsest unit that holds them exactly.
        unit: "s", "ms", "us" or "ns" since 1970, or None for numbers that are no dates.
        are_dates: Most rows have dates, else most have numbers.
        is_kept: bool [n], the row is like most.
        examples: The first rows that are not, at most `MAX_PER_REASON`.
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
        """Takes the times of the next rows, events all of them (columns: `row_rules.JudgedRows`)."""
        kinds = rows["kind"].to_numpy()
        self._kinds.append(kinds)
        self._bits.append(rows["bits"].to_numpy())
        is_date = kinds == DATE
        for date, first in self._first.items():
            chosen = np.flatnonzero(is_date == date)[: MAX_PER_REASON - len(first)]
            first += [describe_row(row) for row in rows.take(chosen).to_pylist()] if len(chosen) else []

    def finish(self) -> FileTimes:
        """The times of the rows that are like most, and which rows these are."""
        bits, kinds = np.concatenate(self._bits), np.concatenate(self._kinds)
        self._bits.clear()
        is_date = kinds == DATE
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
    timestamps = bits if (kinds == WHOLE).all() else np.where(kinds == WHOLE, bits, bits.view(np.float64))
    return timestamps, guess_unit(timestamps.min(), timestamps.max())
