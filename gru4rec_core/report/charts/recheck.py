"""Charts of a re-check: how an old model does on new events, week by week."""

from __future__ import annotations

import altair as alt
import pandas as pd

from gru4rec_core.report.charts.drawing import Size, colour, dash, shape, styles_of, titled
from gru4rec_core.report.style import ground

UNKNOWN_ITEMS = "Next items that are unknown"
"""What a chart of their shares is called."""

_KINDS = {"not_in_training": "not in this log's training part", "beyond": "otherwise unknown to the old model"}
"""Why an item is unknown, by the column of its share, as `Recheck.unknown_sentence` tells them apart."""
_MAX_LABELS = 5  # labels of weeks that fit side by side on a phone


def hits_by_week(frame: pd.DataFrame, k: int, dark: bool = False) -> alt.LayerChart:
    """Hits of the old model and of the methods beside it, over weeks.

    Args:
        frame: name, label, kind, week (its first day, UTC), hits (per 100), n_events; the old model first.
        k: list length.
        dark: colours for a dark background.

    Returns:
        x week, y hits per 100 from 0; models solid, baselines grey and dashed.
    """
    labels = dict(zip(frame["name"], frame["label"], strict=True))
    chosen = {str(labels[name]): style for name, style in styles_of(frame, dark).items()}
    top = max(float(frame["hits"].max()), 1e-9) * 1.1
    y = alt.Y("hits:Q", title=f"hits in the top {k} per 100", scale=alt.Scale(domain=[0, top], nice=False))
    # Without this the legend draws the line's stroke around the symbols of the points.
    key = alt.Legend(title=None, orient="top", labelLimit=220, columns=1, symbolStrokeWidth=0)
    tooltip = [
        alt.Tooltip("label:N", title="method"),
        alt.Tooltip("week:T", title="week of"),
        alt.Tooltip("hits:Q", title="hits per 100", format=".1f"),
        alt.Tooltip("n_events:Q", title="events", format=","),
    ]
    base = alt.Chart(frame).encode(x=_weeks(frame["week"]), y=y, tooltip=tooltip)
    line = base.mark_line(strokeWidth=2).encode(
        color=colour(chosen, "label:N", legend=key), strokeDash=dash(chosen, "label:N")
    )
    points = base.mark_point(filled=True, size=60, opacity=1).encode(
        color=colour(chosen, "label:N", legend=key), shape=shape(chosen, "label:N", legend=key)
    )
    layers = alt.layer(line, points)
    room = 16 * (len(chosen) - 1)  # the legend has one line per method
    below = ["Grey: baselines on the new log"]
    if frame.groupby("label").size().nunique() > 1:
        below.append("Weeks with the old model alone: the others have learnt from these")
    return titled(layers, "Hits week by week", below, Size(220 + room, legend=True), dark)


def unknown_by_week(frame: pd.DataFrame, dark: bool = False) -> alt.LayerChart:
    """The share of each week's events whose item is missing from the log's training part, or else from the old model.

    Args:
        frame: week (its first day, UTC), unknown (% of the week's events), not_in_training (the part of it that is so
            because of the training part), n_events.
        dark: colours for a dark background.

    Returns:
        x week, y per cent, the two kinds one above the other, with their sum.
    """
    paint = ground(dark)
    parts = frame.assign(beyond=frame["unknown"] - frame["not_in_training"])
    kinds = parts.melt(["week", "n_events", "unknown"], list(_KINDS), "column", "share")
    kinds = kinds.assign(kind=kinds["column"].map(_KINDS), place=(kinds["column"] == "beyond").astype(int))
    ceiling = min(100.0, max(1.25 * float(frame["unknown"].max()), 5.0))
    scale = alt.Scale(domain=[0, ceiling], nice=False)
    colours = alt.Scale(domain=list(_KINDS.values()), range=[paint.baseline, paint.faint])
    bars = (
        alt.Chart(kinds)
        .mark_bar(size=14)
        .encode(
            x=_weeks(frame["week"]),
            y=alt.Y("share:Q", title="% of the week's events", scale=scale),
            color=alt.Color(
                "kind:N", scale=colours, legend=alt.Legend(title=None, orient="top", labelLimit=260, columns=1)
            ),
            order="place:O",
            tooltip=[
                alt.Tooltip("week:T", title="week of"),
                alt.Tooltip("kind:N", title="unknown"),
                alt.Tooltip("share:Q", title="% of events", format=".1f"),
                alt.Tooltip("unknown:Q", title="% unknown in total", format=".1f"),
                alt.Tooltip("n_events:Q", title="test events", format=","),
            ],
        )
    )
    values = (
        alt.Chart(frame)
        .mark_text(dy=-7, fontSize=12, color=paint.text)
        .encode(x=_weeks(frame["week"]), y=alt.Y("unknown:Q", scale=scale), text=alt.Text("unknown:Q", format=".0f"))
    )
    layers = [bars, values] if len(frame) <= 12 else [bars]
    return titled(alt.layer(*layers), UNKNOWN_ITEMS, "", Size(166, legend=True), dark)


def _weeks(weeks: pd.Series) -> alt.X:
    """The axis of weeks, with at most five labels."""
    mondays = sorted(set(weeks))
    labelled = mondays[:: -(-len(mondays) // _MAX_LABELS)]
    values = [alt.DateTime(year=day.year, month=day.month, date=day.day) for day in labelled]
    axis = alt.Axis(format="%-d %b %Y", values=values, labelOverlap=True, labelFlush=False)
    return alt.X("week:T", title="week (its Monday, UTC)", axis=axis, scale=alt.Scale(padding=24))
