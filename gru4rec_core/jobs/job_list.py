"""What is a job, where is its state stored, and which jobs are there?"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from gru4rec_core.config import SplitConfig
from gru4rec_core.errors import RunError
from gru4rec_core.results.self_check import self_check_folder
from gru4rec_core.storage import safe_child
from gru4rec_core.workspace.job_state import JobState, read_state
from gru4rec_core.workspace.records import RunRecord
from gru4rec_core.workspace.store import Workspace
from gru4rec_core.workspace.tunings import TuningRecord, method_label, read_tuning, tuning_folder, tunings_folder

Kind = Literal["run", "baselines", "tuning", "order-test", "self-check"]
"""What a job does; the id of an order test is that of its dataset, that of a self-check that of its comparison."""


@dataclass(frozen=True)
class Job:
    """A job and its state.

    Attributes:
        title: its name for people.
        dataset_id: the log that it works on; "" where the job does not come from `list_jobs`.
        run: the record of a run; None for other kinds, and where the job does not come from `list_jobs`.
    """

    kind: Kind
    id: str
    title: str
    state: JobState
    dataset_id: str = ""
    run: RunRecord | None = None


def baselines_id(dataset_id: str, split: SplitConfig) -> str:
    """The id of the job that computes a split's baselines."""
    return f"{dataset_id}/{split.key()}"


def tuning_job_id(tuning: TuningRecord, method: str) -> str:
    """The id of the job that tunes one method."""
    return f"{tuning.dataset_id}/{tuning.id}/{method}"


def read_tuning_job(workspace: Workspace, job_id: str) -> tuple[TuningRecord, str]:
    """The tuning of such a job, and the method. Raises RunError where there is no such tuning, or it is damaged."""
    dataset_id, tuning_id, method = job_id.split("/")
    return read_tuning(workspace, dataset_id, tuning_id), method


def job_folder(workspace: Workspace, kind: Kind, job_id: str) -> Path:
    """Where a job keeps its state, its log and its results.

    Raises:
        RunError: the id is malformed.
    """
    if kind == "run":
        return workspace.run_folder(job_id)
    if kind == "tuning":
        dataset_id, tuning_id, method = [*job_id.split("/"), "", ""][:3]
        return safe_child(tuning_folder(workspace, dataset_id, tuning_id), method)
    if kind == "order-test":
        return workspace.order_test_folder(job_id)
    if kind == "self-check":
        return self_check_folder(workspace, job_id)
    dataset_id, _, key = job_id.partition("/")
    return safe_child(workspace.dataset_folder(dataset_id) / "splits", key) / "baselines"


def read_job_state(workspace: Workspace, kind: Kind, job_id: str) -> JobState:
    """The state of a job, from its folder alone."""
    return read_state(job_folder(workspace, kind, job_id))


def list_jobs(workspace: Workspace, *, active_only: bool = False, unreadable: bool = False) -> list[Job]:
    """Jobs that were submitted, with their states; the last submitted first.

    Args:
        workspace: whose jobs.
        active_only: leave out those that have ended.
        unreadable: also those of runs whose record cannot be read, called by their id.
    """

    def is_listed(state: JobState) -> bool:
        return state.is_active or (not active_only and state.state != "new")

    # States before records: pages ask several times per view, and most runs have ended long ago.
    states = {run_id: workspace.state(run_id) for run_id in workspace.run_ids()}
    jobs = []
    for run_id, state in states.items():
        run = _read_run(workspace, run_id) if is_listed(state) else None
        if run is not None:
            jobs.append(Job("run", run_id, run.name, state, run.dataset_id, run))
        elif unreadable and is_listed(state):
            jobs.append(Job("run", run_id, run_id, state))
    for dataset in workspace.datasets():
        for folder in sorted((workspace.dataset_folder(dataset.id) / "splits").glob("[!.]*/baselines")):
            job_id, state = f"{dataset.id}/{folder.parent.name}", read_state(folder)
            if is_listed(state):
                jobs.append(Job("baselines", job_id, f"baselines on {dataset.name}", state, dataset.id))
        for folder in sorted(tunings_folder(workspace, dataset.id).glob("[!.]*/*/state.json")):
            method, tuning_id = folder.parent.name, folder.parents[1].name
            job_id, state = f"{dataset.id}/{tuning_id}/{method}", read_state(folder.parent)
            if is_listed(state):
                jobs.append(
                    Job("tuning", job_id, f"tuning {method_label(method)} on {dataset.name}", state, dataset.id)
                )
        if is_listed(state := read_state(workspace.order_test_folder(dataset.id))):
            jobs.append(Job("order-test", dataset.id, f"order test of {dataset.name}", state, dataset.id))
    for folder in sorted((workspace.root / "comparisons").glob("[!.]*/self-check")):
        comparison_id, state = folder.parent.name, read_state(folder)
        if is_listed(state):
            jobs.append(Job("self-check", comparison_id, f"self-check of {comparison_id}", state))
    return sorted(jobs, key=lambda job: job.state.submitted or job.state.started or 0.0, reverse=True)


def _read_run(workspace: Workspace, run_id: str) -> RunRecord | None:
    """A run's record; None for one that cannot be read, which no list for people shows."""
    try:
        return workspace.run(run_id)
    except RunError:
        return None
