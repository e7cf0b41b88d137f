"""Which seed's guesses and ranks do Sessions and Try it show?

One seed for both models, chosen once for all pages: it travels in the URL by the number it was trained with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from dashboard import messages, state
from dashboard.review_context import Review
from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.evaluation.seed_outcomes import shared_seed
from gru4rec_core.report.glossary import explain
from gru4rec_core.results import comparison

_LONGEST_NAME = 20  # characters of a wrong seed that are repeated


@dataclass(frozen=True)
class SeedChoice:
    """The seed whose guesses are shown.

    Attributes:
        index: its place among a model's seeds; a model with fewer shows its last.
        name: the number it was trained with; "" where no model has several, so that nothing is said of it.
    """

    index: int
    name: str

    @property
    def tag(self) -> str:
        """ ", seed 1" for a heading; "" where no model has several."""
        return f", seed {self.name}" if self.name else ""


def seed_names(review: Review, models: Sequence[ModelResults]) -> list[str]:
    """What each seed of these models is called."""
    return comparison.seed_names(review.result, review.runs, models)


def say_wrong_seed(selection: state.Selection, review: Review, models: Sequence[ModelResults]) -> None:
    """Says so where the link names a seed that these models do not have; `choose_seed` then forgets it."""
    names = seed_names(review, models)
    if selection.seed is None or selection.seed in names:
        return
    nearest = names[_nearest(review, models)]
    instead = f"You see seed {nearest}." if len(names) > 1 else "There is one run of each model."
    named = selection.seed[:_LONGEST_NAME]
    messages.show_message(
        f"The link names seed {named}, which these models were not trained with. {instead}", "warning"
    )


def choose_seed(selection: state.Selection, review: Review, models: Sequence[ModelResults]) -> SeedChoice:
    """The switch *seed 0 · 1 · 2*; draws nothing where each model has one seed."""
    names, requested = seed_names(review, models), selection.seed
    if requested not in names:
        state.select(seed=None)
        requested = None
    if len(names) == 1:
        return SeedChoice(0, "")
    nearest = names[_nearest(review, models)]
    chosen = st.segmented_control(
        "Guesses and ranks are of seed",
        names,
        default=requested or nearest,
        required=True,
        key="seed-choice",
        format_func=lambda name: f"{name} (nearest the mean)" if name == nearest else name,
        on_change=_select_seed,
        help=f"{explain('Seed')} Rates are means over all of them.",
    )
    return SeedChoice(names.index(chosen), chosen)


def _nearest(review: Review, models: Sequence[ModelResults]) -> int:
    # By the k that decides, so that another list length does not change whose guesses are shown.
    return shared_seed(models, review.record.config.deciding_k)


def _select_seed() -> None:
    state.select(seed=st.session_state["seed-choice"])
