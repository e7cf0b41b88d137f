"""How does Overview re-check an older model on newer events: which run, on which log, with what result?"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import (
    actions,
    cached,
    messages,
    navigation,
    progress_view,
    review_context,
    sign_in,
    state,
    test_rule_form,
    theme,
    widgets,
)
from gru4rec_core.access.guard import is_allowed
from gru4rec_core.access.rights import Action
from gru4rec_core.baselines.names import DEFAULT_BASELINES
from gru4rec_core.config import ComparisonConfig, SplitConfig
from gru4rec_core.errors import ConfigError, WorkbenchError
from gru4rec_core.evaluation.recheck_advice import Recommendation
from gru4rec_core.evaluation.slices import whole_rates
from gru4rec_core.jobs import jobs
from gru4rec_core.jobs.job_list import Job, baselines_id, read_job_state
from gru4rec_core.jobs.lost_jobs import reconcile_jobs
from gru4rec_core.jobs.planning import ComparisonPlan
from gru4rec_core.report.charts import recheck as recheck_charts
from gru4rec_core.report.export import TableSource, add_intervals, export_table
from gru4rec_core.report.frames import recheck as recheck_frames
from gru4rec_core.report.frames.recheck import Method
from gru4rec_core.report.labels import short_middle
from gru4rec_core.results.recheck import OLD, RETRAINED, Recheck, RecheckPlan, describe_retraining
from gru4rec_core.words import figure
from gru4rec_core.workspace.records import DatasetRecord, RunRecord
from gru4rec_core.workspace.split_store import store_test_rule
from gru4rec_core.workspace.store import Workspace

_MODEL, _LOG, _RULE = "recheck-model", "recheck-log", "recheck-rule"
"""Parameters of what was checked: a reloaded or pasted link shows the answer again."""

_SIGNS: dict[Recommendation, str] = {"keep": "good", "retrain": "warning", "retire": "warning"}


def show_block(selection: state.Selection, record: DatasetRecord) -> None:
    """The re-check of a dataset, where the address asks for it (`?recheck=…`)."""
    if st.query_params.get("recheck") != record.id or not is_allowed(Action.RECHECK):
        return
    workspace = state.workspace()
    with st.container(border=True, key="recheck"):
        widgets.section("Re-check: how good is an older model on newer events?")
        runs = list_finished_runs(workspace, record)
        if not runs:
            st.text("No run is finished yet. Train one first, then check it on later events.")
        else:
            _show_form(selection, record, runs)
        if st.button("Close", type="tertiary", key="recheck-close"):
            close()
            st.rerun()


def close() -> None:
    """Takes the re-check out of the address."""
    state.set_params(recheck=None, **dict.fromkeys((_MODEL, _LOG, _RULE)))


@dataclass(frozen=True)
class Checked:
    """What was checked: which run, on which log, under which test rule."""

    run_id: str
    log_id: str
    test_rule: SplitConfig

    def params(self) -> dict[str, str]:
        """As parameters of the address; of the test rule, only what differs from the default."""
        return {
            _MODEL: self.run_id,
            _LOG: self.log_id,
            _RULE: self.test_rule.model_dump_json(exclude_defaults=True),
        }


def _read_checked(runs: Container[str], logs: Container[str]) -> Checked | None:
    """What the address says was checked; a wrong address is reported and cleared."""
    run_id, log_id, rule = (st.query_params.get(name) for name in (_MODEL, _LOG, _RULE))
    if not (run_id and log_id and rule):
        return None
    try:
        if run_id in runs and log_id in logs:
            return Checked(run_id, log_id, SplitConfig.from_json(rule))
    except ConfigError:
        pass  # said below, like a run that is gone
    state.say_wrong("a re-check", "but its model, log or test rule is not there", "Choose again.")
    state.set_params(**dict.fromkeys((_MODEL, _LOG, _RULE)))
    return None


def list_finished_runs(workspace: Workspace, record: DatasetRecord) -> list[RunRecord]:
    """Runs that can be checked: of other logs first, since those have not learnt from this one."""
    done = [run for run in workspace.runs() if workspace.state(run.id).state == "done"]
    return sorted(done, key=lambda run: run.dataset_id == record.id)


def find_older(workspace: Workspace, run: RunRecord) -> RunRecord | None:
    """The newest finished run of the same settings that learnt from another log before this one; None without one."""
    earlier = [one for one in workspace.runs() if one.created < run.created and one.config == run.config]
    elsewhere = [one for one in earlier if one.dataset_id != run.dataset_id]
    return next((one for one in elsewhere if workspace.state(one.id).state == "done"), None)


def show_link_to_older(selection: state.Selection, run: RunRecord) -> None:
    """For a model that was trained again on a newer log: a link to the re-check that shows the older one beside it."""
    older = find_older(state.workspace(), run)
    if older is None or not is_allowed(Action.RECHECK):
        return
    checked = Checked(older.id, run.dataset_id, run.split)
    st.page_link(
        navigation.PAGES["overview"],
        label="See it beside the older model with the same settings",
        icon=":material/history:",
        query_params=selection.params(recheck=run.dataset_id, **checked.params()),
    )


def propose_log(record: DatasetRecord, run: RunRecord, datasets: list[DatasetRecord]) -> DatasetRecord:
    """The log to test a run on: the one whose re-check was opened; where the run learnt from that, the newest other.

    Args:
        record: whose re-check was opened, from the old log's row or the new one's.
        run: the model.
        datasets: all logs, newest first.
    """
    if run.dataset_id != record.id:
        return record
    return next((dataset for dataset in datasets if dataset.id != record.id), record)


def _show_form(selection: state.Selection, record: DatasetRecord, runs: list[RunRecord]) -> None:
    datasets = state.workspace().datasets()
    names = {dataset.id: dataset.name for dataset in datasets}
    by_id = {run.id: run for run in runs}
    checked = _read_checked(by_id, names)
    run_id = st.selectbox(
        "Model",
        list(by_id),
        index=list(by_id).index(checked.run_id) if checked else 0,
        format_func=lambda run_id: describe_run(by_id[run_id], names),
        key=f"recheck-run-{record.id}",
        help="It is tested as it is, nothing is trained. Beside it: today's baselines on that log.",
    )
    proposed = propose_log(record, by_id[run_id], datasets).id
    log_id = st.selectbox(
        "On which log",
        list(names),
        index=list(names).index(checked.log_id if checked and checked.run_id == run_id else proposed),
        format_func=lambda dataset_id: short_middle(names[dataset_id], 60),
        key=f"recheck-log-{record.id}-{run_id}",  # of another model another log is proposed
    )
    record = next(dataset for dataset in datasets if dataset.id == log_id)
    try:
        asked = checked.test_rule if checked and (checked.run_id, checked.log_id) == (run_id, log_id) else None
        test_rule = test_rule_form.ask_for_recheck_rule(record, "recheck", run_id, by_id[run_id].split, asked)
        request = Checked(run_id, record.id, test_rule)
        if st.button("Check it", type="primary", key="recheck-now"):
            _submit_baselines(record, test_rule)
            state.set_params(**request.params())
            st.rerun()  # the form is that of the new address
        if checked == request and _has_begun(record, test_rule):
            _show_answer(selection, by_id[run_id], record, test_rule)
    except WorkbenchError as error:
        messages.show_problem(error)


def describe_run(run: RunRecord, dataset_names: dict[str, str]) -> str:
    """ "BPR, seed 0, trained on Workouts, 2026-11-24"."""
    trained_on = short_middle(dataset_names.get(run.dataset_id, run.dataset_id), 40)  # a list's options are no Markdown
    return f"{progress_view.run_label(run.config)}, trained on {trained_on}, {run.created:%Y-%m-%d}"


def _has_begun(record: DatasetRecord, test_rule: SplitConfig) -> bool:
    """Whether the baselines are there or were asked for: a link alone starts no work."""
    workspace = state.workspace()
    if not workspace.missing_baselines(record.id, test_rule, DEFAULT_BASELINES):
        return True
    # A job that is done and left some out was asked for fewer.
    return read_job_state(workspace, "baselines", baselines_id(record.id, test_rule)).state not in ("new", "done")


def _submit_baselines(record: DatasetRecord, test_rule: SplitConfig) -> None:
    """Queues the baselines under this test rule, where they are missing."""
    workspace = state.workspace()
    if workspace.missing_baselines(record.id, test_rule, DEFAULT_BASELINES):
        store_test_rule(workspace.split_folder(record.id, test_rule), test_rule)
        jobs.submit(workspace, "baselines", baselines_id(record.id, test_rule))


def _show_answer(selection: state.Selection, run: RunRecord, record: DatasetRecord, test_rule: SplitConfig) -> None:
    """The result; until the baselines are there, their progress."""
    workspace = state.workspace()
    job_id = baselines_id(record.id, test_rule)
    reconcile_jobs(workspace)
    if workspace.missing_baselines(record.id, test_rule, DEFAULT_BASELINES):
        active = read_job_state(workspace, "baselines", job_id).is_active
        sign_in.draw_again(progress_view.POLL_SECONDS if active else None, _show_baselines_job, record, test_rule)
        return
    retrained = workspace.find_run(record.id, run.config, test_rule, ("done",))
    if retrained is not None and retrained.id == run.id:
        retrained = None
    judging = ComparisonConfig(deciding_k=cached.default_plan(record).deciding_k)
    recheck = cached.recheck(RecheckPlan(run.id, record.id, test_rule, judging, retrained))
    show_recheck(recheck, judging.deciding_k)
    if retrained is None and run.dataset_id != record.id:
        _offer_retraining(selection, run, record, ComparisonPlan((run.config,), test_rule, judging))


def _show_baselines_job(record: DatasetRecord, test_rule: SplitConfig) -> None:
    workspace, job_id = state.workspace(), baselines_id(record.id, test_rule)
    reconcile_jobs(workspace)
    job = Job("baselines", job_id, "Baselines", read_job_state(workspace, "baselines", job_id))
    progress_view.show_notices(workspace, [job])
    progress_view.show_job(workspace, job)
    # Not by the job's state: one that is done without them would draw the page again and again.
    if not workspace.missing_baselines(record.id, test_rule, DEFAULT_BASELINES):
        st.rerun()


def show_recheck(recheck: Recheck, k: int) -> None:
    """What came out: a sentence, the share of unknown items, all methods, and the weeks."""
    if recheck.change is not None:
        widgets.sentence(f"{recheck.change.sentence} per 100 in the top {k}", size="1.3rem", weight=600)
        messages.show_aside(
            "Then: its own test, after training. Now: this log. Other sessions, so the interval counts both tests."
        )
    if recheck.incomparable:
        messages.show_aside(recheck.incomparable)
    messages.show_message(recheck.advice.sentence, _SIGNS[recheck.advice.recommendation])
    widgets.sentence(recheck.against_baselines.sentence)
    widgets.sentence(recheck.unknown_sentence)
    methods = _describe_methods(recheck)
    nearest = review_context.nearest_list_length(k)
    columns: dict[str, Any] = {
        name: st.column_config.NumberColumn(name, format="%.1f") for name in (f"top {nearest}", "MRR@20")
    }
    table = recheck_frames.methods_table(recheck.models, methods, nearest)
    widgets.show_table(
        _export(recheck, table, methods, nearest), key="recheck-models", name="re-check", shown=table, columns=columns
    )
    if recheck.whole is not None:
        widgets.sentence(f"{recheck.whole.sentence}.")
    if len(recheck.by_week) < 2:
        messages.show_aside("The test covers less than two weeks of dates, too few to show how the weeks differ.")
        return
    dark = theme.is_dark()
    weeks = recheck_frames.hits_by_week(recheck.by_week, _methods_by_week(recheck, methods))
    hits, unknown = st.columns([3, 2], gap="medium")
    with hits:
        widgets.show_chart(
            partial(recheck_charts.hits_by_week, weeks, k, dark),
            key="recheck-hits",
            alt=describe_weeks(weeks, k),
        )
    with unknown:
        shares = recheck_frames.unknown_by_week(recheck.by_week)
        widgets.show_chart(
            partial(recheck_charts.unknown_by_week, shares, dark),
            key="recheck-unknown",
            alt=describe_unknown(shares),
        )


def _export(recheck: Recheck, table: pd.DataFrame, methods: list[Method], k: int) -> pd.DataFrame:
    """The table of methods as it is downloaded."""
    models, confidence = recheck.comparison.models, recheck.comparison.config.confidence
    labels = {method.name: method.label for method in methods}
    source = TableSource(
        dataset=recheck.dataset.name, split=recheck.split, k=k, n_events=models[0].n_events, confidence=confidence
    )
    return export_table(add_intervals(table, whole_rates(models, k, confidence), k, labels), source)


def _describe_methods(recheck: Recheck) -> list[Method]:
    """What the tables and the chart call each method, and in whose colour it is drawn."""
    loss = recheck.run.config.loss
    trained = {OLD: ("old model", loss), RETRAINED: ("retrained model", f"{loss} retrained")}
    return [
        Method(model.name, model.label, model.kind, *trained.get(model.name, ("baseline", model.name)))
        for model in recheck.comparison.models
    ]


def describe_weeks(weeks: pd.DataFrame, k: int) -> str:
    """The chart of `recheck_frames.hits_by_week` in words: each method's least and most hits in a week."""
    ranges = weeks.groupby("label", sort=False)["hits"].agg(["min", "max"])
    words = [f"{label} {figure(low)} to {figure(high)}" for label, low, high in ranges.itertuples()]
    return f"Hits in the top {k} per 100, week by week: {'; '.join(words)}"


def describe_unknown(shares: pd.DataFrame) -> str:
    """The chart of `recheck_frames.unknown_by_week` in words: the week with the most unknown items, and why."""
    most = shares.nlargest(1, "unknown").to_dict("records")[0]
    beyond = most["unknown"] - most["not_in_training"]
    return (
        f"{recheck_charts.UNKNOWN_ITEMS}: up to {figure(most['unknown'])} % of a week's events"
        f" ({figure(most['not_in_training'])} % not in this log's training part, {figure(beyond)} % otherwise unknown"
        " to the old model)"
    )


def _methods_by_week(recheck: Recheck, methods: list[Method]) -> list[Method]:
    """Those whose weeks are shown: old and retrained model, the strongest baseline, best-sellers."""
    by_name = {method.name: method for method in methods}
    names = dict.fromkeys((OLD, RETRAINED, recheck.against_baselines.strongest, "popularity"))
    return [by_name[name] for name in names if name in by_name]


def _offer_retraining(selection: state.Selection, run: RunRecord, record: DatasetRecord, plan: ComparisonPlan) -> None:
    """Trains the same settings on the new log; when done, that model stands beside the old one here."""
    messages.show_aside(describe_retraining(state.workspace(), run, record.id, plan.test_rule))
    label = "Train its settings again, on this log"
    if st.button(label, type="tertiary", key="recheck-retrain", icon=":material/replay:"):
        comparison = actions.start_comparison(state.workspace(), record.id, plan)
        state.open_page("train", selection, dataset=record.id, comparison=comparison.id, k=plan.judging.shown_k)
