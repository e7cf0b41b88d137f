"""Facts about the charts of a log."""

import numpy as np
import pandas as pd
import pytest

from gru4rec_core.report.charts.data import events_over_time, popularity, session_lengths, transitions
from gru4rec_core.report.frames.data import LEFT_OUT, TEST, TRAIN, popularity_curve


def bars(days: pd.DataFrame, **options) -> pd.DataFrame:
    """The table the bars are drawn from."""
    chart = events_over_time(days, **options)
    return chart.data if isinstance(chart.data, pd.DataFrame) else chart.layer[0].data


def daily(n_days: int) -> pd.DataFrame:
    day = pd.date_range("2024-01-01", periods=n_days)
    return pd.concat(pd.DataFrame({"day": day, "part": part, "events": n}) for part, n in ((TRAIN, 3), (TEST, 1)))


@pytest.mark.parametrize(("n_days", "unit"), [(1, "day"), (400, "day"), (401, "week"), (2_000, "month")])
def test_long_spans_are_joined_and_no_event_is_lost(n_days: int, unit: str):
    spec = events_over_time(daily(n_days)).to_dict()
    frame = bars(daily(n_days))
    assert spec["layer"][0]["encoding"]["x"]["title"] == f"{unit} (UTC)"
    assert frame["events"].sum() == 4 * n_days
    assert frame["start"].nunique() <= 400


def test_what_is_left_out_has_a_look_of_its_own_and_is_named_only_where_it_occurs():
    without = events_over_time(daily(3)).to_dict()["layer"][0]["encoding"]
    assert without["fill"]["scale"]["domain"] == [TRAIN, TEST]
    some = pd.DataFrame({"day": pd.date_range("2024-01-01", periods=3), "part": LEFT_OUT, "events": 2})
    fill = events_over_time(pd.concat([daily(3), some])).to_dict()["layer"][0]["encoding"]["fill"]["scale"]
    assert fill["domain"] == [TRAIN, LEFT_OUT, TEST]
    assert len(set(fill["range"])) == 3


def test_only_a_rule_with_a_cut_draws_one():
    assert len(events_over_time(daily(3)).layer) == 1
    chart = events_over_time(daily(3), cut=pd.Timestamp("2024-01-02").value)
    assert len(chart.layer) == 3
    label = chart.to_dict()["layer"][2]
    assert label["encoding"]["y"]["value"] < 0  # above the plot, where no bar hides it
    assert label["mark"]["baseline"] == "bottom"


def test_every_chart_of_a_log_has_a_title_and_axes_with_units():
    shares = pd.DataFrame({"from": ["a", "b"], "to": ["b", "b"], "share": [50.0, 100.0], "n": [1, 2]})
    charts = {
        "Events per day, by part": events_over_time(daily(3)),
        "How long sessions are": session_lengths(np.array([1, 2, 2])),
        "How popular items are": popularity(popularity_curve(np.array([5, 1]), np.array(["a", "b"])), 2),
        "What follows what": transitions(shares, ["a", "b"]),
    }
    for title, chart in charts.items():
        spec = chart.to_dict()
        first = spec.get("layer", [spec])[0]
        assert spec["title"]["text"] == title
        assert first["encoding"]["x"]["title"]
        assert first["encoding"]["y"]["title"]


def test_the_map_of_transitions_follows_the_given_order_on_both_axes():
    shares = pd.DataFrame({"from": ["a"], "to": ["b"], "share": [50.0], "n": [1]})
    encoding = transitions(shares, ["b", "a"]).to_dict()["layer"][0]["encoding"]
    assert encoding["x"]["scale"]["domain"] == encoding["y"]["scale"]["domain"] == ["b", "a"]


def test_times_that_are_no_dates_say_so_in_title_and_axis():
    spec = events_over_time(pd.DataFrame({"day": [0.0, 2.0], "part": TRAIN, "events": [1, 2]})).to_dict()
    assert spec["title"]["text"] == "Events over time, by part"
    assert spec["layer"][0]["encoding"]["x"]["title"] == "time in the log's own unit"
