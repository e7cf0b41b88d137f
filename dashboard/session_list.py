"""How does the Sessions page list sessions, so that one of them is opened by tap or by ↑ and ↓?"""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from dashboard import focus, review_context, state, theme, widgets
from dashboard.downloads import safe_csv
from dashboard.session_html import LONGEST_TITLE
from dashboard.steps_view import View
from gru4rec_core.report.export import export_table
from gru4rec_core.report.frames import sessions as sessions_frames
from gru4rec_core.report.frames.sessions import SessionList
from gru4rec_core.report.labels import rank_text
from gru4rec_core.report.style import style
from gru4rec_core.words import counted

PAGE_SIZE = 6
"""Sessions at once: as many as stand beside an open one, so that ↑ and ↓ seldom leave the screen."""

_CSS = """<style>
.st-key-session-rows button{text-align:left;padding:.45rem .7rem;min-height:44px}
.st-key-session-rows button>*,.st-key-session-rows button>*>*{width:100%;justify-content:flex-start}
.st-key-session-rows button p{white-space:normal;font-size:.95rem;line-height:1.35;overflow-wrap:anywhere}
.st-key-session-rows button em{display:block;font-style:normal;font-size:.85rem}
@media (max-width:640px){.st-key-session-rows{max-height:19rem;overflow-y:auto;flex-wrap:nowrap}}
</style>"""


def find_place(listed: SessionList, session: np.ndarray, event: int) -> int | None:
    """Where the session of an event stands in the list; None where it is not in it.

    Args:
        listed: the list.
        session: session of each event, int [n_events].
        event: row number.
    """
    places = np.flatnonzero(session[listed.first] == session[event])
    return int(places[0]) if len(places) else None


def show_list(view: View, listed: SessionList, event: int) -> str:
    """The page of the list that has the open session, with the keys to move through it; says where that stands."""
    place = find_place(listed, view.models[0].evaluations[0].session, event)
    page = _page(place)
    where = _show_keys(listed, place)
    start = page * PAGE_SIZE
    part = SessionList(listed.first[start : start + PAGE_SIZE], listed.counts[start : start + PAGE_SIZE])
    rows = sessions_frames.prediction_rows(part.first, view.models, view.review.events, view.seed.index)
    marked = None if place is None else int(listed.first[place])
    st.html(_CSS + _mark(marked))
    if marked is not None:
        focus.mark_current(f"open-{marked}")
    rows["title"] = view.review.session_titles(rows["session"])
    with st.container(key="session-rows", gap="xsmall"):
        for row, n_listed in zip(rows.to_dict("records"), part.counts, strict=True):
            st.button(
                row_label(view, row, int(n_listed)),
                key=f"open-{row['event']}",
                width="stretch",
                wrap=True,
                on_click=_open,
                args=(row["event"],),
            )
    _show_pages(listed, page)
    if place is None:
        st.caption("The open session comes from the link; it is not in this list.")
    return where


def _page(place: int | None) -> int:
    return 0 if place is None else place // PAGE_SIZE


def _show_keys(listed: SessionList, place: int | None) -> str:
    n = len(listed.first)
    position = -1 if place is None else place
    where = f"{position + 1:,} of {counted(n, 'session')}" if place is not None else counted(n, "session")
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="session-keys"):
        _key_button("Previous session", "Up", listed, position - 1)
        _key_button("Next session", "Down", listed, position + 1)
        st.text(where)
    return where


def _key_button(label: str, key: str, listed: SessionList, place: int) -> None:
    there = 0 <= place < len(listed.first)
    st.button(
        label,
        shortcut=key,
        key=f"session-{key.lower()}",
        disabled=not there,
        on_click=_open,
        args=(int(listed.first[place]) if there else None,),
    )


def _open(event: int | None) -> None:
    state.set_params(event=event, step=None)


def _mark(event: int | None) -> str:
    """CSS for the row of the open session."""
    if event is None:
        return ""
    look = "border-color:currentColor;box-shadow:inset 4px 0 0 currentColor"
    tint = "background:color-mix(in srgb,currentColor 7%,transparent)"
    return f"<style>.st-key-open-{event} button{{{look};{tint}}}</style>"


def row_label(view: View, row: dict[Any, Any], n_listed: int) -> str:
    """A row as Markdown, names escaped: session, what was seen and came, each model's rank and guess, ✓ if right."""
    review = view.review

    def name(item: int) -> str:
        return widgets.plain_label(review.item(item), 32)

    more = f", {n_listed - 1:,} more {'step' if n_listed == 2 else 'steps'} listed" if n_listed > 1 else ""
    session = widgets.plain_label(row["title"], LONGEST_TITLE)
    lines = [f"*{session} · step {row['step']} of {row['length']}{more}*"]
    seen = f"{name(row['last'])} → " if row["step"] > 1 else ""
    lines.append(f"{seen}**{name(row['target'])}** came next")
    for model in view.models:
        guess = row[f"guess:{model.name}"]
        came = " ✓" if guess == row["target"] else ""
        square = f':color[■]{{foreground="{style(model.name, model.kind, theme.is_dark()).colour}"}}'
        rank = widgets.plain_label(rank_text(row[f"rank:{model.name}"], view.k))
        lines.append(f"*{square} {widgets.plain_label(model.label, 20)} {rank}, guessed {name(guess)}{came}*")
    return " ".join(lines)


def _show_pages(listed: SessionList, page: int) -> None:
    n_pages = -(-len(listed.first) // PAGE_SIZE)
    if n_pages < 2:
        return
    # Its key names the page, so that ↑ and ↓ can turn it too.
    turned_to = st.pagination(n_pages, default=page + 1, key=f"pages-{n_pages}-{page}", max_visible_pages=5) - 1
    if turned_to != page:
        _open(int(listed.first[turned_to * PAGE_SIZE]))
        st.rerun()


def show_download(view: View, predictions: np.ndarray) -> None:
    """Everything that is listed as a file, with where it comes from in each line."""
    st.download_button(
        f"Download {counted(len(predictions), 'prediction')} as CSV",
        data=lambda: safe_csv(download_table(view, predictions)),
        file_name="sessions.csv",
        mime="text/csv",
        key="sessions-csv",
        on_click="ignore",
        icon=":material/download:",
        type="tertiary",
    )


def download_table(view: View, predictions: np.ndarray) -> Any:
    """The listed predictions with all guesses, and the columns that every download has."""
    models, k, seed = view.models, view.k, view.seed
    rows = sessions_frames.prediction_rows(predictions, models, view.review.events, seed.index)
    table = sessions_frames.guesses_table(rows, models, k, seed.index, view.review.item)
    if seed.name:
        table = table.assign(seed=seed.name)
    return export_table(table, review_context.table_source(view.review, k))
