"""How is one session told step by step?"""

from __future__ import annotations

import numpy as np
import streamlit as st

from dashboard import review_context, state, widgets
from dashboard.review_context import Review
from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.report.frames import sessions as sessions_frames
from gru4rec_core.report.frames.sessions import Step

LONGEST_TOLD = 40


def session(
    view: Review, models: tuple[ModelResults, ...], event: int, k: int, selection: state.Selection, *, key: str
) -> None:
    """One session downwards: what came at each step, and what each model had guessed."""
    one = models[0].evaluations[0]
    number, position = int(one.session[event]), int(one.position[event])
    items = np.asarray(view.events.dataset.session(number))
    name = " ".join(str(one.session_id[event]).split())
    widgets.sentence(f"Session {name}, step by step", size="1.15rem", weight=600, heading=True)
    earlier = max(0, position + 1 - LONGEST_TOLD)
    first = 0 if st.session_state.get(f"all-steps-{event}") else earlier
    if first:
        st.button(f"Show the {first} steps before", key=f"more-{key}", on_click=_show_all, args=(event,))
    told = _steps(view, models, items[: position + 1], number, first)
    watched = _watched(view, number)
    header = ["Step", "What came", *(f"{model.label} guessed" for model in models)]
    table = [_step_row(view, models, step, k, watched=bool(watched[step.position])) for step in told]
    widgets.html_table(header, table, classes=["trained" if step.trained else "" for step in told], label="steps")
    if any(step.trained for step in told):
        st.caption(
            "Greyed steps were training data: the models learnt from them, so a good guess there proves nothing."
        )
    if any(watched[step.position] for step in told):
        st.caption("The validation step only watched training: the models did not learn from it.")
    history = items[:position][items[:position] >= 0]
    state.way_on(
        "Try this session",
        "try_it",
        selection,
        key=f"to-try-{key}",
        items=",".join(map(str, history)),
        event=event,
        **({"a": models[0].name, "b": models[1].name} if len(models) == 2 else {}),
    )


def _show_all(event: int) -> None:
    st.session_state[f"all-steps-{event}"] = True


def _steps(view: Review, models: tuple[ModelResults, ...], items: np.ndarray, number: int, first: int) -> list[Step]:
    start = int(view.events.dataset.offsets[number])
    trained = np.asarray(view.split.trained[start : start + len(items)])
    scorers = {model.name: found for model in models if (found := review_context.scorer(view, model.name))}
    return sessions_frames.predict_steps(items, scorers, trained, first=first)


def _watched(view: Review, number: int) -> np.ndarray:
    """Of a session that training learnt from: the events that it neither learnt nor is tested on; bool [length]."""
    events = slice(*view.events.dataset.offsets[number : number + 2])
    trained, predicted = np.asarray(view.split.trained[events]), np.asarray(view.events.predicted[events])
    return trained.any() & ~trained & ~predicted


def _step_row(view: Review, models: tuple[ModelResults, ...], step: Step, k: int, *, watched: bool) -> list[str]:
    word = "training data" if step.trained else "validation" if watched else ""
    tag = f' <span class="tag">{word}</span>' if word else ""
    return [
        str(step.position + 1),
        widgets.cell(view.item(step.item), strong=not word) + tag,
        *(_guess_cell(view, step, model.name, k) for model in models),
    ]


def _guess_cell(view: Review, step: Step, name: str, k: int) -> str:
    if name not in step.guesses:
        return widgets.cell("nothing seen yet") if step.position == 0 else ""
    shown = []
    for place, guess in enumerate(step.guesses[name], 1):
        text = f"{place}. {widgets.cell(view.item(guess), limit=32)}"
        shown.append(f'<span class="true">{text} ✓</span>' if guess == step.item else text)
    return f"{widgets.cell(widgets.rank_text(step.ranks[name], k))}<br>" + ", ".join(shown)
