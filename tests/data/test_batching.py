"""Session-parallel mini-batches: every transition once, no state across sessions."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gru4rec_core.data.batching import LanePlan, PassPlan, pass_order
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.vocabulary import ItemVocabulary
from gru4rec_core.errors import DataError


def numbered(lengths):
    """A dataset in which every event is an item of its own, so that a transition names its session."""
    n = sum(lengths)
    return SessionDataset.from_arrays(
        np.arange(n, dtype=np.int32),
        np.arange(n)[::-1].copy(),
        np.r_[0, np.cumsum(lengths)],
        np.arange(len(lengths)),
        ItemVocabulary(list(range(n))),
    )


worlds = st.lists(st.integers(1, 9), min_size=1, max_size=25).filter(lambda lengths: max(lengths) > 1)


@given(worlds, st.integers(1, 12), st.randoms(use_true_random=False))
def test_every_transition_of_every_session_is_scheduled_exactly_once(lengths, lanes, random):
    dataset = numbered(lengths)
    order = list(range(len(lengths)))
    random.shuffle(order)
    schedule = PassPlan(dataset, lanes, np.array(order)).steps()
    seen = Counter(
        zip(schedule.inputs[schedule.valid].tolist(), schedule.targets[schedule.valid].tolist(), strict=True)
    )
    expected = Counter(
        (event, event + 1)
        for start, length in zip(dataset.offsets[:-1].tolist(), lengths, strict=True)
        for event in range(start, start + length - 1)
    )
    assert seen == expected


@given(worlds, st.integers(1, 12))
def test_a_lane_is_reset_exactly_where_its_session_changes(lengths, lanes):
    dataset = numbered(lengths)
    schedule = PassPlan(dataset, lanes, np.arange(len(lengths))).steps()
    session_of = np.searchsorted(dataset.offsets, schedule.inputs, side="right") - 1
    for lane in range(lanes):
        before = None
        for step in np.flatnonzero(schedule.valid[:, lane]):
            session = session_of[step, lane]
            assert schedule.reset[step, lane] == (session != before)
            if session == before:
                assert schedule.inputs[step, lane] == schedule.targets[step - 1, lane]
            before = session
    assert not schedule.reset[~schedule.valid].any()


@given(worlds, st.integers(1, 12))
def test_an_idle_lane_stays_idle_and_no_step_is_empty(lengths, lanes):
    schedule = PassPlan(numbered(lengths), lanes, np.arange(len(lengths))).steps()
    assert (np.diff(schedule.valid.astype(int), axis=0) <= 0).all()
    assert schedule.valid.any(axis=1).all()


@given(worlds, st.integers(1, 12), st.integers(1, 7))
def test_stretches_of_steps_put_together_are_the_whole_pass(lengths, lanes, stretch):
    dataset = numbered(lengths)
    order = np.arange(len(lengths))
    plan = PassPlan(dataset, lanes, order)
    whole = plan.steps()
    parts = [plan.steps(first, first + stretch) for first in range(0, plan.n_steps, stretch)]
    for name in ("inputs", "targets", "reset", "valid"):
        np.testing.assert_array_equal(np.concatenate([getattr(part, name) for part in parts]), getattr(whole, name))
    assert plan.n_transitions == whole.n_transitions


def test_a_stretch_past_the_end_is_refused(make_dataset):
    with pytest.raises(DataError, match="2 to 2"):
        PassPlan(make_dataset("abc"), 1, np.arange(1)).steps(2, 3)


def test_the_next_session_goes_to_the_lane_that_is_free_first():
    schedule = PassPlan(numbered([4, 2, 3, 2]), 2, np.arange(4)).steps()
    assert schedule.inputs[:, 0].tolist() == [0, 1, 2, 9]
    assert schedule.inputs[:3, 1].tolist() == [4, 6, 7]
    assert schedule.valid[:, 1].tolist() == [True, True, True, False]


def test_sessions_of_one_event_only_are_refused(make_dataset):
    with pytest.raises(DataError, match="at least two events"):
        PassPlan(make_dataset("a", "b"), 2, np.arange(2)).steps()


def test_time_order_follows_the_first_event_and_shuffling_visits_all(generator):
    dataset = numbered([2, 2, 2])  # timestamps fall, so the last session starts first
    assert pass_order(dataset, "time", generator).tolist() == [2, 1, 0]
    assert sorted(pass_order(dataset, "shuffled", generator).tolist()) == [0, 1, 2]


LENGTHS = st.lists(st.integers(1, 12), min_size=1, max_size=25)


@given(LENGTHS, st.integers(1, 8), st.integers(1, 7))
def test_windows_lay_every_step_of_every_session_once(lengths: list[int], n_lanes: int, window: int) -> None:
    plan = LanePlan(np.array(lengths), n_lanes)
    seen = []
    occupied = set()
    for first in range(0, plan.n_steps, window):
        cells = plan.window(first, min(first + window, plan.n_steps))
        seen += list(zip(cells.session.tolist(), cells.within.tolist(), strict=True))
        occupied |= {(first + step, lane) for step, lane in zip(cells.step.tolist(), cells.lane.tolist(), strict=True)}
        assert (cells.step >= 0).all()
        assert (cells.step < window).all()
    assert sorted(seen) == [(i, step) for i, length in enumerate(lengths) for step in range(length)]
    assert len(occupied) == len(seen), "two sessions in one cell"


@given(LENGTHS, st.integers(1, 8), st.integers(0, 30))
def test_a_window_is_the_same_whichever_was_asked_before(lengths: list[int], n_lanes: int, first: int) -> None:
    plan = LanePlan(np.array(lengths), n_lanes)
    first = min(first, plan.n_steps - 1)
    end = min(first + 5, plan.n_steps)
    fresh = plan.window(first, end)
    plan.window(0, plan.n_steps)
    plan.window(plan.n_steps - 1, plan.n_steps)
    for a, b in zip(fresh, plan.window(first, end), strict=True):
        np.testing.assert_array_equal(a, b)
