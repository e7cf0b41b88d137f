"""How is a test session shown in a report: its items, what came next, what each model guessed?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.evaluation.seed_outcomes import hit_counts, seed_index, shared_seed
from gru4rec_core.report.frames.session_sample import Pick, pick_sessions
from gru4rec_core.report.html.contents import ReportContents
from gru4rec_core.report.labels import rank_text, short
from gru4rec_core.report.style import style
from gru4rec_core.report.visit_names import session_titles

LONGEST_STRIP = 12
"""Items of a session that are shown before the one that came next."""

MOST_GUESSES = 10
"""Guesses shown per model, where the list that decides is longer."""


@dataclass(frozen=True)
class Guesses:
    """What one model guessed: items, best first, each with whether it came; the rank of the one that did, in words."""

    label: str
    colours: tuple[str, str]
    items: Sequence[tuple[str, bool]]
    rank: str
    seeds: str


@dataclass(frozen=True)
class SessionExample:
    """A session up to the item that came next; all names are plain text, not escaped.

    Attributes:
        reason: why it is shown.
        session: what it is called.
        n_hidden: earlier items that are left out.
        seen: the last items before the prediction.
        came: the item that came next.
        guesses: of each model.
    """

    reason: str
    session: str
    n_hidden: int
    seen: Sequence[str]
    came: str
    guesses: Sequence[Guesses]


def shown_models(contents: ReportContents) -> tuple[ModelResults, ...]:
    """The pair, or the one trained model there is."""
    return contents.pair or contents.contenders[:1]


def seed_of_examples(contents: ReportContents) -> int:
    """Index of the seed whose guesses are shown: the one that stands for the models best."""
    return shared_seed(shown_models(contents), contents.k)


def build_examples(contents: ReportContents) -> list[SessionExample]:
    """Ten sessions worth reading, by the rule of `session_sample.describe_rule`."""
    models, seed = shown_models(contents), seed_of_examples(contents)
    counts = {model.name: hit_counts(model, contents.k) for model in models}
    return [_build(contents, pick, models, seed, counts) for pick in pick_sessions(models, contents.k, seed)]


def _build(
    contents: ReportContents,
    pick: Pick,
    models: Sequence[ModelResults],
    seed: int,
    counts: dict[str, np.ndarray],
) -> SessionExample:
    evaluation = models[0].evaluations[0]
    position = int(evaluation.position[pick.event])
    history = np.asarray(contents.events.dataset.session(int(evaluation.session[pick.event])))[:position]
    return SessionExample(
        reason=pick.reason,
        session=short(session_titles([evaluation.session_id[pick.event]], contents.events.dataset.session_ids)[0]),
        n_hidden=max(0, position - LONGEST_STRIP),
        seen=[short(contents.item(item)) for item in history[-LONGEST_STRIP:]],
        came=short(contents.item(int(evaluation.target[pick.event]))),
        guesses=[_guesses(contents, pick.event, model, seed, int(counts[model.name][pick.event])) for model in models],
    )


def _guesses(contents: ReportContents, event: int, model: ModelResults, seed: int, n_hits: int) -> Guesses:
    evaluation = model.evaluations[seed_index(model, seed)]
    true = int(evaluation.target[event])
    items = evaluation.top_items[event][: min(contents.k, MOST_GUESSES)].tolist()
    return Guesses(
        label=model.label,
        colours=(style(model.name, model.kind).colour, style(model.name, model.kind, dark=True).colour),
        items=[(short(contents.item(item), 40), item == true) for item in items],
        rank=rank_text(float(evaluation.ranks()[event]), contents.k),
        seeds=f"hit in {n_hits} of {model.n_seeds} seeds" if model.n_seeds > 1 else "",
    )
