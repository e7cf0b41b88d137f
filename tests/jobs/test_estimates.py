"""Estimates come from runs that this machine finished, else from a cost model."""

import os

import pytest

from gru4rec_core.config import SplitConfig, TrainingConfig
from gru4rec_core.jobs import estimates
from gru4rec_core.jobs.estimates import OVERHEAD_SECONDS, START_SECONDS, estimate_seconds
from gru4rec_core.storage import write_json
from gru4rec_core.workspace import run_folder
from gru4rec_core.workspace.job_state import JobState, ProcessIdentity, write_state
from gru4rec_core.workspace.records import DatasetRecord, RunRecord
from gru4rec_core.workspace.store import Workspace

CONFIG = TrainingConfig(n_hidden=(64,), batch_size=4, epochs=10)


@pytest.fixture(autouse=True)
def one_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DASK_SCHEDULER_ADDRESS", raising=False)
    monkeypatch.setattr(estimates, "worker_count", lambda: 1)


def finish(
    workspace: Workspace,
    dataset: DatasetRecord,
    config: TrainingConfig,
    events_per_s: float,
    *,
    host: str | None = None,
    cores: int | None = None,
) -> RunRecord:
    """A run that trained two epochs of a second each, and took four seconds besides."""
    run = workspace.create_run(dataset.id, config, SplitConfig())
    folder = workspace.run_folder(run.id)
    for epoch in (1, 2):
        run_folder.append_epoch(folder, {"epoch": epoch, "events_per_s": events_per_s, "seconds": 1.0})
    seconds = {"reading": 1.0, "training": 4.0, "testing": 1.0}
    write_json(folder / "environment.json", {"cores": cores or os.cpu_count(), "seconds": seconds})
    worker = ProcessIdentity.current()
    worker = worker.model_copy(update={"host": host or worker.host})
    write_state(folder, JobState(state="done", worker=worker))
    return run


def n_events(dataset: DatasetRecord) -> int:
    return dataset.n_events - dataset.n_sessions


def test_without_runs_the_cost_model_speaks(workspace: Workspace, dataset: DatasetRecord) -> None:
    seconds = estimate_seconds(workspace, dataset, [CONFIG])
    assert START_SECONDS + OVERHEAD_SECONDS < seconds < START_SECONDS + OVERHEAD_SECONDS + 1
    larger = dataset.model_copy(update={"n_events": 1_000_000})
    slow = estimate_seconds(workspace, larger, [CONFIG])
    assert slow > seconds + 10
    assert estimate_seconds(workspace, larger, [CONFIG.replace(n_hidden=(128,))]) > slow + 10
    assert estimate_seconds(workspace, larger, [CONFIG.replace(epochs=5)]) < slow - 10
    assert estimate_seconds(workspace, larger, [CONFIG.replace(steps_per_epoch=1)]) < seconds + 1


def test_a_run_with_these_settings_gives_its_speed_and_its_overhead(
    workspace: Workspace, dataset: DatasetRecord
) -> None:
    for seed, speed in enumerate((1.0, 2.0, 50.0)):
        finish(workspace, dataset, CONFIG.replace(seed=seed, loss="bpr", epochs=2), speed)
    seconds = estimate_seconds(workspace, dataset, [CONFIG])
    assert seconds == pytest.approx(START_SECONDS + 4.0 + 10 * n_events(dataset) / 2.0)


def test_other_settings_and_datasets_tell_how_slow_the_machine_is(
    workspace: Workspace, dataset: DatasetRecord, make_dataset
) -> None:
    before = estimate_seconds(workspace, dataset, [CONFIG]) - START_SECONDS - OVERHEAD_SECONDS
    modelled = 10 * n_events(dataset) / before  # events per second
    other = workspace.add_dataset(make_dataset("abc", "cab", "bca", "acb"), "other")
    finish(workspace, other, CONFIG, modelled / 1000)
    after = estimate_seconds(workspace, dataset, [CONFIG]) - START_SECONDS - OVERHEAD_SECONDS
    assert after == pytest.approx(1000 * before)


@pytest.mark.parametrize("elsewhere", [{"host": "another-machine"}, {"cores": 999}])
def test_runs_of_another_machine_do_not_count(workspace: Workspace, dataset: DatasetRecord, elsewhere: dict) -> None:
    before = estimate_seconds(workspace, dataset, [CONFIG])
    finish(workspace, dataset, CONFIG, 0.001, **elsewhere)
    assert estimate_seconds(workspace, dataset, [CONFIG]) == before


def test_a_resumed_run_gives_its_speed_but_no_overhead(workspace: Workspace, dataset: DatasetRecord) -> None:
    run = finish(workspace, dataset, CONFIG, 2.0)
    folder = workspace.run_folder(run.id)
    write_state(folder, workspace.state(run.id).model_copy(update={"attempt": 2}))
    seconds = estimate_seconds(workspace, dataset, [CONFIG])
    assert seconds == pytest.approx(START_SECONDS + OVERHEAD_SECONDS + 10 * n_events(dataset) / 2.0)


def test_an_unfinished_or_damaged_run_does_not_count(workspace: Workspace, dataset: DatasetRecord) -> None:
    before = estimate_seconds(workspace, dataset, [CONFIG])
    damaged = finish(workspace, dataset, CONFIG, 0.001)
    (workspace.run_folder(damaged.id) / "environment.json").write_text("{")
    unfinished = finish(workspace, dataset, CONFIG, 0.001)
    write_state(workspace.run_folder(unfinished.id), JobState(state="failed"))
    assert estimate_seconds(workspace, dataset, [CONFIG]) == before


def test_runs_share_the_workers(workspace: Workspace, dataset: DatasetRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    finish(workspace, dataset, CONFIG, 1.0)
    each = estimate_seconds(workspace, dataset, [CONFIG]) - START_SECONDS
    four = [CONFIG.replace(seed=seed) for seed in range(4)]
    assert estimate_seconds(workspace, dataset, four) == pytest.approx(START_SECONDS + 4 * each)
    monkeypatch.setattr(estimates, "worker_count", lambda: 3)
    assert estimate_seconds(workspace, dataset, four) == pytest.approx(START_SECONDS + 2 * each)
