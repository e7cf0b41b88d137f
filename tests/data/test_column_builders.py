"""Texts as numbers."""

import weakref

import numpy as np
import pyarrow as pa
import pytest

from gru4rec_core.data import column_builders
from gru4rec_core.data.column_builders import GrowingArray, TextColumn, read_whole_numbers


def test_texts_are_numbered_by_first_appearance_across_blocks() -> None:
    column = TextColumn()
    for block in (["b", "a", "b"], [], ["c", "a"], ["b"]):
        column.append(pa.array(block, pa.string()).dictionary_encode())
    numbers, texts = column.finish()
    assert numbers.tolist() == [0, 1, 0, 2, 1, 0]
    assert numbers.dtype == np.int32
    assert texts.to_pylist() == ["b", "a", "c"]


def test_numbers_stay_as_they_are_while_the_array_grows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(column_builders, "_STEP", 2)
    array = GrowingArray(np.int64)
    for begin in range(0, 100, 7):
        array.append(np.arange(begin, min(begin + 7, 100)))
    assert array.finish().tolist() == list(range(100))


def test_numbers_given_out_are_held_by_nobody_else() -> None:
    array = GrowingArray(np.int64)
    array.append(np.arange(5))
    numbers = array.finish()
    is_held = weakref.ref(numbers)
    del numbers
    assert is_held() is None


@pytest.mark.parametrize(
    ("texts", "read"),
    [
        (["12.0", "7.00", "-3.0"], ["12", "7", "-3"]),
        (["12.0", "7"], ["12.0", "7"]),
        (["12.0", "12.00"], ["12.0", "12.00"]),
        (["12.0", "012.0"], ["12.0", "012.0"]),
        (["12.5", "7.0"], ["12.5", "7.0"]),
        ([], []),
    ],
)
def test_whole_numbers_lose_their_fraction_where_all_have_one_and_none_become_one(
    texts: list[str], read: list[str]
) -> None:
    assert read_whole_numbers(pa.array(texts, pa.string())).to_pylist() == read
