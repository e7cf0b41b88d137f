"""Charts about the quality of a log: events day by day, with the days that stand out marked."""

from __future__ import annotations

import altair as alt
import pandas as pd

from gru4rec_core.report.charts.drawing import SHORT_COUNT, Size, titled
from gru4rec_core.report.frames.quality import CATALOGUE, CHANGE, NEW, ODD, SEEN
from gru4rec_core.report.style import ground, style


def unusual_days_chart(bars: pd.DataFrame, marks: pd.DataFrame, dark: bool = False) -> alt.LayerChart:
    """Stacked bars: events of each day by whether their item is new that day; marks above days that stand out.

    Args:
        bars: as `frames.quality.day_bars`.
        marks: as `frames.quality.day_marks`.
        dark: colours for a dark background.

    Returns:
        x day (UTC), y events; each kind of mark has a shape of its own.
    """
    paint = ground(dark)
    day = alt.Axis(tickCount=8, labelOverlap=True)
    drawn = (
        alt.Chart(bars)
        .mark_rect()
        .encode(
            x=alt.X("start:T", title="day (UTC)", axis=day),
            x2="end",
            y=alt.Y("bottom:Q", title="number of events", axis=alt.Axis(labelExpr=SHORT_COUNT, tickCount=4)),
            y2="top",
            color=alt.Color(
                "items:N",
                title=None,
                scale=alt.Scale(domain=[SEEN, NEW], range=[paint.faint, style("top1", dark=dark).colour]),
                legend=alt.Legend(orient="top", columns=2),
            ),
            tooltip=[
                alt.Tooltip("start:T", title="day"),
                alt.Tooltip("items:N", title="events of"),
                alt.Tooltip("events:Q", title="events", format=","),
            ],
        )
    )
    marked = (
        alt.Chart(marks)
        .mark_point(filled=True, size=70, color=paint.text, yOffset=-8, opacity=1)
        .encode(
            x="middle:T",
            y="events:Q",
            shape=alt.Shape(
                "what:N",
                title=None,
                scale=alt.Scale(domain=[ODD, CHANGE, CATALOGUE], range=["triangle-down", "triangle-right", "diamond"]),
                legend=alt.Legend(orient="bottom", columns=1, symbolFillColor=paint.text, symbolStrokeColor=paint.text),
            ),
            tooltip=[
                alt.Tooltip("middle:T", title="day"),
                alt.Tooltip("what:N", title="marked"),
                alt.Tooltip("events:Q", title="events", format=","),
            ],
        )
    )
    return titled(
        alt.layer(drawn, marked),
        "Events per day",
        "By whether the item appears for the first time that day",
        Size(200, axis=140, legend=True),
        dark,
    )
