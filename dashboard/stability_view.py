"""How is it shown whether a verdict holds: the strip of small cells by window, seed, list length and test rule?

Every cell says in text what its colour says; nothing is hidden behind a pointer.
"""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard import cached, damage_card, state, theme, widgets
from dashboard.review_context import Review
from gru4rec_core.evaluation.comparison import PairedComparison
from gru4rec_core.report.style import ground, styles
from gru4rec_core.results.comparison import seed_names
from gru4rec_core.results.stability import Cell, Row, build_rows, find_others
from gru4rec_core.workspace.backtests import list_backtests, list_backtests_of

_DECIDED = {"leader": "▲", "other": "▼", "even": "="}
_AHEAD = {"leader": "△", "other": "▽", "even": "○"}

_STYLE = """<style>
.wb-strip{display:grid;grid-template-columns:8.5rem minmax(0,1fr);gap:.6rem 1rem;margin:.3rem 0 0}
.wb-strip h3{font-size:.95rem;font-weight:600;margin:0;padding:.35rem 0 0}
.wb-strip ul{list-style:none;display:flex;flex-wrap:wrap;gap:.4rem;margin:0!important;padding:0!important}
.wb-strip li{margin:0!important;padding:.3rem .6rem;min-width:6.5rem;border:1px solid rgba(127,127,127,.45);
  border-left:6px solid var(--m);border-radius:4px;font-size:.85rem;line-height:1.35;overflow-wrap:anywhere}
.wb-strip li.decided{background:color-mix(in srgb,var(--m) 18%,transparent)}
.wb-strip li:not(.decided){border-left-style:dotted}
.wb-strip b{font-weight:600;display:block}
.wb-strip p{font-size:.85rem;opacity:.85;margin:0;padding:.35rem 0 0}
@media (max-width:640px){.wb-strip{grid-template-columns:minmax(0,1fr);gap:.2rem}
  .wb-strip h3{padding-top:.6rem}.wb-strip li{flex:1 1 40%}}
</style>"""


def show_strip(review: Review, pair: PairedComparison) -> None:
    """The strip *Does it hold?* with its caption.

    Args:
        review: the comparison as it is judged on the page.
        pair: the two models, b the leader.
    """
    widgets.section("Does it hold?")
    workspace = state.workspace()
    damage_card.show_unreadable(workspace, "backtest", {one.id for one in list_backtests(workspace)})
    st.caption(describe_signs(pair))
    st.html(draw_rows(_rows(review, pair), pair, dark=theme.is_dark()))


def _rows(review: Review, pair: PairedComparison) -> tuple[Row, ...]:
    workspace, record = state.workspace(), review.record
    shown = (pair.a, pair.b)
    backtests = list_backtests_of(workspace, [record.id])
    backtest = cached.backtest_result(backtests[0]) if backtests else None
    found = find_others(workspace, record)
    others = {
        name: [result for one in records if (result := cached.comparison_result(one)) is not None]
        for name, records in (("cuts", found.cuts), ("filters", found.filters))
    }
    names = seed_names(review.result, review.runs, shown)
    return build_rows(pair, record.config, names, backtest, others)


def describe_signs(pair: PairedComparison) -> str:
    """What the cells show, and what their signs mean."""
    leader, other = widgets.plain_label(pair.b.label), widgets.plain_label(pair.a.label)
    several = max(pair.a.n_seeds, pair.b.n_seeds) > 1
    by_seed = "; by seed, the difference in hits per 100, without one" if several else ""
    return (
        f"{leader} against {other}, seen in other ways. ▲ {leader} is better, △ only ahead; ▼ {other} is better,"
        f" ▽ only ahead; = equivalent; ○ level. Figures: how many % more hits {leader} has, with the interval{by_seed}."
        " Only the verdict at the top decides; of many cells, some differ by chance."
    )


def draw_rows(rows: tuple[Row, ...], pair: PairedComparison, *, dark: bool) -> str:
    """The strip as HTML; all names in it are escaped."""
    looks = styles([pair.a.name, pair.b.name], [pair.a.kind, pair.b.kind], dark)
    colours = {"leader": looks[pair.b.name].colour, "other": looks[pair.a.name].colour, "even": ground(dark).baseline}
    parts = []
    for row in rows:
        cells = "".join(_draw_cell(cell, colours[cell.side]) for cell in row.cells)
        listed = f'<ul aria-label="{escape(row.title)}">{cells}</ul>' if cells else ""
        note = f"<p>{escape(row.note)}</p>" if row.note else ""
        parts.append(f"<h3>{escape(row.title)}</h3><div>{listed}{note}</div>")
    return f'{_STYLE}<div class="wb-strip" role="group" aria-label="Does it hold?">{"".join(parts)}</div>'


def _draw_cell(cell: Cell, colour: str) -> str:
    sign = (_DECIDED if cell.is_decided else _AHEAD)[cell.side]
    return (
        f'<li class="{"decided" if cell.is_decided else "open"}" style="--m:{colour}">{escape(cell.label)}'
        f'<b><span aria-hidden="true">{sign}</span> {escape(cell.answer)}</b>{escape(cell.figure)}</li>'
    )
