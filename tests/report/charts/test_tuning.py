"""The curve of a tuning has a line, its marks and its label for each method, and says what they are."""

import pytest

from gru4rec_core.report.charts.tuning import tuning_curve
from gru4rec_core.report.frames.tuning import best_so_far_frame
from tests.report.frames.test_tuning import STAN, TOP1


@pytest.mark.parametrize("dark", [False, True])
def test_it_says_what_it_shows(dark: bool) -> None:
    frame = best_so_far_frame([TOP1, STAN])
    spec = tuning_curve(frame, 10, dark).to_dict()
    assert spec["title"]["text"] == "Best result so far of each method"
    band, lines, points, labels = spec["layer"]
    assert lines["encoding"]["x"]["title"] == "minutes spent on the method"
    assert lines["encoding"]["y"]["title"] == "best hits in the top 10 per 100"
    assert lines["encoding"]["strokeDash"]["scale"]["domain"] == ["top1", "stan"]
    rows = {name: spec["datasets"][layer["data"]["name"]] for name, layer in
            {"band": band, "lines": lines, "points": points, "labels": labels}.items()}  # fmt: skip
    assert {row["name"] for row in rows["band"]} == {"top1"}
    assert [(row["name"], row["trial"]) for row in rows["points"]] == [("top1", 0), ("top1", 2), ("stan", 1)]
    assert [row["label"] for row in rows["labels"]] == ["TOP1", "STAN"]
    # Each line goes on to the end of the longest search.
    assert {row["minutes"] for row in rows["lines"] if row["name"] == "stan"} == {1.0, 4.0}
