"""Estimates come from what this machine finished, else from a cost model."""

import os

import pytest

from gru4rec_core.baselines.names import DEFAULT_BASELINES
from gru4rec_core.config import SplitConfig, TrainingConfig
from gru4rec_core.jobs import estimates
from gru4rec_core.jobs.estimates import (
    BASELINES_SECONDS,
    OVERHEAD_SECONDS,
    baselines_seconds,
    read_past,
    run_seconds,
    testing_seconds,
)
from gru4rec_core.storage import write_json
from gru4rec_core.workspace import run_folder
from gru4rec_core.workspace.job_state import JobState, ProcessIdentity, write_state
from gru4rec_core.workspace.records import DatasetRecord, RunRecord
from gru4rec_core.workspace.store import Workspace

testing_seconds.__test__ = False  # type: ignore[attr-defined]  # no test, for all its name

CONFIG = TrainingConfig(n_hidden=(64,), batch_size=4, epochs=10)
RULE = SplitConfig()


def finish(
    workspace: Workspace,
    dataset: DatasetRecord,
    config: TrainingConfig,
    epoch_seconds: float,
    *,
    n_epochs: int = 2,
    events: int = 10,
    **environment: object,
) -> RunRecord:
    """A run that trained some epochs, and took four seconds besides."""
    run = workspace.create_run(dataset.id, config, RULE)
    folder = workspace.run_folder(run.id)
    for epoch in range(1, n_epochs + 1):
        run_folder.append_epoch(folder, {"epoch": epoch, "events": events, "seconds": epoch_seconds})
    seconds = {"testing": environment["testing"]} if "testing" in environment else {}
    write_json(folder / "environment.json", {"cores": environment.get("cores", os.cpu_count()), "seconds": seconds})
    worker = ProcessIdentity.current()
    worker = worker.model_copy(update={"host": environment.get("host", worker.host)})
    whole = 4.0 + n_epochs * epoch_seconds
    write_state(folder, JobState(state="done", worker=worker, started=100.0, ended=100.0 + whole))
    return run


def estimate(workspace: Workspace, dataset: DatasetRecord, config: TrainingConfig = CONFIG, **more: int) -> float:
    return run_seconds(read_past(workspace), dataset, config, RULE, **more)


def test_without_runs_the_cost_model_speaks(workspace: Workspace, dataset: DatasetRecord) -> None:
    assert OVERHEAD_SECONDS < estimate(workspace, dataset) < OVERHEAD_SECONDS + 1
    larger = dataset.model_copy(update={"n_events": 1_000_000})
    slow = estimate(workspace, larger)
    assert slow > OVERHEAD_SECONDS + 10
    assert estimate(workspace, larger, CONFIG.replace(n_hidden=(128,))) > slow + 10
    assert estimate(workspace, larger, CONFIG.replace(epochs=5)) < slow - 10
    assert estimate(workspace, larger, CONFIG.replace(steps_per_epoch=1)) < OVERHEAD_SECONDS + 1


def test_runs_with_these_settings_give_the_time_of_an_epoch_and_the_overhead(
    workspace: Workspace, dataset: DatasetRecord
) -> None:
    for seed, seconds in enumerate((2.0, 3.0, 50.0)):
        finish(workspace, dataset, CONFIG.replace(seed=seed, loss="bpr", epochs=2), seconds)
    assert estimate(workspace, dataset) == pytest.approx(4.0 + 10 * 3.0)
    assert estimate(workspace, dataset, trained_epochs=6) == pytest.approx(4.0 + 4 * 3.0)
    assert estimate(workspace, dataset, trained_epochs=99) == pytest.approx(4.0)


def test_another_test_rule_or_length_of_an_epoch_is_more_or_less_work(
    workspace: Workspace, dataset: DatasetRecord
) -> None:
    finish(workspace, dataset, CONFIG, 3.0, events=10)
    steps = CONFIG.replace(steps_per_epoch=5)  # 20 events
    assert estimate(workspace, dataset, steps) == pytest.approx(4.0 + 10 * 6.0)
    events = dataset.n_events - dataset.n_sessions
    other_rule = run_seconds(read_past(workspace), dataset, CONFIG, SplitConfig(min_session_length=3))
    assert other_rule == pytest.approx(4.0 + 10 * 0.3 * events)


def test_other_settings_and_datasets_tell_how_slow_the_machine_is(
    workspace: Workspace, dataset: DatasetRecord, make_dataset
) -> None:
    modelled = estimate(workspace, dataset) - OVERHEAD_SECONDS
    other = workspace.add_dataset(make_dataset("abc", "cab", "bca", "acb"), "other")
    events = dataset.n_events - dataset.n_sessions
    finish(workspace, other, CONFIG, 1000 * modelled / 10 * 10 / events, events=10)
    assert estimate(workspace, dataset) == pytest.approx(4.0 + 1000 * modelled)


def test_with_early_stopping_as_many_epochs_are_expected_as_such_runs_took(
    workspace: Workspace, dataset: DatasetRecord
) -> None:
    stopping = CONFIG.replace(early_stopping=True)
    finish(workspace, dataset, stopping, 3.0, n_epochs=4)
    assert estimate(workspace, dataset, stopping.replace(seed=1)) == pytest.approx(4.0 + 4 * 3.0)
    assert estimate(workspace, dataset, stopping.replace(patience=9)) == pytest.approx(4.0 + 10 * 3.0)
    assert estimate(workspace, dataset) == pytest.approx(4.0 + 10 * 3.0)


@pytest.mark.parametrize("elsewhere", [{"host": "another-machine"}, {"cores": 999}])
def test_runs_of_another_machine_do_not_count(workspace: Workspace, dataset: DatasetRecord, elsewhere: dict) -> None:
    before = estimate(workspace, dataset)
    finish(workspace, dataset, CONFIG, 1000.0, **elsewhere)
    assert estimate(workspace, dataset) == before


def test_a_run_in_several_parts_gives_its_speed_but_no_overhead(workspace: Workspace, dataset: DatasetRecord) -> None:
    folder = workspace.run_folder(finish(workspace, dataset, CONFIG, 3.0).id)
    write_state(folder, workspace.state(folder.name).model_copy(update={"attempt": 2}))
    assert estimate(workspace, dataset) == pytest.approx(OVERHEAD_SECONDS + 10 * 3.0)


def test_an_unfinished_or_damaged_run_does_not_count(workspace: Workspace, dataset: DatasetRecord) -> None:
    before = estimate(workspace, dataset)
    damaged = finish(workspace, dataset, CONFIG, 1000.0)
    (workspace.run_folder(damaged.id) / "environment.json").write_text("{")
    unfinished = finish(workspace, dataset, CONFIG, 1000.0)
    write_state(workspace.run_folder(unfinished.id), JobState(state="failed"))
    assert estimate(workspace, dataset) == before


def store_baselines(workspace: Workspace, dataset: DatasetRecord, seconds: float, host: str | None = None) -> None:
    """Every default baseline on the log, each fitted and tested in so many seconds."""
    folder = workspace.split_folder(dataset.id, RULE) / "baselines"
    folder.mkdir(parents=True)
    for name in DEFAULT_BASELINES:
        write_json(folder / f"{name}.json", {"seconds": {"fitting": seconds / 4, "testing": 3 * seconds / 4}})
    worker = ProcessIdentity.current()
    write_state(folder, JobState(state="done", worker=worker.model_copy(update={"host": host or worker.host})))


def test_baselines_take_what_they_took_on_this_log_or_in_proportion_on_another(
    workspace: Workspace, dataset: DatasetRecord, make_dataset
) -> None:
    names = ("popularity", "markov")
    assert baselines_seconds(workspace, dataset, names) == pytest.approx(BASELINES_SECONDS, abs=0.1)
    store_baselines(workspace, dataset, 20.0)
    assert baselines_seconds(workspace, dataset, names) == pytest.approx(40.0)
    assert baselines_seconds(workspace, dataset, ()) == 0.0
    other = workspace.add_dataset(make_dataset("abc", "abc", "cab"), "other")
    expected = 40.0 * other.n_events / dataset.n_events
    assert baselines_seconds(workspace, other, names) == pytest.approx(expected)


def test_baselines_of_another_machine_do_not_count(workspace: Workspace, dataset: DatasetRecord) -> None:
    store_baselines(workspace, dataset, 20.0, host="another-machine")
    assert baselines_seconds(workspace, dataset, ("markov",)) < 20.0


def test_after_training_a_part_of_the_overhead_is_left(workspace: Workspace, dataset: DatasetRecord) -> None:
    finish(workspace, dataset, CONFIG, 3.0)
    assert testing_seconds(read_past(workspace), dataset) == pytest.approx(2.0)


def test_after_training_the_test_takes_what_it_took_before_on_this_log_if_possible(
    workspace: Workspace, dataset: DatasetRecord, make_dataset
) -> None:
    other = workspace.add_dataset(make_dataset("abc", "cab"), "other")
    finish(workspace, other, CONFIG, 3.0, testing=3.5)
    finish(workspace, dataset, CONFIG, 3.0)
    assert testing_seconds(read_past(workspace), dataset) == 3.5
    finish(workspace, dataset, CONFIG, 3.0, testing=0.5)
    assert testing_seconds(read_past(workspace), dataset) == 0.5


def test_what_is_done_is_read_once(workspace: Workspace, dataset: DatasetRecord, monkeypatch) -> None:
    store_baselines(workspace, dataset, 20.0)
    run = finish(workspace, dataset, CONFIG, 3.0)
    past, baselines = read_past(workspace), baselines_seconds(workspace, dataset, ("markov",))

    def refuse(*_: object) -> None:
        raise AssertionError("read again")

    for reader in ("read_json", "read_epochs"):
        monkeypatch.setattr(estimates, reader, refuse)
    monkeypatch.setattr(RunRecord, "read_from", refuse)
    assert read_past(Workspace(workspace.root)) == past
    assert [one.run for one in past] == [run]
    assert baselines_seconds(workspace, dataset, ("markov",)) == baselines


def test_a_run_that_was_deleted_does_not_count(workspace: Workspace, dataset: DatasetRecord) -> None:
    run = finish(workspace, dataset, CONFIG, 3.0)
    assert len(read_past(workspace)) == 1
    workspace.delete_run(run.id)
    assert read_past(workspace) == []


def test_a_run_that_goes_on_is_measured_anew(workspace: Workspace, dataset: DatasetRecord) -> None:
    folder = workspace.run_folder(finish(workspace, dataset, CONFIG, 3.0).id)
    assert [one.n_epochs for one in read_past(workspace)] == [2]
    state = workspace.state(folder.name)
    write_state(folder, state.model_copy(update={"state": "running"}))
    assert read_past(workspace) == []
    run_folder.append_epoch(folder, {"epoch": 3, "events": 10, "seconds": 3.0})
    write_state(folder, state.model_copy(update={"ended": 120.0}))
    assert [one.n_epochs for one in read_past(workspace)] == [3]
