"""How does the Train page ask, estimate, start and show?"""

from __future__ import annotations

import math
import os

import streamlit as st

from dashboard import actions, messages, progress_view, state, test_rule_form, training_form
from dashboard.training_form import Plan
from gru4rec_core.config import ALL_ITEMS_LIMIT, LOSS_LABELS, PROTOCOL_LABELS, TrainingConfig
from gru4rec_core.errors import WorkbenchError
from gru4rec_core.jobs.jobs import engine_status
from gru4rec_core.results.comparison import ComparisonResult
from gru4rec_core.workspace.records import ComparisonRecord, DatasetRecord
from gru4rec_core.workspace.store import Workspace

_START_SECONDS = 15.0  # engine and TensorFlow, once
_RUN_SECONDS = 6.0  # compiling, testing and storing, each run
_EVENT_SECONDS = 3e-6  # a training event with 64 units, measured on two cores
_NEGATIVE_SECONDS = 2.3e-8  # each item it is compared with


def live_part(selection: state.Selection, comparison: ComparisonRecord) -> bool:
    """The selected comparison at work or done, with the way on; returns whether anything is still at work."""
    home = state.workspace()
    active = progress_view.is_active(home, comparison)
    with st.container(border=True, key="live"):
        st.header("At work" if active else "Latest training")
        progress_view.panel(comparison)
        if not active and (result := _result(comparison)) is not None:
            messages.remarks_apart(result.warnings, "data, training and test", "train-remarks")
            state.way_on("Open comparison", "compare", selection, key="open-comparison")
    return active


def _result(comparison: ComparisonRecord) -> ComparisonResult | None:
    try:
        return state.comparison_result(comparison)
    except WorkbenchError as error:
        messages.problem(error)
        return None


def form(record: DatasetRecord) -> None:
    """The two questions, the estimate and *Start*; a setting that does not hold is said, nothing is lost."""
    with st.expander(
        f"Test rule: {PROTOCOL_LABELS[test_rule_form.chosen_protocol(record, 'train')].lower()}",
        key=f"rule-part-{record.id}",
    ):
        split = test_rule_form.test_rule(record, "train")
    try:
        plan = training_form.plan(record, split)
        st.text(estimate_text(state.workspace(), record, plan))
        if st.button("Start", type="primary", key="start", icon=":material/play_arrow:"):
            _start(record, plan)
    except WorkbenchError as error:
        messages.problem(error)


def _start(record: DatasetRecord, plan: Plan) -> None:
    comparison = actions.start(state.workspace(), record.id, plan)
    state.select(comparison=comparison.id, k=min(plan.comparison.deciding_k, 20))
    st.rerun()


def estimate_text(home: Workspace, record: DatasetRecord, plan: Plan) -> str:
    """ "2 runs and the baselines: about 40 s." """
    names = " and ".join(LOSS_LABELS[loss] for loss in plan.losses)
    count = len(plan.configs)
    about = progress_view.duration(estimate_seconds(home, record, plan.configs))
    return f"{count} run{'s' * (count > 1)} of {names}, and the baselines: about {about} on this machine."


def estimate_seconds(home: Workspace, record: DatasetRecord, configs: tuple[TrainingConfig, ...]) -> float:
    """Time until all runs are done: from a run measured on this dataset, else from what two cores took elsewhere."""
    each = [_run_seconds(home, record, config) for config in configs]
    side_by_side = max(os.cpu_count() or 1, 1)
    start = 0.0 if engine_status(home).alive else _START_SECONDS
    return start + max(max(each), sum(each) / side_by_side, math.ceil(len(each) / side_by_side) * min(each))


def _run_seconds(home: Workspace, record: DatasetRecord, config: TrainingConfig) -> float:
    if config.steps_per_epoch is None:
        events = record.n_events - record.n_sessions
    else:
        events = config.steps_per_epoch * config.batch_size
    return _RUN_SECONDS + config.epochs * events / _events_per_second(home, record, config)


def _events_per_second(home: Workspace, record: DatasetRecord, config: TrainingConfig) -> float:
    alike = {"loss", "seed", "epochs", "steps_per_epoch", "learning_rate", "order", "patience", "early_stopping"}
    wanted = config.model_dump(exclude=alike)
    for run in home.runs(record.id):
        if run.config.model_dump(exclude=alike) == wanted:
            epochs = home.epochs(run.id)
            if "events_per_s" in epochs and len(epochs):
                return float(epochs["events_per_s"].median())
    n_negatives = _negatives(record.n_items, config)
    width = sum(config.n_hidden) / 64
    return 1.0 / ((_EVENT_SECONDS + _NEGATIVE_SECONDS * n_negatives) * max(width, 0.25))


def _negatives(n_items: int, config: TrainingConfig) -> int:
    kind = config.negatives
    if kind == "auto":
        kind = "all" if n_items <= ALL_ITEMS_LIMIT else "sampled"
    return {"all": n_items, "in-batch": config.batch_size, "sampled": config.n_sample + config.batch_size}[kind]
