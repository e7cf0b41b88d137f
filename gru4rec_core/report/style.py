"""Which colour, dash and point shape does a method have, on a light and on a dark ground?

Colours are Okabe & Ito's (2008, "Color Universal Design"), told apart by colour-blind readers, each with at least 3:1
against its ground. A trained model keeps its colour on every chart; a baseline is grey, and its dash tells which.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Ground:
    """The colours that belong to no method, on one ground: hex strings."""

    text: str
    muted: str
    grid: str
    band: str
    baseline: str
    ramp: tuple[str, str]
    faint: str


LIGHT = Ground("#31333F", "#5F6472", "#E3E5EA", "#D9DBE1", "#6B7280", ("#F2F7FB", "#00395C"), "#C9CDD6")
DARK = Ground("#FAFAFA", "#B4B9C5", "#31353F", "#3A3F4B", "#A3A9B7", ("#1B2430", "#ADDBF5"), "#5A6070")

# name -> (on light, on dark)
_MODELS = {
    "top1": ("#0072B2", "#56B4E9"),
    "bpr": ("#D55E00", "#E69F00"),
    "top1-max": ("#009E73", "#2BC194"),
    "bpr-max": ("#CC79A7", "#E59CC5"),
    "cross-entropy": ("#000000", "#F0E442"),
}
_SPARE = (("#7A6A00", "#D6C94A"), ("#4B3FA7", "#A99CF0"), ("#8C3B00", "#F0A77A"), ("#00626E", "#5CC9D6"))
_MODEL_SHAPES = ("circle", "square", "triangle-up", "diamond", "cross")
_DASHES: dict[str, tuple[int, int]] = {
    "popularity": (2, 2),
    "markov": (6, 3),
    "last-item-again": (1, 3),
    "session-popularity": (4, 2),
    "item-knn": (8, 2),
    "vs-knn": (10, 4),
    "linear-ar": (3, 5),
}


@dataclass(frozen=True)
class Style:
    """How one method is drawn: `colour` (hex), `dash` ((1, 0) is solid), `shape` (a Vega point shape)."""

    colour: str
    dash: tuple[int, int]
    shape: str


def ground(dark: bool = False) -> Ground:
    """The colours of text, grid and bands for a theme."""
    return DARK if dark else LIGHT


def style(name: str, kind: str = "gru4rec", dark: bool = False) -> Style:
    """Colour, dash and shape of the method called `name`; the same on every chart.

    A name starting with a known loss ("bpr seed 2", "bpr-wide") takes that loss's colour unless `styles` has to tell
    two of them apart; any other name takes a spare colour picked by its letters.
    """
    if kind == "baseline":
        return Style(ground(dark).baseline, _DASHES.get(name, (5, 5)), "diamond")
    known = _loss_of(name)
    if known is None:
        return Style(_SPARE[sum(map(ord, name)) % len(_SPARE)][dark], (1, 0), "square")
    return Style(_MODELS[known][dark], (1, 0), _MODEL_SHAPES[list(_MODELS).index(known)])


def styles(names: Sequence[str], kinds: Sequence[str], dark: bool = False) -> dict[str, Style]:
    """Styles of several methods on one chart, no two models in the same colour while colours last.

    Raises:
        ValueError: `names` and `kinds` differ in length.
    """
    chosen: dict[str, Style] = {}
    for name, kind in zip(names, kinds, strict=True):
        wanted = style(name, kind, dark)
        if kind != "baseline":
            wanted = _untaken(wanted, chosen, dark)
        chosen[name] = wanted
    return chosen


def _untaken(wanted: Style, chosen: dict[str, Style], dark: bool) -> Style:
    taken = {one.colour for one in chosen.values()}
    if wanted.colour not in taken:
        return wanted
    spare = [pair[dark] for pair in (*_SPARE, *_MODELS.values()) if pair[dark] not in taken]
    return Style(spare[0] if spare else wanted.colour, (1, 0), "square")


def _loss_of(name: str) -> str | None:
    """The loss whose name is the longest beginning of `name`."""
    fitting = [loss for loss in _MODELS if name == loss or name.startswith((f"{loss}-", f"{loss} "))]
    return max(fitting, key=len, default=None)
