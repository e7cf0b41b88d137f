"""How is a session drawn as a strip of items?

Item names come from files: they are escaped here and never pass through Markdown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

import streamlit as st

from gru4rec_core.report.labels import short
from gru4rec_core.words import counted

_CHIP = (
    "display:inline-block;padding:.1rem .55rem;margin:.15rem 0;border-radius:.5rem;"
    "border:1px solid rgba(127,127,127,.55);max-width:16rem;overflow-wrap:anywhere"
)
_ARROW = '<span aria-hidden="true" style="opacity:.6;padding:0 .3rem">→</span>'
_STEP = "display:inline-flex;align-items:center"
_ROW = "display:flex;flex-wrap:wrap;align-items:center;row-gap:.1rem"
LONGEST_TITLE = 44
"""Characters of a session's title that headings and lists show."""


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


def describe_events(n_events: int, first: str, last: str) -> str:
    """How many events there are in a session, and from when to when; the date is given once if both are on one day.

    >>> describe_events(4, "2026-03-06 06:39:53", "2026-03-06 07:02:10")
    '4 events, 2026-03-06 06:39:53 to 07:02:10'
    """
    day, _, _ = first.partition(" ")
    until = last.removeprefix(f"{day} ")
    return f"{counted(n_events, 'event')}, {first}" + (f" to {until}" if first != last else "")


def session_heading(key: str, title: str, events: str) -> str:
    """HTML of what stands above a session: its title, then its events; the key one tap away where the title lacks it.

    Args:
        key: of the session in the log.
        title: as `visit_names.session_titles` calls it.
        events: as `describe_events` puts them.
    """
    shown = short(title, LONGEST_TITLE)
    line, style = escape(f"{shown}: {events}"), "opacity:.8;font-size:.85rem;overflow-wrap:anywhere"
    if key in shown:
        return f'<div style="{style}">{line}</div>'
    return (
        f'<details style="{style}"><summary>{line}</summary>Key of the session: {escape(short(key, 1_000))}</details>'
    )


def session_strip(heading: str, items: Sequence[object], limit: int = 12) -> None:
    """One session of a log: whose it is and when, then its first `limit` items as a strip.

    Args:
        heading: as `session_heading` makes it.
        items: names, oldest first.
        limit: of the items shown.
    """
    n_hidden = len(items) - limit
    tail = f'<div style="opacity:.75;font-size:.85rem">… and {n_hidden:,} more</div>' if n_hidden > 0 else ""
    st.html(heading + strip_html(items[:limit]) + tail)


def show_task() -> None:
    """The task in one picture: a session whose last item is hidden, two guesses, and what came."""
    history = ("run", "run", "swim", "bike", "run")
    guesses = (
        ("TOP1", ("run", "bike", "swim"), "○ miss at 1, ● hit in the top 3"),
        ("BPR", ("swim", "run", "bike"), "● hit at 1"),
    )

    def tick(item: str) -> str:
        return " ✓" if item == "swim" else ""

    rows = "".join(
        f'<div style="{_ROW};gap:.35rem;margin-top:.35rem"><strong style="width:3.2rem">{model}</strong>'
        + " ".join(
            f'<span style="white-space:nowrap">{i}. {item}{tick(item)}</span>' for i, item in enumerate(items, 1)
        )
        + f'<span style="opacity:.85">{outcome}</span></div>'
        for model, items, outcome in guesses
    )
    st.html(
        '<div style="border:1px solid rgba(127,127,127,.4);border-radius:.7rem;padding: .8rem 1rem">'
        '<div style="opacity:.85;font-size:.9rem">One session: what somebody did, oldest first. What comes next?</div>'
        + strip_html([*history, "?"], last="hidden")
        + rows
        + f'<div style="{_ROW};gap:.35rem;margin-top:.5rem">What came: {chip("swim", emphasis="next")}</div>'
        "</div>"
    )
