import pandas as pd
import pytest

from gru4rec_core.report.charts import accuracy as charts
from gru4rec_core.report.frames.accuracy import RANKS


@pytest.fixture
def slices():
    rows = [("bpr", "BPR", "gru4rec", "1", 0, 12.0, 900), ("bpr", "BPR", "gru4rec", "over 20", 1, 30.0, 40)]
    rows += [("popularity", "Best-sellers", "baseline", "1", 0, 5.0, 900)]
    frame = pd.DataFrame(rows, columns=["name", "label", "kind", "value", "order", "hits", "n_sessions"])
    return frame.assign(n_events=frame["n_sessions"])


@pytest.fixture
def overall():
    rows = [("bpr", "BPR", "gru4rec", 13.0), ("popularity", "Best-sellers", "baseline", 5.0)]
    return pd.DataFrame(rows, columns=["name", "label", "kind", "hits"])


def layer(chart, mark: str) -> dict:
    return next(one for one in chart.to_dict()["layer"] if one["mark"]["type"] == mark)


def test_slices_stand_in_natural_order_with_their_counts_from_zero(slices, overall):
    encoding = layer(charts.slice_dots(slices, overall, 3, "By items seen before"), "point")["encoding"]
    assert encoding["y"]["sort"] == ["1 (900)", "over 20 (40)"]
    assert encoding["x"]["scale"]["domain"][0] == 0
    assert encoding["x"]["title"] == "hits in the top 3 per 100"


def test_small_slices_are_faint_and_methods_have_shapes(slices, overall):
    chart = charts.slice_dots(slices, overall, 3, "By items seen before")
    encoding = layer(chart, "point")["encoding"]
    assert encoding["opacity"]["condition"]["value"] < 0.5
    assert len(set(encoding["shape"]["scale"]["range"])) == 2
    few = {row["value"]: row["few"] for rows in chart.to_dict()["datasets"].values() for row in rows if "few" in row}
    assert few == {"1": False, "over 20": True}


def test_charts_side_by_side_can_share_one_scale(slices, overall):
    chart = charts.slice_dots(slices, overall, 3, "x", top=50.0)
    assert layer(chart, "point")["encoding"]["x"]["scale"]["domain"][1] > 50


def test_rank_bars_keep_the_order_of_ranks_and_begin_at_zero():
    rows = [("bpr", "BPR", "gru4rec", rank, 10.0, 5) for rank in RANKS]
    frame = pd.DataFrame(rows, columns=["name", "label", "kind", "rank", "share", "n_events"])
    encoding = layer(charts.rank_bars(frame), "bar")["encoding"]
    assert encoding["x"]["sort"] == ["1", "2-3", "4-5", "6-10", "11-20", "21-100", ">100", "unknown"]
    assert encoding["y"]["scale"]["domain"][0] == 0
    assert encoding["y"]["title"] == "% of test sessions"


def test_confusion_keeps_one_order_on_both_axes_and_outlines_hits():
    rows = [("a", "a", 60.0, True), ("a", "other items", 40.0, False), ("b", "a", 100.0, False)]
    frame = pd.DataFrame(rows, columns=["true", "predicted", "share", "hit"]).assign(n_events=1)
    chart = charts.confusion_map(frame, ["a", "b"], "BPR")
    encoding = layer(chart, "rect")["encoding"]
    assert encoding["y"]["sort"] == ["a", "b"]
    assert encoding["x"]["sort"] == ["a", "b", "other items"]
    assert any(one["mark"].get("filled") is False for one in chart.to_dict()["layer"])
