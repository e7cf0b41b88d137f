import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gru4rec_core.data.lanes import LanePlan

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
