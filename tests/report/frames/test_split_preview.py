"""Facts about what a test rule makes of a log."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gru4rec_core.config import SplitConfig
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.split_types import SplitStep
from gru4rec_core.data.splits import split
from gru4rec_core.report.frames.data import LEFT_OUT, PARTS, TEST, TRAIN
from gru4rec_core.report.frames.split_preview import describe_left_out, events_by_day, preview_split

DAY = 86_400


@pytest.mark.parametrize(("unit", "scale"), [("s", 1), ("ms", 1_000), ("ns", 10**9)])
def test_every_event_is_counted_once_on_its_day(unit: str, scale: int):
    times = np.array([0, 10, DAY - 1, DAY, 5 * DAY]) * scale
    frame = events_by_day(times, {TRAIN: times[:2], TEST: times[[2, 4]]}, unit)
    table = frame.pivot(index="day", columns="part", values="events")
    assert table[TRAIN].tolist() == [2, 0, 0]
    assert table[LEFT_OUT].tolist() == [0, 1, 0]
    assert table[TEST].tolist() == [1, 0, 1]
    assert table.index[1] == pd.Timestamp("1970-01-02")


def test_times_that_are_no_dates_are_cut_into_equal_parts():
    frame = events_by_day(np.arange(600.0), {TRAIN: np.arange(599.0), TEST: np.array([599.0])}, "")
    assert frame["events"].sum() == 600
    assert frame["day"].is_monotonic_increasing or frame["day"].nunique() > 50


def test_one_moment_only_is_one_bar():
    parts = {TRAIN: np.full(3, 7.0), TEST: np.full(1, 7.0)}
    assert events_by_day(np.full(5, 7.0), parts, "")["events"].tolist() == [3, 1, 1]


def test_a_preview_counts_what_the_test_rule_predicts(make_dataset):
    log = make_dataset("abcabc", "bca", "cabca", "ab")
    preview = preview_split(log, SplitConfig(), "")
    assert (preview.n_sessions, preview.n_predicted, preview.cut) == (4, 4, None)
    assert preview.days.groupby("part")["events"].sum().to_dict() == {
        TRAIN: log.n_events - 4,
        LEFT_OUT: 0,
        TEST: 4,
    }
    assert preview.left_out == ""
    assert preview.deciding_k == 3
    assert 0 <= preview.baseline_rate <= 1
    assert "small-test" in {warning.code for warning in preview.warnings}


def test_the_cut_of_the_time_rule_is_given_in_the_unit_of_the_chart(letters_log):
    log = SessionDataset(letters_log())
    days = SplitConfig(protocol="time", test_days=5)
    preview = preview_split(log, days, "s")
    first_test_day = preview.days.query("part == 'test' and events > 0")["day"].min()
    assert pd.Timestamp(preview.cut, unit="ns").floor("D") == first_test_day


def test_what_earlier_sessions_have_after_the_cut_is_left_out_and_not_drawn_as_training():
    # Session 1 goes on after the cut, for three of its five events; sessions 2 and 3 begin after it.
    rows = [(1, day) for day in (0, 1, 6, 7, 8)] + [(0, day) for day in (0, 1)] + [(2, 6), (2, 7), (3, 8), (3, 9)]
    log = SessionDataset(
        pd.DataFrame([(s, DAY * day, "ab"[day % 2]) for s, day in rows], columns=["session", "timestamp", "item"])
    )
    rule = SplitConfig(protocol="time", test_from=5 * DAY, validation_fraction=0)
    preview = preview_split(log, rule, "s")
    counts = preview.days.pivot(index="day", columns="part", values="events")
    after = counts[counts.index >= pd.Timestamp(preview.cut, unit="ns")]
    assert after[TRAIN].sum() == 0
    assert counts.sum().to_dict() == {TRAIN: 4, LEFT_OUT: 3, TEST: 4}
    assert preview.left_out == "Left out: 3 of 11 events (27 %): 3 after the cut, in sessions that began before it."


def test_events_dropped_by_a_step_without_words_of_its_own_are_counted_too(make_dataset):
    summary = split(make_dataset("abcabc", "bca", "cabca", "ab"), SplitConfig()).summary
    short = SplitStep("session length", "", 3, 14, 3, dropped_events=2)
    steps = (short, replace(short, name="a step of tomorrow", dropped_events=1))
    left_out = describe_left_out(replace(summary, steps=steps, dropped_events=3))
    assert left_out == "Left out: 3 of 16 events (19 %): 2 in sessions that are too short, 1 for other reasons."


@given(
    st.sampled_from(["last-item", "time", "session-holdout"]),
    st.booleans(),
    st.integers(1, 4),
    st.sampled_from([0.0, 0.2, 0.5]),
    st.integers(0, 2**32 - 1),
)
@settings(max_examples=60, deadline=None)
def test_every_event_is_drawn_once_and_in_the_part_that_the_split_gave_it(
    protocol, collapse, support, validation, seed
):
    rng = np.random.default_rng(seed)
    lengths = rng.integers(1, 8, 40)
    session = np.repeat(np.arange(40), lengths)
    times = np.repeat(rng.integers(0, 20 * DAY, 40), lengths) + rng.integers(0, 3 * DAY, session.size)
    log = pd.DataFrame({"session": session, "timestamp": times, "item": rng.integers(0, 6, session.size)})
    rule = SplitConfig(
        protocol=protocol, collapse_repeats=collapse, min_item_support=support, validation_fraction=validation
    )
    dataset = SessionDataset(log)
    preview, parts = preview_split(dataset, rule, "s"), split(dataset, rule).summary
    counts = preview.days.groupby("part")["events"].sum()
    assert (preview.days["events"] >= 0).all()
    assert counts[list(PARTS)].tolist() == [
        parts.train_events + parts.validation_events,
        parts.dropped_events,
        parts.test_events,
    ]
    numbers = re.findall(r"(\d[\d,]*) (?:that|of items|in sessions|after)", preview.left_out)
    assert sum(int(number.replace(",", "")) for number in numbers) == parts.dropped_events
