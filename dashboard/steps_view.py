"""How is one session shown step by step?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from dashboard import review_context, state, widgets
from dashboard.review_context import Review
from dashboard.seed_choice import SeedChoice
from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.report.frames import sessions as sessions_frames
from gru4rec_core.report.frames.sessions import Step
from gru4rec_core.report.labels import rank_text

MAX_STEPS = 40
"""Steps shown at first; earlier ones on demand."""


@dataclass(frozen=True)
class View:
    """What the Sessions page looks at.

    Attributes:
        review: the comparison.
        models: whose guesses are shown.
        k: list length.
        seed: whose guesses are shown of a model with several.
        selection: of the page.
    """

    review: Review
    models: tuple[ModelResults, ...]
    k: int
    seed: SeedChoice
    selection: state.Selection


def show_session(view: View, event: int, *, key: str) -> None:
    """One session from top to bottom: what came at each step, and what each model guessed."""
    review, models, seed = view.review, view.models, view.seed
    evaluation = models[0].evaluations[0]
    session, position = int(evaluation.session[event]), int(evaluation.position[event])
    items = np.asarray(review.events.dataset.session(session))
    name = " ".join(str(evaluation.session_id[event]).split())
    widgets.sentence(f"Session {name}, step by step{seed.tag}", size="1.15rem", weight=600, heading=True)
    n_hidden = max(0, position + 1 - MAX_STEPS)
    first = 0 if st.session_state.get(f"all-steps-{event}") else n_hidden
    if first:
        st.button(f"Show the {first} steps before", key=f"more-{key}", on_click=_show_all, args=(event,))
    steps = _predict_steps(view, items[: position + 1], session, first)
    is_validation = _find_validation(review, session)
    header = ["Step", "What came", *(f"{model.label} guessed" for model in models)]
    rows = [_row(review, models, step, view.k, is_validation=bool(is_validation[step.position])) for step in steps]
    widgets.html_table(header, rows, classes=["trained" if step.trained else "" for step in steps], label="steps")
    if any(step.trained for step in steps):
        st.caption(
            "Greyed steps were training data: the models learnt from them, so a good guess there proves nothing."
        )
    if any(is_validation[step.position] for step in steps):
        st.caption("The validation step was only used to watch training: the models did not learn from it.")
    history = items[:position][items[:position] >= 0]
    state.next_button(
        "Try this session",
        "try_it",
        view.selection,
        key=f"to-try-{key}",
        items=",".join(map(str, history)),
        event=event,
        **({"a": models[0].name, "b": models[1].name} if len(models) == 2 else {}),
    )


def _show_all(event: int) -> None:
    st.session_state[f"all-steps-{event}"] = True


def _predict_steps(view: View, items: np.ndarray, session: int, first: int) -> list[Step]:
    review, models, seed = view.review, view.models, view.seed.index
    start = int(review.events.dataset.offsets[session])
    trained = np.asarray(review.split.trained[start : start + len(items)])
    loaded = {model.name: review_context.load_scorer(review, model.name, seed) for model in models}
    scorers = {name: scorer for name, scorer in loaded.items() if scorer is not None}
    steps = sessions_frames.predict_steps(items, scorers, trained, first=first)
    return sessions_frames.as_tested(steps, models, session, seed)


def _find_validation(review: Review, session: int) -> np.ndarray:
    """Of a session that training learnt from: the events that it neither learnt nor is tested on; bool [length]."""
    events = slice(*review.events.dataset.offsets[session : session + 2])
    trained, predicted = np.asarray(review.split.trained[events]), np.asarray(review.events.predicted[events])
    return trained.any() & ~trained & ~predicted


def _row(review: Review, models: tuple[ModelResults, ...], step: Step, k: int, *, is_validation: bool) -> list[str]:
    word = "training data" if step.trained else "validation" if is_validation else ""
    tag = f' <span class="tag">{word}</span>' if word else ""
    return [
        str(step.position + 1),
        widgets.cell(review.item(step.item), strong=not word) + tag,
        *(_guess_cell(review, step, model.name, k) for model in models),
    ]


def _guess_cell(review: Review, step: Step, name: str, k: int) -> str:
    if name not in step.guesses:
        return widgets.cell("nothing seen yet") if step.position == 0 else ""
    guesses = []
    for rank, guess in enumerate(step.guesses[name], 1):
        text = f"{rank}. {widgets.cell(review.item(guess), limit=32)}"
        guesses.append(f'<span class="true">{text} ✓</span>' if guess == step.item else text)
    return f"{widgets.cell(rank_text(step.ranks[name], k))}<br>" + ", ".join(guesses)
