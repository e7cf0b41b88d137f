"""Every job of a workspace is listed with its state."""

import pytest

from gru4rec_core.config import ComparisonConfig
from gru4rec_core.errors import RunError
from gru4rec_core.jobs.job_list import baselines_id, job_folder, list_jobs, read_job_state
from gru4rec_core.jobs.lost_jobs import reconcile_jobs
from gru4rec_core.workspace.job_state import JobState, ProcessIdentity, write_state
from gru4rec_core.workspace.store import Workspace


def test_one_damaged_state_hides_no_other_job(workspace: Workspace, run) -> None:
    other = workspace.create_run(run.dataset_id, run.config.replace(seed=1), run.split)
    write_state(workspace.run_folder(other.id), JobState(state="running", worker=ProcessIdentity.current()))
    (workspace.run_folder(run.id) / "state.json").write_text("{")
    states = {job.id: job.state for job in list_jobs(workspace)}
    assert states[other.id].state == "running"
    assert states[run.id].state == "failed"
    assert states[run.id].reason.startswith("state unreadable")
    assert reconcile_jobs(workspace) == []
    (problem,) = workspace.problems()
    assert run.id in problem.where


def test_what_is_no_run_hides_no_job(workspace: Workspace, run) -> None:
    write_state(workspace.run_folder(run.id), JobState(state="done"))
    (workspace.root / "runs" / "lost+found").mkdir()
    (workspace.root / "runs" / "notes.txt").write_text("")
    damaged = workspace.create_run(run.dataset_id, run.config.replace(seed=1), run.split)
    write_state(workspace.run_folder(damaged.id), JobState(state="done"))
    (workspace.run_folder(damaged.id) / "run.json").write_text("{")
    assert [job.id for job in list_jobs(workspace)] == [run.id]


def test_a_job_that_was_never_submitted_is_not_listed(workspace: Workspace, run) -> None:
    assert list_jobs(workspace) == []
    write_state(workspace.run_folder(run.id), JobState(state="done"))
    assert [job.id for job in list_jobs(workspace)] == [run.id]
    assert list_jobs(workspace, active_only=True) == []


def test_the_job_submitted_last_comes_first(workspace: Workspace, run) -> None:
    baselines = baselines_id(run.dataset_id, run.split)
    write_state(workspace.run_folder(run.id), JobState(state="queued", submitted=1.0))
    write_state(job_folder(workspace, "baselines", baselines), JobState(state="queued", submitted=2.0))
    assert [(job.kind, job.id) for job in list_jobs(workspace)] == [("baselines", baselines), ("run", run.id)]
    assert [(job.dataset_id, job.run) for job in list_jobs(workspace)] == [
        (run.dataset_id, None),
        (run.dataset_id, run),
    ]
    assert read_job_state(workspace, "baselines", baselines).submitted == 2.0


@pytest.mark.parametrize(("kind", "job_id"), [("run", "../x"), ("baselines", "x"), ("baselines", "data-1/../../x")])
def test_a_job_id_leads_nowhere_else(workspace: Workspace, kind, job_id: str) -> None:
    with pytest.raises(RunError):
        job_folder(workspace, kind, job_id)


def test_what_is_left_of_a_split_that_was_removed_is_no_job(workspace: Workspace, run) -> None:
    splits = workspace.dataset_folder(run.dataset_id) / "splits"
    write_state(splits / ".gone-62f801ed7e62-12345678" / "baselines", JobState(state="running"))
    assert list_jobs(workspace) == []


def test_an_order_test_is_a_job_of_its_dataset(workspace: Workspace, dataset) -> None:
    write_state(job_folder(workspace, "order-test", dataset.id), JobState(state="queued"))
    (job,) = list_jobs(workspace, active_only=True)
    assert (job.kind, job.id, job.dataset_id, job.title) == (
        "order-test",
        dataset.id,
        dataset.id,
        "order test of letters",
    )


def test_a_self_check_is_a_job_of_its_comparison(workspace: Workspace, run) -> None:
    comparison = workspace.create_comparison(run.dataset_id, run.split, ComparisonConfig(), [run.id])
    folder = job_folder(workspace, "self-check", comparison.id)
    assert folder.parent == workspace.comparison_folder(comparison.id)
    assert list_jobs(workspace) == []
    write_state(folder, JobState(state="running", worker=ProcessIdentity.current()))
    (job,) = list_jobs(workspace, active_only=True)
    assert (job.kind, job.id) == ("self-check", comparison.id)
