"""How are two other trained models of the dataset set side by side?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial

import streamlit as st

from dashboard import dialogs, judging_form, messages, state
from dashboard.review_context import Review
from gru4rec_core.access.guard import is_allowed
from gru4rec_core.access.rights import Action
from gru4rec_core.config import PROTOCOL_LABELS
from gru4rec_core.report.labels import short
from gru4rec_core.results.model_choice import TrainedModel, compare_two, find_refusal, list_trained_models
from gru4rec_core.words import counted


def show_picker(agreed: Review) -> None:
    """The button *Compare two others* and its lists; two that cannot be compared are refused with the reason.

    Args:
        agreed: the comparison of the page, whose list length, margin and level the new one takes.
    """
    if not is_allowed(Action.COMPARE):
        return
    draw = partial(_ask, agreed)
    dialogs.show_button("Compare two others", draw, key="picker", width="medium", icon=":material/compare_arrows:")


def _ask(agreed: Review) -> None:
    models = {model.key: model for model in list_trained_models(state.workspace(), agreed.record.dataset_id)}
    if len(models) < 2:
        st.text("There is only one trained model on this dataset.")
        return
    names = describe_models(list(models.values()))
    a = st.selectbox("Reference model", list(models), format_func=names.__getitem__, key="picker-a")
    others = [key for key in models if key != a]
    b = st.selectbox("Compared model", others, format_func=names.__getitem__, key="picker-b")
    refusal = find_refusal(models[a], models[b])
    if refusal:
        messages.show_message(f"{refusal.sentence} {refusal.remedy}", "warning")
    messages.show_aside(
        f"Judged like this comparison: top {agreed.record.config.deciding_k}, same margin and level. Both results are"
        " already known, so the verdict is marked as exploratory."
    )
    if st.button("Compare these", type="primary", key="picker-go", disabled=refusal is not None):
        dialogs.attempt(lambda: _compare(models[a], models[b], agreed), "These two are now compared.")


def _compare(a: TrainedModel, b: TrainedModel, agreed: Review) -> None:
    record = compare_two(state.workspace(), a, b, agreed.record.config)
    state.select(comparison=record.id, k=record.config.shown_k)
    state.set_params(a=None, b=None)
    judging_form.reset(record.config)


def describe_models(models: Sequence[TrainedModel]) -> dict[str, str]:
    """Models in a list, by their key: "TOP1 epochs=20 · 3 seeds · later days · 2026-11-27 18:01"; no two alike."""
    texts = {
        model.key: " · ".join(
            [
                short(model.label),
                counted(len(model.run_ids), "seed"),
                PROTOCOL_LABELS[model.split.protocol].lower(),
                f"{model.created:%Y-%m-%d %H:%M}",
            ]
        )
        for model in models
    }
    alike = Counter(texts.values())
    return {key: text if alike[text] == 1 else f"{text} · {key}" for key, text in texts.items()}
