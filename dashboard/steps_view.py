"""How is one session shown, and how does the reader step through it with ← and →?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from dashboard import review_context, state, step_html
from dashboard.review_context import Review
from dashboard.seed_choice import SeedChoice
from dashboard.session_html import describe_events, session_heading
from gru4rec_core.data.times import describe_time
from gru4rec_core.evaluation.comparability import ModelResults
from gru4rec_core.evaluation.seed_outcomes import hit_counts
from gru4rec_core.report.frames import session_steps
from gru4rec_core.report.frames.session_steps import Guesses, Step

_WORDS = {
    "trained": "Training data: the models learnt from this step, so a good guess proves nothing.",
    "validation": "Validation data: used only to check progress during training; the models did not learn from it.",
    "untested": "Not part of the test: what the models would guess here.",
}


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


def show_session(view: View, event: int) -> str:
    """The session of a test event as a strip, and what each model guessed at one of its steps; says at which."""
    review = view.review
    evaluation = view.models[0].evaluations[0]
    session = int(evaluation.session[event])
    steps = session_steps.list_steps(session, review.events, review.split.trained, view.models, view.seed.index)
    position = _requested_step(len(steps), int(evaluation.position[event]))
    step = steps[position]
    with st.container(border=True, key="open-session"):
        key = str(evaluation.session_id[event])
        (title,) = review.session_titles([key])
        st.html(session_heading(key, title, _describe(review, session)))
        _show_keys(view, step, len(steps))
        st.html(step_html.STYLE + _draw_strip(view, steps, position))
        if step.kind in _WORDS and position > 0:
            st.caption(_WORDS[step.kind])
        st.html(_draw_guesses(view, steps, step))
        _show_next(view, steps, step, event)
    return f"step {position + 1} of {len(steps)}"


def _describe(review: Review, session: int) -> str:
    dataset, unit = review.events.dataset, review.result.dataset.time_unit or None
    begin, end = (int(offset) for offset in dataset.offsets[session : session + 2])
    times = [describe_time(dataset.timestamps[at].item(), unit) for at in (begin, end - 1)]
    return describe_events(end - begin, *times)


def _requested_step(n_steps: int, otherwise: int) -> int:
    number = state.read_number("step", n_steps, first=1, of="session")
    return otherwise if number is None else number - 1


def _show_keys(view: View, step: Step, n_steps: int) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="step-keys"):
        for label, key, to in (("Previous step", "Left", step.position), ("Next step", "Right", step.position + 2)):
            st.button(
                label,
                shortcut=key,
                key=f"step-{key.lower()}",
                disabled=not 1 <= to <= n_steps,
                on_click=_go_to,
                args=(to,),
            )
        st.text(f"Step {step.position + 1} of {n_steps}{view.seed.tag}")


def _go_to(step: int) -> None:
    state.set_params(step=step)


def _draw_strip(view: View, steps: Sequence[Step], position: int) -> str:
    start, stop = session_steps.visible_span(len(steps), position)
    groups = session_steps.gather_repeats(steps[start:stop], position)
    names = [view.review.item(group[0].item) for group in groups]
    return step_html.strip(groups, names, position, view.models, view.k, (start, len(steps) - stop))


def _draw_guesses(view: View, steps: Sequence[Step], step: Step) -> str:
    review, models, k = view.review, view.models, view.k
    if step.position == 0 and step.kind != "tested":
        return step_html.note("The session begins here: nothing was seen yet, so nothing was guessed.")
    told = _guesses(view, steps, step)
    blocks = []
    for model in models:
        if model.name not in told:
            continue
        guesses = told[model.name]
        names = [review.item(item) for item in guesses.items]
        note = _seeds_note(model, step, k)
        blocks.append(step_html.guesses(model, names, guesses, step.item, k, note))
    came = step_html.came(review.item(step.item))
    return came + "".join(blocks)


def _guesses(view: View, steps: Sequence[Step], step: Step) -> dict[str, Guesses]:
    seed = view.seed.index
    if step.event is not None:
        return session_steps.guesses_of_test(step.event, view.models, view.k, seed)
    loaded = {model.name: review_context.load_scorer(view.review, model.name, seed) for model in view.models}
    scorers = {name: scorer for name, scorer in loaded.items() if scorer is not None}
    return session_steps.guess_again([one.item for one in steps], step.position, scorers, view.k)


def _seeds_note(model: ModelResults, step: Step, k: int) -> str:
    if model.n_seeds == 1 or step.event is None:
        return ""
    return f"hit in {int(hit_counts(model, k)[step.event])} of {model.n_seeds} seeds"


def _show_next(view: View, steps: Sequence[Step], step: Step, event: int) -> None:
    models = view.models
    history = [one.item for one in steps[: step.position] if one.item >= 0]
    with st.container(horizontal=True, horizontal_alignment="right"):
        state.next_button(
            "Try this session",
            "try_it",
            view.selection,
            key="to-try",
            items=",".join(map(str, history)),
            event=event if step.event is None else step.event,
            **({"a": models[0].name, "b": models[1].name} if len(models) == 2 else {}),
        )
