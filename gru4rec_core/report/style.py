"""Which colour, dash and marker does each method have, on light and dark backgrounds?

The colours are Okabe & Ito's (2008, "Color Universal Design"): colour-blind readers can tell them apart, and each has a
contrast of at least 3:1 against its background. A trained model keeps its colour on every chart; a baseline is grey,
and its dash tells which one it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass

from gru4rec_core.baselines.names import base_of


@dataclass(frozen=True)
class Ground:
    """The colours that belong to no method, on one background: hex strings.

    Attributes:
        text, muted, grid: letters, quiet letters, grid lines.
        band: the band that counts as no difference.
        baseline: every baseline's marks.
        ramp: from the weakest to the strongest cell of a heat map.
        faint: marks that should stand back.
        on_strong: letters on a strongly coloured cell.
    """

    text: str
    muted: str
    grid: str
    band: str
    baseline: str
    ramp: tuple[str, str]
    faint: str
    on_strong: str


LIGHT = Ground("#31333F", "#5F6472", "#E3E5EA", "#D9DBE1", "#6B7280", ("#F2F7FB", "#00395C"), "#C9CDD6", "#FFFFFF")
DARK = Ground("#FAFAFA", "#B4B9C5", "#31353F", "#3A3F4B", "#A3A9B7", ("#1B2430", "#ADDBF5"), "#5A6070", "#0E1117")

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
    "sequential-rules": (6, 1),
    "v-sknn": (10, 2),
    "stan": (12, 3),
    "vstan": (12, 6),
    "slis": (3, 2),
    "slit": (3, 3),
    "slist": (5, 3),
    "linear-ar": (3, 5),
}


@dataclass(frozen=True)
class Style:
    """How one method is drawn: `colour` (hex), `dash` ((1, 0) is solid), `shape` (a Vega point shape)."""

    colour: str
    dash: tuple[int, int]
    shape: str


def ground(dark: bool = False) -> Ground:
    """The colours of text, grid and bands on a light or a dark background."""
    return DARK if dark else LIGHT


def style(name: str, kind: str = "gru4rec", dark: bool = False) -> Style:
    """Colour, dash and shape of the method called `name`; the same on every chart.

    A name that starts with a loss ("bpr seed 2", "bpr-wide") takes that loss's colour, unless `styles` has to tell two
    of them apart; any other name takes a spare colour picked by its letters.
    """
    if kind == "baseline":
        return Style(ground(dark).baseline, _DASHES.get(base_of(name), (5, 5)), "diamond")
    loss = _loss_of(name)
    if loss is None:
        return Style(_SPARE[sum(map(ord, name)) % len(_SPARE)][dark], (1, 0), "square")
    return Style(_MODELS[loss][dark], (1, 0), _MODEL_SHAPES[list(_MODELS).index(loss)])


def styles(names: Sequence[str], kinds: Sequence[str], dark: bool = False) -> dict[str, Style]:
    """Styles of several methods on one chart: no two models share a colour while there are colours left.

    Raises:
        ValueError: `names` and `kinds` differ in length.
    """
    chosen: dict[str, Style] = {}
    for name, kind in zip(names, kinds, strict=True):
        preferred = style(name, kind, dark)
        chosen[name] = preferred if kind == "baseline" else _untaken(preferred, chosen, dark)
    return chosen


def _untaken(preferred: Style, chosen: dict[str, Style], dark: bool) -> Style:
    taken = {other.colour for other in chosen.values()}
    if preferred.colour not in taken:
        return preferred
    spare = [pair[dark] for pair in (*_SPARE, *_MODELS.values()) if pair[dark] not in taken]
    return Style(spare[0] if spare else preferred.colour, (1, 0), "square")


def _loss_of(name: str) -> str | None:
    """The loss whose name `name` starts with; the longest, since "bpr-max" starts with "bpr" too."""
    matches = [loss for loss in _MODELS if name == loss or name.startswith((f"{loss}-", f"{loss} "))]
    return max(matches, key=len, default=None)


def colour_pairs() -> dict[str, str]:
    """Every colour for a light background with its counterpart on a dark one, hex strings."""
    light, dark = (astuple(paint) for paint in (LIGHT, DARK))
    grounds = {
        on_light: on_dark
        for on_light, on_dark in zip(light, dark, strict=True)
        if isinstance(on_light, str)  # the ramp is a pair of colours itself
    }
    return grounds | dict(zip(LIGHT.ramp, DARK.ramp, strict=True)) | dict([*_MODELS.values(), *_SPARE])
