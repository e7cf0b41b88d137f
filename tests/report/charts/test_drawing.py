from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from gru4rec_core.report.charts.drawing import spread_labels

heights = st.lists(st.floats(0, 100), min_size=1, max_size=12)


@given(heights)
def test_labels_never_touch_and_keep_their_order(values):
    placed = spread_labels(values, gap=3.0)
    order = sorted(range(len(values)), key=lambda i: values[i])
    gaps = [placed[j] - placed[i] for i, j in pairwise(order)]
    assert all(gap >= 3.0 - 1e-9 for gap in gaps)


def test_labels_with_room_stay_where_they_belong():
    assert spread_labels([10.0, 50.0, 20.0], gap=5.0) == [10.0, 50.0, 20.0]


def test_labels_that_touch_share_the_room_around_their_middle():
    assert spread_labels([10.0, 10.0], gap=4.0) == [8.0, 12.0]
