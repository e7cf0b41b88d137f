"""Charts of one model's accuracy: by kind of event, by rank, and true against predicted item."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from gru4rec_core.evaluation.rate_intervals import level_text
from gru4rec_core.evaluation.slices import FEW_EVENTS, RANKS
from gru4rec_core.report.charts.drawing import Size, colour, from_zero, interval_marks, shape, styles_of, titled
from gru4rec_core.report.frames.accuracy import OTHER_ITEMS
from gru4rec_core.report.style import ground

SLICE_MARK, SLICE_GAP = 12, 10  # px: height of one method in a slice's row, and room between rows
LEGEND_LINE = 17  # px
SHORT_NAME = 12  # letters of a method's name that leave room for another beside it
FADED = 0.4  # opacity of a slice with few events


def slice_dots(
    rows: pd.DataFrame, title: str, k: int, *, confidence: float, top: float | None = None, dark: bool = False
) -> alt.LayerChart:
    """Hits for each value of one slice, a mark and its interval per method; dashed lines carry the whole test's down.

    Args:
        rows: `frames.accuracy.chart_rows`, the whole test first.
        title: what the slice is, e.g. "By items seen before".
        k: list length.
        confidence: level of the intervals in `rows`.
        top: end of the value axis, so that charts side by side can be compared.
    """
    chosen, level = _labelled(rows, styles_of(rows, dark)), level_text(confidence)
    methods, whole = list(chosen), rows[rows["order"] < 0]
    unit = str(whole["unit"].iloc[0])
    y = alt.Y(
        "what:N",
        title=None,
        sort=rows.sort_values("order", kind="stable")["what"].drop_duplicates().tolist(),
        scale=alt.Scale(paddingInner=0.25, paddingOuter=0.1),
        axis=alt.Axis(labelLimit=170, grid=True, tickBand="extent"),  # lines between the rows
    )
    side = alt.YOffset("label:N", sort=methods)
    x = from_zero("hits:Q", f"hits in the top {k} per 100", top or float(rows["high"].max()), tickCount=5)
    # It begins at the plot, right of the values' names: on a phone, a column is as wide as the longest name, a third
    # column would be cut, and so would a second beside a long name.
    columns = 2 if max(map(len, methods)) <= SHORT_NAME else 1
    key = {"title": None, "orient": "top", "labelLimit": 150, "columns": columns, "symbolOpacity": 1}
    paint = colour(chosen, "label:N", legend=alt.Legend(**key))
    tooltip = [
        alt.Tooltip("label:N", title="method"),
        alt.Tooltip("what:N", title="slice"),
        alt.Tooltip("hits:Q", title="hits per 100", format=".1f"),
        alt.Tooltip("low:Q", title=f"{level} from", format=".1f"),
        alt.Tooltip("high:Q", title=f"{level} to", format=".1f"),
        alt.Tooltip("n_events:Q", title=f"test {unit}", format=","),
    ]
    back = alt.condition("datum.few", alt.value(FADED), alt.value(1))
    base = alt.Chart(rows).encode(y=y, yOffset=side, tooltip=tooltip, opacity=back)
    line, ends = interval_marks(base, paint, height=7)
    point = base.mark_point(filled=True, size=32, opacity=1).encode(
        x=x, color=paint, shape=shape(chosen, "label:N", legend=alt.Legend(**key))
    )
    carried = alt.Chart(whole).mark_rule(strokeDash=[3, 3], strokeWidth=1, opacity=0.8).encode(x=x, color=paint)
    row_height = SLICE_MARK * len(methods) + SLICE_GAP
    faded = f"; faded: fewer than {FEW_EVENTS}" if rows["few"].any() else ""
    subtitle = [f"Lines: {level} intervals. Dashed: all test {unit}", f"In brackets: number of test {unit}{faded}"]
    more_lines = LEGEND_LINE * (-(-len(methods) // columns) - 1)
    size = Size(row_height * rows["what"].nunique() + more_lines, legend=True)
    return titled(alt.layer(carried, line, *ends, point), title, subtitle, size, dark)


def rank_bars(frame: pd.DataFrame, *, unit: str = "sessions", dark: bool = False) -> alt.LayerChart:
    """The rank of the true item, as shares of the test, methods side by side.

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
        alt.Tooltip("n_events:Q", title=unit, format=",.0f"),
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
        .mark_text(dy=-7, fontSize=12, color=ground(dark).text)
        .encode(x=x, y=y, xOffset=side, text=alt.Text("share:Q", format=".0f"))
    )
    layers = [bars, values] if len(methods) <= 2 else [bars]  # numbers of three would overlap
    title = "Where the true next item stood"
    return titled(alt.layer(*layers), title, "", Size(270, legend=len(methods) > 1), dark)


def confusion_map(frame: pd.DataFrame, items: Sequence[str], label: str, *, dark: bool = False) -> alt.LayerChart:
    """First guess against the item that came: the share of each row in each column, hits outlined.

    Args:
        frame: true, predicted (item names; "other items" for the rest), share (per 100), n_events, hit (bool).
        items: the items shown, most frequent first; the order of both axes.
        label: label of the method.
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
    values = (
        base.transform_filter("datum.share >= 5")
        .mark_text(fontSize=12)
        .encode(
            text=alt.Text("share:Q", format=".0f"),
            color=alt.condition(
                f"datum.share > {strong:.3f} && datum.predicted !== '{OTHER_ITEMS}'",
                alt.value(paint.on_strong),
                alt.value(paint.text),
            ),
        )
    )
    return titled(
        alt.layer(cells, hits, values),
        f"{label}: first guess against the item that came",
        ["Rows add up to 100 %. Outlined: the guess was right"],
        Size(26 * len(items), axis=130, legend=True),
        dark,
    )


def _labelled(frame: pd.DataFrame, chosen: dict) -> dict:
    """The styles by label instead of name, for charts with a legend."""
    return {row.label: chosen[row.name_] for row in frame.rename(columns={"name": "name_"}).itertuples()}
