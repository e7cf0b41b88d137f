"""How are two lists of guesses drawn so that the items in both are seen?

Item names come from files: they are escaped here and never pass through Markdown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import atan2, degrees, hypot

from gru4rec_core.report.labels import short

_ROW, _GAP = 36, 80  # px: height of a row, width between the lists; lines are drawn from them

_STYLE = f"""<style>
.wb-lists{{display:grid;grid-template-columns:minmax(0,1fr) {_GAP}px minmax(0,1fr);align-items:start}}
.wb-lists.alone{{grid-template-columns:minmax(0,34rem)}}
.wb-lists h3{{font-size:1.05rem;font-weight:600;margin:0;padding:0;height:{_ROW}px;line-height:2rem;
  border-bottom:4px solid var(--m)}}
.wb-lists ol{{list-style:none;margin:0!important;padding:0!important}}
.wb-lists li{{height:{_ROW}px;margin:0;padding:0 .5rem;display:flex;gap:.5rem;align-items:center;font-size:.95rem;
  background:linear-gradient(90deg,color-mix(in srgb,var(--m) 24%,transparent) var(--w),transparent var(--w));
  border-bottom:1px solid rgba(127,127,127,.25)}}
.wb-lists .name{{flex:1 1 auto;min-width:0;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}}
.wb-lists .place{{min-width:1.2rem;font-size:.85rem;opacity:.85}}
.wb-lists .also{{font-size:.8rem;white-space:nowrap;border:1px solid currentColor;border-radius:.6rem;padding:0 .4rem}}
.wb-lists .only{{font-size:.8rem;white-space:nowrap;opacity:.8}}
.wb-lists .true{{outline:2px solid currentColor;outline-offset:-2px;font-weight:700}}
.wb-lists .lines{{position:relative;margin-top:{_ROW}px}}
.wb-lists .lines i{{position:absolute;left:0;height:0;border-top:2px solid currentColor;opacity:.55;
  transform-origin:0 0}}
@media (max-width:760px){{.wb-lists{{grid-template-columns:minmax(0,1fr);gap:1rem}}.wb-lists .lines{{display:none}}}}
</style>"""


@dataclass(frozen=True)
class GuessList:
    """One model's guesses, best first.

    Attributes:
        label: what the model is called.
        colour: of the model, a hex string.
        ids: the items.
        names: the same as text.
        relative: length of each bar, 0 to 100.
    """

    label: str
    colour: str
    ids: Sequence[int]
    names: Sequence[str]
    relative: Sequence[float]


def draw_lists(lists: Sequence[GuessList], true: int | None) -> str:
    """HTML of one list, or of two with a line between the two places of each item that is in both.

    Args:
        lists: one or two.
        true: id of the item that really came; None where that is not known.
    """
    if len(lists) == 1:
        return f'{_STYLE}<div class="wb-lists alone">{_list(lists[0], None, true)}</div>'
    left, right = lists
    return (
        f'{_STYLE}<div class="wb-lists">{_list(left, right, true)}{_lines(left, right)}{_list(right, left, true)}</div>'
    )


def shared_places(left: Sequence[int], right: Sequence[int]) -> list[tuple[int, int]]:
    """The places, from 0, of each item that is in both lists, in the order of the first.

    >>> shared_places([7, 8, 9], [9, 7, 1])
    [(0, 1), (2, 0)]
    """
    place_of = {item: place for place, item in enumerate(right)}
    return [(place, place_of[item]) for place, item in enumerate(left) if item in place_of]


def _list(shown: GuessList, other: GuessList | None, true: int | None) -> str:
    also = dict(shared_places(shown.ids, other.ids)) if other else {}
    rows = "".join(_row(shown, place, _also(other, also.get(place)), true) for place in range(len(shown.ids)))
    return (
        f'<section style="--m:{shown.colour}" aria-label="{escape(shown.label)}"><h3>{escape(shown.label)}</h3>'
        f"<ol>{rows}</ol></section>"
    )


def _row(shown: GuessList, place: int, also: str, true: int | None) -> str:
    is_true = true is not None and shown.ids[place] == true
    name = escape(short(shown.names[place], 40)) + (" ✓" if is_true else "")
    kind = ' class="true"' if is_true else ""
    return (
        f'<li{kind} style="--w:{shown.relative[place]:.0f}%"><span class="place">{place + 1}</span>'
        f'<span class="name">{name}</span>{also}</li>'
    )


def _also(other: GuessList | None, place: int | None) -> str:
    """In words what the line shows: a phone and a screen reader have no line."""
    if other is None:
        return ""
    if place is None:
        return '<span class="only">only here</span>'
    return f'<span class="also">{escape(other.label)} {place + 1}</span>'


def _lines(left: GuessList, right: GuessList) -> str:
    # Streamlit leaves no SVG in a page's HTML, so a line is a thin element that is turned.
    lines = "".join(_line(*places) for places in shared_places(left.ids, right.ids))
    return f'<div class="lines" aria-hidden="true">{lines}</div>'


def _line(left: int, right: int) -> str:
    down = (right - left) * _ROW
    top = left * _ROW + _ROW // 2
    turn = degrees(atan2(down, _GAP))
    return f'<i style="top:{top}px;width:{hypot(_GAP, down):.1f}px;transform:rotate({turn:.2f}deg)"></i>'
