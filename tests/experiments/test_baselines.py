"""Baselines are computed once per split."""

from gru4rec_core.experiments.baselines import execute_baselines
from gru4rec_core.workspace.job_state import JobState, read_state, write_state


def test_baselines_are_computed_once(trained) -> None:
    home, comparison = trained
    folder = home.split_folder(comparison.dataset_id, comparison.split) / "baselines"
    before = {path.name: path.stat().st_mtime_ns for path in folder.glob("*.parquet")}
    assert len(before) == 7
    execute_baselines(home, comparison.dataset_id, comparison.split)
    assert before == {path.name: path.stat().st_mtime_ns for path in folder.glob("*.parquet")}


def test_a_queued_job_that_finds_its_baselines_there_is_done(trained) -> None:
    home, comparison = trained
    folder = home.split_folder(comparison.dataset_id, comparison.split) / "baselines"
    write_state(folder, JobState(state="queued"))
    execute_baselines(home, comparison.dataset_id, comparison.split)
    assert read_state(folder).state == "done"
