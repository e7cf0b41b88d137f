"""Baselines are computed once per split."""

import shutil
from pathlib import Path

from gru4rec_core.baselines import slist
from gru4rec_core.baselines.names import DEFAULT_BASELINES
from gru4rec_core.experiments.baselines import execute_baselines, execute_baselines_job
from gru4rec_core.results.comparison import build_comparison_result
from gru4rec_core.results.model_table import load_baselines
from gru4rec_core.workspace import run_folder
from gru4rec_core.workspace.integrity import find_damage
from gru4rec_core.workspace.job_state import JobState, read_state, write_state
from gru4rec_core.workspace.split_store import open_split
from gru4rec_core.workspace.store import Workspace


def test_baselines_are_computed_once(trained) -> None:
    home, comparison = trained
    folder = home.split_folder(comparison.dataset_id, comparison.split) / "baselines"
    before = {path.name: path.stat().st_mtime_ns for path in folder.glob("*.parquet")}
    assert set(before) == {f"{name}.parquet" for name in DEFAULT_BASELINES}
    execute_baselines(home, comparison.dataset_id, comparison.split)
    assert before == {path.name: path.stat().st_mtime_ns for path in folder.glob("*.parquet")}


def test_a_queued_job_that_finds_its_baselines_there_is_done(trained) -> None:
    home, comparison = trained
    folder = home.split_folder(comparison.dataset_id, comparison.split) / "baselines"
    write_state(folder, JobState(state="queued"))
    execute_baselines(home, comparison.dataset_id, comparison.split)
    assert read_state(folder).state == "done"


def test_what_is_taken_away_during_the_work_is_computed_too(trained, tmp_path, monkeypatch) -> None:
    """A second baseline is repaired while the job for the first one is under way."""
    home, comparison = Workspace(shutil.copytree(trained[0].root, tmp_path / "real")), trained[1]
    folder = home.split_folder(comparison.dataset_id, comparison.split) / "baselines"
    _remove(folder, "popularity")

    def store(*arguments) -> None:
        save_evaluation(*arguments)
        if arguments[-1] == "popularity":
            _remove(folder, "markov")

    save_evaluation = run_folder.save_evaluation
    monkeypatch.setattr(run_folder, "save_evaluation", store)
    execute_baselines(home, comparison.dataset_id, comparison.split)
    assert home.missing_baselines(comparison.dataset_id, comparison.split, DEFAULT_BASELINES) == []


def test_a_baseline_that_refuses_the_log_costs_its_row_only(trained, tmp_path, monkeypatch) -> None:
    home, comparison = Workspace(shutil.copytree(trained[0].root, tmp_path / "real")), trained[1]
    folder = home.split_folder(comparison.dataset_id, comparison.split) / "baselines"
    _remove(folder, "slist")
    _remove(folder, "markov")
    monkeypatch.setattr(slist, "MEMORY_SHARE", 0.0)
    execute_baselines(home, comparison.dataset_id, comparison.split)
    assert home.missing_baselines(comparison.dataset_id, comparison.split, DEFAULT_BASELINES) == []
    assert read_state(folder).state == "done"
    assert find_damage(home) == []
    result = build_comparison_result(home, comparison.id)
    assert "slist" not in result.models["name"].tolist()
    assert "markov" in result.models["name"].tolist()
    (note,) = [one for one in result.warnings if one.code == "baseline-left-out"]
    assert note.title == "SLIST is not among the baselines."
    assert "GB" in note.figure


def test_what_an_earlier_version_computed_is_shown_and_never_missed(trained, tmp_path) -> None:
    home, comparison = Workspace(shutil.copytree(trained[0].root, tmp_path / "real")), trained[1]
    assert home.missing_baselines(comparison.dataset_id, comparison.split, ["vs-knn"]) == []
    folder = home.split_folder(comparison.dataset_id, comparison.split) / "baselines"
    for path in folder.glob("v-sknn.*"):
        path.rename(folder / path.name.replace("v-sknn", "vs-knn"))
    split = open_split(home, comparison.dataset_id, comparison.split)
    rows, models = load_baselines(home, comparison.dataset_id, ["vs-knn"], split, 10)
    assert [row["label"] for row in rows] == [model.label for model in models] == ["VS-kNN"]


def test_the_job_of_a_split_computes_what_its_comparisons_name(trained, tmp_path) -> None:
    home, comparison = Workspace(shutil.copytree(trained[0].root, tmp_path / "real")), trained[1]
    run = comparison.run_ids[:1]
    home.create_comparison(
        comparison.dataset_id, comparison.split, comparison.config, run, baselines=("popularity", "slit")
    )
    wanted = home.wanted_baselines(comparison.dataset_id, comparison.split.key())
    assert wanted == (*DEFAULT_BASELINES, "slit")
    execute_baselines_job(home, comparison.dataset_id, comparison.split.key())
    assert home.missing_baselines(comparison.dataset_id, comparison.split, wanted) == []
    assert home.wanted_baselines(comparison.dataset_id, "another") == DEFAULT_BASELINES


def _remove(folder: Path, name: str) -> None:
    for path in folder.glob(f"{name}.*"):
        path.unlink()
