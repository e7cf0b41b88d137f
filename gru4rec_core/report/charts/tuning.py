"""The chart of a tuning: the best so far of each method over the time it has spent."""

from __future__ import annotations

import altair as alt
import pandas as pd

from gru4rec_core.report.charts.drawing import Size, colour, dash, shape, spread_labels, styles_of, titled
from gru4rec_core.report.frames.tuning import BAND
from gru4rec_core.report.style import ground

_PLOT = 300  # px
_LABEL = 15  # px between two labels
_ROOM = 0.68  # of the width of the lines, to their right, for the labels


def tuning_curve(frame: pd.DataFrame, k: int, dark: bool = False) -> alt.LayerChart:
    """The best so far on validation data over the minutes spent: a step for each method, its label at the end.

    Args:
        frame: `frames.tuning.best_so_far_frame`, at least one row.
        k: length of the list in which a hit counts.
        dark: colours for a dark background.
    """
    chosen = styles_of(frame, dark)
    low, high = float(frame["best"].min()), float(frame["best"].max())
    room = max(0.06 * (high - low), 0.5)
    bottom, top = low - room, high + room
    last = max(float(frame["minutes"].max()), 1e-3)
    y_scale = alt.Scale(domain=[bottom, top], nice=False, zero=False)
    x = alt.X(
        "minutes:Q",
        title="minutes spent on the method",
        scale=alt.Scale(domain=[0, last * (1 + _ROOM)], nice=False),
        axis=alt.Axis(
            tickCount=5, labelExpr=f"datum.value <= {last} ? datum.label : ''"
        ),  # no minutes below the labels
    )
    y = alt.Y("best:Q", title=f"best hits in the top {k} per 100", scale=y_scale, axis=alt.Axis(tickCount=5))
    tooltip = [
        alt.Tooltip("label:N", title="method"),
        alt.Tooltip("trial:Q", title="after trial"),
        alt.Tooltip("minutes:Q", title="minutes", format=".2f"),
        alt.Tooltip("best:Q", title="best so far, per 100", format=".2f"),
        alt.Tooltip("low:Q", title="band from", format=".2f"),
        alt.Tooltip("high:Q", title="band to", format=".2f"),
    ]
    paint = colour(chosen)
    trained = frame[frame["kind"] == "gru4rec"]
    band = (
        alt.Chart(trained.assign(low=trained["low"].clip(bottom, top), high=trained["high"].clip(bottom, top)))
        .mark_area(opacity=0.15, interpolate="step-after")
        .encode(x=x, y=alt.Y("low:Q", scale=y_scale), y2="high:Q", color=paint, detail="name:N")
    )
    # To the end of the axis of the longest search: what a method has found stays found.
    ends = frame.groupby("name", sort=False).tail(1)
    whole = pd.concat([frame, ends.assign(minutes=last)], ignore_index=True)
    lines = (
        alt.Chart(whole)
        .mark_line(interpolate="step-after", strokeWidth=2)
        .encode(x=x, y=y, color=paint, strokeDash=dash(chosen), detail="name:N")
    )
    improved = frame[frame.groupby("name")["best"].diff().fillna(1) > 0]
    points = (
        alt.Chart(improved)
        .mark_point(filled=True, size=45, opacity=1)
        .encode(x=x, y=y, color=paint, shape=shape(chosen), tooltip=tooltip)
    )
    gap = _LABEL * (top - bottom) / _PLOT
    places = ends.assign(minutes=last, place=spread_labels(ends["best"].tolist(), gap, top - gap / 2))
    labels = (
        alt.Chart(places)
        .mark_text(align="left", dx=6, fontSize=11, color=ground(dark).text)
        .encode(x=x, y=alt.Y("place:Q", scale=y_scale), text="label:N")
    )
    said = [
        "On validation data; a mark beat all trials before it",
        f"Band: middle {BAND[1] - BAND[0]} % of other orders of the same trials",
    ]
    return titled(band + lines + points + labels, "Best result so far of each method", said, Size(_PLOT), dark)
