from itertools import pairwise

import altair as alt
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from gru4rec_core.report.charts.drawing import SUBTITLE_CHARACTERS, TITLE_CHARACTERS, Size, spread_labels, titled

heights = st.lists(st.floats(0, 100), min_size=1, max_size=12)


@given(heights, st.sampled_from([float("inf"), 100.0, 50.0]))
def test_labels_never_touch_keep_their_order_and_stay_below_the_ceiling(values, ceiling):
    placed = spread_labels(values, gap=3.0, ceiling=ceiling)
    assert max(placed) <= ceiling
    order = sorted(range(len(values)), key=lambda i: values[i])
    gaps = [placed[j] - placed[i] for i, j in pairwise(order)]
    assert all(gap >= 3.0 - 1e-9 for gap in gaps)


def test_labels_with_room_stay_where_they_belong():
    assert spread_labels([10.0, 50.0, 20.0], gap=5.0) == [10.0, 50.0, 20.0]


def test_labels_that_touch_share_the_room_around_their_middle():
    assert spread_labels([10.0, 10.0], gap=4.0) == [8.0, 12.0]


titles = st.text("abc d-", min_size=1, max_size=120).filter(str.strip)


def title_lines(chart: alt.Chart) -> list[str]:
    text = chart.title.to_dict()["text"]
    return [text] if isinstance(text, str) else text


@given(titles, st.lists(st.text("abc d-", max_size=120), max_size=3))
def test_titles_are_broken_to_the_width_of_a_phone_and_lose_nothing(title, below):
    bars = alt.Chart(pd.DataFrame({"x": [1]})).mark_bar()
    chart = titled(bars, title, below, Size(100))
    header, lines = chart.title.to_dict(), title_lines(chart)
    assert all(len(line) <= TITLE_CHARACTERS for line in lines)
    assert len(title) > TITLE_CHARACTERS or len(lines) == 1
    assert all(len(line) <= SUBTITLE_CHARACTERS for line in header.get("subtitle", []))
    assert "".join("".join(lines).split()) == "".join(title.split())
    assert "".join("".join(header.get("subtitle", [])).split()) == "".join("".join(below).split())


@given(st.lists(st.text("abcd", min_size=1, max_size=12), min_size=1, max_size=20).map(" ".join))
def test_titles_are_broken_between_words(title):
    chart = titled(alt.Chart(pd.DataFrame({"x": [1]})).mark_bar(), title, "", Size(100))
    assert " ".join(title_lines(chart)) == title


def test_a_longer_header_makes_the_chart_higher_not_the_plot_lower():
    bars = alt.Chart(pd.DataFrame({"x": [1]})).mark_bar()
    low, high = (titled(bars, title, "", Size(100)).height for title in ("short", "long " * 20))
    assert high > low
