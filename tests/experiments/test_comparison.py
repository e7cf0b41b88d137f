"""A comparison carries out what it lacks, and waits for what another process has in hand."""

import pytest

from gru4rec_core.config import ComparisonConfig
from gru4rec_core.experiments import comparison as comparisons
from gru4rec_core.experiments.comparison import execute_comparison
from gru4rec_core.workspace.job_state import (
    JobState,
    ProcessIdentity,
    cancel_requested,
    change_state,
    request_cancel,
    write_state,
)


@pytest.fixture(autouse=True)
def it_looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparisons, "LOOK_EVERY", 0.02)


def test_a_comparison_waits_for_a_run_that_another_has_in_hand(workspace, dataset, run) -> None:
    folder = workspace.run_folder(run.id)
    comparison = workspace.create_comparison(dataset.id, run.split, ComparisonConfig(), [run.id], baselines=())
    write_state(folder, JobState(state="running", worker=ProcessIdentity.current()))
    execute_comparison(workspace, comparison.id, on_change=lambda *_: change_state(folder, state="done"))
    assert not (folder / "metrics.json").exists()


def test_while_it_waits_the_caller_may_look_after_lost_runs(workspace, dataset, run) -> None:
    folder = workspace.run_folder(run.id)
    comparison = workspace.create_comparison(dataset.id, run.split, ComparisonConfig(), [run.id], baselines=())
    write_state(folder, JobState(state="running", worker=ProcessIdentity.current()))
    seen: list[tuple[str, JobState]] = []

    def give_up() -> None:
        change_state(folder, state="done" if len(seen) > 1 else "running")

    def look(name: str, state: JobState) -> None:
        seen.append((name, state))

    execute_comparison(workspace, comparison.id, on_change=look, while_waiting=give_up)
    assert [(name, state.state) for name, state in seen] == [(run.name, "running")] * 2


@pytest.fixture
def without_baselines(workspace, dataset, run):
    """A comparison that lacks its baseline alone, and the folder of that."""
    write_state(workspace.run_folder(run.id), JobState(state="done"))
    comparison = workspace.create_comparison(
        dataset.id, run.split, ComparisonConfig(), [run.id], baselines=("popularity",)
    )
    return comparison, workspace.split_folder(dataset.id, run.split) / "baselines"


@pytest.mark.parametrize("n_processes", [1, 2])
def test_an_old_request_to_stop_does_not_count_for_baselines_either(
    workspace, without_baselines, n_processes: int
) -> None:
    comparison, folder = without_baselines
    request_cancel(folder)
    execute_comparison(workspace, comparison.id, n_processes=n_processes)
    assert (folder / "popularity.json").exists()
    assert cancel_requested(folder) is None


def test_baselines_that_another_has_in_hand_are_waited_for_too(workspace, without_baselines) -> None:
    comparison, folder = without_baselines
    write_state(folder, JobState(state="running", phase="elsewhere", worker=ProcessIdentity.current()))
    seen: list[tuple[str, str]] = []
    execute_comparison(
        workspace,
        comparison.id,
        on_change=lambda name, state: seen.append((name, state.phase)),
        while_waiting=lambda: change_state(folder, state="lost"),
    )
    assert seen[0] == ("baselines", "elsewhere")
    assert (folder / "popularity.json").exists()
