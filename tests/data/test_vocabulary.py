"""ItemVocabulary: a one-to-one map between items and ids."""

from datetime import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gru4rec_core.data import blocks
from gru4rec_core.data.vocabulary import UNKNOWN, ItemVocabulary, number_by_appearance
from gru4rec_core.errors import DataError


@given(st.lists(st.text(max_size=5), max_size=30))
def test_decode_undoes_encode(values):
    vocabulary, ids = ItemVocabulary.from_values(np.array(values, dtype=object))
    assert vocabulary.decode(ids).tolist() == values
    assert vocabulary.encode(values).tolist() == ids.tolist()
    assert sorted(set(ids.tolist())) == list(range(len(vocabulary)))


@given(st.lists(st.text(max_size=5), unique=True, max_size=20))
def test_json_keeps_items_and_order(items):
    assert ItemVocabulary.from_json(ItemVocabulary(items).to_json()) == ItemVocabulary(items)


def test_an_unknown_item_is_minus_one_and_decodes_to_none():
    vocabulary = ItemVocabulary(["a", "b"])
    assert vocabulary.encode(["b", "?"]).tolist() == [1, -1]
    assert vocabulary.decode([1, -1]).tolist() == ["b", None]
    assert "a" in vocabulary
    assert "?" not in vocabulary


def test_an_item_twice_is_refused():
    with pytest.raises(DataError, match="'a' twice"):
        ItemVocabulary(["a", "b", "a"])


def test_an_id_out_of_range_is_refused():
    with pytest.raises(DataError, match=r"\[0, 2\)"):
        ItemVocabulary(["a", "b"]).decode([2])


@pytest.mark.parametrize("item", [datetime(2024, 5, 31), None, ("a", "b")])
def test_items_that_json_does_not_know_are_refused_with_a_remedy(item):
    with pytest.raises(DataError, match=r"text, numbers or truth values.*astype\(str\)") as caught:
        ItemVocabulary(["a", item]).to_json()
    assert type(item).__name__ in caught.value.found
    assert "item 1" in caught.value.where


def test_text_numbers_and_truth_values_are_stored():
    items = ["a", 3, 2.5, True, np.int64(7)]
    assert ItemVocabulary.from_json(ItemVocabulary(items[:4]).to_json()) == ItemVocabulary(items[:4])
    assert ItemVocabulary(items[4:]).to_json() == "[7]"


def test_ids_are_numbered_anew_by_first_appearance_and_unknown_stays_unknown():
    used, numbers = number_by_appearance(np.array([3, 1, 3, 0]), 5)
    assert used.tolist() == [3, 1, 0]
    assert numbers.tolist() == [2, 1, -1, 0, -1, -1]
    assert numbers[UNKNOWN] == UNKNOWN


@given(st.lists(st.integers(0, 9), min_size=1), st.integers(1, 8))
def test_ids_are_numbered_alike_however_many_events_are_looked_at_at_once(ids: list[int], at_once: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "EVENTS_AT_ONCE", at_once)
        used, _ = number_by_appearance(np.array(ids), 10)
    assert used.tolist() == list(dict.fromkeys(ids))
