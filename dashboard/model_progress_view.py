"""How far along is a comparison: in all, and model by model with its seeds inside?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard import actions, focus, messages, progress_view, sign_in, state
from gru4rec_core.access.guard import is_allowed
from gru4rec_core.access.rights import Action
from gru4rec_core.experiments.continuing import taken_over_epochs
from gru4rec_core.jobs.job_list import Job
from gru4rec_core.jobs.lost_jobs import find_notice
from gru4rec_core.jobs.time_left import seconds_until_done
from gru4rec_core.results.model_table import group_by_model, label_model
from gru4rec_core.workspace.job_state import State
from gru4rec_core.workspace.records import ComparisonRecord, RunRecord
from gru4rec_core.workspace.store import Workspace

_TROUBLE = ("failed", "lost")


def show_comparison(comparison: ComparisonRecord, active: bool) -> None:
    """The progress of a comparison; while something of it is active, asks the disk every second."""
    sign_in.draw_again(progress_view.POLL_SECONDS if active else None, _show_comparison, comparison, active)


def _show_comparison(comparison: ComparisonRecord, was_active: bool) -> None:
    workspace = state.workspace()
    listed = progress_view.list_comparison_jobs(workspace, comparison)
    active = was_active and progress_view.is_active(workspace, comparison)
    if was_active and not active:
        st.rerun()  # the whole page, which stops the polling and shows the next step
    runs = workspace.readable_runs(comparison.run_ids)
    if actions.is_starting(comparison.id):
        messages.show_aside("Starting the job engine. This takes a few seconds, once.")
    progress_view.show_notices(workspace, listed)
    left = estimate_left(workspace, listed) if active else {}
    if active:
        st.text(describe_total(listed, left))
        focus.tell_progress(describe_total(listed, left), "training", mark=count_done(listed))
        progress_view.show_curves(workspace, runs, comparison.config.deciding_k)
    for label, of_model in group_jobs(listed, runs).items():
        _show_group(workspace, label, of_model, left)
    for sentence in describe_origins(workspace, runs):
        messages.show_aside(sentence)
    if not active:
        focus.tell_progress(describe_total(listed, {}), "training", mark=count_done(listed), only_changes=True)
        if any(job.state.state == "new" for job in listed):
            _offer_to_start_rest(workspace, comparison)
        progress_view.show_curves(workspace, runs, comparison.config.deciding_k)


def estimate_left(workspace: Workspace, listed: Sequence[Job]) -> dict[str, float]:
    """Seconds until each job ends, by its id; none while something keeps one of these from going on."""
    return {} if any(find_notice(workspace, job) for job in listed) else seconds_until_done(workspace)


def describe_total(listed: Sequence[Job], left: Mapping[str, float]) -> str:
    """ "3 of 7 jobs done, about 2 min left in all" for a comparison's jobs and the seconds until each ends."""
    seconds = [left[job.id] for job in listed if job.id in left]
    rest = f", {progress_view.rough_duration(max(seconds), about='about ')} left in all" if seconds else ""
    return f"{count_done(listed)} of {len(listed)} jobs done{rest}"


def count_done(listed: Sequence[Job]) -> int:
    """How many of these jobs are done."""
    return sum(job.state.state == "done" for job in listed)


def group_jobs(listed: Sequence[Job], runs: Sequence[RunRecord]) -> dict[str, list[Job]]:
    """A comparison's jobs under the label of their model, its seeds in order; what is no run stands alone."""
    by_id = {job.id: job for job in listed}
    groups = {
        label_model(name, of_model[0].config): [by_id[run.id] for run in of_model]
        for name, of_model in group_by_model(runs).items()
    }
    return groups | {job.title: [job] for job in listed if job.kind != "run"}


def describe_origins(workspace: Workspace, runs: Sequence[RunRecord]) -> list[str]:
    """Which runs of a comparison continue others, and which train anew in their place: a sentence each per model."""
    sentences = []
    for name, of_model in group_by_model(runs).items():
        label = label_model(name, of_model[0].config)
        taken = {run.continues: taken_over_epochs(workspace, run) for run in of_model if run.continues}
        continued = [origin for origin, epochs in taken.items() if epochs]
        if continued:
            before = " and ".join(map(str, sorted({taken[origin] for origin in continued})))
            sentences.append(f"{label} continues runs of {before} epochs: {', '.join(continued)}.")
        if anew := [origin for origin, epochs in taken.items() if not epochs]:
            sentences.append(f"{label} trains from the first epoch: no checkpoint is kept of {', '.join(anew)}.")
    return sentences


def _show_group(workspace: Workspace, label: str, of_model: Sequence[Job], left: Mapping[str, float]) -> None:
    """A model's row: its state in words and its progress; inside it, its seeds."""
    if len(of_model) == 1:
        progress_view.show_job(workspace, of_model[0], left.get(of_model[0].id))
        return
    key = of_model[0].id
    with st.container(gap="xsmall", key=f"model-{key}"):
        icon = progress_view.ICONS[leading_state(of_model)]
        st.text(f"{icon} {label} · {describe_group(of_model, left)}")
        if any(job.state.is_active for job in of_model):
            st.progress(sum(map(progress_view.fraction_done, of_model)) / len(of_model))
        for job in of_model:
            if job.state.state in _TROUBLE:
                progress_view.show_job(workspace, job)
        with st.expander("Seed by seed", key=f"seeds-{key}"):
            for job in of_model:
                if job.state.state not in _TROUBLE:
                    progress_view.show_job(workspace, job, left.get(job.id))


def leading_state(of_model: Sequence[Job]) -> State:
    """The one state that stands for a model's seeds: what needs attention first, then what is at work."""
    states = {job.state.state for job in of_model}
    return next(state for state in progress_view.STATE_WORDS if state in states)


def describe_group(of_model: Sequence[Job], left: Mapping[str, float]) -> str:
    """ "1 of 3 seeds done, 1 running, 1 waiting, 40 s left"."""
    states = [job.state.state for job in of_model]
    n_done = states.count("done")
    parts = [f"{n_done} of {len(states)} seeds done"]
    parts += progress_view.count_states(state for state in states if state != "done")
    seconds = [left[job.id] for job in of_model if job.id in left]
    if seconds:
        parts.append(f"{progress_view.rough_duration(max(seconds))} left")
    elif n_done == len(states) and (longest := max(job.state.seconds or 0.0 for job in of_model)):
        parts.append(f"the longest in {progress_view.duration(longest)}")
    return ", ".join(parts)


def _offer_to_start_rest(workspace: Workspace, comparison: ComparisonRecord) -> None:
    """Starts what was never queued because the server ended in between."""
    if is_allowed(Action.TRAIN) and st.button("Start what has not started", key="start-rest"):
        messages.attempt(lambda: actions.submit(workspace, comparison))
