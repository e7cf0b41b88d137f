"""Chart of an order test: what each method predicts from histories in order, and from shuffled ones."""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd

from gru4rec_core.evaluation.rate_intervals import level_text
from gru4rec_core.report.charts.drawing import Size, from_zero, interval_marks, titled
from gru4rec_core.report.frames.order import METHOD_LABELS, SIDE_LABELS
from gru4rec_core.report.style import ground, style

BEST_SELLERS = "best-sellers"
_ROW = 27  # px per method and side


def order_chart(
    frame: pd.DataFrame, popularity: float, k: int, *, confidence: float, dark: bool = False
) -> alt.LayerChart:
    """Hits of both methods, in order against shuffled, beside the best-sellers.

    Args:
        frame: `frames.order.order_rates`.
        popularity: hits of the best-sellers, per 100.
        k: list length.
        confidence: level of the intervals in `frame`.
        dark: colours for a dark background.

    Returns:
        y method, x hits per 100 from 0; in order a filled circle, shuffled a filled square; best-sellers a grey dashed
        line with its name.
    """
    paint, sides = ground(dark), list(SIDE_LABELS.values())
    colours = [style("top1", dark=dark).colour, style("bpr", dark=dark).colour]
    y = alt.Y("method:N", title=None, sort=list(METHOD_LABELS.values()), axis=alt.Axis(grid=False, labelOverlap=False))
    offset = alt.YOffset("side:N", sort=sides, scale=alt.Scale(paddingInner=0.2, paddingOuter=0.3))
    key = alt.Legend(title=None, orient="top", symbolStrokeWidth=0)
    colour = alt.Color("side:N", scale=alt.Scale(domain=sides, range=colours), sort=sides, legend=key)
    shape = alt.Shape("side:N", scale=alt.Scale(domain=sides, range=["circle", "square"]), sort=sides, legend=key)
    level, top = level_text(confidence), max(float(frame["high"].max()), popularity)
    tooltip = [
        alt.Tooltip("method:N", title="method"),
        alt.Tooltip("side:N", title="histories"),
        alt.Tooltip("hits:Q", title=f"hits in the top {k} per 100", format=".1f"),
        alt.Tooltip("low:Q", title=f"{level} from", format=".1f"),
        alt.Tooltip("high:Q", title=f"{level} to", format=".1f"),
    ]
    x = from_zero("hits:Q", f"hits in the top {k} per 100 predictions", top, tickCount=6)
    base = alt.Chart(frame).encode(y=y, yOffset=offset, tooltip=tooltip)
    line, ends = interval_marks(base, colour, height=12)
    point = base.mark_point(filled=True, size=60, opacity=1).encode(x=x, color=colour, shape=shape)
    value = base.mark_text(align="left", dx=7, color=paint.text, fontSize=12).encode(
        x="high:Q", text=alt.Text("hits:Q", format=".1f")
    )
    mark = pd.DataFrame({"hits": [popularity], "label": [f"{BEST_SELLERS} {popularity:.1f}"]})
    rule = alt.Chart(mark).mark_rule(color=paint.baseline, strokeDash=[5, 4], strokeWidth=1.5).encode(x=x)
    is_right = popularity > top / 2
    name = (
        alt.Chart(mark)
        .mark_text(
            align="right" if is_right else "left", dx=-5 if is_right else 5, dy=8, color=paint.muted, fontSize=12
        )
        .encode(x=x, y=alt.value(0), text="label:N")
    )
    height = _ROW * len(frame) + 14
    return titled(
        alt.layer(rule, line, *ends, point, value, name),
        "Predicted with and without order",
        f"Line: {level} interval of these sessions and seeds",
        Size(int(np.ceil(height)), legend=True),
        dark,
    )
