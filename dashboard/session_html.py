"""How is a session drawn as a strip of items?

Item names come from files: they are escaped here and never pass through Markdown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

import streamlit as st

from gru4rec_core.report.labels import short

_CHIP = (
    "display:inline-block;padding:.1rem .55rem;margin:.15rem 0;border-radius:.5rem;"
    "border:1px solid rgba(127,127,127,.55);max-width:16rem;overflow-wrap:anywhere"
)
_ARROW = '<span aria-hidden="true" style="opacity:.6;padding:0 .3rem">→</span>'
_STEP = "display:inline-flex;align-items:center"
_ROW = "display:flex;flex-wrap:wrap;align-items:center;row-gap:.1rem"


def chip(name: object, *, emphasis: str = "") -> str:
    """HTML of one item; emphasis "next" marks the item that is to be predicted, "hidden" one that is not seen yet."""
    look = {
        "next": ";border:2px solid currentColor;font-weight:600",
        "hidden": ";border:2px dashed currentColor;font-weight:600",
    }.get(emphasis, "")
    return f'<span style="{_CHIP}{look}">{escape(short(name))}</span>'


def strip_html(items: Iterable[object], *, last: str = "") -> str:
    """HTML of a session, oldest item first; `last` is the emphasis of its last item."""
    names = list(items)
    # Each arrow stays with the item before it, so that no line begins with one.
    steps = [f'<span style="{_STEP}">{chip(name)}{_ARROW}</span>' for name in names[:-1]]
    steps += [chip(name, emphasis=last) for name in names[-1:]]
    return f'<div style="{_ROW}">' + "".join(steps) + "</div>"


def session_strip(title: str, items: Sequence[object], limit: int = 12) -> None:
    """One session of a log: a title, then its first `limit` items as a strip."""
    n_hidden = len(items) - limit
    tail = f'<div style="opacity:.75;font-size:.85rem">… and {n_hidden:,} more</div>' if n_hidden > 0 else ""
    head = f'<div style="opacity:.8;font-size:.85rem">{escape(short(title, 90))}</div>'
    st.html(head + strip_html(items[:limit]) + tail)


def show_task() -> None:
    """The task in one picture: a session whose last item is hidden, two guesses, and what came."""
    history = ("run", "run", "swim", "bike", "run")
    guesses = (
        ("TOP1", ("run", "bike", "swim"), "○ miss at 1, ● hit in the top 3"),
        ("BPR", ("swim", "run", "bike"), "● hit at 1"),
    )
    rows = "".join(
        f'<div style="{_ROW};gap:.35rem;margin-top:.35rem"><strong style="width:3.2rem">{model}</strong>'
        + " ".join(f'<span style="white-space:nowrap">{i}. {escape(item)}</span>' for i, item in enumerate(items, 1))
        + f'<span style="opacity:.85">{outcome}</span></div>'
        for model, items, outcome in guesses
    )
    st.html(
        '<div style="border:1px solid rgba(127,127,127,.4);border-radius:.7rem;padding: .8rem 1rem">'
        '<div style="opacity:.85;font-size:.9rem">One session: what somebody did, oldest first. What comes next?</div>'
        + strip_html([*history, "?"], last="hidden")
        + rows
        + f'<div style="{_ROW};gap:.35rem;margin-top:.5rem">What came: {chip("swim ✓", emphasis="next")}</div>'
        "</div>"
    )
