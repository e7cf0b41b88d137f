"""How does the Train page collect settings, estimate the time, start training and show its progress?"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard import (
    actions,
    backtest_view,
    cached,
    damage_card,
    focus,
    messages,
    model_progress_view,
    more_epochs_form,
    progress_view,
    review_context,
    sign_in,
    state,
    test_rule_form,
    training_form,
    tuning_form,
    unfinished_view,
    widgets,
    windows_form,
)
from gru4rec_core.access.guard import is_allowed
from gru4rec_core.access.rights import Action
from gru4rec_core.config import LOSS_LABELS, PROTOCOL_LABELS
from gru4rec_core.errors import WorkbenchError
from gru4rec_core.jobs.backtest_planning import plan_windows
from gru4rec_core.jobs.capacity import worker_count
from gru4rec_core.jobs.planning import ComparisonPlan
from gru4rec_core.jobs.time_left import estimate_plans
from gru4rec_core.jobs.tuning_plan import TuningPlan
from gru4rec_core.results.comparison import ComparisonResult
from gru4rec_core.words import counted
from gru4rec_core.workspace.integrity import check_run
from gru4rec_core.workspace.records import ComparisonRecord, DatasetRecord
from gru4rec_core.workspace.store import Workspace

_STARTED = "_train_started"


def show_progress(selection: state.Selection, comparison: ComparisonRecord) -> None:
    """The selected comparison, running or done; with the button to its results when all is done."""
    if st.session_state.pop(_STARTED, False):
        widgets.scroll_to_top()
    active = progress_view.is_active(state.workspace(), comparison)
    with st.container(border=True, key="progress"):
        st.header("Training now" if active else "Training of this comparison")
        backtest_view.show_windows(selection, comparison, "train")
        result = None if active else _result(comparison)
        if result is not None:  # above the curves, which fill a screen
            damage_card.show_cards(state.workspace(), result.damages)
            with st.container(horizontal=True):
                state.next_button("Open comparison", "compare", selection, key="open-comparison")
                more_epochs_form.show_form(comparison)
        elif not active:
            _show_unreadable_runs(comparison)
        model_progress_view.show_comparison(comparison, active)
        if result is not None:
            messages.show_warnings_below_results(result.warnings, "data, training and test", "train-warnings")
        if not active:
            unfinished_view.offer_what_is_done(selection, comparison)


def _show_unreadable_runs(comparison: ComparisonRecord) -> None:
    """Cards of the runs of an unfinished comparison that its list leaves out."""
    workspace = state.workspace()
    readable = {run.id for run in workspace.readable_runs(comparison.run_ids)}
    left_out = (check_run(workspace, run_id) for run_id in comparison.run_ids if run_id not in readable)
    damage_card.show_cards(workspace, filter(None, left_out))


def _result(comparison: ComparisonRecord) -> ComparisonResult | None:
    workspace = state.workspace()
    with damage_card.in_place_of(workspace, lambda: review_context.find_result_damage(workspace, comparison)):
        return cached.comparison_result(comparison)
    return None


def offer_training(record: DatasetRecord, comparison: ComparisonRecord | None) -> None:
    """The form in an expander; for whoever may not train, who may."""
    if not is_allowed(Action.TRAIN):
        sign_in.explain_what_is_hidden("train models")
        return
    title = "TOP1 against BPR" if comparison is None else "Train again, or train something else"
    # The form closes once it has started a comparison: with another key it is a new expander, closed.
    key = f"plan-{comparison.id if comparison else 'first'}"
    with st.expander(title, expanded=comparison is None or "new" in st.query_params, key=key):
        show_form(record)


def show_form(record: DatasetRecord) -> None:
    """The two questions, the estimate and *Start*; settings that contradict each other are explained."""
    protocol = test_rule_form.chosen_protocol(record, "train")
    with st.expander(f"Test rule: {PROTOCOL_LABELS[protocol].lower()}", key=f"rule-part-{record.id}"):
        test_rule = test_rule_form.ask_for_test_rule(record, "train")
    reasons = st.container()  # above the choices that they speak of
    try:
        plan = training_form.ask_for_plan(record, test_rule)
        chosen = windows_form.ask_for_windows(record, test_rule)
        with reasons:
            if chosen is None:
                messages.show_aside(cached.default_plan(record).explain(plan.test_rule, plan.n_seeds))
        # On several windows each would need a tuning of its own, on what came before it.
        may_tune = chosen is None and plan.tuned is None
        tuning = tuning_form.ask_for_tuning(record, plan) if may_tune else None
        plans = [plan] if chosen is None else plan_windows(plan, chosen.windows)
        if tuning is not None:
            st.text(tuning_form.describe_time(tuning, worker_count()))
        else:
            st.text(estimate_text(state.workspace(), record, plans))
        if st.button("Start", type="primary", key="start", icon=":material/play_arrow:"):
            _start_tuning(record, tuning) if tuning is not None else _start(record, plan, chosen)
    except WorkbenchError as error:
        messages.show_problem(error)


def _start_tuning(record: DatasetRecord, plan: TuningPlan) -> None:
    actions.start_tuning(state.workspace(), record.id, plan)
    state.set_params(new=None, settings=None)
    st.session_state[_STARTED] = True
    focus.tell_action("Tuning started.", place="tuning")
    st.rerun()


def _start(record: DatasetRecord, plan: ComparisonPlan, chosen: windows_form.ChosenWindows | None) -> None:
    if chosen is None:
        comparison = actions.start_comparison(state.workspace(), record.id, plan)
    else:
        comparison = actions.start_backtest(state.workspace(), record.id, plan, chosen.config)
    state.select(comparison=comparison.id, k=plan.judging.shown_k)
    state.set_params(new=None, settings=None)
    st.session_state[_STARTED] = True
    focus.tell_action("Training started.", place="progress")
    st.rerun()


def estimate_text(workspace: Workspace, record: DatasetRecord, plans: Sequence[ComparisonPlan]) -> str:
    """ "2 runs of TOP1 and BPR, and the baselines: about 40 s on this machine."; for several plans, in all."""
    estimate = estimate_plans(workspace, record, plans)
    names = " and ".join(LOSS_LABELS[loss] for loss in plans[0].losses)
    n_runs = sum(len(plan.configs) for plan in plans)
    what = f"{counted(n_runs, 'run')} of {names}, and the baselines"
    if len(plans) > 1:
        what += f" of {len(plans)} windows"
    if not estimate.seconds:
        return f"{what}: all finished already; there is nothing left to train."
    counts = {"there already": estimate.n_there, "at work already": estimate.n_at_work}
    known = "".join(
        f" {counted(n, 'run')} of these {'is' if n == 1 else 'are'} {how}." for how, n in counts.items() if n
    )
    return f"{what}: about {progress_view.duration(estimate.seconds)} on this machine.{known}"
