"""What a tuning leads to is queued by whoever looks after the workspace: once, where the tuning was."""

from types import SimpleNamespace

import pytest

from gru4rec_core.config import ComparisonConfig, SplitConfig, TrainingConfig
from gru4rec_core.errors import RunError
from gru4rec_core.jobs import client, follow_up, jobs
from gru4rec_core.jobs.follow_up import queue_planned, set_aside, unfinished_tuning
from gru4rec_core.jobs.job_list import job_folder, list_jobs, tuning_job_id
from gru4rec_core.jobs.queueing import Destination
from gru4rec_core.jobs.tuning_plan import TuningBudget, TuningPlan, plan_tuning
from gru4rec_core.jobs.winners import plan_winners
from gru4rec_core.workspace.job_state import ClusterTicket, change_state, read_state
from gru4rec_core.workspace.records import DatasetRecord
from gru4rec_core.workspace.store import Workspace
from gru4rec_core.workspace.tunings import Trial, method_folder, planned_comparison, store_trials

RULE = SplitConfig(validation_fraction=0.4)
SMALL = TrainingConfig(n_hidden=(4,), batch_size=4)
JUDGING = ComparisonConfig(deciding_k=2, n_bootstrap=200, n_permutations=200)


def plan(n_trials: int, *, by_job: bool = True) -> TuningPlan:
    losses = (SMALL, SMALL.replace(loss="bpr"))
    baselines = ("popularity", "sequential-rules")
    return TuningPlan(losses, RULE, JUDGING, TuningBudget(n_trials), baselines, n_seeds=1, by_job=by_job)


@pytest.mark.parametrize("by_job", [True, False])
def test_a_planned_comparison_is_queued_once(
    workspace: Workspace, dataset, monkeypatch: pytest.MonkeyPatch, by_job: bool
) -> None:
    sent = []
    monkeypatch.setattr(client, "send", lambda workspace, job: sent.append((job.kind, job.state.scheduler)))
    tuning = plan_tuning(workspace, dataset.id, plan(1, by_job=by_job))
    assert queue_planned(workspace) == []  # nothing is planned yet
    monkeypatch.setattr(follow_up, "find_engine", lambda root: None)
    for method in tuning.methods:
        folder = method_folder(workspace, tuning, method)
        folder.mkdir()
        store_trials(folder, (Trial(0, {}, {}, 0.5, 1, (0.5,), 1.0, "done"),))
        change_state(folder, state="done", scheduler="tls://127.0.0.1:9", ended=1.0)
    comparison = plan_winners(workspace, tuning)
    assert queue_planned(workspace) == []  # the engine that tuned has ended: nothing is queued there
    monkeypatch.setattr(follow_up, "find_engine", lambda root: SimpleNamespace(address="tls://127.0.0.1:10"))
    assert queue_planned(workspace) == ([comparison] if by_job else [])
    assert queue_planned(workspace) == []
    assert sent == ([("run", "tls://127.0.0.1:10")] * 2 + [("baselines", "tls://127.0.0.1:10")] if by_job else [])


def test_its_log_is_not_deleted_while_a_tuning_is_at_work(workspace: Workspace, dataset) -> None:
    tuning = plan_tuning(workspace, dataset.id, plan(1))
    folder = method_folder(workspace, tuning, "bpr")
    folder.mkdir()
    change_state(folder, state="running")
    with pytest.raises(RunError, match="once nothing works on it"):
        workspace.delete_dataset(dataset.id)
    change_state(folder, state="cancelled")
    workspace.delete_dataset(dataset.id)
    assert workspace.datasets() == []


def test_a_tuning_is_carried_out_by_jobs_up_to_the_results_of_its_winners(
    shared: Workspace, letters: DatasetRecord, wait_for
) -> None:
    tuning = plan_tuning(shared, letters.id, plan(2))
    jobs.submit_tuning(shared, tuning)
    listed = {job.title for job in list_jobs(shared) if job.kind == "tuning"}
    assert listed == {f"tuning {name} on letters" for name in ("TOP1", "BPR", "Sequential rules")}
    for method in tuning.methods:
        folder = job_folder(shared, "tuning", tuning_job_id(tuning, method))
        wait_for(lambda folder=folder: read_state(folder), lambda state: state.state == "done")
    comparison = planned_comparison(shared, tuning)
    for run_id in comparison.run_ids:
        wait_for(lambda run_id=run_id: shared.state(run_id), lambda state: state.state == "done")
    folder = shared.split_folder(letters.id, comparison.split) / "baselines"
    wait_for(lambda: read_state(folder), lambda state: state.state == "done")
    assert shared.missing_baselines(letters.id, comparison.split, comparison.baselines) == []
    again = jobs.submit(shared, "tuning", tuning_job_id(tuning, "bpr"))
    assert (again.state, again.attempt) == ("done", 1)  # its budget is used up


@pytest.mark.parametrize(("engine_alive", "on_cluster"), [(True, False), (False, False), (True, True)])
def test_whoever_looks_goes_on_where_no_engine_does(
    workspace: Workspace, dataset, monkeypatch: pytest.MonkeyPatch, engine_alive: bool, on_cluster: bool
) -> None:
    sent = []
    monkeypatch.setattr(client, "send", lambda workspace, job: sent.append(job.kind))
    monkeypatch.setattr(jobs, "find_destination", lambda workspace: Destination("tls://127.0.0.1:10"))
    monkeypatch.setattr(jobs.engine, "find_engine", lambda root: "an engine" if engine_alive else None)
    tuning = plan_tuning(workspace, dataset.id, plan(1))
    jobs.go_on_after(workspace, tuning)  # nothing is planned yet
    for method in tuning.methods:
        folder = method_folder(workspace, tuning, method)
        folder.mkdir()
        store_trials(folder, (Trial(0, {}, {}, 0.5, 1, (0.5,), 1.0, "done"),))
        ticket = ClusterTicket(scheduler_id="Scheduler-1") if on_cluster else None
        scheduler = "tcp://10.0.0.1:8786" if on_cluster else "tls://127.0.0.1:9"
        change_state(folder, state="done", scheduler=scheduler, cluster=ticket, ended=1.0)
    for _ in range(2):  # nothing has planned it: the last method was tuned by the command
        jobs.go_on_after(workspace, tuning)
    waits_for_the_engine = engine_alive and not on_cluster
    assert sent == ([] if waits_for_the_engine else ["run", "run", "baselines"])
    assert (unfinished_tuning(workspace, dataset.id) is None) == (not waits_for_the_engine)


def test_a_tuning_that_was_set_aside_or_begun_by_the_command_is_taken_up(workspace: Workspace, dataset) -> None:
    by_command = plan_tuning(workspace, dataset.id, plan(1, by_job=False))
    assert unfinished_tuning(workspace, dataset.id) is None
    tuning = plan_tuning(workspace, dataset.id, plan(1))
    assert (tuning.id, tuning.by_job) == (by_command.id, True)
    assert unfinished_tuning(workspace, dataset.id) == tuning
    set_aside(workspace, tuning)
    assert unfinished_tuning(workspace, dataset.id) is None
    assert plan_tuning(workspace, dataset.id, plan(1)) == tuning
    assert unfinished_tuning(workspace, dataset.id) == tuning
