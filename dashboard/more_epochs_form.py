"""How are the models of a finished comparison trained for more epochs?"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import streamlit as st

from dashboard import actions, dialogs, messages, state
from gru4rec_core.access.guard import is_allowed
from gru4rec_core.access.rights import Action
from gru4rec_core.experiments.continuing import kept_epochs
from gru4rec_core.jobs.more_epochs import plan_more_epochs, stopped_early
from gru4rec_core.results.model_table import group_by_model, label_model
from gru4rec_core.words import counted
from gru4rec_core.workspace.records import ComparisonRecord


def show_form(comparison: ComparisonRecord) -> None:
    """The button *Train more epochs*, with which models and how many; none for tuned models: theirs were found."""
    if not is_allowed(Action.TRAIN) or comparison.tuned is not None:
        return
    draw = partial(_ask, comparison)
    dialogs.show_button("Train more epochs", draw, key="more-epochs", width="medium", icon=":material/fast_forward:")


def _ask(comparison: ComparisonRecord) -> None:
    workspace = state.workspace()
    runs = workspace.readable_runs(comparison.run_ids)
    models = {label_model(name, of_model[0].config): of_model for name, of_model in group_by_model(runs).items()}
    fit = [label for label, of_model in models.items() if not any(stopped_early(workspace, run) for run in of_model)]
    if len(fit) < len(models):
        unfit = " and ".join(label for label in models if label not in fit)
        messages.show_message(f"Early stopping ended the training of {unfit}: more epochs would change nothing there.")
    if not fit:
        return
    chosen = st.pills("Models", fit, selection_mode="multi", default=fit, key="more-epochs-models")
    most = max(run.config.epochs for run in runs)
    more = st.number_input("How many more epochs?", 1, 10_000, most, key="more-epochs-number")
    kept = {label: [kept_epochs(workspace, run.id) for run in models[label]] for label in chosen}
    start = describe_start({label: epochs.count(0) for label, epochs in kept.items()}, sum(map(len, kept.values())))
    messages.show_aside(
        f"{start} This makes a new comparison with the same list length, margin and level; the present one is kept."
    )
    run_ids = [run.id for label in chosen for run in models[label]]
    icon = ":material/play_arrow:"
    if st.button("Continue training", type="primary", key="more-epochs-go", icon=icon, disabled=not run_ids):
        dialogs.attempt(lambda: _start(comparison, int(more), run_ids), "Training started.", place="progress")


def describe_start(n_without: Mapping[str, int], n_runs: int) -> str:
    """Where the training of these runs begins.

    Args:
        n_without: of each model, how many runs keep no checkpoint.
        n_runs: how many runs there are in all.
    """
    anew = " and ".join(f"{counted(n, 'run')} of {label}" for label, n in n_without.items() if n)
    if not anew:
        return "Training continues where it stopped; the result is that of one long training."
    others = "; that of the others continues where it stopped" if sum(n_without.values()) < n_runs else ""
    return f"Without a checkpoint, training of {anew} begins again at the first epoch{others}."


def _start(comparison: ComparisonRecord, more: int, run_ids: list[str]) -> None:
    workspace = state.workspace()
    continued = plan_more_epochs(workspace, comparison, more, run_ids)
    actions.submit(workspace, continued)
    state.select(comparison=continued.id, k=continued.config.shown_k)
