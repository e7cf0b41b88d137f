"""How is a table drawn whose rows lead somewhere and have a menu of actions?

Each row is a link, cells of HTML made in this package, and a menu. Where there is little room, as on a phone, a row
becomes a card whose cells are named. Only the rows of the open page are made, so that a long list costs no more than a
short one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

import streamlit as st

from dashboard import identity, navigation, theme, widgets

SEARCH_FROM = 10
"""Rows from which on they can be searched."""

PAGE_SIZE = 10


@dataclass(frozen=True)
class Column:
    """A column of cells: its name, its share of the table's width, and whether a phone has no room for it."""

    name: str
    share: int
    wide_only: bool = False


@dataclass(frozen=True)
class Row:
    """A row as it is drawn.

    Attributes:
        title: what it is called; plain text from anywhere.
        cells: HTML of the other columns; names in it are escaped.
        page: address of the screen that the title leads to; "" for none.
        params: URL parameters of that link.
        menu: actions by their names in code, with what the menu calls them.
        is_selected: whether this is what the pages look at.
    """

    title: str
    cells: Sequence[str]
    page: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    menu: Mapping[str, str] = field(default_factory=dict)
    is_selected: bool = False


@dataclass(frozen=True)
class RowTable:
    """A table of rows.

    Attributes:
        name: what one row is, "dataset"; also the beginning of all keys.
        columns: the first is the title's, the others those of the cells.
        build: makes the row of an id.
        act: called with an action and a row's id when it was chosen in the menu.
        below: draws what belongs below a row, if anything, given its id.
    """

    name: str
    columns: Sequence[Column]
    build: Callable[[str], Row]
    act: Callable[[str, str], object] | None = None
    below: Callable[[str], object] | None = None


def show_rows(table: RowTable, names: Mapping[str, str]) -> None:
    """Draws a table, page by page.

    Args:
        table: the table.
        names: the ids of all rows in order, each with the text that a search finds it by.
    """
    ids = list(names)
    if len(ids) >= SEARCH_FROM:
        text = st.text_input(
            f"Find a {table.name}",
            key=f"find-{table.name}",
            placeholder=f"Part of a name, among {len(ids):,}",
            max_chars=100,
        )
        ids = [row_id for row_id in ids if matches(names[row_id], text)]
    st.html(_style(table))
    body = st.container(key=f"table-{table.name}", gap=None)
    n_pages = -(-len(ids) // PAGE_SIZE)
    page = st.pagination(n_pages, key=f"pages-{table.name}-{n_pages}", max_visible_pages=5) if n_pages > 1 else 1
    with body:
        st.html(_head(table))
        for row_id in ids[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]:
            _show_row(table, row_id)
        if not ids:
            st.text(f"No {table.name} matches.")


def matches(name: str, text: str) -> bool:
    """Whether a name holds every word of a search, in any case."""
    return all(word in name.casefold() for word in text.casefold().split())


def _show_row(table: RowTable, row_id: str) -> None:
    row = table.build(row_id)
    with st.container(horizontal=True, vertical_alignment="center", key=f"row-{table.name}-{row_id}"):
        label, whole = widgets.plain_label(row.title), widgets.plain_label(row.title, len(row.title))
        if row.page:
            st.page_link(
                navigation.PAGES[row.page],
                label=f"**{label}**" if row.is_selected else label,
                icon="",
                help=whole if whole != label else None,
                query_params=dict(row.params),
            )
        else:
            st.text(row.title)
        st.html(_cells(table, row))
        if row.menu:
            chosen = st.menu_button(
                f"Actions *for {label}*",  # the row, for those who hear the button alone; not drawn
                list(row.menu),
                format_func=row.menu.__getitem__,
                type="tertiary",
                key=f"menu-{row_id}",
            )
            if chosen is not None and table.act is not None:
                table.act(chosen, row_id)
    if table.below is not None:
        table.below(row_id)


def _head(table: RowTable) -> str:
    """The names of the columns; each cell says its own to who cannot see them."""
    names = "".join(f"<div>{escape(column.name)}</div>" for column in table.columns[1:])
    first = escape(table.columns[0].name)
    return f'<div class="wb-head" aria-hidden="true"><div>{first}</div><div class="wb-cells">{names}</div></div>'


def _cells(table: RowTable, row: Row) -> str:
    said = "Selected. " if row.is_selected else ""
    if len(row.title) > widgets.LONGEST_LABEL:  # the link has it cut
        said += f"Whole name: {row.title}. "
    unseen = f'<span class="wb-name">{escape(said)}</span>' if said else ""
    cells = "".join(
        f'<div{_wide_only(column)}><span class="wb-name">{escape(column.name)} </span><div>{cell}</div></div>'
        if cell
        else "<div></div>"
        for column, cell in zip(table.columns[1:], row.cells, strict=True)
    )
    return f'{unseen}<div class="wb-cells">{cells}</div>'


def _wide_only(column: Column) -> str:
    return ' class="wb-wide"' if column.wide_only else ""


def _style(table: RowTable) -> str:
    root, row = f".st-key-table-{table.name}", f'[class*="st-key-row-{table.name}-"]'
    accent = identity.ACCENT[theme.is_dark()]
    tracks = " ".join(f"minmax(0,{column.share}fr)" for column in table.columns[1:])
    rest = sum(column.share for column in table.columns[1:])
    outer = f"minmax(0,{table.columns[0].share}fr) minmax(0,{rest}fr)" + (" 5.4rem" if table.act else "")
    return f"""<style>
{root}{{container-type:inline-size}}
{root} .wb-head,{root} {row}{{display:grid;grid-template-columns:{outer};gap:0 .8rem;align-items:center;
  border-bottom:1px solid rgba(127,127,127,.28)}}
{root} {row}{{padding:.3rem 0}}
{root} .wb-head{{font-weight:600;font-size:.85rem;opacity:.8;padding-bottom:.3rem}}
{root} .wb-cells{{display:grid;grid-template-columns:{tracks};gap:0 .8rem;align-items:center;font-size:.92rem;
  line-height:1.35}}
{root} .wb-head .wb-cells{{font-size:inherit}}
{root} .wb-cells>div{{min-width:0;overflow-wrap:anywhere}}
{root} .wb-name,{root} [class*="st-key-menu-"] em{{position:absolute;width:1px;height:1px;overflow:hidden;
  clip-path:inset(50%);white-space:nowrap}}
{root} [data-testid=stPageLink-NavLink]{{background:none;padding:.2rem 0;min-height:2rem}}
{root} [data-testid=stPageLink-NavLink] *{{color:{accent}}}
{root} [data-testid=stPageLink-NavLink] p{{font-weight:400;white-space:normal;overflow-wrap:anywhere}}
{root} [data-testid=stPageLink-NavLink]:hover p{{text-decoration:underline}}
{root} [data-testid=stPageLink-NavLink] strong{{font-weight:700}}
@container (max-width:700px){{
  {root} .wb-head{{display:none}}
  {root} {row}{{grid-template-columns:minmax(0,1fr) auto;padding:.6rem 0}}
  {root} {row}>:nth-child(2){{grid-column:1/-1;grid-row:2}}
  {root} .wb-cells{{grid-template-columns:minmax(0,1fr)}}
  {root} .wb-cells>div{{display:grid;grid-template-columns:8.5rem minmax(0,1fr);gap:.5rem}}
  {root} .wb-cells>div:empty,{root} .wb-cells>.wb-wide{{display:none}}
  {root} .wb-cells .wb-name{{position:static;width:auto;height:auto;clip-path:none;opacity:.75;white-space:normal}}
}}
</style>"""
