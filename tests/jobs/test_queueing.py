"""A job is written down before it is handed over, and is as it was where nobody takes it."""

import pytest

from gru4rec_core.config import ComparisonConfig, SplitConfig, TrainingConfig
from gru4rec_core.errors import RunError
from gru4rec_core.jobs import client
from gru4rec_core.jobs.job_list import baselines_id
from gru4rec_core.jobs.queueing import Destination, MissingParts, queue_job
from gru4rec_core.workspace.job_state import change_state, read_state
from gru4rec_core.workspace.store import Workspace

TO = Destination("tls://127.0.0.1:9", warnings=("Not encrypted.",))


def test_it_is_queued_once(workspace: Workspace, run, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = []
    monkeypatch.setattr(client, "send", lambda workspace, job: sent.append(job.state))
    first = queue_job(workspace, "run", run.id, lambda: TO, threads=2)
    assert (first.state, first.scheduler, first.attempt, first.threads) == ("queued", TO.address, 1, 2)
    assert queue_job(workspace, "run", run.id, lambda: TO) == first
    assert sent == [first]
    assert "Not encrypted." in workspace.log(run.id)
    done = change_state(workspace.run_folder(run.id), state="done")
    assert queue_job(workspace, "run", run.id, lambda: TO) == done


def test_where_nobody_takes_it_nothing_changes(workspace: Workspace, run, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(workspace: Workspace, job: object) -> None:
        raise TimeoutError("no answer")

    monkeypatch.setattr(client, "send", refuse)
    with pytest.raises(RunError, match="cannot be reached"):
        queue_job(workspace, "run", run.id, lambda: TO)
    assert read_state(workspace.run_folder(run.id)).state == "new"


def test_a_comparison_needs_its_new_and_lost_runs_and_its_missing_baselines(workspace: Workspace, dataset) -> None:
    runs = [workspace.create_run(dataset.id, TrainingConfig(seed=seed), SplitConfig()) for seed in range(4)]
    for run, state in zip(runs, ("new", "lost", "done", "running"), strict=True):
        change_state(workspace.run_folder(run.id), state=state)
    comparison = workspace.create_comparison(
        dataset.id, SplitConfig(), ComparisonConfig(), [run.id for run in runs], baselines=("popularity",)
    )
    missing = MissingParts.of(workspace, comparison)
    assert (missing.run_ids, missing.baselines) == ((runs[0].id, runs[1].id), ("popularity",))
    queued = []
    missing.queue(workspace, lambda kind, job_id: queued.append((kind, job_id)))
    assert queued == [
        ("run", runs[0].id),
        ("run", runs[1].id),
        ("baselines", baselines_id(dataset.id, comparison.split)),
    ]
    assert (
        workspace.split_folder(dataset.id, comparison.split) / "split.json"
    ).exists()  # the job reads its rule there
