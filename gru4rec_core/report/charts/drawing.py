"""What all charts share: titles, axes from zero, and each method's colour, dash and shape."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from textwrap import wrap
from typing import Any

import altair as alt
import pandas as pd

from gru4rec_core.report.style import Style, ground, styles

TITLE_CHARACTERS, SUBTITLE_CHARACTERS = 44, 58
"""Letters per line that a chart on a phone has room for: titles are broken, never cut."""

ROW = 30  # px between two methods or slices on a vertical axis
AXIS = 72  # px of a horizontal axis: ticks, labels, one line of title
_TITLE, _SUBTITLE, _LEGEND = 20, 18, 52  # px above the plot
_BELOW_TITLE = 14  # px
SHORT_COUNT = "format(datum.value, '~s')"
"""An axis of counts: 0, 5k. As the format of an axis it would write 0k."""


@dataclass(frozen=True)
class Size:
    """The height of a chart, piece by piece.

    Attributes:
        plot: height of the plot itself, in px.
        axis: room for the horizontal axis and its title, in px.
        legend: whether a line of legend stands above the plot.
        title_characters: letters per line of title that the chart is wide enough for.
    """

    plot: int
    axis: int = AXIS
    legend: bool = False
    title_characters: int = TITLE_CHARACTERS

    def total(self, n_titles: int, n_subtitles: int) -> int:
        """Height of the whole chart in px, with so many lines of title and of subtitle."""
        header = _TITLE * n_titles + _SUBTITLE * n_subtitles + _BELOW_TITLE
        return self.plot + self.axis + header + (_LEGEND if self.legend else 0)


def titled(chart: Any, title: str, subtitle: str | Sequence[str], size: Size, dark: bool = False) -> Any:
    """The chart with its title on the left and muted lines below the title, fitted to the width of its column.

    Args:
        chart: layers.
        title: plain text; broken where a phone is too narrow for it.
        subtitle: one line or several, plain text, broken likewise; empty lines are left out.
        size: how high the chart is.
        dark: colours for a dark background.
    """
    titles = wrap(title, size.title_characters)
    below = [subtitle] if isinstance(subtitle, str) else subtitle
    lines = [line for text in below for line in wrap(text, SUBTITLE_CHARACTERS)]
    header = alt.TitleParams(
        titles if len(titles) > 1 else "".join(titles),
        anchor="start",
        frame="bounds",
        offset=8,
        fontSize=15,
        fontWeight=600,
    )
    if lines:
        header.subtitle = lines
        header.subtitleFontSize = 12
        header.subtitleColor = ground(dark).muted  # the theme's own is too faint for letters this small
        header.subtitlePadding = 4
    # "fit" keeps labels beside the plot inside the column, whatever its width.
    fit = alt.AutoSizeParams(type="fit", contains="padding")
    paint = ground(dark)
    return (
        chart.properties(title=header, width="container", height=size.total(len(titles), len(lines)), autosize=fit)
        .configure_axis(labelColor=paint.muted, titleColor=paint.muted)
        .configure_legend(labelColor=paint.text, titleColor=paint.muted)
    )


def from_zero(field: str, title: str, top: float, **axis: Any) -> alt.X:
    """A horizontal axis from 0 to a little above `top`, so that lengths can be compared."""
    return alt.X(
        field,
        title=title,
        scale=alt.Scale(domain=[0, max(top, 1e-9) * 1.12], nice=False),
        axis=alt.Axis(**axis),
    )


def styles_of(frame: pd.DataFrame, dark: bool) -> dict[str, Style]:
    """Styles of the methods of a frame with columns name and kind, in order of appearance."""
    methods = frame.drop_duplicates("name")
    return styles(methods["name"].tolist(), methods["kind"].tolist(), dark)


def colour(chosen: dict[str, Style], field: str = "name:N", **options: Any) -> alt.Color:
    """Colours of the methods; no legend unless asked for, because labels stand beside the marks."""
    scale = alt.Scale(domain=list(chosen), range=[style.colour for style in chosen.values()])
    return alt.Color(field, scale=scale, **({"legend": None} | options))


def dash(chosen: dict[str, Style], field: str = "name:N") -> alt.StrokeDash:
    """Dashes of the methods: trained models are solid, each baseline has its own."""
    scale = alt.Scale(domain=list(chosen), range=[list(style.dash) for style in chosen.values()])
    return alt.StrokeDash(field, scale=scale, legend=None)


def shape(chosen: dict[str, Style], field: str = "name:N", **options: Any) -> alt.Shape:
    """Point shapes of the methods, so that nothing depends on colour alone."""
    scale = alt.Scale(domain=list(chosen), range=[style.shape for style in chosen.values()])
    return alt.Shape(field, scale=scale, **({"legend": None} | options))


def interval_marks(base: alt.Chart, paint: Any, height: int, dashes: Any = None) -> tuple[Any, tuple[Any, Any]]:
    """The intervals of a chart's rows, from its columns low and high: a line each, and a tick at either end.

    The ticks are taller than the marker between them, so that an interval narrower than the marker can be seen too.

    Args:
        base: with its y axis (and offset) encoded.
        paint: colour of the marks.
        height: of the end ticks, in px.
        dashes: dash of the lines; solid where None.
    """
    line = base.mark_rule(strokeWidth=1.75).encode(x=alt.X("low:Q"), x2="high:Q", color=paint)
    if dashes is not None:
        line = line.encode(strokeDash=dashes)
    ends = base.mark_tick(thickness=1.75, size=height, opacity=1)
    return line, (ends.encode(x=alt.X("low:Q"), color=paint), ends.encode(x=alt.X("high:Q"), color=paint))


def spread_labels(values: Sequence[float], gap: float, ceiling: float = inf) -> list[float]:
    """Heights for labels that belong at `values`: at least `gap` apart, in the same order from below.

    Labels that would touch form a block around the mean of their values (pool adjacent violators); none stands above
    `ceiling`.
    """
    order = sorted(range(len(values)), key=lambda i: values[i])
    blocks: list[list[float]] = []  # [sum of (value - own offset), count]
    for rank, i in enumerate(order):
        blocks.append([values[i] - rank * gap, 1])
        while len(blocks) > 1 and blocks[-2][0] / blocks[-2][1] > blocks[-1][0] / blocks[-1][1]:
            total, count = blocks.pop()
            blocks[-1] = [blocks[-1][0] + total, blocks[-1][1] + count]
    starts = [total / count for total, count in blocks for _ in range(int(count))]
    heights = [0.0] * len(values)
    for rank, i in enumerate(order):
        heights[i] = min(starts[rank] + rank * gap, ceiling - (len(order) - 1 - rank) * gap)
    return heights
