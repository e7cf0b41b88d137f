"""Facts about what follows what in a log."""

import numpy as np
import pytest

from gru4rec_core.report.frames.data import transition_shares


def test_steps_within_sessions_are_counted_and_none_across(make_dataset):
    frame, items = transition_shares(make_dataset("aab", "ab", "c"))
    assert items == ["a", "b", "c"]
    found = {(row["from"], row["to"]): (row["share"], row["n"]) for row in frame.to_dict("records")}
    assert found == {("a", "a"): (pytest.approx(100 / 3), 1), ("a", "b"): (pytest.approx(200 / 3), 2)}


def test_steps_to_items_that_are_not_shown_still_count_in_the_share(make_dataset):
    frame, items = transition_shares(make_dataset("aab", "aac", "bb"), n_items=2)
    assert items == ["a", "b"]
    assert frame.set_index(["from", "to"])["share"].to_dict() == {
        ("a", "a"): 50.0,
        ("a", "b"): 25.0,
        ("b", "b"): 100.0,
    }


def test_all_steps_are_there_where_every_item_is_shown(make_dataset):
    sessions = ["".join(np.random.default_rng(n).choice(list("abcd"), n + 1)) for n in range(1, 20)]
    dataset = make_dataset(*sessions)
    frame, _ = transition_shares(dataset)
    assert frame["n"].sum() == dataset.n_events - dataset.n_sessions
    assert frame.groupby("from")["share"].sum().tolist() == pytest.approx([100.0] * 4)


def test_items_are_called_by_their_names_and_namesakes_told_apart(make_dataset):
    _, items = transition_shares(make_dataset("abab"), names={"a": "shoe", "b": "shoe"})
    assert items == ["shoe", "shoe (2)"]


def test_a_log_of_single_items_has_no_steps(make_dataset):
    frame, items = transition_shares(make_dataset("a", "b"))
    assert frame.empty
    assert len(items) == 2
