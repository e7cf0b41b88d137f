"""Facts about keeping an uploaded file, and about handing a comparison to the engine."""

import hashlib
import io
import os
import threading
from functools import partial
from pathlib import Path

import pytest

from dashboard import actions
from dashboard.actions import store_upload
from gru4rec_core.access.actors import Actor, acting_as
from gru4rec_core.access.quota import require_quota
from gru4rec_core.config import ComparisonConfig, SplitConfig, TrainingConfig, WindowConfig
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.errors import AccessError, DataError, RunError
from gru4rec_core.jobs import jobs
from gru4rec_core.jobs.planning import ComparisonPlan, plan_comparison
from gru4rec_core.jobs.tuning_plan import TuningPlan
from gru4rec_core.workspace.backtests import list_backtests
from gru4rec_core.workspace.job_state import change_state, read_state
from gru4rec_core.workspace.store import Workspace
from gru4rec_core.workspace.tunings import list_tunings, method_folder


def test_an_upload_is_kept_under_its_hash_whatever_its_name(tmp_path: Path):
    content = b"session,timestamp,item\n1,1,a\n"
    path, digest = store_upload(Workspace(tmp_path), io.BytesIO(content), len(content), 1)
    assert digest == hashlib.sha256(content).hexdigest()
    assert path == tmp_path / "uploads" / digest
    assert path.read_bytes() == content


def test_the_same_content_again_leaves_one_file(tmp_path: Path):
    for _ in range(2):
        store_upload(Workspace(tmp_path), io.BytesIO(b"x"), 1, 1)
    assert len(list((tmp_path / "uploads").iterdir())) == 1


def test_where_a_login_is_required_a_person_may_keep_so_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(actions.sign_in, "is_required", lambda: True)
    monkeypatch.setattr(actions, "require_quota", partial(require_quota, limit=3))
    with acting_as(Actor("ada@example.com", "analyst")):
        kept, _ = store_upload(Workspace(tmp_path), io.BytesIO(b"ab"), 2, 1)
        with pytest.raises(DataError, match=r"yours take 2 bytes, .*, and this one takes 2 bytes"):
            store_upload(Workspace(tmp_path), io.BytesIO(b"cd"), 2, 1)
    with acting_as(Actor("grace@example.com", "analyst")):
        store_upload(Workspace(tmp_path), io.BytesIO(b"cd"), 2, 1)
    with acting_as(Actor("eve@example.com", "viewer")), pytest.raises(AccessError):
        store_upload(Workspace(tmp_path), io.BytesIO(b"e"), 1, 1)
    kept.unlink()
    with acting_as(Actor("ada@example.com", "analyst")):
        store_upload(Workspace(tmp_path), io.BytesIO(b"ef"), 2, 1)


def test_old_uploads_that_nothing_needs_make_room_for_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(actions.sign_in, "is_required", lambda: True)
    monkeypatch.setattr(actions, "require_quota", partial(require_quota, limit=3))
    with acting_as(Actor("ada@example.com", "analyst")):
        left, _ = store_upload(Workspace(tmp_path), io.BytesIO(b"ab"), 2, 1)
        with pytest.raises(DataError, match="2 bytes of it in files that no dataset came from"):
            store_upload(Workspace(tmp_path), io.BytesIO(b"cd"), 2, 1)
        os.utime(left, (0, 0))
        store_upload(Workspace(tmp_path), io.BytesIO(b"cd"), 2, 1)
    assert not left.exists()


def test_an_empty_file_is_refused(tmp_path: Path):
    with pytest.raises(DataError, match="file is empty"):
        store_upload(Workspace(tmp_path), io.BytesIO(), 0, 1)


def test_a_file_over_the_limit_is_refused_and_nothing_is_kept(tmp_path: Path):
    with pytest.raises(DataError, match="at most 1 MB"):
        store_upload(Workspace(tmp_path), io.BytesIO(b"x"), 2 << 20, 1)
    assert not (tmp_path / "uploads").exists()


@pytest.fixture
def comparison(tmp_path: Path, make_dataset):
    workspace = Workspace(tmp_path)
    record = workspace.add_dataset(make_dataset("abc", "bca", "cab"), "log")
    return plan_comparison(workspace, record.id, ComparisonPlan((TrainingConfig(),), SplitConfig(), ComparisonConfig()))


def test_a_slow_engine_does_not_keep_the_page_waiting(tmp_path: Path, comparison, monkeypatch: pytest.MonkeyPatch):
    up = threading.Event()
    monkeypatch.setattr(jobs, "submit_comparison", lambda workspace, comparison_id: up.wait(20))
    actions.submit(Workspace(tmp_path), comparison)
    assert actions.is_starting(comparison.id)
    up.set()
    actions._submissions[comparison.id].thread.join(20)
    assert not actions.is_starting(comparison.id)


def test_a_backtest_is_handed_over_window_by_window(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, letters_log):
    handed: list[str] = []
    monkeypatch.setattr(jobs, "submit_comparison", lambda workspace, comparison_id: handed.append(comparison_id))
    workspace = Workspace(tmp_path)
    record = workspace.add_dataset(SessionDataset(letters_log()), "letters", time_unit="s")
    plan = ComparisonPlan((TrainingConfig(),), SplitConfig(), ComparisonConfig())
    first = actions.start_backtest(workspace, record.id, plan, WindowConfig(windows=2, window_sessions=10))
    (backtest,) = list_backtests(workspace)
    actions._submissions[first.id].thread.join(20)
    assert handed == list(backtest.comparison_ids)
    assert first.id == backtest.comparison_ids[0]


def test_an_engine_that_refuses_at_once_is_said_at_once(tmp_path: Path, comparison, monkeypatch: pytest.MonkeyPatch):
    def refuse(workspace, comparison_id):
        raise RunError("The job engine starts.")

    monkeypatch.setattr(jobs, "submit_comparison", refuse)
    with pytest.raises(RunError, match="job engine"):
        actions.submit(Workspace(tmp_path), comparison)


def test_an_engine_that_fails_later_is_the_reason_why_the_run_failed(
    tmp_path: Path, comparison, monkeypatch: pytest.MonkeyPatch
):
    up = threading.Event()

    def refuse_late(workspace, comparison_id):
        up.wait(20)
        raise RunError("The job engine starts.")

    monkeypatch.setattr(jobs, "submit_comparison", refuse_late)
    workspace = Workspace(tmp_path)
    actions.submit(workspace, comparison)
    up.set()
    actions._submissions[comparison.id].thread.join(20)
    state = workspace.state(comparison.run_ids[0])
    assert (state.state, state.reason) == ("failed", "The job engine starts.")


def test_a_full_disk_is_why_the_runs_failed(tmp_path: Path, comparison, monkeypatch: pytest.MonkeyPatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(jobs, "submit_comparison", full)
    workspace = Workspace(tmp_path)
    with pytest.raises(RunError, match="No space left"):
        actions.submit(workspace, comparison)
    state = workspace.state(comparison.run_ids[0])
    assert state.state == "failed"
    assert "disk has space" in state.reason


def test_an_engine_that_takes_no_tuning_is_the_reason_why_its_methods_failed(
    tmp_path: Path, make_dataset, monkeypatch: pytest.MonkeyPatch
):
    def refuse(*_: object) -> None:
        raise RunError("The job engine starts.")

    monkeypatch.setattr(jobs, "submit_tuning", refuse)
    workspace = Workspace(tmp_path)
    record = workspace.add_dataset(make_dataset("abcabc", "bcabca", "cabc", "abca"), "log")
    plan = TuningPlan((TrainingConfig(),), SplitConfig(validation_fraction=0.5), ComparisonConfig(deciding_k=2))
    with pytest.raises(RunError, match="job engine"):
        actions.start_tuning(workspace, record.id, plan)
    (tuning,) = list_tunings(workspace, record.id)
    states = {read_state(method_folder(workspace, tuning, method)).state for method in tuning.methods}
    assert states == {"failed"}


def test_why_a_tuning_could_not_be_continued_is_said_of_the_methods_that_wait(
    tmp_path: Path, make_dataset, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(jobs, "submit_tuning", lambda workspace, tuning: None)
    workspace = Workspace(tmp_path)
    record = workspace.add_dataset(make_dataset("abcabc", "bcabca", "cabc", "abca"), "log")
    plan = TuningPlan((TrainingConfig(),), SplitConfig(validation_fraction=0.5), ComparisonConfig(deciding_k=2))
    tuning = actions.start_tuning(workspace, record.id, plan)
    folders = [method_folder(workspace, tuning, method) for method in tuning.methods[:4]]
    for folder, before in zip(folders, ("cancelled", "lost", "done", "running"), strict=True):
        change_state(folder, state=before)

    def refuse(*_: object) -> None:
        raise RunError("The job engine starts.")

    monkeypatch.setattr(jobs, "submit_tuning", refuse)
    with pytest.raises(RunError, match="job engine"):
        actions.continue_tuning(workspace, tuning)
    states = [read_state(folder) for folder in folders]
    assert [state.state for state in states] == ["failed", "failed", "done", "running"]
    assert [state.reason for state in states[:2]] == ["The job engine starts."] * 2
