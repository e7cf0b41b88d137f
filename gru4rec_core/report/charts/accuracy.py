"""How does one model's accuracy look: by kind of event, by rank, item against item?"""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from gru4rec_core.report.charts.drawing import ROW, colour, from_zero, shape, styles_of, titled
from gru4rec_core.report.style import ground

FEW = 200
"""Slices with fewer test sessions than this are drawn faint: chance moves them by several points."""

OTHER_ITEMS = "other items"
"""Column of a confusion map for guesses outside the shown items; its cells are numbers without a colour."""

RANKS = ("1", "2-3", "4-5", "6-10", "11-20", "21-100", "over 100", "unknown item")


def slice_dots(
    frame: pd.DataFrame, overall: pd.DataFrame, k: int, title: str, *, top: float | None = None, dark: bool = False
) -> alt.LayerChart:
    """Hits by the values of one slice, a mark a method, the whole test as upright lines.

    Args:
        frame: name, label, kind, value, order, hits (per 100), n_sessions, n_events.
        overall: name, label, kind, hits: the same over all events.
        k: list length.
        title: what the slice is, e.g. "By items seen before".
        top: end of the value axis, to make charts side by side comparable.
    """
    chosen = styles_of(overall, dark)
    labels = _with_counts(frame)
    drawn = frame.assign(what=labels, few=frame["n_sessions"] < FEW)
    order = drawn.sort_values("order")["what"].drop_duplicates().tolist()
    ceiling = top if top is not None else float(max(frame["hits"].max(), overall["hits"].max()))
    y = alt.Y("what:N", title=None, sort=order, axis=alt.Axis(labelLimit=170, grid=False))
    x = from_zero("hits:Q", f"hits in the top {k} per 100", ceiling, tickCount=5)
    tooltip = [
        alt.Tooltip("label:N", title="method"),
        alt.Tooltip("value:N", title="slice"),
        alt.Tooltip("hits:Q", title="hits per 100", format=".1f"),
        alt.Tooltip("n_sessions:Q", title="test sessions", format=","),
        alt.Tooltip("n_events:Q", title="test events", format=","),
    ]
    strength = alt.condition("datum.few", alt.value(0.35), alt.value(1.0))
    paint = _labelled(overall, chosen)
    key = {"title": None, "orient": "top", "labelLimit": 150, "columns": 3 if len(paint) <= 3 else 2}
    point = (
        alt.Chart(drawn)
        .mark_point(filled=True, size=95)
        .encode(
            x=x,
            y=y,
            color=colour(paint, "label:N", legend=alt.Legend(**key)),
            shape=shape(paint, "label:N", legend=alt.Legend(**key)),
            opacity=strength,
            tooltip=tooltip,
        )
    )
    whole = alt.Chart(overall).mark_rule(strokeDash=[4, 3], strokeWidth=1.5)
    mean = whole.encode(x=x, color=colour(paint, "label:N", legend=alt.Legend(**key)), tooltip=[tooltip[0], tooltip[2]])
    span = (
        alt.Chart(drawn)
        .mark_rule(color=ground(dark).grid, strokeWidth=2)
        .encode(y=y, x=alt.X("min(hits):Q"), x2="max(hits):Q")
    )
    return titled(
        alt.layer(span, mean, point), title, "Dashed: all test sessions", plot=ROW * len(order), legend=True, dark=dark
    )


def rank_bars(frame: pd.DataFrame, *, unit: str = "sessions", dark: bool = False) -> alt.LayerChart:
    """Where the true item stood, as shares of the test; methods side by side.

    Args:
        frame: name, label, kind, rank (of `RANKS`), share (per 100), n_events.
        unit: what a prediction is, "sessions" or "events".
    """
    chosen = _labelled(frame, styles_of(frame, dark))
    methods = list(chosen)
    occurring = [rank for rank in RANKS if rank in set(frame["rank"])]
    # All eight do not fit upright on a phone.
    axis = alt.Axis(labelAngle=-35 if len(occurring) > 7 else 0, labelOverlap=False)
    x = alt.X("rank:N", title="rank of the true next item (1 is best)", sort=occurring, axis=axis)
    top = max(float(frame["share"].max()), 1e-9) * 1.12
    y = alt.Y("share:Q", title=f"% of test {unit}", scale=alt.Scale(domain=[0, top], nice=False))
    side = alt.XOffset("label:N", sort=methods)
    tooltip = [
        alt.Tooltip("label:N", title="method"),
        alt.Tooltip("rank:N", title="rank"),
        alt.Tooltip("share:Q", title=f"% of {unit}", format=".1f"),
        alt.Tooltip("n_events:Q", title=unit, format=","),
    ]
    drawn = frame.assign(rank=frame["rank"].replace({"unknown item": "unknown", "over 100": ">100"}))
    x.sort = [{"unknown item": "unknown", "over 100": ">100"}.get(rank, rank) for rank in occurring]
    legend = alt.Legend(title=None, orient="top", symbolType="square") if len(methods) > 1 else None
    bars = (
        alt.Chart(drawn)
        .mark_bar(cornerRadiusEnd=2)
        .encode(x=x, y=y, xOffset=side, color=colour(chosen, "label:N", legend=legend), tooltip=tooltip)
    )
    values = (
        alt.Chart(drawn)
        .mark_text(dy=-7, fontSize=11, color=ground(dark).text)
        .encode(x=x, y=y, xOffset=side, text=alt.Text("share:Q", format=".0f"))
    )
    layers = [bars, values] if len(methods) <= 2 else [bars]  # numbers of three would overlap
    title = "Where the true next item stood"
    return titled(alt.layer(*layers), title, plot=270, legend=len(methods) > 1, dark=dark)


def confusion_map(frame: pd.DataFrame, items: Sequence[str], label: str, *, dark: bool = False) -> alt.LayerChart:
    """First guess against what came: the share of each row that went to each column, hits outlined.

    Args:
        frame: true, predicted (item names; "other items" for the rest), share (per 100), n_events, hit (bool).
        items: the shown items, most frequent first; both axes follow it.
        label: the method's.
    """
    paint = ground(dark)
    columns = [*items, OTHER_ITEMS]
    axis = alt.Axis(labelLimit=96, labelOverlap=False, grid=False)
    y = alt.Y("true:N", title="item that came next", sort=list(items), axis=axis)
    x = alt.X(
        "predicted:N",
        title="first guess",
        sort=columns,
        scale=alt.Scale(domain=columns),
        axis=alt.Axis(labelLimit=96, labelAngle=-60, labelOverlap=False, grid=False),
    )
    tooltip = [
        alt.Tooltip("true:N", title="came next"),
        alt.Tooltip("predicted:N", title="first guess"),
        alt.Tooltip("share:Q", title="% of its events", format=".1f"),
        alt.Tooltip("n_events:Q", title="events", format=","),
    ]
    among = frame[frame["predicted"] != OTHER_ITEMS]
    strongest = float(among["share"].max()) if len(among) else 1.0
    scale = alt.Scale(domain=[0, strongest], range=list(paint.ramp), interpolate="lab")
    legend = alt.Legend(title="% of row", orient="top", gradientLength=140, gradientThickness=10)
    base = alt.Chart(frame).encode(x=x, y=y, tooltip=tooltip)
    cells = (
        base.transform_filter(alt.datum.predicted != OTHER_ITEMS)
        .mark_rect()
        .encode(color=alt.Color("share:Q", scale=scale, legend=legend))
    )
    hits = base.transform_filter("datum.hit").mark_rect(
        filled=False, stroke=paint.text, strokeWidth=1.5, cornerRadius=1
    )
    strong = strongest * 0.5
    on_strong = "#0E1117" if dark else "#FFFFFF"
    values = (
        base.transform_filter("datum.share >= 5")
        .mark_text(fontSize=10)
        .encode(
            text=alt.Text("share:Q", format=".0f"),
            color=alt.condition(
                f"datum.share > {strong:.3f} && datum.predicted !== '{OTHER_ITEMS}'",
                alt.value(on_strong),
                alt.value(paint.text),
            ),
        )
    )
    return titled(
        alt.layer(cells, hits, values),
        f"{label}: first guess against the item that came",
        ["Rows add up to 100 %. Outlined: the guess was right"],
        plot=26 * len(items),
        axis=130,
        legend=True,
        dark=dark,
    )


def score_bars(frame: pd.DataFrame, label: str, name: str, *, dark: bool = False) -> alt.LayerChart:
    """One model's best items, each bar relative to the first; item names are drawn, never parsed.

    Args:
        frame: item, place (from 1), relative (0 an average item, 100 the first), score.
        label, name: how the model is called and its name, for its colour.
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
    return titled(alt.layer(bars, values), label, "Scores, not probabilities", plot=26 * len(frame), dark=dark)


def _labelled(frame: pd.DataFrame, chosen: dict) -> dict:
    """Styles by label instead of name, for charts with a legend."""
    return {row.label: chosen[row.name_] for row in frame.rename(columns={"name": "name_"}).itertuples()}


def _with_counts(frame: pd.DataFrame) -> pd.Series:
    return frame["value"] + " (" + frame["n_sessions"].map("{:,}".format) + ")"
