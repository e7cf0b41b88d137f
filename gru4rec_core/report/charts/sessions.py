"""Charts of what a model would recommend after one session."""

from __future__ import annotations

import altair as alt
import pandas as pd

from gru4rec_core.report.charts.drawing import Size, styles_of, titled
from gru4rec_core.report.style import ground


def score_bars(frame: pd.DataFrame, label: str, name: str, *, dark: bool = False) -> alt.LayerChart:
    """One model's best items, each bar relative to the first. Item names are drawn as text, never parsed.

    Args:
        frame: `frames.sessions.best_items` with item names: item, place (from 1), relative (0 an average item, 100 the
            first), score.
        label: what the model is called.
        name: its name, which picks its colour.
    """
    chosen = styles_of(pd.DataFrame({"name": [name], "kind": ["gru4rec"]}), dark)
    drawn = frame.assign(row=[f"{place}. {item}" for place, item in zip(frame["place"], frame["item"], strict=True)])
    y = alt.Y("row:N", title=None, sort=drawn["row"].tolist(), axis=alt.Axis(labelLimit=190, grid=False))
    x = alt.X(
        "relative:Q", title="score: 0 an average item, 100 the first", scale=alt.Scale(domain=[0, 115], nice=False)
    )
    x.axis = alt.Axis(values=[0, 25, 50, 75, 100])
    tooltip = ["item:N", alt.Tooltip("score:Q", format=".3f"), alt.Tooltip("relative:Q", format=".0f")]
    base = alt.Chart(drawn).encode(y=y, x=x, tooltip=tooltip)
    bars = base.mark_bar(color=chosen[name].colour, cornerRadiusEnd=2, height={"band": 0.7})
    values = base.mark_text(align="left", dx=5, fontSize=11, color=ground(dark).text).encode(
        text=alt.Text("relative:Q", format=".0f")
    )
    return titled(alt.layer(bars, values), label, "Scores, not probabilities", Size(26 * len(frame)), dark)
