"""How are a session's items and each model's guesses drawn?

Item names come from files: they are escaped here and never pass through Markdown.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from dashboard import theme
from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.report.frames.session_steps import Guesses, Step
from gru4rec_core.report.labels import rank_text, short
from gru4rec_core.report.style import style
from gru4rec_core.words import counted

STYLE = """<style>
ol.wb-strip,ol.wb-guesses{list-style:none;display:flex;flex-wrap:wrap;gap:.4rem;margin:0!important;padding:0!important;
  align-items:flex-start}
.wb-strip li,.wb-guesses li{margin:0;padding:0;font-size:.9rem;line-height:1.35;max-width:15rem;overflow-wrap:anywhere}
.wb-strip .wb-item{display:inline-block;padding:.2rem .55rem;border:1px solid rgba(127,127,127,.55);border-radius:.5rem}
.wb-strip .trained .wb-item,.wb-strip .validation .wb-item{border-style:dashed;opacity:.75}
.wb-strip .later .wb-item{opacity:.75}
.wb-strip .now .wb-item{border:2px solid currentColor;font-weight:700}
.wb-strip .gap{padding:.25rem .1rem;font-style:italic;opacity:.8}
.wb-mark{display:block;font-size:.8rem;padding-left:.35rem;margin-top:.15rem;border-left:4px solid var(--m)}
.wb-came{font-size:1.15rem;line-height:1.4;margin:.2rem 0;overflow-wrap:anywhere}
.wb-came strong{display:inline-block;padding:.1rem .5rem;border:2px solid currentColor;border-radius:.5rem}
.wb-model{border-left:6px solid var(--m);padding:.1rem 0 .2rem .8rem;margin:.9rem 0 .2rem}
.wb-model header{display:flex;flex-wrap:wrap;gap:.1rem .8rem;align-items:baseline;margin-bottom:.4rem}
.wb-model header strong{font-size:1.05rem}
.wb-model header span{font-size:.95rem}
.wb-model header .quiet{opacity:.8;font-size:.85rem}
.wb-guesses li{padding:.25rem .6rem;border-radius:.5rem;border:1px solid var(--m);
  background:color-mix(in srgb,var(--m) 14%,transparent)}
.wb-guesses .place{opacity:.8;font-size:.8rem;margin-right:.3rem}
.wb-guesses .true{border:2px solid currentColor;font-weight:700;
  background:color-mix(in srgb,var(--m) 34%,transparent)}
</style>"""


def strip(
    groups: Sequence[Sequence[Step]],
    names: Sequence[str],
    focus: int,
    models: Sequence[ModelResults],
    k: int,
    left_out: tuple[int, int],
) -> str:
    """HTML of a session's items, the one at `focus` outlined, each tested one with the models' ranks below it.

    Args:
        groups: steps with the same item next to each other, together.
        names: the item of each group.
        focus: position of the step that is looked at.
        models: whose ranks are told.
        k: list length of a hit.
        left_out: how many items are not drawn before and after.
    """
    before, after = (f'<li class="gap">{counted(n, "{} item")} not shown</li>' if n else "" for n in left_out)
    steps = "".join(_step(group, name, focus, models, k) for group, name in zip(groups, names, strict=True))
    parts = before.format("earlier") + steps + after.format("later")
    return f'<ol class="wb-strip" data-kind="strip" aria-label="Items of the session, oldest first">{parts}</ol>'


def _step(group: Sequence[Step], name: str, focus: int, models: Sequence[ModelResults], k: int) -> str:
    step = group[0]
    now = step.position == focus
    place = "now" if now else "later" if step.position > focus else "seen"
    times = f" ×{len(group)}" if len(group) > 1 else ""
    text = escape(short(name, 28)) + times
    word = {"trained": ", training data", "validation": ", validation"}.get(step.kind, "")
    title = f"Step {step.position + 1}{word}"
    marks = "".join(_mark(model, [one.ranks[model.name] for one in group if one.ranks], k) for model in models)
    current = ' aria-current="step"' if now else ""
    return f'<li class="{place} {step.kind}"{current} title="{title}"><span class="wb-item">{text}</span>{marks}</li>'


def _mark(model: ModelResults, ranks: Sequence[float], k: int) -> str:
    if not ranks:
        return ""
    told = rank_text(ranks[0], k)
    if len(ranks) > 1:
        told = f"{sum(rank <= k for rank in ranks)} of {len(ranks)} hit"
    return f'<span class="wb-mark" style="{_colour(model)}" title="{escape(model.label)}">{told}</span>'


def came(name: str) -> str:
    """HTML of the item that came."""
    return f'<div class="wb-came" role="heading" aria-level="2">What came: <strong>{escape(short(name))}</strong></div>'


def note(text: str) -> str:
    """HTML of a sentence in place of guesses."""
    return f'<div class="wb-came">{escape(text)}</div>'


def guesses(model: ModelResults, names: Sequence[str], told: Guesses, true: int, k: int, seeds: str) -> str:
    """HTML of one model's guesses as chips in its colour, best first, the true item outlined with ✓.

    Args:
        model: who guessed.
        names: of the guessed items.
        told: their ids, and the rank of the item that came.
        true: id of the item that came.
        k: list length.
        seeds: in how many seeds it was a hit; "" where there is one.
    """
    chips = "".join(
        f'<li class="{"true" if item == true else ""}"><span class="place">{place}</span>{escape(short(name, 40))}'
        f"{' ✓' if item == true else ''}</li>"
        for place, (item, name) in enumerate(zip(told.items, names, strict=True), 1)
    )
    quiet = f'<span class="quiet">{escape(seeds)}</span>' if seeds else ""
    return (
        f'<section class="wb-model" style="{_colour(model)}" aria-label="{escape(model.label)}">'
        f"<header><strong>{escape(model.label)}</strong><span>{_outcome(told.rank, k)}</span>{quiet}</header>"
        f'<ol class="wb-guesses" data-kind="guesses-{escape(model.name)}">{chips}</ol></section>'
    )


def _outcome(rank: float, k: int) -> str:
    mark, _, number = rank_text(rank, k).partition(" ")
    if number == "unknown":
        return f"{mark} training never saw this item, so it cannot be guessed"
    return f"{mark} rank {number}: {'hit' if rank <= k else f'not in the top {k}'}"


def _colour(model: ModelResults) -> str:
    return f"--m:{style(model.name, model.kind, theme.is_dark()).colour}"
