"""A comparison carries out what it lacks, and waits for what another process has in hand."""

from gru4rec_core.config import ComparisonConfig
from gru4rec_core.experiments.comparison import execute_comparison
from gru4rec_core.workspace.job_state import JobState, ProcessIdentity, change_state, write_state


def test_a_comparison_waits_for_a_run_that_another_has_in_hand(workspace, dataset, run) -> None:
    folder = workspace.run_folder(run.id)
    comparison = workspace.create_comparison(dataset.id, run.split, ComparisonConfig(), [run.id], baselines=())
    write_state(folder, JobState(state="running", worker=ProcessIdentity.current()))
    execute_comparison(workspace, comparison.id, on_change=lambda _: change_state(folder, state="done"))
    assert not (folder / "metrics.json").exists()


def test_while_it_waits_the_caller_may_look_after_lost_runs(workspace, dataset, run) -> None:
    folder = workspace.run_folder(run.id)
    comparison = workspace.create_comparison(dataset.id, run.split, ComparisonConfig(), [run.id], baselines=())
    write_state(folder, JobState(state="running", worker=ProcessIdentity.current()))
    seen: list[JobState] = []

    def give_up() -> None:
        change_state(folder, state="done" if len(seen) > 1 else "running")

    execute_comparison(workspace, comparison.id, on_change=seen.append, while_waiting=give_up)
    assert [state.state for state in seen] == ["running", "running"]
