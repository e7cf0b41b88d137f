import pandas as pd
import pytest

from gru4rec_core.evaluation.slices import RANKS
from gru4rec_core.report.charts import accuracy as charts


@pytest.fixture
def rows():
    """Two methods over the whole test and two values of a slice."""
    columns = ["name", "label", "kind", "value", "order", "hits", "low", "high", "n_events"]
    table = [
        ("bpr", "BPR", "gru4rec", "all test events", -1, 13.0, 12.0, 14.0, 940),
        ("popularity", "Best-sellers", "baseline", "all test events", -1, 5.0, 4.0, 6.0, 940),
        ("bpr", "BPR", "gru4rec", "over 20", 1, 30.0, 20.0, 42.0, 40),
        ("bpr", "BPR", "gru4rec", "1", 0, 12.0, 11.0, 13.0, 900),
        ("popularity", "Best-sellers", "baseline", "1", 0, 5.0, 4.2, 6.1, 900),
    ]
    frame = pd.DataFrame(table, columns=columns)
    return frame.assign(few=False, what=frame["value"] + frame["n_events"].map(" ({:,})".format), unit="events")


def layer(chart, mark: str) -> dict:
    return next(one for one in chart.to_dict()["layer"] if one["mark"]["type"] == mark)


def drawn(rows, **options):
    return charts.slice_dots(rows, "By items seen before", 3, confidence=0.95, **options)


def test_the_whole_test_stands_first_then_the_slices_in_natural_order_from_zero(rows):
    encoding = layer(drawn(rows), "point")["encoding"]
    assert encoding["y"]["sort"] == ["all test events (940)", "1 (900)", "over 20 (40)"]
    assert encoding["x"]["scale"]["domain"][0] == 0
    assert encoding["x"]["title"] == "hits in the top 3 per 100"


def test_every_mark_has_its_interval_with_ends_taller_than_the_mark(rows):
    spec = drawn(rows).to_dict()
    fields = [(one["mark"]["type"], one["encoding"]["x"]["field"]) for one in spec["layer"]]
    assert [kind for kind, field in fields if field in {"low", "high"}] == ["rule", "tick", "tick"]
    marker = layer(drawn(rows), "point")["mark"]["size"] ** 0.5
    assert layer(drawn(rows), "tick")["mark"]["size"] > marker
    assert "95 % intervals" in " ".join(spec["title"]["subtitle"])


def test_methods_stand_beside_each_other_in_a_row_and_differ_in_shape(rows):
    encoding = layer(drawn(rows), "point")["encoding"]
    assert encoding["yOffset"]["sort"] == ["BPR", "Best-sellers"]
    assert len(set(encoding["shape"]["scale"]["range"])) == 2


def test_a_chart_of_slices_says_what_it_counts(rows):
    subtitle = " ".join(drawn(rows).to_dict()["title"]["subtitle"])
    assert "Dashed: all test events" in subtitle
    assert "In brackets: number of test events" in subtitle


def test_few_events_stand_back_and_that_is_said(rows):
    chart = drawn(rows.assign(few=rows["order"] == 1)).to_dict()
    faded = [one for one in chart["layer"] if "opacity" in one["encoding"]]
    assert [one["mark"]["type"] for one in faded] == ["rule", "tick", "tick", "point"]
    for one in faded:
        assert one["encoding"]["opacity"]["condition"] == {"test": "datum.few", "value": charts.FADED}
        assert one["encoding"]["opacity"]["value"] == 1
    assert "faded: fewer than 20" in " ".join(chart["title"]["subtitle"])
    assert "faded" not in " ".join(drawn(rows).to_dict()["title"]["subtitle"])


def test_charts_side_by_side_can_share_one_scale(rows):
    assert layer(drawn(rows, top=50.0), "point")["encoding"]["x"]["scale"]["domain"][1] > 50


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


def test_a_third_method_stands_in_a_second_line_of_the_legend_and_takes_nothing_from_the_plot(rows):
    third = rows[rows["name"] == rows["name"].iloc[0]].assign(name="top1", label="TOP1")
    two, three = drawn(rows), drawn(pd.concat([rows, third]))
    assert layer(three, "point")["encoding"]["color"]["legend"]["columns"] == 2
    n_rows = rows["what"].nunique()
    assert three.to_dict()["height"] - two.to_dict()["height"] == n_rows * charts.SLICE_MARK + charts.LEGEND_LINE


def test_long_names_stand_below_each_other_in_the_legend_so_that_a_phone_cuts_none(rows):
    third = rows[rows["name"] == rows["name"].iloc[0]].assign(name="linear", label="Linear autoregressive")
    two, three = drawn(rows), drawn(pd.concat([rows, third]))
    assert layer(three, "point")["encoding"]["color"]["legend"]["columns"] == 1
    n_lines = three.to_dict()["height"] - two.to_dict()["height"] - rows["what"].nunique() * charts.SLICE_MARK
    assert n_lines == 2 * charts.LEGEND_LINE
