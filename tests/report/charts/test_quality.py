"""The chart of days that stand out."""

import numpy as np

from gru4rec_core.evaluation.timeline import Days
from gru4rec_core.report.charts.quality import unusual_days_chart
from gru4rec_core.report.frames.quality import CATALOGUE, NEW, ODD, SEEN, day_bars, day_marks


def test_marks_have_a_shape_and_bars_a_colour_each():
    events = np.array([300] * 40)
    events[20] = 3_000
    days = Days(19_700, events, np.where(np.arange(40) == 30, 290, 3))
    marks = day_marks(days)
    assert marks["what"].tolist() == [ODD, CATALOGUE]
    spec = unusual_days_chart(day_bars(days), marks).to_dict()
    bars, points = spec["layer"]
    assert bars["encoding"]["color"]["scale"]["domain"] == [SEEN, NEW]
    assert len(set(points["encoding"]["shape"]["scale"]["range"])) == 3
    assert spec["title"]["text"] == "Events per day"
