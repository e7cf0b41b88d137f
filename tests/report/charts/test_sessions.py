import json

import pandas as pd

from gru4rec_core.report.charts import sessions as charts


def layer(chart, mark: str) -> dict:
    return next(one for one in chart.to_dict()["layer"] if one["mark"]["type"] == mark)


def test_score_bars_name_items_as_they_are_and_say_what_scores_are_not():
    frame = pd.DataFrame({"item": ["<b>x</b>", "y"], "place": [1, 2], "relative": [100.0, 20.0], "score": [2.0, 0.4]})
    chart = charts.score_bars(frame, "BPR", "bpr")
    assert layer(chart, "bar")["encoding"]["y"]["sort"] == ["1. <b>x</b>", "2. y"]
    assert "not probabilities" in json.dumps(chart.to_dict()["title"])
    assert layer(chart, "bar")["mark"]["color"] == "#D55E00"
