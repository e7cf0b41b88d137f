import numpy as np
import pandas as pd
import pytest

from gru4rec_core.report.frames.data import (
    LEFT_OUT,
    TEST,
    TRAIN,
    length_bars,
    popularity_curve,
    stack_bars,
    transition_shares,
)


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


def daily(n_days: int) -> pd.DataFrame:
    day = pd.date_range("2024-01-01", periods=n_days)
    return pd.concat(pd.DataFrame({"day": day, "part": part, "events": n}) for part, n in ((TRAIN, 3), (TEST, 1)))


def test_every_session_is_in_one_bar_of_lengths():
    lengths = np.array([1, 2, 2, 3, 500])
    assert length_bars(lengths)[0]["sessions"].sum() == len(lengths)


def test_a_log_of_equal_lengths_has_one_bar():
    frame = length_bars(np.full(300, 4))[0]
    assert frame[["start", "end", "sessions"]].to_numpy().tolist() == [[4, 5, 300]]


def test_popularity_falls_and_stays_small_for_large_catalogues():
    counts = np.arange(50_000)
    frame = popularity_curve(counts, np.arange(50_000))
    assert len(frame) <= 300
    assert frame["events"].is_monotonic_decreasing
    assert frame.iloc[0][["rank", "events", "item"]].tolist() == [1, 49_999, "49999"]


def test_the_curve_of_popularity_calls_items_by_their_names():
    curve = popularity_curve(np.array([5, 3]), np.array(["a", "b"]), {"b": "Bread"})
    assert curve["item"].tolist() == ["a", "Bread"]


def test_unused_items_are_left_out_of_the_logarithmic_axis():
    assert (popularity_curve(np.array([5, 0, 1]), np.array(["a", "b", "c"]))["events"] > 0).all()


def test_the_test_stands_on_top_and_what_is_left_out_between():
    left_out = pd.DataFrame({"day": pd.date_range("2024-01-01", periods=2), "part": LEFT_OUT, "events": 2})
    frame, _ = stack_bars(pd.concat([daily(2), left_out]))
    for _, bar in frame.groupby("start"):
        edges = bar.set_index("part")[["bottom", "top"]]
        assert edges.loc[[TRAIN, LEFT_OUT, TEST]].to_numpy().tolist() == [[0, 3], [3, 5], [5, 6]]


def test_times_that_are_no_dates_are_drawn_as_numbers():
    days = pd.DataFrame({"day": [0.0, 2.0, 4.0], "part": TRAIN, "events": [1, 2, 3]})
    frame, _ = stack_bars(days)
    assert (frame["end"] - frame["start"]).tolist() == [2.0, 2.0, 2.0]
