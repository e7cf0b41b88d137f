import json

import numpy as np
import pandas as pd
import pytest

from gru4rec_core.baselines.names import BASELINE_GROUPS, BASELINE_LABELS
from gru4rec_core.evaluation.hit_overlap import find_hit_overlap
from gru4rec_core.evaluation.slices import whole_rates
from gru4rec_core.report.charts import comparison as comparison_charts
from gru4rec_core.report.frames import comparison as comparison_frames
from tests.chart_specs import chart_title


@pytest.fixture
def models(results):
    rng = np.random.default_rng(3)
    return [
        results("top1", rng.integers(1, 25, 80), rng.integers(1, 25, 80)),
        results("bpr", rng.integers(1, 18, 80), rng.integers(1, 18, 80)),
        results("popularity", rng.integers(1, 40, 80), kind="baseline", label="Best-sellers"),
    ]


@pytest.fixture
def differences():
    rows = [("accuracy@3 (decides)", 4.0, 1.0, 7.0, True), ("MRR@20", -2.0, -9.0, 3.0, False)]
    return pd.DataFrame(rows, columns=["metric", "relative", "low", "high", "deciding"])


def rows_of(table: pd.DataFrame, role: str) -> pd.DataFrame:
    return dict(comparison_frames.by_role(table))[role]


def spec(chart) -> dict:
    return chart.to_dict()


def title(chart) -> str:
    return chart_title(spec(chart))


def encodings(chart, channel: str) -> list[dict]:
    """What every layer draws on one channel."""
    layers = [layer.get("encoding", {}) for layer in spec(chart)["layer"]]
    return [layer[channel] for layer in layers if channel in layer]


def domain(chart, channel: str) -> list:
    return next(one["scale"]["domain"] for one in encodings(chart, channel) if "domain" in one.get("scale", {}))


def test_ladder_begins_at_zero_says_its_unit_and_stands_best_first(models):
    table = comparison_frames.ladder(whole_rates(models, 3, 0.95))
    chart = comparison_charts.ladder(table, comparison_frames.seed_points(models, 3), 3, confidence=0.95)
    assert title(chart) == "Hits in the top 3, best first"
    assert domain(chart, "x")[0] == 0
    assert any(one.get("title") == "hits per 100 test sessions" for one in encodings(chart, "x"))
    assert encodings(chart, "y")[0]["sort"] == table["label"].tolist()
    assert table["label"].iloc[0] == "BPR"


def test_ladder_names_every_method_however_narrow_its_rows(results):
    models = [results(name, [1, 9], kind="baseline") for name in BASELINE_LABELS]
    table = comparison_frames.ladder(whole_rates(models, 3, 0.95))
    chart = comparison_charts.ladder(table, comparison_frames.seed_points([], 3), 3, confidence=0.95)
    assert encodings(chart, "y")[0]["axis"]["labelOverlap"] is False  # Vega would leave out every second name
    shapes = encodings(chart, "shape")[0]["scale"]
    shape_of = dict(zip(shapes["domain"], shapes["range"], strict=True))
    by_group = [{shape_of[name] for name in names} for names in BASELINE_GROUPS.values()]
    assert [len(of_group) for of_group in by_group] == [1, 1, 1]  # a shape for each kind of baseline
    assert len(set.union(*by_group)) == 3
    assert "Baselines: ◆ counting, ▼ neighbours, ▶ closed form" in spec(chart)["title"]["subtitle"]


def test_ladder_tells_methods_apart_by_shape_and_dash_too(models):
    chart = comparison_charts.ladder(
        comparison_frames.ladder(whole_rates(models, 3, 0.95)),
        comparison_frames.seed_points(models, 3),
        3,
        confidence=0.95,
    )
    shapes = encodings(chart, "shape")[0]["scale"]
    dashes = encodings(chart, "strokeDash")[0]["scale"]
    assert len(set(shapes["range"])) == 3
    assert dashes["range"][dashes["domain"].index("popularity")] != [1, 0]
    assert dashes["range"][dashes["domain"].index("bpr")] == [1, 0]


def test_ladder_with_one_seed_draws_no_seed_ticks(results):
    models = [results("bpr", [1, 9])]
    chart = comparison_charts.ladder(
        comparison_frames.ladder(whole_rates(models, 3, 0.95)),
        comparison_frames.seed_points(models, 3),
        3,
        confidence=0.95,
    )
    ticks = [layer for layer in spec(chart)["layer"] if layer["mark"]["type"] == "tick"]
    assert {tick["encoding"]["x"]["field"] for tick in ticks} == {"low", "high"}  # the ends of the intervals


def test_intervals_stand_out_beside_markers_and_seeds_below_them(models):
    table, seeds = comparison_frames.ladder(whole_rates(models, 3, 0.95)), comparison_frames.seed_points(models, 3)
    layers = spec(comparison_charts.ladder(table, seeds, 3, confidence=0.95))["layer"]
    marker = next(one["mark"]["size"] for one in layers if one["mark"]["type"] == "point") ** 0.5
    ticks = {one["encoding"]["x"]["field"]: one["mark"] for one in layers if one["mark"]["type"] == "tick"}
    assert ticks["low"]["size"] == ticks["high"]["size"] > 1.5 * marker
    # A tick of a seed begins where those of the interval end.
    assert ticks["hits"]["yOffset"] - ticks["hits"]["size"] / 2 >= ticks["low"]["size"] / 2


def test_the_deciding_difference_has_a_scale_of_its_own(differences):
    far = differences.assign(relative=[4.0, 38.0], low=[2.9, 35.0], high=[5.3, 41.0])
    low, high = domain(
        comparison_charts.deciding_difference(rows_of(far, "deciding"), "TOP1", "BPR", confidence=0.95, margin=5), "x"
    )
    assert low < -5
    assert 5.3 < high < 10
    low, high = domain(comparison_charts.forest(rows_of(far, "forest"), "TOP1", "BPR", confidence=0.95, margin=5), "x")
    assert low < -5 < 41 < high


def test_each_metric_stands_in_one_of_the_two_charts(differences):
    options = {"confidence": 0.95, "margin": 5}
    assert [name for name, _ in comparison_frames.by_role(differences)] == ["deciding", "forest"]
    deciding, others = (
        comparison_charts.DIFFERENCES[name](rows, "TOP1", "BPR", **options)
        for name, rows in comparison_frames.by_role(differences)
    )
    assert encodings(deciding, "y")[0]["sort"] == ["accuracy@3 (decides)"]
    assert encodings(others, "y")[0]["sort"] == ["MRR@20"]
    assert "+4.0 % (95 %: +1.0 to +7.0 %)" in json.dumps(spec(deciding))


def test_differences_show_the_margin_the_zero_and_who_is_right_of_it(differences):
    for name, draw in comparison_charts.DIFFERENCES.items():
        chart = draw(rows_of(differences, name), "TOP1", "BPR", confidence=0.95, margin=5)
        assert title(chart).startswith("BPR against TOP1: ")
        text = json.dumps(spec(chart))
        assert "right of 0: BPR is better" in text
        assert "under 5 %" in text


def test_differences_always_show_the_whole_band(differences):
    narrow = differences.assign(low=-0.1, high=0.1, relative=0.0)
    for name, draw in comparison_charts.DIFFERENCES.items():
        low, high = domain(draw(rows_of(narrow, name), "TOP1", "BPR", confidence=0.95, margin=5), "x")
        assert low < -5 < 5 < high


def test_charts_say_the_level_of_their_intervals(models, differences):
    table, seeds = comparison_frames.ladder(whole_rates(models, 3, 0.8)), comparison_frames.seed_points(models, 3)
    for chart in (
        comparison_charts.ladder(table, seeds, 3, confidence=0.8),
        comparison_charts.forest(rows_of(differences, "forest"), "TOP1", "BPR", confidence=0.8),
        comparison_charts.deciding_difference(rows_of(differences, "deciding"), "TOP1", "BPR", confidence=0.8),
    ):
        text = json.dumps(spec(chart))
        assert "80 % from" in text
        assert "95 %" not in text


def test_square_has_a_hundred_cells_a_glyph_for_each_outcome_and_a_selection(models):
    cells = comparison_frames.square(find_hit_overlap(models[0], models[1], 3).counts)
    labels = {"both": "both right", "only_b": "only BPR", "only_a": "only TOP1", "neither": "neither"}
    chart = comparison_charts.outcome_square(cells, labels, ("top1", "bpr"))
    drawn = next(iter(spec(chart)["datasets"].values()))
    assert len(drawn) == 100
    glyphs = {row["outcome"]: row["glyph"] for row in drawn}
    assert len(set(glyphs.values())) == len(glyphs)
    assert [one["name"] for one in spec(chart)["params"]] == ["outcome"]
    assert title(chart) == "Of 100 test sessions: which model had the next item?"
    assert max(map(len, spec(chart)["title"]["text"])) <= 36  # 310 px: a longer line runs into the chart beside it


def test_square_paints_the_models_in_their_own_colours(models):
    cells = comparison_frames.square({"both": 1, "only_a": 1, "only_b": 1, "neither": 1})
    labels = {"both": "both", "only_b": "b", "only_a": "a", "neither": "none"}
    scale = encodings(comparison_charts.outcome_square(cells, labels, ("top1", "bpr")), "color")[0]["scale"]
    assert dict(zip(scale["domain"], scale["range"], strict=True))["◑ b: 25 (1)"] == "#D55E00"
    assert dict(zip(scale["domain"], scale["range"], strict=True))["◐ a: 25 (1)"] == "#0072B2"


def test_curve_begins_at_zero_names_its_lines_and_marks_the_deciding_k(models):
    chart = comparison_charts.accuracy_over_k(comparison_frames.curve(models), marked_k=3)
    assert domain(chart, "y")[0] == 0
    assert domain(chart, "x") == [1, 20]
    assert "list length k (items shown)" in json.dumps(spec(chart))
    texts = [layer for layer in spec(chart)["layer"] if layer["mark"]["type"] == "text"]
    assert texts[0]["encoding"]["text"]["field"] == "label"
    assert "(3)" in json.dumps(spec(chart)["title"])


def test_names_of_lines_have_their_colour_and_are_led_to(models):
    chart = comparison_charts.accuracy_over_k(comparison_frames.curve(models), marked_k=3)
    layers = spec(chart)["layer"]
    names = next(one for one in layers if one["mark"]["type"] == "text")
    lines = next(one for one in layers if one["mark"]["type"] == "line")
    assert names["encoding"]["color"]["scale"] == lines["encoding"]["color"]["scale"]
    leader = next(one for one in layers if one["mark"]["type"] == "rule" and "y2" in one["encoding"])
    assert (leader["encoding"]["y"]["field"], leader["encoding"]["y2"]["field"]) == ("hits", "height")
    assert leader["mark"]["x2Offset"] <= names["mark"]["dx"]


def test_every_chart_draws_fewer_than_ten_thousand_points(models, differences):
    drawn = [
        comparison_charts.ladder(
            comparison_frames.ladder(whole_rates(models, 3, 0.95)),
            comparison_frames.seed_points(models, 3),
            3,
            confidence=0.95,
        ),
        comparison_charts.forest(rows_of(differences, "forest"), "a", "b", confidence=0.95),
        comparison_charts.accuracy_over_k(comparison_frames.curve(models)),
    ]
    for chart in drawn:
        assert sum(len(rows) for rows in spec(chart)["datasets"].values()) < 10_000


@pytest.mark.parametrize("dark", [False, True])
def test_colours_follow_the_theme(models, dark):
    chart = comparison_charts.accuracy_over_k(comparison_frames.curve(models), dark=dark)
    scale = encodings(chart, "color")[0]["scale"]
    wanted = "#E69F00" if dark else "#D55E00"
    assert scale["range"][scale["domain"].index("bpr")] == wanted
