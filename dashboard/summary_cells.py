"""How do the figures of a comparison or a run fit into a cell of a table?

Names in it come from files: every function returns HTML in which they are escaped.
"""

from __future__ import annotations

from datetime import datetime
from html import escape

from gru4rec_core.evaluation.verdict_text import method_name, per_100
from gru4rec_core.report.labels import short
from gru4rec_core.report.style import ground, style
from gru4rec_core.results.summary import ComparisonSummary
from gru4rec_core.words import age, true_minus

_WIDTH, _HEIGHT = 100, 12  # of the small picture, in px; its width stands for 100 of 100


def muted(text: str) -> str:
    """A small line below the main thing."""
    return f'<div style="opacity:.8;font-size:.85rem">{escape(text)}</div>' if text else ""


def name(text: str, limit: int = 40) -> str:
    """A name, whole on hover where it is cut."""
    shown = short(text, limit)
    return escape(shown) if shown == text else f'<span title="{escape(text)}">{escape(shown)}</span>'


def moment(when: datetime) -> str:
    """How long ago, with the date on hover."""
    return f'<span title="{when:%Y-%m-%d %H:%M} UTC">{escape(age(when))}</span>'


def best_model(summary: ComparisonSummary) -> str:
    """ "BPR 53.7", and what that counts; "" where nothing can be compared."""
    if summary.best is None:
        return ""
    counted = f"of 100 {summary.unit} in the top {summary.k}"
    return f"{name(summary.best.label)} <strong>{per_100(summary.best.value)}</strong>{muted(counted)}"


def margin(summary: ComparisonSummary, dark: bool) -> str:
    """How far the best model is ahead of the strongest baseline: a small picture, the figure and its interval."""
    if summary.best is None or summary.strongest is None or summary.margin is None:
        return ""
    figure = signed(summary.margin)
    against = f"{'over' if summary.margin >= 0 else 'against'} {method_name(summary.strongest.label)}"
    interval = f"{signed(summary.margin_low or 0.0)} to {signed(summary.margin_high or 0.0)}"
    return (
        f'<div style="display:flex;flex-wrap:wrap;align-items:center;gap:0 .6rem">{_picture(summary, dark)}'
        f'<span title="{interval}"><strong>{figure}</strong></span></div>{muted(against)}'
    )


def signed(fraction: float) -> str:
    """A difference of two rates per 100: "+1.1", "−0.4", "0.0"."""
    number = f"{100 * fraction:+.1f}"
    return "0.0" if number in {"+0.0", "-0.0"} else true_minus(number)


def _picture(summary: ComparisonSummary, dark: bool) -> str:
    """The best model as a bar from 0 to 100, the strongest baseline as a line across it."""
    best, strongest = summary.best, summary.strongest
    assert best is not None
    assert strongest is not None
    paint, colour = ground(dark), style(best.name, dark=dark).colour
    at = 100 * strongest.value * _WIDTH / 100
    words = f"Hits per 100: {best.label} {per_100(best.value)}, {strongest.label} {per_100(strongest.value)}"
    return (
        f'<svg role="img" aria-label="{escape(words)}" width="{_WIDTH}" height="{_HEIGHT}"'
        f' viewBox="0 0 {_WIDTH} {_HEIGHT}"><title>{escape(words)}</title>'
        f'<rect y="3" width="{_WIDTH}" height="6" rx="3" fill="{paint.grid}"/>'
        f'<rect y="3" width="{best.value * _WIDTH:.1f}" height="6" rx="3" fill="{colour}"/>'
        f'<rect x="{min(at, _WIDTH - 2):.1f}" width="2" height="{_HEIGHT}" fill="{paint.text}"/></svg>'
    )
