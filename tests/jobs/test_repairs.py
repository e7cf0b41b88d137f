"""What a job mends is tested again with the same result, by the engine or here."""

import shutil
from pathlib import Path

import pytest

from gru4rec_core.errors import RunError
from gru4rec_core.experiments.continuing import kept_epochs
from gru4rec_core.experiments.repair import prepare_job
from gru4rec_core.jobs import jobs, repairs
from gru4rec_core.workspace.integrity import find_damage
from gru4rec_core.workspace.job_state import change_state, read_state
from gru4rec_core.workspace.run_folder import read_training_seconds
from gru4rec_core.workspace.store import Workspace
from tests.damaged_files import damage, find_file


@pytest.fixture
def submitted(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    jobs: list[tuple[str, str]] = []
    monkeypatch.setattr(repairs.jobs, "submit", lambda workspace, kind, job_id, action: jobs.append((kind, job_id)))
    return jobs


def test_what_needs_no_job_is_mended_at_once(home: Workspace, submitted: list[tuple[str, str]]) -> None:
    damage(home.root, "metrics", "cut")
    repairs.repair(home, find_damage(home)[0])
    assert (find_damage(home), submitted) == ([], [])


@pytest.mark.parametrize(("file", "kind"), [("predictions", "run"), ("baseline", "baselines")])
def test_a_model_or_a_baseline_is_tested_again_by_a_job(
    home: Workspace, submitted: list[tuple[str, str]], file: str, kind: str
) -> None:
    damage(home.root, file, "cut")
    (found,) = find_damage(home)
    repairs.repair(home, found)
    assert submitted == [(kind, found.id if kind == "run" else found.id.rpartition("/")[0])]


def test_training_again_is_never_done_by_itself(home: Workspace, submitted: list[tuple[str, str]]) -> None:
    path = damage(home.root, "weights", "cut")
    (found,) = find_damage(home)
    with pytest.raises(RunError, match="is damaged"):
        repairs.repair(home, found)
    assert path.exists()
    repairs.train_again(home, found)
    assert submitted == [("run", found.id)]
    assert read_state(path.parent).state == "lost"


LASTING = ("predictions.parquet", "weights.npz", "metrics.json", "vocabulary.json", "epochs.jsonl")


@pytest.fixture
def real(trained, tmp_path: Path) -> Workspace:
    """A copy of what was really trained, with its checkpoints."""
    return Workspace(shutil.copytree(trained[0].root, tmp_path / "real"))


@pytest.mark.parametrize(("file", "checkpoint"), [("weights", True), ("predictions", True), ("predictions", False)])
def test_a_trained_run_comes_back_to_the_bit(real: Workspace, file: str, checkpoint: bool) -> None:
    folder = find_file(real.root, file).parent
    before = {name: (folder / name).read_bytes() for name in LASTING}
    seconds, epochs = read_training_seconds(folder), kept_epochs(real, folder.name)
    assert epochs == len(real.epochs(folder.name))
    if not checkpoint:
        shutil.rmtree(folder / "checkpoint")
    damage(real.root, file, "garbled")
    (found,) = [one for one in find_damage(real) if one.kind == "run"]
    assert found.cure == "job"
    repairs.repair_here(real, found)
    assert {name: (folder / name).read_bytes() for name in LASTING} == before
    assert find_damage(real) == []
    assert read_training_seconds(folder) == pytest.approx(seconds, abs=0.5)
    assert kept_epochs(real, folder.name) == (epochs if checkpoint else 0)  # more epochs still go on from here


@pytest.mark.faults
def test_a_run_trained_again_comes_back_to_the_bit(real: Workspace) -> None:
    folder = find_file(real.root, "weights").parent
    before = (folder / "weights.npz").read_bytes()
    shutil.rmtree(folder / "checkpoint")
    damage(real.root, "weights", "garbled")
    (found,) = [one for one in find_damage(real) if one.kind == "run" and one.cure == "train"]
    prepare_job(real, found, train=True)
    from gru4rec_core.experiments.run import execute_run

    execute_run(real, found.id)
    assert (folder / "weights.npz").read_bytes() == before
    assert find_damage(real) == []


@pytest.mark.parametrize("file", ["metrics", "predictions", "weights"])
def test_nothing_is_taken_away_from_a_job_that_is_at_work(
    home: Workspace, submitted: list[tuple[str, str]], file: str
) -> None:
    """Two people press the same button, or a page was open for long."""
    damage(home.root, file, "cut")
    (found,) = find_damage(home)
    change_state(found.folder, state="running")
    before = sorted(path.name for path in found.folder.rglob("*"))
    mend = repairs.train_again if found.cure == "train" else repairs.repair
    with pytest.raises(RunError, match="once it has ended"):
        mend(home, found)
    assert (read_state(found.folder).state, submitted) == ("running", [])
    assert sorted(path.name for path in found.folder.rglob("*")) == before


def test_all_is_made_ready_before_the_first_job_begins(home: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two baselines share a job: once it is at work, neither may be taken away from it."""
    for name in ("markov", "popularity"):
        (path,) = home.root.glob(f"datasets/*/splits/*/baselines/{name}.json")
        path.write_bytes(b"")
    folder = path.parent
    monkeypatch.setattr(jobs, "submit", lambda *args, **kwargs: change_state(folder, state="running"))
    assert repairs.repair_all(home, find_damage(home)) == []
    assert not list(folder.glob("markov.*"))
    assert not list(folder.glob("popularity.*"))


def test_a_second_baseline_is_repaired_while_the_job_for_the_first_is_queued(
    home: Workspace, submitted: list[tuple[str, str]]
) -> None:
    folder = damage(home.root, "baseline", "cut").parent
    (folder / "popularity.json").write_text("{", encoding="utf-8")
    for found in find_damage(home):
        repairs.repair(home, found)
        change_state(folder, state="queued")
    assert len(submitted) == 2
    assert not [*folder.glob("markov.*"), *folder.glob("popularity.*")]
