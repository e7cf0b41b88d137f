"""How far is the work, job by job, epoch by epoch?

Everything is read from the workspace, so a reload, another browser or a restarted server sees the same.
"""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dashboard import actions, messages, state
from gru4rec_core.config import LOSS_LABELS, TrainingConfig
from gru4rec_core.errors import WorkbenchError
from gru4rec_core.jobs import jobs
from gru4rec_core.jobs.job_list import Job, baselines_id, list_jobs, read_job_state
from gru4rec_core.jobs.reconcile import reconcile_jobs
from gru4rec_core.report.charts.training import loss_curve, validation_curve
from gru4rec_core.report.frames.training import epoch_frame
from gru4rec_core.workspace.job_state import JobState
from gru4rec_core.workspace.records import ComparisonRecord, RunRecord
from gru4rec_core.workspace.store import Workspace

POLL_SECONDS = 1.0
_WATCHED = (1, 3, 5, 10, 20)
_ICONS = {
    "new": "○",
    "queued": "…",
    "running": "▶",
    "done": "✓",
    "failed": "✗",
    "cancelled": "■",
    "lost": "?",
}
_WORDS = {
    "new": "not started",
    "queued": "waiting for a worker",
    "running": "running",
    "done": "done",
    "failed": "failed",
    "cancelled": "cancelled",
    "lost": "lost",
}


def run_label(config: TrainingConfig) -> str:
    """How a run is called on the screens."""
    return f"{LOSS_LABELS[config.loss]}, seed {config.seed}"


def jobs_of(home: Workspace, comparison: ComparisonRecord) -> list[Job]:
    """The jobs of a comparison in the order they are shown: its runs, then the baselines."""
    found = []
    for run_id in comparison.run_ids:
        run = home.run(run_id)
        found.append(Job("run", run.id, run_label(run.config), home.state(run.id)))
    if comparison.baselines:
        job_id = baselines_id(comparison.dataset_id, comparison.split)
        found.append(Job("baselines", job_id, "Baselines", read_job_state(home, "baselines", job_id)))
    return found


def jobs_at_work(home: Workspace) -> list[Job]:
    """Whatever waits or works in the workspace, called as the screens call it."""
    found = []
    for job in list_jobs(home, active_only=True):
        title = run_label(home.run(job.id).config) if job.kind == "run" else job.title.capitalize()
        found.append(replace(job, title=title))
    return found


def is_active(home: Workspace, comparison: ComparisonRecord) -> bool:
    """Whether anything of this comparison waits or works; what nothing works on any more is marked as lost first."""
    reconcile_jobs(home)
    return actions.is_starting(comparison.id) or any(job.state.is_active for job in jobs_of(home, comparison))


def panel(comparison: ComparisonRecord) -> None:
    """The live view of a comparison; asks the disk every second while something is active."""
    home = state.workspace()
    active = is_active(home, comparison)
    st.fragment(run_every=POLL_SECONDS if active else None)(_panel)(comparison, active)


def _panel(comparison: ComparisonRecord, was_active: bool) -> None:
    home = state.workspace()
    listed = jobs_of(home, comparison)
    active = was_active and is_active(home, comparison)
    if was_active and not active:
        st.rerun()  # a run of the whole page, which stops the polling and shows the way on
    if actions.is_starting(comparison.id):
        messages.aside("Starting the job engine: some seconds, once.")
    for job in listed:
        job_row(home, job)
    if not active and any(job.state.state == "new" for job in listed):
        _start_rest(home, comparison)
    curves(home, [home.run(run_id) for run_id in comparison.run_ids], comparison.config.deciding_k)


def _start_rest(home: Workspace, comparison: ComparisonRecord) -> None:
    """What was never handed over, because the server ended in between, can be started here."""
    if st.button("Start what has not started", key="start-rest"):
        try:
            actions.submit(home, comparison)
        except WorkbenchError as error:
            messages.problem(error)
        else:
            st.rerun()


def job_row(home: Workspace, job: Job) -> None:
    """One job: its name, its state in words, how far it is, and the button that fits."""
    with st.container(key=f"job-{_key(job)}"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.text(f"{_ICONS[job.state.state]} {job.title} · {_words(job.state)}", width="content")
            _actions(home, job)
        if job.state.state == "running":
            st.progress(fraction(job.state))
        if job.state.state in ("failed", "lost"):
            _reason(home, job)


def fraction(job: JobState) -> float:
    """How much of a job is done, 0 to 1: epochs while it trains, else its own count."""
    within = job.done / job.total if job.total else 0.0
    return min(max(within, 0.0), 1.0)


def _words(job: JobState) -> str:
    if job.state == "queued" and job.phase:
        return job.phase
    if job.state != "running":
        return _WORDS[job.state] + (f" in {duration(job.seconds)}" if job.state == "done" and job.seconds else "")
    parts = [job.phase or "starting"]
    if job.epochs:
        parts.append(f"epoch {min(job.epoch + 1, job.epochs)} of {job.epochs}" if job.epoch < job.epochs else "")
    if job.seconds_left is not None:
        parts.append(f"{duration(job.seconds_left)} left")
    return ", ".join(part for part in parts if part)


def duration(seconds: float) -> str:
    """Seconds in words: "8 s", "3 min", "2 h 5 min"."""
    if seconds < 60:
        return f"{max(round(seconds), 1)} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def _actions(home: Workspace, job: Job) -> None:
    """Two taps to stop or start something, so that a stray one does nothing."""
    if job.state.is_active:
        with st.popover("Cancel", type="tertiary", key=f"cancel-{_key(job)}"):
            st.text("What is trained so far is kept; it can go on later.")
            if st.button("Cancel this job", key=f"cancel-now-{_key(job)}"):
                messages.attempt(lambda: jobs.cancel(home, job.kind, job.id))
    elif job.state.state in ("failed", "cancelled", "lost"):
        with st.popover("Retry", type="tertiary", key=f"retry-{_key(job)}"):
            st.text("It goes on from its last checkpoint.")
            if st.button("Start it again", key=f"retry-now-{_key(job)}"):
                messages.attempt(lambda: jobs.retry(home, job.kind, job.id))


def _reason(home: Workspace, job: Job) -> None:
    messages.note(job.state.reason or "No reason was recorded.", "error")
    if job.kind == "run" and (log := home.log(job.id, tail=40)):
        with st.expander("Log", key=f"log-{_key(job)}"):
            st.code(log, language=None, wrap_lines=True)


def _key(job: Job) -> str:
    return f"{job.kind}-{job.id.replace('/', '-')}"


def curves(home: Workspace, runs: list[RunRecord], deciding_k: int) -> None:
    """Validation hits of all losses in one chart, and below it each loss's own value in a panel of its own."""
    k = min(_WATCHED, key=lambda one: (abs(one - deciding_k), one))
    frame = epoch_frame([(run.config, home.epochs(run.id)) for run in runs], k)
    if frame.empty:
        messages.aside("The curves appear after the first epoch.")
        return
    dark, last = state.is_dark(), max(run.config.epochs for run in runs)
    watched = frame.dropna(subset=["hits"])
    if not watched.empty:
        st.altair_chart(
            validation_curve(watched, k, last, dark),
            key="validation-curve",
            alt=f"Hits in the top {k} per 100 on validation data, by epoch and loss",
        )
    names = list(dict.fromkeys(frame["name"]))
    for column, name in zip(st.columns(len(names)), names, strict=True):
        column.altair_chart(
            loss_curve(frame[frame["name"] == name], last, dark),
            key=f"loss-curve-{name}",
            alt=f"{LOSS_LABELS[name]} loss by epoch",
        )
    if len(names) > 1:
        messages.aside("Each loss has its own unit: compare the hits above, not these values.")
