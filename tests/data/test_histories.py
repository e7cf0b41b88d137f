"""Histories are the items before each event, in order or shuffled, and only their order is lost by shuffling."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gru4rec_core.data.histories import last_steps, list_histories, shuffle_histories
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.vocabulary import ItemVocabulary


def log_of(*sessions: str) -> SessionDataset:
    """One session per word; an item's id is the place of its letter in the alphabet."""
    items = np.array([ord(letter) - ord("a") for word in sessions for letter in word], np.int32)
    offsets = np.r_[0, np.cumsum([len(word) for word in sessions])]
    vocabulary = ItemVocabulary(list("abcdefghijklmnopqrstuvwxyz"))
    return SessionDataset.from_arrays(items, np.arange(len(items)), offsets, np.arange(len(sessions)), vocabulary)


def words(histories: SessionDataset) -> list[str]:
    return ["".join(chr(ord("a") + item) for item in histories.session(i)) for i in range(histories.n_sessions)]


def test_each_event_but_a_sessions_first_has_its_history() -> None:
    histories = list_histories(log_of("abcd", "x", "yz"), longest=9)
    assert words(histories) == ["ab", "abc", "abcd", "yz"]
    assert histories.session_ids.tolist() == [0, 0, 0, 2]


def test_of_a_long_history_the_last_items_are_kept() -> None:
    assert words(list_histories(log_of("abcde"), longest=2)) == ["ab", "abc", "bcd", "cde"]


def test_all_that_a_lookup_table_reads_is_the_last_step() -> None:
    assert words(last_steps(list_histories(log_of("abcd", "yz"), longest=9))) == ["ab", "bc", "cd", "yz"]


def test_a_log_of_single_events_has_no_history() -> None:
    histories = list_histories(log_of("a", "b"), longest=9)
    assert (histories.n_sessions, shuffle_histories(histories, np.random.default_rng(0)).n_events) == (0, 0)


@given(st.lists(st.text("abcde", min_size=1, max_size=9), min_size=1, max_size=6), st.integers(0, 99))
def test_shuffling_keeps_the_event_to_predict_and_the_items_before_it(sessions: list[str], seed: int) -> None:
    histories = list_histories(log_of(*sessions), longest=5)
    before = words(histories)
    shuffled = words(shuffle_histories(histories, np.random.default_rng(seed)))
    assert words(histories) == before
    assert [word[-1] for word in shuffled] == [word[-1] for word in before]
    assert [sorted(word) for word in shuffled] == [sorted(word) for word in before]


def test_every_order_is_equally_likely() -> None:
    histories = list_histories(log_of(*["abcd"] * 6000), longest=9)
    shuffled = words(shuffle_histories(histories, np.random.default_rng(3)))[2::3]
    orders, counts = np.unique(shuffled, return_counts=True)
    assert len(orders) == 6
    assert counts == pytest.approx([1000] * 6, abs=120)  # four standard deviations
