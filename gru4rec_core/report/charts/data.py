"""Charts of a log: events over time, session lengths, item popularity, and what follows what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from gru4rec_core.report.charts.drawing import AXIS, SHORT_COUNT, Size, titled
from gru4rec_core.report.frames.data import LEFT_OUT, PARTS, TEST, TRAIN, length_bars, stack_bars
from gru4rec_core.report.style import ground, style


def events_over_time(days: pd.DataFrame, cut: float | None = None, dark: bool = False) -> alt.LayerChart:
    """Stacked bars: the events that a test rule trains on, those it leaves out and those it tests on.

    Args:
        days: columns `day` (datetime, or a number in the log's own unit), `part` (of `PARTS`), `events`.
        cut: where the test starts, in the unit of `day`; None where the rule has no cut in time.
        dark: colours for a dark background.

    Returns:
        x day (or week, month, where there are many), y events per bar.
    """
    colours = ground(dark)
    temporal = pd.api.types.is_datetime64_any_dtype(days["day"])
    frame, unit = stack_bars(days)
    kind = "T" if temporal else "Q"
    parts = [part for part in PARTS if part in set(frame["part"])]
    bars = (
        alt.Chart(frame)
        .mark_rect(strokeWidth=0.8)
        .encode(
            x=alt.X(f"start:{kind}", title=_axis_title(unit), axis=alt.Axis(tickCount=8, labelOverlap=True)),
            x2="end",
            y=alt.Y("bottom:Q", title="number of events", axis=alt.Axis(labelExpr=SHORT_COUNT, tickCount=4)),
            y2="top",
            fill=_by_part(alt.Fill, parts, {TRAIN: colours.faint, LEFT_OUT: "transparent", TEST: colours.text}),
            stroke=_by_part(alt.Stroke, parts, {TRAIN: colours.faint, LEFT_OUT: colours.muted, TEST: colours.text}),
            tooltip=[
                alt.Tooltip(f"start:{kind}", title=unit),
                alt.Tooltip("part:N", title="part"),
                alt.Tooltip("events:Q", title="events", format=","),
            ],
        )
    )
    layers = [bars]
    if cut is not None:
        layers += _cut_line(pd.Timestamp(cut, unit="ns") if temporal else cut, kind, colours.text)
    title = f"Events {f'per {unit}' if temporal else 'over time'}, by part"
    return titled(alt.layer(*layers), title, "", Size(180, legend=True), dark)


def _by_part(channel: Any, parts: list[str], colours: dict[str, str]) -> Any:
    """Fill or stroke of the bars; both have the same legend, so Vega draws one."""
    scale = alt.Scale(domain=parts, range=[colours[part] for part in parts])
    return channel("part:N", title=None, scale=scale, legend=alt.Legend(orient="top", symbolType="square"))


def session_lengths(lengths: np.ndarray, dark: bool = False) -> alt.Chart:
    """Histogram of events per session; lengths int [n_sessions]. The longest 1 % share the last bar."""
    frame, last = length_bars(lengths)
    longest = max(float(last), float(frame["start"].max())) if len(frame) else float(last)
    width = float((frame["end"] - frame["start"]).iloc[0]) if len(frame) else 1.0
    bars = (
        alt.Chart(frame.assign(zero=0))
        .mark_rect(color=style("top1", dark=dark).colour)
        .encode(
            x=alt.X(
                "start:Q",
                title=["number of events in a session", f"(the longest 1 % stand at {last})"],
                scale=alt.Scale(domain=[1, longest + width], nice=False),
                axis=alt.Axis(tickMinStep=1),
            ),
            x2="end:Q",
            y=alt.Y("zero:Q", title="number of sessions", axis=alt.Axis(labelExpr=SHORT_COUNT, tickCount=4)),
            y2="sessions",
            tooltip=[
                alt.Tooltip("start:Q", title="events, from"),
                alt.Tooltip("end:Q", title="to below"),
                alt.Tooltip("sessions:Q", title="sessions", format=","),
            ],
        )
    )
    return titled(bars, "How long sessions are", "", Size(180, axis=AXIS + 16), dark)


def popularity(frame: pd.DataFrame, n_items: int, dark: bool = False) -> alt.Chart:
    """Log-log curve of how unevenly items are used.

    Args:
        frame: rank, events, item (see `frames.data.popularity_curve`).
        n_items: how many items have events.
        dark: colours for a dark background.

    Returns:
        x rank of the item (most used first), y its events.
    """
    line = (
        alt.Chart(frame)
        .mark_line(point=alt.OverlayMarkDef(size=18), color=style("top1", dark=dark).colour)
        .encode(
            x=alt.X(
                "rank:Q",
                title="rank of the item (1 is the most used; log scale)",
                scale=alt.Scale(type="log", nice=False),
            ),
            y=alt.Y(
                "events:Q",
                title="number of events (log scale)",
                scale=alt.Scale(type="log"),
                axis=alt.Axis(format="~s"),
            ),
            tooltip=["item:N", "rank:Q", alt.Tooltip("events:Q", format=",")],
        )
    )
    return titled(line, "How popular items are", f"{n_items:,} items", Size(180), dark)


def transitions(frame: pd.DataFrame, items: Sequence[str], dark: bool = False) -> alt.LayerChart:
    """What follows what, among the items used most: of 100 times, how often the column's item came after the row's.

    Args:
        frame: columns `from`, `to` (item names), `share` (per 100 of the row's followers), `n` (how often).
        items: the items shown, most used first; the order of both axes.
        dark: colours for a dark background.

    Returns:
        A heat map with the share written into every cell of at least 1 %; an item after itself is outlined.
    """
    paint = ground(dark)
    across = alt.Axis(labelLimit=96, labelAngle=-60, labelOverlap=False, grid=False)
    down = alt.Axis(labelLimit=96, labelOverlap=False, grid=False)
    names = list(items)
    base = alt.Chart(frame).encode(
        x=alt.X("to:N", title="item that came next", sort=names, scale=alt.Scale(domain=names), axis=across),
        y=alt.Y("from:N", title="item", sort=names, scale=alt.Scale(domain=names), axis=down),
        tooltip=[
            alt.Tooltip("from:N", title="after"),
            alt.Tooltip("to:N", title="came"),
            alt.Tooltip("share:Q", title="% of what came after it", format=".1f"),
            alt.Tooltip("n:Q", title="times", format=","),
        ],
    )
    strongest = max(float(frame["share"].max()), 1.0) if len(frame) else 1.0
    legend = alt.Legend(title="% of what came next", orient="top", gradientLength=140, gradientThickness=10)
    scale = alt.Scale(domain=[0, strongest], range=list(paint.ramp), interpolate="lab")
    cells = base.mark_rect().encode(color=alt.Color("share:Q", scale=scale, legend=legend))
    same = base.transform_filter("datum.from === datum.to").mark_rect(filled=False, stroke=paint.text, strokeWidth=1.5)
    written = alt.condition(f"datum.share > {0.5 * strongest:.3f}", alt.value(paint.on_strong), alt.value(paint.text))
    values = (
        base.transform_filter("datum.share >= 1")
        .mark_text(fontSize=12)
        .encode(text=alt.Text("share:Q", format=".0f"), color=written)
    )
    lines = [
        f"The {len(names)} items used most; the rest of a row went to others",
        "Outlined: the same item again",
    ]
    return titled(
        alt.layer(cells, same, values), "What follows what", lines, Size(26 * len(names), axis=130, legend=True), dark
    )


def _axis_title(unit: str) -> str:
    """The title of the time axis; times in files count as UTC."""
    return unit if unit.startswith("time") else f"{unit} (UTC)"


def _cut_line(cut: object, kind: str, colour: str) -> list[alt.Chart]:
    base = alt.Chart(pd.DataFrame({"cut": [cut], "label": ["test starts"]})).encode(x=f"cut:{kind}")
    line = base.mark_rule(color=colour, strokeDash=[4, 3])
    # Above the plot: bars in the colour of the letters would hide it.
    label = base.mark_text(baseline="bottom", color=colour).encode(y=alt.value(-3), text="label")
    return [line, label]
