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
    """What each seed is called: the number it was trained with, "0 / 7" where the models' numbers differ."""
    seed_of_run = {run.id: run.config.seed for run in review.runs}
    by_model = [[seed_of_run[run_id] for run_id in review.result.run_ids[model.name]] for model in models]
    longest = max(map(len, by_model))
    return [
        " / ".join(dict.fromkeys(str(seeds[index]) for seeds in by_model if index < len(seeds)))
        for index in range(longest)
    ]


def choose_seed(selection: state.Selection, review: Review, models: Sequence[ModelResults]) -> SeedChoice:
    """The switch *seed 0 · 1 · 2*; draws nothing where each model has one seed."""
    names = seed_names(review, models)
    nearest = shared_seed(models, review.record.config.deciding_k)
    requested = selection.seed
    if requested is not None and requested not in names:
        _say_wrong(requested, names, nearest)
        state.select(seed=None)
        requested = None
    if len(names) == 1:
        return SeedChoice(0, "")
    chosen = st.segmented_control(
        "Guesses and ranks of seed",
        names,
        default=requested or names[nearest],
        required=True,
        key="seed-choice",
        on_change=_select_seed,
        help="Each seed is one training run with its own random start. Rates are means over all of them.",
    )
    near = " (nearest the mean of all seeds)" if chosen == names[nearest] else ""
    st.caption(f"Each guess and rank below is that of seed {chosen}{near}, for every model.")
    return SeedChoice(names.index(chosen), chosen)


def _say_wrong(requested: str, names: list[str], nearest: int) -> None:
    instead = f" You see seed {names[nearest]}." if len(names) > 1 else " There is one run of each model."
    messages.show_message(
        f"The link names seed {requested[:_LONGEST_NAME]}, which these models were not trained with.{instead}",
        "warning",
    )


def _select_seed() -> None:
    state.select(seed=st.session_state["seed-choice"])
