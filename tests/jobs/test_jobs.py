"""Jobs outlive who submitted them, can be watched by anyone, cancelled and tried again."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
import pytest

from gru4rec_core.config import ComparisonConfig, SplitConfig, TrainingConfig
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.errors import RunError
from gru4rec_core.jobs import client, jobs
from gru4rec_core.jobs.job_list import baselines_id, job_folder
from gru4rec_core.jobs.planning import ComparisonPlan, plan_comparison
from gru4rec_core.storage import write_text
from gru4rec_core.workspace.job_state import change_state, read_state
from gru4rec_core.workspace.records import DatasetRecord
from gru4rec_core.workspace.store import PROJECT_ROOT, Workspace

SMALL = TrainingConfig(n_hidden=(4,), batch_size=4, epochs=2)
LONG = SMALL.replace(epochs=10_000)


def test_a_run_outlives_the_process_that_submitted_it(shared: Workspace, letters: DatasetRecord, wait_for) -> None:
    run = shared.create_run(letters.id, SMALL, SplitConfig())
    code = (
        "import os, signal, sys\nfrom gru4rec_core.jobs import jobs\n"
        "from gru4rec_core.workspace.store import Workspace\n"
        "jobs.submit(Workspace(sys.argv[1]), 'run', sys.argv[2])\n"
        "assert 'tensorflow' not in sys.modules\nos.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code, str(shared.root), run.id], cwd=PROJECT_ROOT, check=False)
    state = wait_for(lambda: shared.state(run.id), lambda s: not s.is_active)
    assert (state.state, state.reason, state.epoch) == ("done", "", 2)
    second_viewer = Workspace(shared.root)
    assert len(second_viewer.epochs(run.id)) == 2
    assert second_viewer.metrics(run.id)["n_events"] == letters.n_sessions
    left = {path.name for path in shared.run_folder(run.id).iterdir()}
    assert left >= {
        "config.json", "environment.json", "epochs.jsonl", "log.txt", "metrics.json",
        "predictions.parquet", "run.json", "split.json", "state.json", "vocabulary.json", "weights.npz",
        "weights.weights.h5",
    }  # fmt: skip
    assert not {name for name in left if name.startswith(".") or name == "new"}


def test_a_running_job_is_cancelled_and_goes_on_from_its_checkpoint(
    shared: Workspace, letters: DatasetRecord, wait_for
) -> None:
    run = shared.create_run(letters.id, LONG, SplitConfig())
    jobs.submit(shared, "run", run.id)
    wait_for(lambda: shared.state(run.id), lambda s: s.epoch >= 2)
    jobs.cancel(shared, "run", run.id)
    first = wait_for(lambda: shared.state(run.id), lambda s: not s.is_active)
    assert (first.state, first.reason) == ("cancelled", "Cancelled.")
    last, log = len(shared.epochs(run.id)), shared.log(run.id)
    with pytest.raises(RunError, match="not done"):
        _result_of(shared, run.id)
    jobs.retry(shared, "run", run.id)
    wait_for(lambda: shared.state(run.id), lambda s: s.epoch > first.epoch + 1)
    jobs.cancel(shared, "run", run.id)
    second = wait_for(lambda: shared.state(run.id), lambda s: not s.is_active)
    assert second.attempt == 2
    epochs = shared.epochs(run.id)["epoch"]
    assert list(epochs) == list(range(1, len(epochs) + 1))
    # The second attempt begins right after the last epoch of the first.
    logged = re.findall(r"epoch (\d+) of", shared.log(run.id).removeprefix(log))
    assert int(logged[0]) == last + 1


def _result_of(workspace: Workspace, run_id: str) -> object:
    from gru4rec_core.results.comparison import build_comparison_result

    run = workspace.run(run_id)
    comparison = workspace.create_comparison(
        run.dataset_id, run.split, ComparisonConfig(deciding_k=3), [run_id], baselines=()
    )
    try:
        return build_comparison_result(workspace, comparison.id)
    finally:
        workspace.delete_comparison(comparison.id)


def test_a_comparison_is_carried_out_whole(shared: Workspace, letters: DatasetRecord, wait_for) -> None:
    configs = [SMALL, SMALL.replace(loss="bpr")]
    plan = ComparisonPlan(tuple(configs), SplitConfig(), ComparisonConfig(deciding_k=3))
    comparison = plan_comparison(shared, letters.id, plan)
    jobs.submit_comparison(shared, comparison.id)
    folder = job_folder(shared, "baselines", baselines_id(letters.id, plan.test_rule))
    for run_id in comparison.run_ids:
        wait_for(lambda run_id=run_id: shared.state(run_id), lambda s: s.state == "done")
    wait_for(lambda: read_state(folder), lambda s: s.state == "done")
    assert shared.missing_baselines(letters.id, plan.test_rule, plan.baselines) == []
    # The first run was there already, and is not trained again.
    assert shared.state(comparison.run_ids[0]).attempt == 1
    # Baselines that are all there are not queued again.
    assert jobs.submit(shared, "baselines", baselines_id(letters.id, plan.test_rule)) == read_state(folder)
    assert read_state(folder).state == "done"
    assert plan_comparison(shared, letters.id, plan) == comparison


def test_a_failure_is_told_in_words(shared: Workspace, letters: DatasetRecord, until_ended) -> None:
    rows = pd.DataFrame({"session": [1, 2], "timestamp": [1, 2], "item": ["a", "b"]})
    lonely = shared.add_dataset(SessionDataset(rows), "one event each")
    run = shared.create_run(lonely.id, SMALL, SplitConfig(min_session_length=1))
    jobs.submit(shared, "run", run.id)
    state = until_ended(shared, run.id)
    assert state.state == "failed"
    assert "Training needs" in state.reason
    assert "Traceback" not in state.reason


def test_a_bug_is_called_unexpected_and_its_traceback_stays_in_the_log(shared: Workspace, until_ended) -> None:
    rows = pd.DataFrame({"session": [1, 1, 1], "timestamp": [1, 2, 3], "item": ["a", "b", "c"]})
    broken = shared.add_dataset(SessionDataset(rows), "broken")
    np.save(shared.dataset_folder(broken.id) / "items.npy", np.array([0, 1, 77], np.int32))
    run = shared.create_run(broken.id, SMALL, SplitConfig())
    jobs.submit(shared, "run", run.id)
    state = until_ended(shared, run.id)
    assert state.state == "failed"
    assert state.reason.startswith("unexpected: ")
    assert "Traceback" in shared.log(run.id)


def test_submitting_twice_queues_once(shared: Workspace, letters: DatasetRecord, until_ended) -> None:
    run = shared.create_run(letters.id, LONG.replace(seed=3), SplitConfig())
    first = jobs.submit(shared, "run", run.id)
    again = jobs.submit(shared, "run", run.id)
    assert (first.attempt, again.attempt) == (1, 1)
    jobs.cancel(shared, "run", run.id)
    assert until_ended(shared, run.id).state == "cancelled"


def test_stopping_the_engine_ends_its_workers_and_loses_its_jobs(
    shared: Workspace, letters: DatasetRecord, wait_for
) -> None:
    run = shared.create_run(letters.id, LONG.replace(seed=5), SplitConfig())
    jobs.submit(shared, "run", run.id)
    wait_for(lambda: shared.state(run.id), lambda s: s.state == "running")
    pid = jobs.engine_status(shared).pid
    assert pid is not None
    family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    assert len(family) > 2
    assert jobs.stop_engine(shared)
    assert not [member for member in family if member.is_running() and member.status() != psutil.STATUS_ZOMBIE]
    assert shared.state(run.id).state == "lost"
    assert not jobs.engine_status(shared).alive
    assert not jobs.stop_engine(shared)


def test_only_what_ended_badly_is_tried_again(workspace: Workspace, run) -> None:
    with pytest.raises(RunError, match="it is new"):
        jobs.retry(workspace, "run", run.id)
    change_state(workspace.run_folder(run.id), state="done")
    with pytest.raises(RunError, match="it is done"):
        jobs.retry(workspace, "run", run.id)


def test_a_job_is_tried_again_with_as_many_threads_although_it_never_began(
    workspace: Workspace, run, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[int] = []
    monkeypatch.setattr(jobs, "find_destination", lambda workspace: jobs.Destination("tls://127.0.0.1:9"))
    monkeypatch.setattr(client, "send", lambda workspace, job: sent.append(job.state.threads))
    jobs.submit(workspace, "run", run.id, threads=2)
    change_state(workspace.run_folder(run.id), state="cancelled")
    jobs.retry(workspace, "run", run.id)
    assert sent == [2, 2]


def test_a_comparison_goes_on_with_runs_that_were_lost_as_they_were(
    workspace: Workspace, run, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[tuple[str, int]] = []
    monkeypatch.setattr(jobs, "find_destination", lambda workspace: jobs.Destination("tls://127.0.0.1:9"))
    monkeypatch.setattr(client, "send", lambda workspace, job: sent.append((job.id, job.state.threads)))
    lost, stopped = (workspace.create_run(run.dataset_id, run.config.replace(seed=i), run.split) for i in (1, 2))
    change_state(workspace.run_folder(lost.id), state="lost", threads=2)
    change_state(workspace.run_folder(stopped.id), state="cancelled")
    configs = tuple(one.config.watching(3) for one in (run, lost, stopped))
    for one, config in zip((run, lost, stopped), configs, strict=True):
        write_text(workspace.run_folder(one.id) / "config.json", config.to_json())
    plan = ComparisonPlan(configs, run.split, ComparisonConfig(deciding_k=3), baselines=())
    comparison = plan_comparison(workspace, run.dataset_id, plan)
    assert lost.id in comparison.run_ids
    assert stopped.id not in comparison.run_ids  # what somebody stopped is left alone
    jobs.submit_comparison(workspace, comparison.id)
    assert sorted(threads for _, threads in sent) == [1, 1, 2]
    assert (lost.id, 2) in sent


def test_a_run_that_is_done_is_not_queued_again(workspace: Workspace, run) -> None:
    before = change_state(workspace.run_folder(run.id), state="done")
    assert jobs.submit(workspace, "run", run.id) == before
    assert not jobs.engine_status(workspace).alive


def test_a_job_needs_its_run(workspace: Workspace, tmp_path: Path) -> None:
    for job_id in ("nothing-here", "../x"):
        with pytest.raises(RunError):
            jobs.submit(workspace, "run", job_id)
    for job_id in ("nothing-here/aaaaaaaaaaaa", "../../x/aaaaaaaaaaaa", "x"):
        with pytest.raises(RunError):
            jobs.submit(workspace, "baselines", job_id)
    assert not workspace.root.exists()
