"""How do the figures of a comparison or a run fit into a cell of a table?

Names in it come from files: every function returns HTML in which they are escaped.
"""

from __future__ import annotations

from datetime import datetime
from html import escape

from gru4rec_core.report.labels import short_middle
from gru4rec_core.report.style import ground, style
from gru4rec_core.results.summary import ComparisonSummary
from gru4rec_core.words import age, per_100, signed

_UNSEEN = "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap"
_WIDTH, _HEIGHT = 80, 12  # of the small picture, in px; its width stands for 100 of 100


def muted(text: str) -> str:
    """A small line below the main thing."""
    return f'<div style="opacity:.8;font-size:.85rem">{escape(text)}</div>' if text else ""


def name(text: str, limit: int = 40) -> str:
    """A name; where it is cut, the whole name on hover and for screen readers."""
    shown, whole = escape(short_middle(text, limit)), escape(text)
    if shown == whole:
        return shown
    unseen = f'<span style="{_UNSEEN}">{whole}</span>'
    return f'<span title="{whole}"><span aria-hidden="true">{shown}</span>{unseen}</span>'


def moment(when: datetime) -> str:
    """How long ago, with the date on hover."""
    return f'<span title="{when:%Y-%m-%d %H:%M} UTC">{escape(age(when))}</span>'


def best_model(summary: ComparisonSummary) -> str:
    """ "BPR 53.7", and in how long a list; "" where nothing can be compared."""
    if summary.best is None:
        return ""
    rate = f"<strong>{per_100(summary.best.value)}</strong>"
    return f"{name(summary.best.label)} {rate}{muted(f'top {summary.k}')}"


def margin(summary: ComparisonSummary, dark: bool) -> str:
    """How far the best model is ahead of the strongest baseline: a small picture, the figure and its interval.

    The figure is bold where the verdict calls one of the two better.
    """
    if summary.best is None or summary.strongest is None or summary.margin is None:
        return ""
    figure = signed(100 * summary.margin)
    if summary.is_margin_decided:
        figure = f"<strong>{figure}</strong>"
    interval = f"{signed(100 * (summary.margin_low or 0.0))} to {signed(100 * (summary.margin_high or 0.0))}"
    return (
        f'<div style="display:flex;flex-wrap:wrap;align-items:center;gap:0 .6rem">{_picture(summary, dark)}'
        f'<span title="{interval}">{figure}</span></div>{muted(summary.against_strongest)}'
    )


def _picture(summary: ComparisonSummary, dark: bool) -> str:
    """The best model as a bar from 0 to 100, the strongest baseline as a line across it."""
    best, strongest = summary.best, summary.strongest
    assert best is not None
    assert strongest is not None
    words = f"Hits per 100: {best.label} {per_100(best.value)}, {strongest.label} {per_100(strongest.value)}"
    bar = "position:absolute;left:0;top:3px;height:6px;border-radius:3px;background:{};width:{:.1f}px"
    line = f"position:absolute;top:0;width:2px;height:{_HEIGHT}px;background:{ground(dark).text}"
    return (
        f'<span role="img" aria-label="{escape(words)}" title="{escape(words)}"'
        f' style="position:relative;display:inline-block;flex:none;width:{_WIDTH}px;height:{_HEIGHT}px">'
        f'<span style="{bar.format(ground(dark).grid, _WIDTH)}"></span>'
        f'<span style="{bar.format(style(best.name, dark=dark).colour, best.value * _WIDTH)}"></span>'
        f'<span style="{line};left:{min(strongest.value * _WIDTH, _WIDTH - 2):.1f}px"></span></span>'
    )
