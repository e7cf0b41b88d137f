"""Suspicious sessions as a table, longest first."""

import numpy as np
import pandas as pd

from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.report.frames.quality import MOST_ROWS, describe_sessions


def test_sessions_are_described_longest_first(make_dataset):
    frame = describe_sessions(make_dataset("ab", "abbb", "abc"), np.array([True, True, False]))
    assert frame.to_dict("records") == [
        {"session": "1", "events": 4, "items": 2, "most often": "b (75 %)"},
        {"session": "0", "events": 2, "items": 2, "most often": "a (50 %)"},
    ]


def test_their_speed_is_shown_where_times_are_dates():
    rows = [(1, 1_700_000_000 + i, "a") for i in range(60)]
    data = SessionDataset(pd.DataFrame(rows, columns=["session", "timestamp", "item"]))
    assert describe_sessions(data, np.array([True]))["per minute"].tolist() == [60.0]


def test_no_more_than_a_hundred_are_listed_and_none_is_no_error(make_dataset):
    data = make_dataset(*["ab"] * 150)
    assert len(describe_sessions(data, np.ones(150, bool))) == MOST_ROWS
    assert describe_sessions(data, np.zeros(150, bool)).empty
