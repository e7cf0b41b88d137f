"""A disk that fills up, or is closed, while something is written: a plain message, and nothing finished is lost."""

import io
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.actions import store_upload
from gru4rec_core.cli.app import main
from gru4rec_core.config import ComparisonConfig, SplitConfig, TrainingConfig
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.errors import DiskFull, RunError
from gru4rec_core.experiments.baselines import execute_baselines
from gru4rec_core.experiments.run import execute_run
from gru4rec_core.jobs import jobs
from gru4rec_core.results.comparison import build_comparison_result
from gru4rec_core.results.decision import DecisionInput, record_decision
from gru4rec_core.workspace.decisions import list_decisions
from gru4rec_core.workspace.importing import ImportSource, import_file
from gru4rec_core.workspace.job_state import JobState, change_state, read_state, write_state
from gru4rec_core.workspace.records import ComparisonRecord
from gru4rec_core.workspace.store import PROJECT_ROOT, Workspace
from tests.app_runs import TIMEOUT
from tests.faults.conftest import SmallDisk

pytestmark = pytest.mark.faults

MB = 1_000_000
BASELINES = ("popularity", "markov")


def leftovers(root: Path) -> list[Path]:
    """Files that are half there, and reserves that nobody needs any more."""
    return [path for name in (".new-*", ".gone-*", "reserve") for path in root.rglob(name)]


@pytest.fixture
def log(tmp_path: Path, letters_log) -> Path:
    path = tmp_path / "letters.csv"
    letters_log().to_csv(path, index=False)
    return path


@pytest.mark.parametrize("checked", [True, False])
def test_an_import_on_a_full_disk_leaves_nothing_and_works_once_there_is_room(
    small_disk: Callable[[int], SmallDisk], log: Path, checked: bool
) -> None:
    small = small_disk(40 * MB)
    workspace = Workspace(small.path / "home")
    small.leave(4_096)
    with pytest.MonkeyPatch.context() as patch:
        if not checked:
            patch.setattr("gru4rec_core.workspace.importing.require_room", lambda *_: None)
        with pytest.raises(DiskFull) as raised:
            import_file(workspace, ImportSource(log))
    assert raised.value.rule == ("There is not enough room on the disk." if checked else "The disk is full.")
    assert workspace.datasets() == []
    assert leftovers(small.path) == []
    small.empty()
    assert import_file(workspace, ImportSource(log)).n_sessions == 120


def test_an_upload_on_a_full_disk_leaves_nothing(small_disk: Callable[[int], SmallDisk]) -> None:
    small = small_disk(40 * MB)
    workspace = Workspace(small.path / "home")
    content = bytes(5 * MB)
    small.leave(2 * MB)
    with pytest.raises(DiskFull, match="This upload takes about 5 MB"):
        store_upload(workspace, io.BytesIO(content), len(content), 1_000)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dashboard.actions.require_room", lambda *_: None)
        with pytest.raises(DiskFull, match="The disk is full"):
            store_upload(workspace, io.BytesIO(content), len(content), 1_000)
    assert [path for path in small.path.rglob("*") if path.is_file() and path.name != "filler"] == []
    small.empty()
    path, _ = store_upload(workspace, io.BytesIO(content), len(content), 1_000)
    assert path.stat().st_size == len(content)


@pytest.fixture
def prepared(small_disk: Callable[[int], SmallDisk], letters_log) -> tuple[SmallDisk, Workspace, str]:
    """A disk with a log on it, whose split is cut."""
    small = small_disk(60 * MB)
    workspace = Workspace(small.path / "home")
    dataset = workspace.add_dataset(SessionDataset(letters_log()), "letters", time_unit="s")
    execute_baselines(workspace, dataset.id, SplitConfig(), ("popularity",))
    return small, workspace, dataset.id


def test_training_on_a_full_disk_is_told_and_goes_on_to_the_same_weights(
    prepared: tuple[SmallDisk, Workspace, str],
) -> None:
    small, workspace, dataset_id = prepared
    config = TrainingConfig(n_hidden=(6,), batch_size=8, epochs=200)
    run, straight = (workspace.create_run(dataset_id, config, SplitConfig()) for _ in range(2))

    def fill(state: JobState) -> None:
        if state.epoch >= 2 and state.is_active:
            small.leave(0)

    with pytest.raises(DiskFull):
        execute_run(workspace, run.id, on_change=fill)
    state = workspace.state(run.id)
    assert state.state == "failed"
    assert 2 <= state.epoch < 200
    assert state.reason.startswith("The disk is full. Found: 0 bytes free while ")
    assert "The largest here: the dataset letters with 2 runs, " in state.reason
    assert leftovers(small.path) == []
    small.empty()
    execute_run(workspace, run.id)
    execute_run(workspace, straight.id)
    ours, theirs = (np.load(workspace.run_folder(one.id) / "weights.npz") for one in (run, straight))
    assert all(np.array_equal(ours[name], theirs[name]) for name in theirs.files)
    assert workspace.metrics(run.id) == workspace.metrics(straight.id)
    assert leftovers(small.path) == []


def test_progress_never_takes_the_room_kept_for_how_a_job_ended(small_disk: Callable[[int], SmallDisk]) -> None:
    small = small_disk(MB)
    folder = small.path / "job"
    write_state(folder, JobState(state="running"))
    small.leave(0)
    with pytest.raises(DiskFull):
        change_state(folder, phase="training")
    small.leave(0)  # another program takes what is free
    change_state(folder, state="failed", reason="The disk is full.")
    assert read_state(folder).reason == "The disk is full."
    assert leftovers(small.path) == []


def test_a_run_that_does_not_fit_is_refused_before_it_is_queued(prepared: tuple[SmallDisk, Workspace, str]) -> None:
    small, workspace, dataset_id = prepared
    run = workspace.create_run(dataset_id, TrainingConfig(n_hidden=(64,)), SplitConfig())
    judging = ComparisonConfig(deciding_k=3)
    record = workspace.create_comparison(dataset_id, SplitConfig(), judging, [run.id], baselines=())
    small.leave(5 * MB)
    with pytest.raises(DiskFull, match="Training and testing 1 run takes about"):
        jobs.submit_comparison(workspace, record.id)
    assert workspace.state(run.id).state == "new"
    assert jobs.engine_status(workspace).alive is False


def test_testing_baselines_on_a_full_disk_keeps_those_that_are_done(
    prepared: tuple[SmallDisk, Workspace, str],
) -> None:
    small, workspace, dataset_id = prepared

    def fill(state: JobState) -> None:
        if state.phase == "markov" and state.is_active:
            small.leave(0)

    with pytest.raises(DiskFull):
        execute_baselines(workspace, dataset_id, SplitConfig(), BASELINES, on_change=fill)
    assert workspace.missing_baselines(dataset_id, SplitConfig(), BASELINES) == ["markov"]
    assert leftovers(small.path) == []
    small.empty()
    execute_baselines(workspace, dataset_id, SplitConfig(), BASELINES)
    assert workspace.missing_baselines(dataset_id, SplitConfig(), BASELINES) == []


@pytest.fixture
def compared(
    small_disk: Callable[[int], SmallDisk], trained: tuple[Workspace, ComparisonRecord]
) -> tuple[SmallDisk, Workspace, ComparisonRecord]:
    """A finished comparison on a disk of its own."""
    small = small_disk(40 * MB)
    shutil.copytree(trained[0].root, small.path / "home")
    workspace = Workspace(small.path / "home")
    return small, workspace, workspace.comparisons()[0]


def test_a_decision_on_a_full_disk_is_told_and_leaves_nothing(
    compared: tuple[SmallDisk, Workspace, ComparisonRecord],
) -> None:
    small, workspace, comparison = compared
    result = build_comparison_result(workspace, comparison.id)
    small.leave(0)
    with pytest.raises(DiskFull, match="The disk is full"):
        record_decision(workspace, result, result.pair, DecisionInput("keep", "us", "because"))
    assert leftovers(small.path) == []
    assert list_decisions(workspace) == []
    small.empty()
    record_decision(workspace, result, result.pair, DecisionInput("keep", "us", "because"))
    assert len(list_decisions(workspace)) == 1


def test_deleting_works_on_a_full_disk_and_frees_what_was_said(
    compared: tuple[SmallDisk, Workspace, ComparisonRecord],
) -> None:
    small, workspace, comparison = compared
    frees = workspace.dataset_dependents(comparison.dataset_id).frees
    small.leave(0)
    workspace.delete_dataset(comparison.dataset_id, with_runs=True)
    assert shutil.disk_usage(small.path).free >= frees


def test_a_closed_workspace_can_be_read_and_says_so_where_it_is_written(
    compared: tuple[SmallDisk, Workspace, ComparisonRecord],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    small, workspace, comparison = compared
    (workspace.comparison_folder(comparison.id) / "statistics.json").unlink(missing_ok=True)
    small.close()
    monkeypatch.setenv("GRU4REC_HOME", str(workspace.root))
    assert build_comparison_result(workspace, comparison.id).verdict is not None
    for command, status in (
        (["runs"], 0),
        (["datasets"], 0),
        (["decisions"], 0),
        (["train", "letters", "--epochs", "1"], 1),
    ):
        with pytest.raises(SystemExit) as ended:
            main(command)
        assert (ended.value.code or 0) == status, command
    assert "The workbench may not write to this folder. Found: Read-only file system" in capsys.readouterr().err
    with pytest.raises(RunError, match="may not write"):
        workspace.delete_comparison(comparison.id)
    assert workspace.comparison(comparison.id) == comparison


@pytest.mark.parametrize("page", ["overview", "data", "train", "compare", "accuracy", "sessions", "try_it"])
def test_every_page_shows_a_closed_workspace(
    compared: tuple[SmallDisk, Workspace, ComparisonRecord], monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    small, workspace, _ = compared
    small.close()
    monkeypatch.setenv("GRU4REC_HOME", str(workspace.root))
    app = AppTest.from_file(str(PROJECT_ROOT / "app.py"), default_timeout=TIMEOUT).run()
    app.switch_page(f"pages/{page}.py").run()
    assert not app.exception
    assert any("This workspace is read-only" in html.proto.body for html in app.get("html"))
