"""What would come of training the models again, and how are further seeds of them trained?"""

from __future__ import annotations

import streamlit as st

from dashboard import actions, messages, state, widgets
from dashboard.review_context import Review
from gru4rec_core.access.guard import is_allowed
from gru4rec_core.access.rights import Action
from gru4rec_core.evaluation.trained_again import TrainedAgain
from gru4rec_core.evaluation.verdict_text import further_seeds_phrase, trained_again_sentence
from gru4rec_core.jobs.more_seeds import more_seeds_command, plan_more_seeds
from gru4rec_core.words import counted


def show_repeats(agreed: Review) -> None:
    """How often each winner that the verdict names would win again; where it is close, further seeds are offered."""
    verdict = agreed.result.verdict
    if verdict is None or verdict.trained_again is None:
        return
    widgets.section("If you trained again")
    silent = [found for found in verdict.all_trained_again if found.wins is None]
    for found in verdict.all_trained_again:
        if found not in silent[1:]:  # that one run cannot tell is said once
            widgets.sentence(trained_again_sentence(found))
    messages.show_aside(
        "This covers luck in training only: each model trained once more, tested on the same sessions."
        " The intervals above cover luck in the sessions."
    )
    if verdict.trained_again.further_seeds:
        _offer(agreed, verdict.trained_again)


def _offer(agreed: Review, found: TrainedAgain) -> None:
    further = {model.name: model.count for model in found.further_seeds}
    if is_allowed(Action.TRAIN):
        label = f"Train {widgets.plain_label(further_seeds_phrase(found), limit=80)}"
        if st.button(label, key="more-seeds", icon=":material/model_training:"):
            messages.attempt(lambda: _start(agreed, further))
    count = max(further.values())
    messages.show_aside(f"Or by command, which adds {counted(count, 'more seed')} to every model:")
    st.code(more_seeds_command(agreed.record, agreed.runs, count), language="bash", wrap_lines=True)


def _start(agreed: Review, further: dict[str, int]) -> None:
    workspace = state.workspace()
    continued = plan_more_seeds(workspace, agreed.record, further)
    actions.submit(workspace, continued)
    state.open_page("train", state.Selection(agreed.result.dataset, continued, continued.config.shown_k))
