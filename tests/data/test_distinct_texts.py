"""Distinct texts of many blocks."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from gru4rec_core.data.distinct_texts import number_texts

TEXTS = st.text(alphabet="ab0 é\U0001f600", max_size=3)


@given(st.lists(st.lists(TEXTS, max_size=6), max_size=5))
def test_texts_have_the_number_of_their_first_appearance(blocks: list[list[str]]) -> None:
    numbers, distinct = number_texts([pa.array(block, pa.string()) for block in blocks])
    texts = [text for block in blocks for text in block]
    assert distinct.to_pylist() == list(dict.fromkeys(texts))
    assert [distinct[int(number)].as_py() for number in numbers] == texts
    assert numbers.dtype == np.int32


def test_a_slice_of_a_larger_array_is_read_where_it_lies() -> None:
    texts = pa.array(["x1", "", "long text", "b", "long text", ""], pa.string())
    numbers, distinct = number_texts([texts.slice(1, 3), texts.slice(3)])
    assert numbers.tolist() == [0, 1, 2, 2, 1, 0]
    assert distinct.to_pylist() == ["", "long text", "b"]
