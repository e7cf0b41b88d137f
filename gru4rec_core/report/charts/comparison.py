"""Charts of a comparison: methods ranked, differences with intervals, who hit which events, accuracy over k."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import altair as alt
import numpy as np
import pandas as pd

from gru4rec_core.evaluation.rate_intervals import level_text
from gru4rec_core.report.charts.drawing import (
    AXIS,
    ROW,
    Size,
    colour,
    dash,
    from_zero,
    interval_marks,
    shape,
    spread_labels,
    styles_of,
    titled,
)
from gru4rec_core.report.labels import outcome_line
from gru4rec_core.report.style import ground, styles
from gru4rec_core.words import signed

_SQUARE_TITLE = 36  # letters per line of title: the square is narrower than other charts
_LEADER = 16  # px from the end of a line to its name

GLYPHS = {"both": "●", "only_b": "◑", "only_a": "◐", "neither": "○"}
"""The sign of each outcome in the square of 100, so that nothing hangs on colour alone."""

_GROUP_SHAPES = {
    "counting": ("diamond", "◆"),
    "neighbours": ("triangle-down", "▼"),
    "closed form": ("triangle-right", "▶"),
}
"""How the kinds of baselines (`baselines.names.BASELINE_GROUPS`) are drawn in the ladder, and named below its title."""

_MANY_METHODS, _NARROW_ROW = 6, 16  # px; the ladder of all baselines still fits the first screen


@dataclass(frozen=True)
class SquareForm:
    """How the square of 100 is drawn: `side` of its plot in px; with a legend below it; whether blocks take clicks."""

    side: int = 300
    legend: bool = True
    clickable: bool = True


def ladder(
    frame: pd.DataFrame,
    seeds: pd.DataFrame,
    k: int,
    *,
    confidence: float,
    unit: str = "sessions",
    dark: bool = False,
) -> alt.LayerChart:
    """Methods from best to worst, each a point on the line of its interval; a baseline's shape tells its kind.

    Args:
        frame: `frames.ladder`: name, label, kind, group, hits, low, high (per 100).
        seeds: `frames.seed_points`: name, kind, label, hits; drawn as thin ticks, may be empty.
        k: list length.
        confidence: level of the intervals in `frame`.
        unit: what a prediction is: "sessions" where each has one, else "events".
    """
    level = level_text(confidence)
    group_of = dict(zip(frame["name"], frame["group"], strict=True))
    chosen = {
        name: replace(style, shape=_GROUP_SHAPES[group_of[name]][0]) if group_of[name] in _GROUP_SHAPES else style
        for name, style in styles_of(frame, dark).items()
    }
    kinds = [f"{glyph} {group}" for group, (_, glyph) in _GROUP_SHAPES.items() if group in set(frame["group"])]
    axis = alt.Axis(labelLimit=150, grid=False, labelOverlap=False)
    y = alt.Y("label:N", title=None, sort=frame["label"].tolist(), axis=axis)
    x = from_zero("hits:Q", f"hits per 100 test {unit}", float(frame["high"].max()), tickCount=6)
    tooltip = [
        alt.Tooltip("label:N", title="method"),
        alt.Tooltip("group:N", title="kind"),
        alt.Tooltip("hits:Q", title=f"hits in the top {k} per 100", format=".2f"),
        alt.Tooltip("low:Q", title=f"{level} from", format=".2f"),
        alt.Tooltip("high:Q", title=f"{level} to", format=".2f"),
        alt.Tooltip("n:Q", title=f"test {unit}", format=","),
    ]
    beyond = seeds.groupby("label")["hits"].max()
    drawn = frame.assign(edge=np.fmax(frame["high"], frame["label"].map(beyond).astype(float)))
    base = alt.Chart(drawn).encode(y=y, tooltip=tooltip)
    line, ends = interval_marks(base, colour(chosen), height=13, dashes=dash(chosen))
    point = base.mark_point(filled=True, size=42, opacity=1).encode(x=x, color=colour(chosen), shape=shape(chosen))
    value = base.mark_text(align="left", dx=7, color=ground(dark).text, fontSize=12).encode(
        x="edge:Q", text=alt.Text("hits:Q", format=".1f")
    )
    layers = [line, *ends, point, value]
    if len(seeds):
        # Below the line, where no marker covers them.
        tick = alt.Chart(seeds).mark_tick(thickness=1.5, size=4, opacity=1, yOffset=9)
        layers.append(tick.encode(x="hits:Q", y=y, color=colour(chosen), tooltip=["label:N", "seed:Q", "hits:Q"]))
    below = "; ticks below: seeds" if len(seeds) else ""
    return titled(
        alt.layer(*layers),
        f"Hits in the top {k}, best first",
        [f"Line: {level} interval of these {unit}{below}", f"Baselines: {', '.join(kinds)}" if len(kinds) > 1 else ""],
        Size((ROW if len(frame) <= _MANY_METHODS else _NARROW_ROW) * len(frame)),
        dark,
    )


def deciding_difference(
    frame: pd.DataFrame, a: str, b: str, *, confidence: float, margin: float = 5.0, dark: bool = False
) -> alt.LayerChart:
    """Relative difference of `b` against `a` on the metric that decides, on a scale of its own.

    Args:
        frame: one row of `frames.forest` (`by_role`): metric (label), relative, low, high (%), deciding (bool).
        a: label of the method that is the base of the difference.
        b: label of the other method.
        confidence: level of the interval in `frame`.
        margin: half the width of the band that counts as no difference, in %.
    """
    chart = _difference_rows(frame, b, confidence, margin, dark)
    low, high, centre = (signed(float(frame[name].iloc[0])) for name in ("low", "high", "relative"))
    lines = [
        f"Relative: {centre} % ({level_text(confidence)}: {low} to {high} %)",
        f"Grey band: a difference under {margin:g} %",
    ]
    return titled(chart, f"{b} against {a}: what decides", lines, Size(2 * ROW, axis=AXIS + 16), dark)


def forest(
    frame: pd.DataFrame, a: str, b: str, *, confidence: float, margin: float = 5.0, dark: bool = False
) -> alt.LayerChart:
    """Relative difference of `b` against `a` on the exploratory metrics, one below the other on one scale.

    Arguments as of `deciding_difference`, with a row per metric.
    """
    chart = _difference_rows(frame, b, confidence, margin, dark)
    lines = [f"Exploratory: these decide nothing. Lines: {level_text(confidence)}", f"Grey band: under {margin:g} %"]
    return titled(chart, f"{b} against {a}: other metrics", lines, Size(ROW * len(frame), axis=AXIS + 16), dark)


DIFFERENCES: dict[str, Callable[..., alt.LayerChart]] = {"deciding": deciding_difference, "forest": forest}
"""How the differences of each role (`frames.by_role`) are drawn."""


def _difference_rows(rows: pd.DataFrame, b: str, confidence: float, margin: float, dark: bool) -> alt.LayerChart:
    """Differences in %, each with its interval, on one scale that holds 0 and the whole band."""
    paint, level = ground(dark), level_text(confidence)
    lowest = min(float(rows["low"].min()), -1.2 * margin)
    highest = max(float(rows["high"].max()), 1.2 * margin)
    room = 0.06 * (highest - lowest)
    scale = alt.Scale(domain=[lowest - room, highest + 2.5 * room], nice=False)
    x = alt.X("relative:Q", title=["relative difference, %", f"right of 0: {b} is better"], scale=scale)
    y = alt.Y("metric:N", title=None, sort=rows["metric"].tolist(), axis=alt.Axis(labelLimit=150, grid=False))
    band = alt.Chart(pd.DataFrame({"low": [-margin], "high": [margin]})).mark_rect(color=paint.band, opacity=0.7)
    zero = alt.Chart(pd.DataFrame({"zero": [0.0]})).mark_rule(color=paint.text, strokeWidth=1.5)
    tooltip = [
        alt.Tooltip("metric:N"),
        alt.Tooltip("relative:Q", title="relative difference in %", format="+.1f"),
        alt.Tooltip("low:Q", title=f"{level} from", format="+.1f"),
        alt.Tooltip("high:Q", title=f"{level} to", format="+.1f"),
    ]
    base = alt.Chart(rows).encode(y=y, tooltip=tooltip)
    line, ends = interval_marks(base, alt.value(paint.text), height=13)
    point = base.mark_point(size=42, strokeWidth=2, color=paint.text).encode(
        x=x, fill=alt.condition("datum.deciding", alt.value(paint.text), alt.value("transparent"))
    )
    value = base.mark_text(align="left", dx=7, fontSize=12, color=paint.text).encode(
        x="high:Q", text=alt.Text("relative:Q", format="+.1f")
    )
    return alt.layer(band.encode(x=alt.X("low:Q"), x2="high:Q"), zero.encode(x="zero:Q"), line, *ends, point, value)


def outcome_square(
    cells: pd.DataFrame,
    labels: Mapping[str, str],
    names: tuple[str, str],
    *,
    unit: str = "sessions",
    dark: bool = False,
    form: SquareForm = SquareForm(),
) -> alt.LayerChart:
    """A hundred cells: both methods hit, only one of them, or neither. A click selects a block (parameter `outcome`).

    Args:
        cells: `frames.square`: outcome, row, column, n.
        labels: what to call each outcome, e.g. {"only_b": "only BPR", …}.
        names: names of the methods a and b, which pick their colours.
        unit: what a prediction is, "sessions" or "events".
        dark: colours for a dark background.
        form: its size, and what belongs to it.
    """
    paint, fills = ground(dark), outcome_fills(names, dark)
    size = cells.groupby("outcome", sort=False).size()
    keys = [key for key in labels if key in size.index]
    counts = cells.groupby("outcome", sort=False)["n"].first()
    texts = {key: f"{GLYPHS[key]} {outcome_line(labels[key], int(size[key]), int(counts[key]))}" for key in keys}
    drawn = cells.assign(what=cells["outcome"].map(texts), glyph=cells["outcome"].map(GLYPHS))
    pick = alt.selection_point(name="outcome", fields=["outcome"], on="click", clear=False)
    base = alt.Chart(drawn).encode(
        x=alt.X("column:O", axis=None, scale=alt.Scale(padding=0.08)),
        y=alt.Y("row:O", axis=None, scale=alt.Scale(padding=0.08)),
        tooltip=[
            alt.Tooltip("what:N", title=f"of 100 test {unit}"),
            alt.Tooltip("n:Q", title=unit, format=","),
        ],
    )
    scale = alt.Scale(domain=list(texts.values()), range=[fills[key] for key in keys])
    legend = alt.Legend(title=None, orient="bottom", columns=2, symbolType="square", labelLimit=190, labelFontSize=13)
    cell = base.mark_rect(cornerRadius=3, cursor="pointer").encode(
        color=alt.Color("what:N", scale=scale, legend=legend if form.legend else None)
    )
    glyph = base.mark_text(fontSize=13, cursor="pointer").encode(
        text="glyph:N",
        color=alt.condition("datum.outcome === 'neither'", alt.value(paint.text), alt.value(paint.on_strong)),
    )
    title, question = f"Of 100 test {unit}", "which model had the next item?"
    # Without a legend the square is narrow: the title takes two lines.
    lines = [f"{title}: {question}", ""] if form.legend else [f"{title}:", question]
    return titled(
        alt.layer(cell.add_params(pick), glyph),
        lines[0],
        [lines[1], f"In brackets: test {unit}{'. Click to see them' if form.clickable else ''}"],
        Size(form.side, axis=0, legend=form.legend, title_characters=_SQUARE_TITLE),
        dark,
    ).properties(width=form.side + 10, view=alt.ViewConfig(stroke=None))


def outcome_fills(names: tuple[str, str], dark: bool = False) -> dict[str, str]:
    """The colour of each outcome of two methods a and b: hex strings."""
    a, b = styles(names, ("gru4rec", "gru4rec"), dark).values()
    paint = ground(dark)
    return {"both": paint.text, "only_b": b.colour, "only_a": a.colour, "neither": paint.faint}


def accuracy_over_k(
    frame: pd.DataFrame, *, marked_k: int | None = None, unit: str = "sessions", dark: bool = False
) -> alt.LayerChart:
    """Hits per 100 over the length of the list; models are solid, baselines grey and dashed.

    A thin line leads from the end of each to its name, which has the colour of the line.

    Args:
        frame: `frames.curve`: name, label, kind, k, hits.
        marked_k: the list length that decides, drawn as a vertical line.
        unit: what a prediction is, "sessions" or "events".
    """
    height = 340
    chosen = styles_of(frame, dark)
    top = max(float(frame["hits"].max()), 1e-9) * 1.08
    depth = int(frame["k"].max())
    ends = frame[frame["k"] == depth].copy()
    ends["height"] = spread_labels(ends["hits"].tolist(), gap=top * 14 / height, ceiling=top)
    x = alt.X(
        "k:Q",
        title="list length k (items shown)",
        scale=alt.Scale(domain=[1, depth], nice=False),
        axis=alt.Axis(values=[1, 3, 5, 10, 15, 20], format="d", grid=False),
    )
    y = alt.Y("hits:Q", title=f"hits per 100 test {unit}", scale=alt.Scale(domain=[0, top], nice=False))
    tooltip = [
        alt.Tooltip("label:N", title="method"),
        alt.Tooltip("k:Q", title="list length"),
        alt.Tooltip("hits:Q", title="hits per 100", format=".2f"),
    ]
    line = (
        alt.Chart(frame)
        .mark_line()
        .encode(
            x=x,
            y=y,
            color=colour(chosen),
            strokeDash=dash(chosen),
            tooltip=tooltip,
            strokeWidth=alt.condition("datum.kind === 'baseline'", alt.value(1.5), alt.value(3)),
        )
    )
    points = (
        alt.Chart(frame[frame["kind"] != "baseline"])
        .mark_point(filled=True, size=28, opacity=1)
        .encode(x=x, y=y, color=colour(chosen), shape=shape(chosen), tooltip=tooltip)
    )
    # From the end of each line to its name, because names that would touch are moved apart.
    leader = (
        alt.Chart(ends)
        .mark_rule(strokeWidth=1, x2Offset=_LEADER)
        .encode(x=x, x2="k:Q", y=y, y2="height:Q", color=colour(chosen))
    )
    names = (
        alt.Chart(ends)
        .mark_text(align="left", dx=_LEADER + 4, fontSize=12, limit=170)
        .encode(x=x, y=alt.Y("height:Q"), text="label:N", color=colour(chosen))
    )
    layers = [line, leader, points, names]
    if marked_k:
        marker = alt.Chart(pd.DataFrame({"k": [marked_k]})).mark_rule(strokeDash=[2, 2], color=ground(dark).muted)
        layers.insert(0, marker.encode(x=x))
    subtitle = f"Vertical line: the k that decides ({marked_k})" if marked_k else ""
    return titled(alt.layer(*layers), "Accuracy over the length of the list", subtitle, Size(height), dark)
