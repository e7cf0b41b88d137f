"""Does an older model still do on newer events: which run, on which log, and how did it fare?"""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard import actions, messages, progress_view, state, test_rule_form, training_form, widgets
from gru4rec_core.baselines.registry import DEFAULT_BASELINES
from gru4rec_core.config import LIST_LENGTHS, LOSS_LABELS, ComparisonConfig, SplitConfig, default_deciding_k
from gru4rec_core.errors import WorkbenchError
from gru4rec_core.jobs import jobs
from gru4rec_core.jobs.job_list import Job, baselines_id, read_job_state
from gru4rec_core.jobs.reconcile import reconcile_jobs
from gru4rec_core.report.charts import recheck as recheck_charts
from gru4rec_core.report.frames import recheck as recheck_frames
from gru4rec_core.report.frames.recheck import Method
from gru4rec_core.results.recheck import OLD, RETRAINED, Recheck, RecheckPlan, recheck_run
from gru4rec_core.workspace.records import DatasetRecord, RunRecord
from gru4rec_core.workspace.split_store import store_test_rule
from gru4rec_core.workspace.store import Workspace

_ASKED = "_recheck"


def block(selection: state.Selection, record: DatasetRecord) -> None:
    """The re-check of a dataset, where the address asks for it (`?recheck=…`)."""
    if st.query_params.get("recheck") != record.id:
        return
    home = state.workspace()
    with st.container(key="recheck"):
        widgets.section(f"Re-check: does an older model still do on {record.name}?")
        runs = finished_runs(home, record)
        if not runs:
            st.text("No run is finished yet: train one first, then check it on later events.")
        else:
            _ask(selection, record, runs)
        if st.button("Close", type="tertiary", key="recheck-close"):
            st.query_params.pop("recheck", None)
            st.session_state.pop(_ASKED, None)
            st.rerun()


def finished_runs(home: Workspace, record: DatasetRecord) -> list[RunRecord]:
    """Runs that can be checked: of other logs first, since those have not learnt from this one."""
    done = [run for run in home.runs() if home.state(run.id).state == "done"]
    return sorted(done, key=lambda run: run.dataset_id == record.id)


def _ask(selection: state.Selection, record: DatasetRecord, runs: list[RunRecord]) -> None:
    home = state.workspace()
    names = {one.id: one.name for one in home.datasets()}
    by_id = {run.id: run for run in runs}
    chosen = st.selectbox(
        "Model",
        list(by_id),
        format_func=lambda one: run_text(by_id[one], names),
        key=f"recheck-run-{record.id}",
        help="It is tested as it is, nothing is trained; beside it what counting does on this log today.",
    )
    try:
        split = test_rule_form.test_rule(record, "recheck")
        if st.button("Check it", type="primary", key="recheck-now"):
            _hand_over(home, record, split)
            st.session_state[_ASKED] = (chosen, record.id, split.to_json())
        if st.session_state.get(_ASKED) == (chosen, record.id, split.to_json()):
            _answer(selection, by_id[chosen], record, split)
    except WorkbenchError as error:
        messages.problem(error)


def run_text(run: RunRecord, names: dict[str, str]) -> str:
    """ "BPR, seed 0, trained on Workouts, 2026-11-24"."""
    trained_on = widgets.plain_label(names.get(run.dataset_id, run.dataset_id))
    return f"{progress_view.run_label(run.config)}, trained on {trained_on}, {run.created:%Y-%m-%d}"


def _hand_over(home: Workspace, record: DatasetRecord, split: SplitConfig) -> None:
    """Queues today's baselines of this test rule where they are not there yet."""
    if home.missing_baselines(record.id, split, DEFAULT_BASELINES):
        store_test_rule(home.split_folder(record.id, split), split)
        jobs.submit(home, "baselines", baselines_id(record.id, split))


def _answer(selection: state.Selection, run: RunRecord, record: DatasetRecord, split: SplitConfig) -> None:
    """The result; until the baselines are there, how far they are."""
    home = state.workspace()
    job_id = baselines_id(record.id, split)
    reconcile_jobs(home)
    if home.missing_baselines(record.id, split, DEFAULT_BASELINES):
        active = read_job_state(home, "baselines", job_id).is_active
        st.fragment(run_every=progress_view.POLL_SECONDS if active else None)(_waiting)(job_id)
        return
    retrained = home.find_run(record.id, run.config, split, ("done",))
    if retrained is not None and retrained.id == run.id:
        retrained = None
    k = default_deciding_k(record.n_items)
    found = _found(str(home.root), run.id, record.id, split.to_json(), k, retrained.id if retrained else None)
    show(found, k)
    if retrained is None and run.dataset_id != record.id:
        _offer_retraining(selection, run, record, split, k)


def _waiting(job_id: str) -> None:
    home = state.workspace()
    job = read_job_state(home, "baselines", job_id)
    progress_view.job_row(home, Job("baselines", job_id, "Baselines", job))
    if job.state == "done":
        st.rerun()


@st.cache_resource(max_entries=8, show_spinner="Testing the old model on the new events…")
def _found(root: str, run_id: str, dataset_id: str, split_json: str, k: int, retrained: str | None) -> Recheck:
    """A finished run and a dataset never change, so their ids are the key."""
    home = Workspace(root)
    newer = home.run(retrained) if retrained else None
    split, judging = SplitConfig.from_json(split_json), ComparisonConfig(deciding_k=k)
    return recheck_run(home, RecheckPlan(run_id, dataset_id, split, judging, newer))


def show(found: Recheck, k: int) -> None:
    """What came out: a sentence, the share of items it does not know, all methods, and the weeks."""
    widgets.sentence(found.against_baselines.sentence, size="1.1rem", weight=600)
    events = found.comparison.models[0].n_events
    widgets.sentence(
        f"{100 * found.unknown:.1f} of 100 items that came in the {events:,} test events are unknown to the old model:"
        f" counted as misses."
    )
    methods = _describe_methods(found)
    table = recheck_frames.methods_table(found.models, methods, _nearest(k))
    widgets.show_table(table, key="recheck-models", name="re-check", columns=_columns(k))
    if len(found.by_week) < 2:
        messages.aside("The test covers less than two weeks of dates: there is no course over weeks to show.")
        return
    dark = state.is_dark()
    weeks = recheck_frames.hits_by_week(found.by_week, _methods_by_week(found, methods))
    hits, unknown = st.columns([3, 2], gap="medium")
    with hits:
        widgets.show_chart(
            recheck_charts.hits_by_week(weeks, k, dark),
            key="recheck-hits",
            alt=f"Hits in the top {k} per 100 of the old model and of counting, over {len(found.by_week)} weeks",
        )
    with unknown:
        shares = recheck_frames.unknown_by_week(found.by_week)
        widgets.show_chart(
            recheck_charts.unknown_by_week(shares, dark),
            key="recheck-unknown",
            alt=f"Share of items unknown to the old model, up to {shares['unknown'].max():.0f} % in a week",
        )


def _describe_methods(found: Recheck) -> list[Method]:
    """What the tables and the chart call each method, and in whose colour it is drawn."""
    loss = found.run.config.loss
    trained = {
        OLD: (f"{LOSS_LABELS[loss]} of {found.run.created:%Y-%m-%d}", "old model", loss),
        RETRAINED: (f"{LOSS_LABELS[loss]}, trained anew", "trained anew", f"{loss} anew"),
    }
    return [
        Method(model.name, label, model.kind, role, colour_name)
        for model in found.comparison.models
        for label, role, colour_name in [trained.get(model.name, (model.label, "counting", model.name))]
    ]


def _methods_by_week(found: Recheck, methods: list[Method]) -> list[Method]:
    """Those whose weeks are shown: old and retrained model, the strongest baseline, best-sellers."""
    by_name = {method.name: method for method in methods}
    names = dict.fromkeys((OLD, RETRAINED, found.against_baselines.strongest, "popularity"))
    return [by_name[name] for name in names if name in by_name]


def _columns(k: int) -> dict[str, Any]:
    return {name: st.column_config.NumberColumn(name, format="%.1f") for name in (f"top {_nearest(k)}", "MRR@20")}


def _nearest(k: int) -> int:
    return min(LIST_LENGTHS, key=lambda length: abs(length - k))


def _offer_retraining(
    selection: state.Selection, run: RunRecord, record: DatasetRecord, split: SplitConfig, k: int
) -> None:
    """Training the same settings on the new log; when done, it stands beside the old model here."""
    if st.button(
        "Train its settings anew on this log", type="tertiary", key="recheck-retrain", icon=":material/replay:"
    ):
        plan = training_form.Plan((run.config,), split, ComparisonConfig(deciding_k=k))
        comparison = actions.start(state.workspace(), record.id, plan)
        state.open_page("train", selection, dataset=record.id, comparison=comparison.id, k=min(k, 20))
