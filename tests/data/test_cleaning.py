"""Each step on a toy log whose answer is known, and laws that hold for all of them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gru4rec_core.data.cleaning import clean
from gru4rec_core.data.cleaning_types import DROPS, CleaningStep, LogSize
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.errors import DataError

SPRING = 1_700_000_000  # 2023-11-14 22:13:20
DAY = 86_400


def log(rows: list[tuple[object, int, str]]) -> SessionDataset:
    return SessionDataset(pd.DataFrame(rows, columns=["session", "timestamp", "item"]))


def rows_of(dataset: SessionDataset) -> list[tuple[object, ...]]:
    return list(dataset.df.itertuples(index=False, name=None))


def test_duplicates_go_and_the_first_of_each_stays():
    data = log([(1, 5, "a"), (1, 5, "b"), (1, 5, "a"), (1, 6, "a"), (2, 6, "b"), (2, 6, "b")])
    left, (outcome,) = clean(data, [CleaningStep("duplicates")])
    assert rows_of(left) == [(1, 5, "a"), (1, 5, "b"), (1, 6, "a"), (2, 6, "b")]
    assert (outcome.after, outcome.shrunk) == (LogSize(4, 2, 2), 1)


def test_robots_go_with_their_whole_session(make_dataset):
    left, (outcome,) = clean(make_dataset("ab", "abz" * 100, "ba"), [CleaningStep("robots")])
    assert left.session_ids.tolist() == [0, 2]
    assert left.vocabulary.items.tolist() == ["a", "b"]
    assert outcome.limits == "more than 100 events"


def test_items_that_occur_once_leave_short_sessions_behind(make_dataset):
    data = make_dataset("ab", "ax", "y", "abz")
    left, (outcome,) = clean(data, [CleaningStep("single-items")])
    assert [left.vocabulary.decode(left.session(i)).tolist() for i in range(3)] == [["a", "b"], ["a"], ["a", "b"]]
    assert (outcome.after.sessions, outcome.shrunk) == (3, 1)
    left, outcomes = clean(data, [CleaningStep("single-items"), CleaningStep("one-event-sessions")])
    assert left.session_ids.tolist() == [0, 3]
    assert outcomes[1].before == outcomes[0].after


def test_a_long_pause_begins_a_session_with_a_name_of_its_own():
    times = [0, 60, 4_000, 4_060, 9_000]
    data = log([("u", SPRING + t, "abcde"[i]) for i, t in enumerate(times)] + [("v", SPRING, "a")])
    left, (outcome,) = clean(data, [CleaningStep("pauses", 30.0)])
    assert left.session_ids.tolist() == ["u", "u#2023-11-14T23:20:00", "u#2023-11-15T00:43:20", "v"]
    assert left.lengths.tolist() == [2, 2, 1, 1]
    assert outcome.describe() == "Turns 2 sessions into 4; 1 more session than before has only one event."


def test_cut_sessions_keep_their_names_when_the_log_goes_on():
    visits = [("u", SPRING, "a"), ("u", SPRING + 60, "b")]
    later = clean(log([*visits, ("u", SPRING + DAY, "a")]), [CleaningStep("pauses", 30.0)])[0]
    assert later.session_ids[0] == "u"


def test_numbered_sessions_are_cut_too():
    data = log([(7, SPRING, "a"), (7, SPRING + 5, "b"), (7, SPRING + DAY, "a")])
    assert clean(data, [CleaningStep("pauses", 30.0)])[0].session_ids.tolist() == ["7", "7#2023-11-15T22:13:20"]


def test_a_period_keeps_whole_sessions_that_start_in_it():
    data = log([(s, SPRING + s * DAY + 80_000 * i, "ab"[i]) for s in range(5) for i in range(2)])
    left = clean(data, [CleaningStep("period", ("2023-11-15", "2023-11-17T22:13:20"))])[0]
    assert left.session_ids.tolist() == [1, 2]
    assert left.lengths.tolist() == [2, 2]
    assert clean(data, [CleaningStep("period", ("", "2023-11-15"))])[0].session_ids.tolist() == [0]


def test_a_period_of_plain_numbers():
    data = log([(s, 10 * s + i, "ab"[i]) for s in range(5) for i in range(2)])
    assert clean(data, [CleaningStep("period", ("20", ""))])[0].session_ids.tolist() == [2, 3, 4]


def test_days_go_with_the_sessions_that_start_on_them():
    data = log([(s, SPRING + s * DAY + i, "ab"[i]) for s in range(5) for i in range(2)])
    assert clean(data, [CleaningStep("days", ("2023-11-15", "2023-11-17"))])[0].session_ids.tolist() == [0, 2, 4]


def test_far_away_dates_go_event_by_event():
    rows = [(s, SPRING + s * DAY + i, "ab"[i]) for s in range(200) for i in range(2)]
    left, (outcome,) = clean(log([*rows, (3, 0, "c")]), [CleaningStep("far-away-dates")])
    assert rows_of(left) == rows
    assert outcome.before.events - outcome.after.events == 1


@pytest.mark.parametrize("step", [CleaningStep("pauses", 30.0), CleaningStep("days", ("2024-05-01",))])
def test_what_needs_dates_is_refused_where_there_are_none(make_dataset, step):
    with pytest.raises(DataError, match="needs times that are dates"):
        clean(make_dataset("abc"), [step])


@pytest.mark.parametrize("text", ["2024-13-01", "yesterday"])
def test_a_day_that_is_none_is_refused(text):
    with pytest.raises(DataError, match="ISO date"):
        clean(log([(1, SPRING, "a"), (1, SPRING + 1, "b")]), [CleaningStep("days", (text,))])


def test_a_moment_that_cannot_be_read_is_named_by_the_option_it_came_from(make_dataset):
    with pytest.raises(DataError) as caught:
        clean(make_dataset("ab", "ac"), [CleaningStep("period", ("soon", ""))])
    assert caught.value.where == "start of the period (--from)"


def test_a_step_that_leaves_nothing_to_predict_is_refused(make_dataset):
    with pytest.raises(DataError, match="nothing to predict"):
        clean(make_dataset("ab", "ac"), [CleaningStep("single-items")])
    with pytest.raises(DataError, match="no events"):
        clean(make_dataset("ab", "cd"), [CleaningStep("single-items")])


def test_a_step_with_nothing_to_do_returns_the_log_itself(make_dataset):
    data = make_dataset("ab", "ba")
    left, outcomes = clean(data, [CleaningStep(kind) for kind in DROPS])
    assert left is data
    assert not any(outcome.changes for outcome in outcomes)


SESSIONS = st.lists(st.lists(st.tuples(st.integers(0, 9), st.sampled_from("abcdef")), min_size=1), min_size=1)


@given(SESSIONS, st.permutations(list(DROPS)))
def test_what_is_left_is_a_log_as_an_import_makes_one(sessions, kinds):
    rows = [(s, SPRING + t, item) for s, events in enumerate(sessions) for t, item in events]
    data = log(rows)
    before = rows_of(data)
    try:
        left, outcomes = clean(data, [CleaningStep(kind) for kind in kinds])
    except DataError:
        return
    assert rows_of(data) == before
    again = SessionDataset(left.df)
    for name in ("items", "timestamps", "offsets", "session_ids"):
        np.testing.assert_array_equal(getattr(left, name), getattr(again, name))
    assert left.vocabulary == again.vocabulary
    assert outcomes[-1].after == LogSize.of(left)
