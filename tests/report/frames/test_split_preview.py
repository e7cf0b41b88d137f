"""Facts about what a test rule makes of a log."""

import numpy as np
import pandas as pd
import pytest

from gru4rec_core.config import SplitConfig
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.report.frames.data import TEST, TRAIN
from gru4rec_core.report.frames.split_preview import events_by_day, preview_split

DAY = 86_400


@pytest.mark.parametrize(("unit", "scale"), [("s", 1), ("ms", 1_000), ("ns", 10**9)])
def test_every_event_is_counted_once_on_its_day(unit: str, scale: int):
    times = np.array([0, 10, DAY - 1, DAY, 5 * DAY]) * scale
    frame = events_by_day(times, times[[1, 4]], unit)
    table = frame.pivot(index="day", columns="part", values="events")
    assert table[TRAIN].tolist() == [2, 1, 0]
    assert table[TEST].tolist() == [1, 0, 1]
    assert table.index[1] == pd.Timestamp("1970-01-02")


def test_times_that_are_no_dates_are_cut_into_equal_parts():
    frame = events_by_day(np.arange(600.0), np.array([599.0]), "")
    assert frame["events"].sum() == 600
    assert frame["day"].is_monotonic_increasing or frame["day"].nunique() > 50


def test_one_moment_only_is_one_bar():
    assert events_by_day(np.full(5, 7.0), np.full(1, 7.0), "")["events"].tolist() == [4, 1]


def test_a_preview_counts_what_the_test_rule_predicts(make_dataset):
    log = make_dataset("abcabc", "bca", "cabca", "ab")
    preview = preview_split(log, SplitConfig(), "")
    assert (preview.n_sessions, preview.n_predicted, preview.cut) == (4, 4, None)
    assert preview.days.groupby("part")["events"].sum().to_dict() == {TRAIN: log.n_events - 4, TEST: 4}
    assert preview.deciding_k == 3
    assert 0 <= preview.baseline_rate <= 1
    assert "small-test" in {warning.code for warning in preview.warnings}


def test_the_cut_of_the_time_rule_is_given_in_the_unit_of_the_chart(letters_log):
    log = SessionDataset(letters_log())
    days = SplitConfig(protocol="time", test_days=5)
    preview = preview_split(log, days, "s")
    first_test_day = preview.days.query("part == 'test' and events > 0")["day"].min()
    assert pd.Timestamp(preview.cut, unit="ns").floor("D") == first_test_day
