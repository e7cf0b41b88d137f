"""Facts about a comparison's progress in words."""

import pytest

from dashboard import model_progress_view
from dashboard.model_progress_view import (
    describe_group,
    describe_origins,
    describe_total,
    estimate_left,
    group_jobs,
    leading_state,
)
from gru4rec_core.config import SplitConfig, TrainingConfig
from gru4rec_core.jobs.job_list import Job
from gru4rec_core.workspace.job_state import JobState
from gru4rec_core.workspace.run_folder import append_epoch


def a_job(name: str, kind="run", **state) -> Job:
    return Job(kind, name, name, JobState(**state))


def test_the_total_counts_jobs_and_tells_when_the_last_will_end():
    listed = [a_job("a", state="done"), a_job("b", state="running"), a_job("c", state="queued")]
    assert describe_total(listed, {"b": 40, "c": 130}) == "1 of 3 jobs done, about 2 min left in all"
    assert describe_total(listed, {"b": 4}) == "1 of 3 jobs done, less than 10 s left in all"
    assert describe_total(listed[:1], {}) == "1 of 1 jobs done"


def test_no_time_is_promised_while_something_keeps_a_job_from_going_on(workspace, monkeypatch):
    notices = {"c": "the cluster cannot be reached"}
    monkeypatch.setattr(model_progress_view, "seconds_until_done", lambda workspace: {"b": 40, "c": 130})
    monkeypatch.setattr(model_progress_view, "find_notice", lambda workspace, job: notices.get(job.id, ""))
    listed = [a_job("b", state="running"), a_job("c", state="queued")]
    assert estimate_left(workspace, listed) == {}
    assert estimate_left(workspace, listed[:1]) == {"b": 40, "c": 130}


def test_a_model_is_told_by_its_seeds():
    seeds = [
        a_job("a", state="done", started=0.0, ended=8.0),
        a_job("b", state="running"),
        a_job("c", state="queued"),
    ]
    said = describe_group(seeds, {"b": 5, "c": 40})
    assert said == "1 of 3 seeds done, 1 running, 1 waiting for a worker, 40 s left"
    assert describe_group(seeds[:1], {}) == "1 of 1 seeds done, the longest in 8 s"
    assert "1 failed" in describe_group([*seeds, a_job("d", state="failed")], {})
    assert leading_state(seeds) == "running"
    assert leading_state([*seeds, a_job("d", state="failed")]) == "failed"
    assert leading_state(seeds[:1]) == "done"


@pytest.fixture
def runs(workspace, dataset):
    configs = [TrainingConfig(loss=loss, seed=seed) for seed in (0, 1) for loss in ("top1", "bpr")]
    return [workspace.create_run(dataset.id, config, SplitConfig()) for config in configs]


def test_seeds_stand_under_their_model_and_baselines_alone(runs):
    listed = [a_job(run.id) for run in runs] + [Job("baselines", "x/y", "Baselines", JobState())]
    groups = group_jobs(listed, runs)
    assert list(groups) == ["TOP1", "BPR", "Baselines"]
    assert [job.id for job in groups["TOP1"]] == [runs[0].id, runs[2].id]


def test_runs_that_continue_others_say_which(workspace, dataset, runs):
    longer = runs[0].config.replace(epochs=20)
    continued = workspace.create_run(dataset.id, longer, SplitConfig(), continues=runs[0].id)
    anew = f"TOP1 trains from the first epoch: no checkpoint is kept of {runs[0].id}."
    assert describe_origins(workspace, [continued]) == [anew]
    (workspace.run_folder(runs[0].id) / "checkpoint" / "epoch-00010").mkdir(parents=True)
    assert describe_origins(workspace, [continued]) == [f"TOP1 continues runs of 10 epochs: {runs[0].id}."]
    assert describe_origins(workspace, runs[1:]) == []


@pytest.mark.parametrize(("epochs", "said"), [([10, 10, 20], "continues runs of 2 epochs"), ([20], "from the first")])
def test_what_was_taken_over_stays_true_when_the_other_run_is_deleted(workspace, dataset, runs, epochs, said):
    longer = runs[0].config.replace(epochs=20)
    continued = workspace.create_run(dataset.id, longer, SplitConfig(), continues=runs[0].id)
    workspace.delete_run(runs[0].id)
    for epoch, of in enumerate(epochs, 1):
        append_epoch(workspace.run_folder(continued.id), {"epoch": epoch, "epochs": of})
    assert said in describe_origins(workspace, [continued])[0]
