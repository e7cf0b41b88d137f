"""The check of a workspace runs beside the pages, and its end is said in a sentence."""

import shutil
from pathlib import Path

import pytest

from dashboard import check_view
from dashboard.check_view import WorkspaceCheck, describe_progress, describe_repairs
from gru4rec_core.workspace.damage import Cure, Damage
from gru4rec_core.workspace.store import Workspace
from tests.damaged_files import damage


def test_a_check_runs_in_a_thread_and_finds_what_is_damaged(whole: Path, tmp_path: Path) -> None:
    home = Workspace(shutil.copytree(whole, tmp_path / "home"))
    damage(home.root, "metrics", "cut")
    check = WorkspaceCheck(home)
    assert not check.is_at_work
    check.start()
    assert check.thread is not None
    check.thread.join()
    assert [one.kind for one in check.found or []] == ["run"]
    assert check.total > 5
    assert describe_progress(WorkspaceCheck(home, done=3, total=40)) == "Checking the workspace: 3 of 40 things"


def test_a_check_that_broke_off_does_not_say_that_all_is_well(
    whole: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr(check_view, "find_damage", fail)
    check = WorkspaceCheck(Workspace(whole))
    check.run()
    assert "log" in check.error
    assert "too deep" in caplog.text


def test_a_repair_that_has_only_started_as_a_job_is_not_said_to_be_done() -> None:
    def one(cure: Cure) -> Damage:
        return Damage("run", "bpr-1", "bpr, seed 0", Path(), (), cure)

    assert describe_repairs([one("now"), one("now")]) == "Repaired."
    assert describe_repairs([one("job")] * 2) == "2 repairs have started as jobs."
    assert describe_repairs([one("now"), one("job")]) == "1 repair has started as a job; the rest is repaired."
