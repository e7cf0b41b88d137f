"""The chart of an order test."""

import pytest

from gru4rec_core.report.charts.order import order_chart
from gru4rec_core.report.frames.order import order_rates
from tests.order_results import order_result


@pytest.mark.parametrize("dark", [False, True])
def test_both_sides_differ_in_colour_and_shape_and_best_sellers_are_a_line(dark: bool) -> None:
    spec = order_chart(order_rates(order_result().share), 14.0, 10, confidence=0.95, dark=dark).to_dict()
    points = next(layer for layer in spec["layer"] if layer["mark"]["type"] == "point")
    for channel in ("color", "shape"):
        assert points["encoding"][channel]["scale"]["domain"] == ["in order", "shuffled"]
        assert len(set(points["encoding"][channel]["scale"]["range"])) == 2
    assert points["encoding"]["x"]["title"] == "hits in the top 10 per 100 predictions"
    assert points["encoding"]["x"]["scale"]["domain"][0] == 0
    rule = spec["layer"][0]
    assert rule["mark"]["strokeDash"]
    texts = [row for rows in spec["datasets"].values() for row in rows if "label" in row]
    assert [row["label"] for row in texts] == ["best-sellers 14.0"]
    assert "95 % interval" in spec["title"]["subtitle"][0]
