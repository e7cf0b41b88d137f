"""Suspicious sessions as a table, longest first."""

import numpy as np
import pandas as pd

from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.evaluation.timeline import Days
from gru4rec_core.report.frames.quality import CHANGE, MOST_ROWS, NEW, SEEN, day_bars, day_marks, describe_sessions


def test_sessions_are_described_longest_first(make_dataset):
    frame = describe_sessions(make_dataset("ab", "abbb", "abc"), np.array([True, True, False]))
    assert frame.to_dict("records") == [
        {"session": "1", "events": 4, "distinct items": 2, "most frequent item": "b (75 %)"},
        {"session": "0", "events": 2, "distinct items": 2, "most frequent item": "a (50 %)"},
    ]


def test_their_speed_is_shown_where_times_are_dates():
    rows = [(1, 1_700_000_000 + i, "a") for i in range(60)]
    data = SessionDataset(pd.DataFrame(rows, columns=["session", "timestamp", "item"]))
    assert describe_sessions(data, np.array([True]))["events per minute"].tolist() == [60.0]


def test_no_more_than_a_hundred_are_listed_and_none_is_no_error(make_dataset):
    data = make_dataset(*["ab"] * 150)
    assert len(describe_sessions(data, np.ones(150, bool))) == MOST_ROWS
    assert describe_sessions(data, np.zeros(150, bool)).empty


def test_a_day_is_a_bar_of_items_seen_before_and_one_of_new_items_on_top():
    frame = day_bars(Days(0, np.array([5, 0, 4]), np.array([5, 0, 1])))
    assert frame["items"].tolist() == [SEEN, NEW, NEW]
    assert frame[["bottom", "top"]].to_numpy().tolist() == [[0, 3], [0, 5], [3, 4]]
    assert (frame["end"] - frame["start"] == pd.Timedelta(days=1)).all()
    assert frame["start"].dt.strftime("%F").tolist() == ["1970-01-03", "1970-01-01", "1970-01-03"]


def test_a_lasting_change_is_marked_at_noon_of_its_day():
    marks = day_marks(Days(0, np.array([300] * 20 + [1_500] * 20), np.zeros(40, int)))
    assert marks["what"].tolist() == [CHANGE]
    assert str(marks["middle"][0]) == "1970-01-21 12:00:00"
