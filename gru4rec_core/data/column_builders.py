"""How are the columns of a log stored as numbers while a file is being read?"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gru4rec_core.data.distinct_texts import number_texts

_STEP = 1 << 20  # rows by which an array grows at least


class GrowingArray:
    """Numbers collected block by block in one array, which grows in place.

    Blocks that are put together in the end would be in memory twice, which was the peak of an import.
    """

    def __init__(self, dtype: type[np.number]) -> None:
        self._array = np.empty(0, dtype)
        self._n = 0

    def append(self, values: np.ndarray) -> None:
        """Takes the next numbers."""
        end = self._n + len(values)
        if end > len(self._array):
            # No view of the array is ever given out before `finish`, so that it may move.
            self._array.resize(end + max(_STEP, end // 8), refcheck=False)
        self._array[self._n : end] = values
        self._n = end

    def finish(self) -> np.ndarray:
        """All numbers; takes no more."""
        array, self._array = self._array, np.empty(0, self._array.dtype)  # a view would keep all of it in memory
        array.resize(self._n, refcheck=False)
        return array


class TextColumn:
    """Texts as numbers by first appearance, collected block by block.

    Arrow merges the distinct texts: a Python dict of 1.7 million of them took 8 of the 20 seconds of an import of 10
    million rows.
    """

    def __init__(self) -> None:
        self._numbers = GrowingArray(np.int32)  # each counts in the texts of its own block
        self._lengths: list[int] = []
        self._texts: list[pa.StringArray] = []

    def append(self, values: pa.DictionaryArray) -> None:
        """Takes the next texts."""
        if len(values):
            self._numbers.append(values.indices.to_numpy())
            self._lengths.append(len(values))
            self._texts.append(values.dictionary)

    def finish(self) -> tuple[np.ndarray, pa.StringArray]:
        """The number of every text appended, int32 [n]; and the distinct texts by number."""
        numbers = self._numbers.finish()
        number, distinct = number_texts(self._texts)
        begin = begin_text = 0
        for length, texts in zip(self._lengths, self._texts, strict=True):
            in_block = slice(begin, begin + length)
            numbers[in_block] = number[begin_text:][numbers[in_block]]
            begin, begin_text = begin + length, begin_text + len(texts)
        self._texts.clear()
        return numbers, distinct


def read_whole_numbers(texts: pa.Array) -> pa.Array:
    """Distinct texts such as "12.0", as an id becomes beside a missing one, without their fraction.

    Only where every text is such a number, and no two would become one.
    """
    if not len(texts) or not pc.all(pc.match_substring_regex(texts, r"^-?(0|[1-9]\d*)\.0+$")).as_py():
        return texts
    whole = pc.replace_substring_regex(texts, r"\.0+$", "")
    return whole if pc.count_distinct(whole).as_py() == len(texts) else texts
