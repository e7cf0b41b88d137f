"""How far along is each job, and how are models doing, epoch by epoch?

Everything is read from the workspace, so a reload, another browser or a restarted server sees the same.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial

import streamlit as st

from dashboard import actions, dialogs, messages, theme, widgets
from gru4rec_core.access.guard import is_allowed
from gru4rec_core.access.rights import Action
from gru4rec_core.config import LOSS_LABELS, TrainingConfig
from gru4rec_core.jobs import jobs
from gru4rec_core.jobs.job_list import Job, baselines_id, list_jobs, read_job_state
from gru4rec_core.jobs.lost_jobs import list_notices, reconcile_jobs
from gru4rec_core.report.charts.training import loss_curve, validation_curve
from gru4rec_core.report.frames.training import epoch_frame
from gru4rec_core.workspace.job_state import JobState, State
from gru4rec_core.workspace.records import ComparisonRecord, RunRecord
from gru4rec_core.workspace.store import Workspace

POLL_SECONDS = 1.0
_VALIDATION_KS = (1, 3, 5, 10, 20)
_SHARES = {"training": (0.0, 0.95), "testing": (0.95, 1.0), "storing": (1.0, 1.0)}
"""From where to where each phase of a run goes; training is nearly all of it."""
ICONS: dict[State, str] = {
    "new": "○",
    "queued": "…",
    "running": "▶",
    "done": "✓",
    "failed": "✗",
    "cancelled": "■",
    "lost": "?",
}
STATE_WORDS: dict[State, str] = {
    "failed": "failed",
    "lost": "lost",
    "running": "running",
    "queued": "waiting for a worker",
    "cancelled": "cancelled",
    "new": "not started",
    "done": "done",
}
"""The states of a job in words, what needs attention first."""
_KEPT = {
    "run": "What has been trained so far is kept. You can continue it later.",
    "baselines": "Baselines that are done are kept. You can continue later.",
    "tuning": "Finished trials are kept; the one at work is lost. You can continue later.",
}
"""What becomes of a job that is cancelled, by its kind."""
_CONTINUES = {
    "run": "It continues from its last checkpoint.",
    "baselines": "It continues with the baselines that are missing.",
    "tuning": "It continues after its last finished trial.",
}
"""Where a job that is tried again goes on, by its kind."""


def run_label(config: TrainingConfig) -> str:
    """What the screens call a run: "TOP1, seed 0"."""
    return f"{LOSS_LABELS[config.loss]}, seed {config.seed}"


def list_comparison_jobs(workspace: Workspace, comparison: ComparisonRecord) -> list[Job]:
    """The jobs of a comparison in the order they are shown: its runs that can be read, then the baselines."""
    runs = workspace.readable_runs(comparison.run_ids)
    listed = [Job("run", run.id, run_label(run.config), workspace.state(run.id)) for run in runs]
    if comparison.baselines:
        job_id = baselines_id(comparison.dataset_id, comparison.split)
        listed.append(Job("baselines", job_id, "Baselines", read_job_state(workspace, "baselines", job_id)))
    return listed


def list_active_jobs(workspace: Workspace) -> list[Job]:
    """All jobs of the workspace that wait or run, under the names the screens give them."""
    listed = []
    for job in list_jobs(workspace, active_only=True):
        title = run_label(job.run.config) if job.run is not None else job.title[:1].upper() + job.title[1:]
        listed.append(replace(job, title=title))
    return listed


def is_active(workspace: Workspace, comparison: ComparisonRecord) -> bool:
    """Whether any job of this comparison waits or runs; jobs that no worker holds any more are marked as lost first."""
    reconcile_jobs(workspace)
    listed = list_comparison_jobs(workspace, comparison)
    return actions.is_starting(comparison.id) or any(job.state.is_active for job in listed)


def show_notices(workspace: Workspace, listed: Sequence[Job]) -> None:
    """What keeps jobs from going on, and what is to be known of the cluster that they run on; once for all of them."""
    for sentence in list_notices(workspace, listed):
        messages.show_message(sentence, "warning")


def show_job(workspace: Workspace, job: Job, left: float | None = None) -> None:
    """One job: its name, its state in words, its progress, and the button that fits.

    Args:
        workspace: where it is.
        job: the job.
        left: seconds until all of it is done, testing included; by default the training's own estimate.
    """
    with st.container(key=f"job-{_key(job)}"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.text(f"{ICONS[job.state.state]} {job.title} · {describe_state(job.state, left)}", width="content")
            _show_job_buttons(workspace, job)
        if job.state.state == "running":
            st.progress(fraction_done(job))
        if job.state.state in ("failed", "lost"):
            _show_reason(workspace, job)


def fraction_done(job: Job) -> float:
    """How much of a job is done, 0 to 1: of a run training and testing together, of baselines their own count."""
    if job.state.state != "running":
        return float(job.state.state == "done")
    own = min(max(job.state.done / job.state.total, 0.0), 1.0) if job.state.total else 0.0
    begin, end = _SHARES.get(job.state.phase, (0.0, 0.0)) if job.kind == "run" else (0.0, 1.0)
    return begin + (end - begin) * own


def count_states(states: Iterable[State]) -> list[str]:
    """ "2 done", "1 running": how many jobs are in each state; after those done, what needs attention first."""
    counts = Counter(states)
    ordered = sorted(counts, key=lambda state: (state != "done", list(STATE_WORDS).index(state)))
    return [f"{counts[state]} {STATE_WORDS[state]}" for state in ordered]


def describe_state(job: JobState, left: float | None = None) -> str:
    """A job's state in words: "training, epoch 2 of 3, 1 min left", "done in 8 s".

    Args:
        job: the state.
        left: seconds until all of it is done; by default the training's own estimate.
    """
    left = job.seconds_left if left is None else left
    if job.state == "queued" and job.phase:
        return job.phase
    if job.state != "running":
        return STATE_WORDS[job.state] + (f" in {duration(job.seconds)}" if job.state == "done" and job.seconds else "")
    parts = [job.phase or "starting"]
    if job.epochs and job.epoch < job.epochs:
        parts.append(f"epoch {job.epoch + 1} of {job.epochs}")
    if left is not None:
        parts.append(f"{rough_duration(left)} left")
    return ", ".join(parts)


def duration(seconds: float) -> str:
    """Seconds in words: "8 s", "3 min", "2 h 5 min"."""
    if seconds < 60:
        return f"{max(round(seconds), 1)} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def rough_duration(seconds: float, about: str = "") -> str:
    """An estimate in words, no finer than it is known: "less than 10 s", or `about` and "40 s", "3 min"."""
    if seconds < 10:
        return "less than 10 s"
    return about + duration(10 * math.ceil(seconds / 10) if seconds < 60 else seconds)


def _show_job_buttons(workspace: Workspace, job: Job) -> None:
    """Two taps to stop or start something, so that a stray one does nothing.

    Of whom it is said is written for those who hear the button alone, and not drawn (see `theme`).
    """
    whose = f"*{widgets.plain_label(job.title, 60)}*"
    if job.state.is_active and is_allowed(Action.CANCEL):
        draw = partial(_ask_to_cancel, workspace, job)
        dialogs.show_button(
            f"Cancel {whose}", draw, key=f"cancel-{_key(job)}", title=_title("Cancel", job), type="tertiary"
        )
    elif job.state.state in ("failed", "cancelled", "lost") and is_allowed(Action.RETRY):
        draw = partial(_ask_to_retry, workspace, job)
        dialogs.show_button(
            f"Retry {whose}", draw, key=f"retry-{_key(job)}", title=_title("Retry", job), type="tertiary"
        )


def _title(action: str, job: Job) -> str:
    return f"{action}: {widgets.plain_label(job.title, 60)}"


def _ask_to_cancel(workspace: Workspace, job: Job) -> None:
    st.text(_KEPT.get(job.kind, "Nothing of it is kept. You can start it again."))
    if st.button("Cancel this job", key=f"cancel-now-{_key(job)}"):
        dialogs.attempt(lambda: jobs.cancel(workspace, job.kind, job.id), f"Cancelled: {job.title}.")


def _ask_to_retry(workspace: Workspace, job: Job) -> None:
    st.text(_CONTINUES.get(job.kind, "It starts from the beginning."))
    if st.button("Start it again", key=f"retry-now-{_key(job)}"):
        dialogs.attempt(lambda: jobs.retry(workspace, job.kind, job.id), f"Started again: {job.title}.")


def _show_reason(workspace: Workspace, job: Job) -> None:
    messages.show_message(job.state.reason or "No reason was recorded.", "error")
    if job.kind == "run" and (log := workspace.log(job.id, tail=40)):
        with st.expander("Log", key=f"log-{_key(job)}"):
            st.code(log, language=None, wrap_lines=True)


def _key(job: Job) -> str:
    return f"{job.kind}-{job.id.replace('/', '-')}"


def show_curves(workspace: Workspace, runs: list[RunRecord], deciding_k: int) -> None:
    """Validation hits of all losses in one chart; below it each loss's own value in a panel of its own."""
    k = min(_VALIDATION_KS, key=lambda k: (abs(k - deciding_k), k))
    frame = epoch_frame([(run.config, workspace.epochs(run.id)) for run in runs], k)
    if frame.empty:
        messages.show_aside("The curves appear after the first epoch.")
        return
    dark, last_epoch = theme.is_dark(), max(run.config.epochs for run in runs)
    validated = frame.dropna(subset=["hits"])
    if not validated.empty:
        widgets.show_chart(
            partial(validation_curve, validated, k, last_epoch, dark),
            key="validation-curve",
            alt=f"Hits in the top {k} per 100 on validation data, by epoch and loss",
        )
    names = list(dict.fromkeys(frame["name"]))
    for column, name in zip(st.columns(len(names)), names, strict=True):
        with column:
            widgets.show_chart(
                partial(loss_curve, frame[frame["name"] == name], last_epoch, dark),
                key=f"loss-curve-{name}",
                alt=f"{LOSS_LABELS[name]} loss by epoch",
            )
    if len(names) > 1:
        messages.show_aside("Each loss has a unit of its own: compare the hits above, not these values.")
