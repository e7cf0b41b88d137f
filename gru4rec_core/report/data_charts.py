"""What does a log look like: over time, in length, in popularity?"""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd

from gru4rec_core.report.palette import ground, style

TRAIN, TEST = "training", "test"
_MAX_BARS = 120


def events_over_time(days: pd.DataFrame, cut: float | None = None, dark: bool = False) -> alt.LayerChart:
    """Stacked bars: what the test rule trains on and what it tests on.

    Args:
        days: columns `day` (datetime, or a number in the log's own unit), `part` ("training" or "test"), `events`.
        cut: where the test starts, in the unit of `day`; None where the rule has no cut in time.
        dark: colours for a dark ground.

    Returns:
        x day (or week, month, where there are many), y events a bar.
    """
    colours = ground(dark)
    temporal = pd.api.types.is_datetime64_any_dtype(days["day"])
    frame, unit = _bars(days, temporal)
    kind = "T" if temporal else "Q"
    bars = (
        alt.Chart(frame)
        .mark_rect()
        .encode(
            x=alt.X(f"start:{kind}", title=unit, axis=alt.Axis(tickCount=8, labelOverlap=True)),
            x2="end",
            y=alt.Y("bottom:Q", title="events", axis=alt.Axis(format="~s", tickCount=4)),
            y2="top",
            color=alt.Color(
                "part:N",
                title=None,
                scale=alt.Scale(domain=[TRAIN, TEST], range=[colours.faint, colours.text]),
                legend=alt.Legend(orient="top"),
            ),
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
    return alt.layer(*layers).properties(height=220)


def session_lengths(lengths: np.ndarray, dark: bool = False) -> alt.Chart:
    """Histogram of events a session; lengths int [n_sessions], the longest 1 % share the last bar."""
    last = max(int(np.quantile(lengths, 0.99)), 10) if len(lengths) else 10
    width = max(1, -(-last // 40))
    clipped = np.minimum(lengths, last)
    starts, counts = np.unique((clipped - 1) // width * width + 1, return_counts=True)
    frame = pd.DataFrame({"start": starts, "end": starts + width, "sessions": counts, "zero": 0})
    return (
        alt.Chart(frame)
        .mark_rect(color=style("top1", dark=dark).colour)
        .encode(
            x=alt.X(
                "start:Q",
                title=f"events in a session (the longest 1 % at {last})",
                scale=alt.Scale(domain=[1, max(last, int(starts.max(initial=1))) + width], nice=False),
                axis=alt.Axis(tickMinStep=1),
            ),
            x2="end:Q",
            y=alt.Y("zero:Q", title="sessions", axis=alt.Axis(format="~s", tickCount=4)),
            y2="sessions",
            tooltip=[
                alt.Tooltip("start:Q", title="events, from"),
                alt.Tooltip("end:Q", title="to below"),
                alt.Tooltip("sessions:Q", title="sessions", format=","),
            ],
        )
        .properties(height=220)
    )


def popularity(counts: np.ndarray, names: np.ndarray, dark: bool = False) -> alt.Chart:
    """Log-log curve of how unevenly items are used.

    Args:
        counts: events of each item, int [n_items].
        names: the items, [n_items]; for the tooltips.
        dark: colours for a dark ground.

    Returns:
        x rank of the item (most used first), y its events, at most 300 points.
    """
    order = np.argsort(-counts, kind="stable")
    order = order[counts[order] > 0]
    picked = np.unique(np.geomspace(1, max(len(order), 1), 300).astype(int)) - 1
    picked = picked[: len(order)]
    frame = pd.DataFrame(
        {
            "rank": picked + 1,
            "events": counts[order[picked]],
            "item": [str(names[one]) for one in order[picked]],
        }
    )
    return (
        alt.Chart(frame)
        .mark_line(point=alt.OverlayMarkDef(size=18), color=style("top1", dark=dark).colour)
        .encode(
            x=alt.X("rank:Q", title="item, most used first", scale=alt.Scale(type="log", nice=False)),
            y=alt.Y("events:Q", title="events", scale=alt.Scale(type="log"), axis=alt.Axis(format="~s")),
            tooltip=["item:N", "rank:Q", alt.Tooltip("events:Q", format=",")],
        )
        .properties(height=220)
    )


def _bars(days: pd.DataFrame, temporal: bool) -> tuple[pd.DataFrame, str]:
    """The bars' edges (`start`, `end`; `bottom`, `top`), the test on top of the training events; and what a bar is."""
    frame, unit = _joined(days) if temporal else (_numbered(days), "time in the log's own unit")
    frame = frame.assign(order=frame["part"].map({TRAIN: 0, TEST: 1})).sort_values(["start", "order"])
    frame["top"] = frame.groupby("start")["events"].cumsum()
    frame["bottom"] = frame["top"] - frame["events"]
    return frame[frame["events"] > 0].drop(columns="order"), unit


def _joined(days: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Days joined into weeks or months while there are more bars than the eye tells apart."""
    span = (days["day"].max() - days["day"].min()).days + 1 if len(days) else 1
    sizes = (("D", "day", 1), ("W", "week", 7), ("M", "month", 30))
    code, unit, _ = next((size for size in sizes if span / size[2] <= _MAX_BARS), sizes[-1])
    periods = days["day"].dt.to_period(code)
    frame = days.assign(period=periods).groupby(["period", "part"], observed=True)[["events"]].sum().reset_index()
    frame["start"] = frame["period"].dt.start_time
    frame["end"] = frame["period"].dt.end_time.dt.ceil("D")
    return frame.drop(columns="period"), unit


def _numbered(days: pd.DataFrame) -> pd.DataFrame:
    edges = np.unique(days["day"])
    width = float(np.diff(edges).min()) if len(edges) > 1 else 1.0
    return days.assign(start=days["day"], end=days["day"] + width).drop(columns="day")


def _cut_line(cut: object, kind: str, colour: str) -> list[alt.Chart]:
    base = alt.Chart(pd.DataFrame({"cut": [cut], "label": ["test starts"]})).encode(x=f"cut:{kind}")
    line = base.mark_rule(color=colour, strokeDash=[4, 3])
    label = base.mark_text(align="right", dx=-5, baseline="top", color=colour).encode(y=alt.value(0), text="label")
    return [line, label]
