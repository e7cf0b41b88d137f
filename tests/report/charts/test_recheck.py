"""Facts about the charts of a re-check."""

import pandas as pd

from gru4rec_core.report.charts.recheck import hits_by_week, unknown_by_week
from gru4rec_core.report.style import style

WEEKS = pd.date_range("2024-01-01", periods=3, freq="7D")


def by_week() -> pd.DataFrame:
    methods = (("old", "BPR of 2023-12-01", "gru4rec", 30.0), ("popularity", "Best-sellers", "baseline", 10.0))
    rows = [
        {"name": name, "label": label, "kind": kind, "week": week, "hits": hits, "n_events": 50}
        for name, label, kind, hits in methods
        for week in WEEKS
    ]
    return pd.DataFrame(rows)


def test_hits_begin_at_zero_and_every_method_is_in_the_legend():
    spec = hits_by_week(by_week(), 3).to_dict()
    line = spec["layer"][0]["encoding"]
    assert spec["title"]["text"] == "Hits week by week"
    assert line["y"]["scale"]["domain"] == [0, 33.0]
    assert (line["x"]["title"], line["y"]["title"]) == ("week (its Monday, UTC)", "hits in the top 3 per 100")
    assert line["color"]["scale"]["domain"] == ["BPR of 2023-12-01", "Best-sellers"]
    assert line["color"]["scale"]["range"][1] == style("popularity", "baseline").colour
    assert line["color"]["legend"]


def test_weeks_in_which_the_old_model_stands_alone_are_explained():
    both = by_week()
    assert hits_by_week(both, 3).to_dict()["title"]["subtitle"] == ["Grey: baselines on the new log"]
    earlier = both.drop(both.index[(both["name"] == "popularity") & (both["week"] == WEEKS[0])])
    subtitle = " ".join(hits_by_week(earlier, 3).to_dict()["title"]["subtitle"])
    assert "Weeks with the old model alone: the others have learnt from these" in subtitle


def test_unknown_items_are_shares_of_a_weeks_events():
    shares = {"unknown": [0.0, 2.0, 90.0], "not_in_training": [0.0, 0.5, 60.0]}
    spec = unknown_by_week(pd.DataFrame({"week": WEEKS, **shares, "n_events": 50})).to_dict()
    encoding = spec["layer"][0]["encoding"]
    drawn = pd.DataFrame(spec["datasets"][spec["layer"][0]["data"]["name"]])
    by_kind = drawn.pivot(index="week", columns="kind", values="share")
    lacking, unknown = kinds = ["not in this log's training part", "otherwise unknown to the old model"]
    assert encoding["color"]["scale"]["domain"] == kinds == sorted(by_kind)
    assert by_kind[lacking].tolist() == [0.0, 0.5, 60.0]
    assert by_kind[unknown].tolist() == [0.0, 1.5, 30.0]
    assert encoding["y"]["title"] == "% of the week's events"
    assert encoding["y"]["scale"]["domain"] == [0, 100.0]
