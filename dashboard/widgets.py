"""The building blocks that several pages share: sentences, the verdict, charts, tables, empty states.

Item and session names come from files. They reach the page as text columns, as chart labels, or escaped through
`st.html`; never as Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from html import escape
from typing import Any, Literal

import pandas as pd
import streamlit as st

from dashboard import messages, navigation, state
from dashboard.downloads import safe_csv
from gru4rec_core.evaluation.verdict import Verdict
from gru4rec_core.evaluation.verdict_text import NextStep
from gru4rec_core.report.charts.specs import spec_with_frames
from gru4rec_core.report.labels import short, short_middle

_Colour = Literal["red", "green", "blue", "orange", "gray"]
_LOOKS: dict[str, tuple[_Colour, str]] = {
    "invalid": ("red", ":material/block:"),
    "clear": ("green", ":material/check_circle:"),
    "equivalent": ("blue", ":material/equal:"),
    "size-open": ("orange", ":material/trending_up:"),
    "undecided": ("gray", ":material/help:"),
}
_BASELINE_LEADS: tuple[_Colour, str] = ("orange", ":material/warning:")
_TRAINING_OF_STEP: dict[str, dict[str, str]] = {
    "more-epochs": {},
    "settings": {"new": "1", "settings": "same"},
    "modern": {"new": "1", "settings": "modern"},
}
"""Further URL parameters of Train, by the step that is taken there."""
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:^=&])")


LONGEST_LABEL = 40
"""Characters of a name in a label, unless a caller says otherwise."""


def plain_label(text: object, limit: int = LONGEST_LABEL) -> str:
    """Any text as a widget's label that shows it letter by letter: one line, at most `limit` characters."""
    return _MARKDOWN.sub(r"\\\1", short_middle(text, limit) or "(blank)")


def sentence(text: str, *, size: str = "1rem", weight: int = 400, heading: bool = False, muted: bool = False) -> None:
    """One sentence that may quote names: escaped, in the theme's text colour."""
    role = ' role="heading" aria-level="2"' if heading else ""
    tone = ";opacity:.8" if muted else ""
    st.html(
        f'<div{role} style="font-size:{size};font-weight:{weight};line-height:1.4;overflow-wrap:anywhere{tone}">'
        f"{escape(messages.keep_units_together(text))}</div>"
    )


def section(title: str) -> None:
    """The heading of a part of the page, one level below its title."""
    sentence(title, size="1.2rem", weight=600, heading=True)


def verdict_block(verdict: Verdict, note: str, params: Mapping[str, str]) -> None:
    """The verdict as the page's headline: its kind and what limits it, its sentences, a note, and what to do now.

    Args:
        verdict: what to show.
        note: a further line; "" for none.
        params: URL parameters of its comparison, for the steps that other pages take.
    """
    colour, icon = _BASELINE_LEADS if verdict.baseline_leads else _LOOKS[verdict.kind]
    with st.container(border=True, gap="xsmall", key="verdict"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.badge(verdict.label, color=colour, icon=icon)
            for text in verdict.limits:
                with st.container(width="content"):
                    sentence(f"⚠ {text}", muted=True, size=".95rem")
        if verdict.sentences:
            sentence(verdict.sentences[0], size="1.3rem", weight=600, heading=True)
        # What one run cannot tell stands in How sure; here a limit says that it is one run.
        tells = verdict.trained_again is not None and verdict.trained_again.wins is not None
        for text in (*verdict.sentences[1:], *([verdict.trained_again_sentence] if tells else [])):
            sentence(text, size="1.05rem")
        if note:
            sentence(note, muted=True, size=".95rem")
        if verdict.next_steps:
            _show_next_steps(verdict.next_steps, params)


def _show_next_steps(steps: Sequence[NextStep], params: Mapping[str, str]) -> None:
    """What to do now, one after the other; a step that Train takes is a link to it."""
    link = ".st-key-next-steps [data-testid=stPageLink-NavLink]"
    with st.container(gap=None, key="next-steps"):
        sentence("What now?", size=".95rem", weight=600)
        st.html(f"<style>{link}{{padding-left:0}}{link} p{{white-space:normal;text-decoration:underline}}</style>")
        for step in steps:
            further = _TRAINING_OF_STEP.get(step.kind)
            if further is None:
                sentence(step.sentence, size=".95rem")
            else:
                label = plain_label(step.sentence, limit=len(step.sentence))
                st.page_link(navigation.PAGES["train"], label=label, icon="", query_params={**params, **further})


def scroll_to_top() -> None:
    """Shows the top of the page, whatever was pressed far below it."""
    st.html(
        "<script>document.querySelector('[data-testid=stMain]').scrollTo(0, 0)</script>", unsafe_allow_javascript=True
    )


def empty_state(text: str, button: str, page: str, selection: state.Selection, *, key: str) -> None:
    """Why there is nothing to see yet, and the one button that helps."""
    with st.container(border=True, key=f"{key}-empty"):
        sentence(text, size="1.1rem")
        state.next_button(button, page, selection, key=key)


def show_chart(draw: partial[Any], *, key: str, alt: str, **options: Any) -> Any:
    """A chart over the column's width; `alt` says in words what it shows.

    It is drawn once for the same data: Altair takes about 0.15 s for a chart, and a page asks for all of its charts at
    every rerun.

    Args:
        draw: makes an Altair chart, with all that it needs: frames, texts, numbers.
        key: of the element.
        alt: for those who do not see it.
        options: of `st.vega_lite_chart`.
    """
    spec = _draw(f"{draw.func.__module__}.{draw.func.__qualname__}", draw.args, draw.keywords, draw)
    return st.vega_lite_chart(spec, width=options.pop("width", "stretch"), key=key, alt=alt, **options)


@st.cache_data(max_entries=128, show_spinner=False)
def _draw(name: str, args: tuple[Any, ...], keywords: dict[str, Any], _draw: partial[Any]) -> dict[str, Any]:
    """The chart's specification; what it is made of is the key."""
    return spec_with_frames(_draw())


def show_table(
    frame: pd.DataFrame | Callable[[], pd.DataFrame],
    *,
    key: str,
    name: str,
    shown: Any | None = None,
    columns: dict[str, Any] | None = None,
    height: int | Literal["auto"] = "auto",
) -> None:
    """A table with a download of its own, whose cells no spreadsheet runs as formulas.

    Args:
        frame: what is downloaded; or what makes it then, beside `shown`.
        key: of the table; the download has `key`-csv.
        name: file name of the download, without .csv.
        shown: what is drawn instead of the frame (a Styler, a subset).
        columns: Streamlit's column configuration.
    """
    drawn = frame if shown is None else shown
    st.dataframe(drawn, hide_index=True, key=key, column_config=columns or {}, height=height, placeholder="")
    st.download_button(
        "Download CSV",
        data=lambda: safe_csv(frame() if callable(frame) else frame),
        file_name=f"{name}.csv",
        mime="text/csv",
        key=f"{key}-csv",
        on_click="ignore",
        icon=":material/download:",
        type="tertiary",
    )


def html_table(header: Sequence[str], rows: Sequence[Sequence[str]], *, label: str = "rows") -> None:
    """A table whose cells are HTML made in this package; callers escape names through `cell`.

    On a narrow screen each row becomes a card, its cells named by their column.

    Args:
        header: column names, plain text.
        rows: HTML of each cell.
        label: key of the table's style.
    """
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in header)
    body = "".join(
        "<tr>"
        + "".join(
            f'<td data-name="{escape(name)}"><div>{cell_html}</div></td>'
            for name, cell_html in zip(header, row, strict=True)
        )
        + "</tr>"
        for row in rows
    )
    st.html(
        f'{_TABLE_STYLE}<table class="wb-table" data-kind="{escape(label)}"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )


def cell(text: object, *, strong: bool = False, limit: int = 60) -> str:
    """HTML of a name: escaped, one line, at most `limit` characters."""
    line = escape(short(text, limit))
    return f"<strong>{line}</strong>" if strong else line


_TABLE_STYLE = """<style>
.wb-table{border-collapse:collapse;width:100%;font-size:.95rem}
.wb-table th{text-align:left;font-weight:600;opacity:.8;padding:.3rem .6rem .3rem 0;border:0;
  border-bottom:1px solid rgba(127,127,127,.5)}
.wb-table td{padding:.35rem .6rem .35rem 0;border:0;border-bottom:1px solid rgba(127,127,127,.25);
  vertical-align:top;overflow-wrap:anywhere}
@media (max-width:640px){
  .wb-table thead{position:absolute;left:-9999px}
  .wb-table tr{display:block;border:1px solid rgba(127,127,127,.4);border-radius:.6rem;padding:.4rem .7rem;
    margin-bottom:.6rem}
  .wb-table td{display:grid;grid-template-columns:6.2rem 1fr;gap:.5rem;border:0;padding:.15rem 0}
  .wb-table td::before{content:attr(data-name);opacity:.75;font-style:normal}
  .wb-table td:has(>div:empty){display:none}
}
</style>"""
