"""What does a log look like: over time, in length, in popularity?"""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd

from gru4rec_core.report.palette import ground, style

TRAIN, TEST = "training", "test"
_MAX_BARS = 120


def events_over_time(days: pd.DataFrame, cut: float | None = None, dark: bool = False) -> alt.Chart:
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
    frame, unit = _coarser(days) if temporal else (days, "time in the log's own unit")
    kind = "T" if temporal else "Q"
    parts = [TRAIN, TEST]
    bars = (
        alt.Chart(frame)
        .mark_bar(binSpacing=0)
        .encode(
            x=alt.X(f"start:{kind}", title=unit) if temporal else alt.X("day:Q", title=unit),
            x2="end" if temporal else alt.Undefined,
            y=alt.Y("events:Q", title="events", stack="zero", axis=alt.Axis(format="~s", tickCount=4)),
            color=alt.Color(
                "part:N",
                title=None,
                scale=alt.Scale(domain=parts, range=[colours.baseline, style("top1", dark=dark).colour]),
                legend=alt.Legend(orient="top"),
            ),
            order=alt.Order("part:N", sort="descending"),
            tooltip=[
                alt.Tooltip(f"{'start' if temporal else 'day'}:{kind}", title=unit),
                alt.Tooltip("part:N", title="part"),
                alt.Tooltip("events:Q", title="events", format=","),
            ],
        )
    )
    if cut is not None:
        bars += _cut_line(pd.Timestamp(cut, unit="ns") if temporal else cut, kind, colours.text)
    return bars.properties(height=220)


def session_lengths(lengths: np.ndarray, dark: bool = False) -> alt.Chart:
    """Histogram of events a session; lengths int [n_sessions], the longest 1 % share the last bar."""
    last = max(int(np.quantile(lengths, 0.99)), 10) if len(lengths) else 10
    width = max(1, -(-last // 40))
    clipped = np.minimum(lengths, last)
    starts, counts = np.unique((clipped - 1) // width * width + 1, return_counts=True)
    frame = pd.DataFrame({"start": starts, "end": starts + width, "sessions": counts})
    return (
        alt.Chart(frame)
        .mark_bar(color=style("top1", dark=dark).colour)
        .encode(
            x=alt.X("start:Q", title=f"events in a session (longest 1 % at {last})", scale=alt.Scale(nice=False)),
            x2="end:Q",
            y=alt.Y("sessions:Q", title="sessions", axis=alt.Axis(format="~s", tickCount=4)),
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
    picked = np.unique(np.geomspace(1, max(len(order), 1), 300).astype(int)) - 1 if len(order) else []
    frame = pd.DataFrame(
        {
            "rank": np.asarray(picked, dtype=int) + 1,
            "events": counts[order[picked]] if len(order) else [],
            "item": [str(names[one]) for one in (order[picked] if len(order) else [])],
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


def _coarser(days: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Days joined into weeks or months while there are more bars than the eye tells apart."""
    span = (days["day"].max() - days["day"].min()).days + 1 if len(days) else 1
    sizes = (("D", "day", 1), ("W", "week", 7), ("M", "month", 30))
    code, unit, _ = next((size for size in sizes if span / size[2] <= _MAX_BARS), sizes[-1])
    periods = days["day"].dt.to_period(code)
    frame = days.assign(period=periods).groupby(["period", "part"], as_index=False, observed=True)["events"].sum()
    frame["start"] = frame["period"].dt.start_time
    frame["end"] = frame["period"].dt.end_time.dt.ceil("D")
    return frame.drop(columns="period"), unit


def _cut_line(cut: object, kind: str, colour: str) -> alt.LayerChart:
    base = alt.Chart(pd.DataFrame({"cut": [cut], "label": ["test starts"]})).encode(x=f"cut:{kind}")
    line = base.mark_rule(color=colour, strokeDash=[4, 3])
    label = base.mark_text(align="right", dx=-5, baseline="top", color=colour).encode(y=alt.value(0), text="label")
    return line + label
