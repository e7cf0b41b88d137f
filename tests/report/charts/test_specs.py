"""Facts about the two forms of a chart's specification, which several threads ask for at once."""

from concurrent.futures import ThreadPoolExecutor

import altair as alt
import pandas as pd
import pytest

from gru4rec_core.report.charts.specs import spec_with_frames, spec_with_values

FRAME = pd.DataFrame({"x": [1, 2], "day": pd.to_datetime(["2026-01-01", "2026-01-02"])})


def draw(frame: pd.DataFrame = FRAME, mark: str = "bar") -> alt.LayerChart:
    return alt.layer(alt.Chart(frame, mark=mark).encode(x="x:Q"), alt.Chart(frame).mark_rule().encode(x="day:T"))


def test_frames_are_set_aside_under_a_name_for_their_content():
    spec = spec_with_frames(draw())
    ((name, frame),) = spec["datasets"].items()
    assert frame is FRAME
    assert spec["data"] == {"name": name}
    assert "view" not in spec.get("config", {})  # a default width belongs to Altair's theme
    (other,) = spec_with_frames(draw(FRAME.assign(x=[1, 3])))["datasets"]
    assert other != name
    (renamed,) = spec_with_frames(draw(FRAME.assign(y=0).drop(columns="y")))["datasets"]
    assert renamed == name


def test_values_are_those_of_altair():
    assert spec_with_values(draw()) == draw().to_dict()


def test_a_chart_that_is_wrong_is_refused():
    with pytest.raises(alt.utils.schemapi.SchemaValidationError):
        spec_with_frames(alt.Chart(FRAME).mark_bar(opacity="thick").encode(x="x:Q"))


def test_each_thread_gets_its_own_form():
    values = spec_with_values(draw())

    def both(number: int) -> bool:
        frames = spec_with_frames(draw(FRAME.assign(x=number)))
        (frame,) = frames["datasets"].values()
        return spec_with_values(draw()) == values and frame["x"].tolist() == [number, number]

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(both, range(64)))
