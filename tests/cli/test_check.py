"""`check` names each damaged file, repairs what can be repaired, and says by its exit status whether all is whole."""

import re
import shutil
from html import escape
from pathlib import Path

import pytest

from gru4rec_core.cli import check
from gru4rec_core.report.html import figures
from gru4rec_core.workspace.integrity import find_damage
from gru4rec_core.workspace.job_state import ProcessIdentity, change_state
from gru4rec_core.workspace.store import Workspace
from tests.damaged_files import FILES, damage, find_file


@pytest.fixture
def home(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setenv("GRU4REC_HOME", str(shutil.copytree(whole, tmp_path / "home")))
    return Workspace.default()


def test_a_whole_workspace_ends_with_status_0(run, home: Workspace) -> None:
    found = run("check")
    assert found.status == 0
    assert re.fullmatch(r"Nothing in the workspace is damaged \([1-9]\d* things checked\)\.\n", found.out)
    assert run("check", "--json").json == {"damaged": [], "repaired": []}


def test_damage_is_listed_with_status_1_and_nothing_is_changed(run, home: Workspace) -> None:
    path = damage(home.root, "metrics", "emptied")
    found = run("check", "--json")
    assert found.status == 1
    (one,) = found.json["damaged"]
    assert (one["kind"], one["cure"], one["files"][0]["name"]) == ("run", "now", "metrics.json")
    assert "metrics.json is empty, since " in run("check").out
    assert path.stat().st_size == 0


def test_repair_mends_what_can_be_and_keeps_the_status_for_the_rest(run, home: Workspace) -> None:
    metrics = find_file(home.root, "metrics")
    before = metrics.read_bytes()
    damage(home.root, "metrics", "garbled")
    damage(home.root, "train part", "cut")
    damage(home.root, "items", "deleted")
    found = run("check", "--repair")
    assert found.status == 1
    assert metrics.read_bytes() == before
    assert "Repaired: BPR, seed 0 (run)." in found.out
    assert "Dataset shop log is damaged." in found.out
    assert "The split of shop log" in found.out  # without the log it cannot be cut again
    assert "not repaired: items.npy is missing or damaged." in found.err


def test_a_baseline_is_computed_again(run, home: Workspace) -> None:
    path = find_file(home.root, "baseline")
    damage(home.root, "baseline", "deleted")
    found = run("check", "--repair")
    assert (found.status, path.exists()) == (0, True), found.err
    assert find_damage(home) == []


def test_what_fails_is_told_and_the_rest_goes_on(run, home: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    damage(home.root, "metrics", "garbled")
    damage(home.root, "comparison", "garbled")
    tried: list[str] = []

    def refuse(workspace: Workspace, damage: object, on_change: object) -> None:
        from gru4rec_core.errors import RunError

        tried.append(str(damage))
        raise RunError("Not today.")

    monkeypatch.setattr(check, "repair_here", refuse)
    found = run("check", "--repair")
    assert (found.status, len(tried)) == (1, 2)
    assert found.err.count("not repaired: Not today.") == 2


LISTS = ("runs", "datasets", "decisions")


@pytest.mark.parametrize("file", FILES)
def test_lists_go_on_whatever_is_damaged(run, home: Workspace, file: str) -> None:
    path = damage(home.root, file, "garbled")
    for command in LISTS:
        assert run(command).status == 0
    assert ("top1, seed 0" in run("runs").out) is True
    if file == "metrics":
        told = run("runs").err
        assert f"{path.name} cannot be read" in told
        assert "check --repair" in told


DRAWS = ("predictions", "environment", "items", "baseline")
"""Files without which there is a report all the same."""


@pytest.mark.parametrize("file", [*DRAWS, "comparison", "dataset"])
def test_the_report_goes_on_or_names_the_file(
    run, home: Workspace, file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # To draw the charts takes most of a report's time; below.
    monkeypatch.setattr(figures, "chart_to_svg", lambda chart, alt, *more: f"<svg aria-label='{escape(alt)}'/>")
    comparison = home.comparisons()[0].id
    path = damage(home.root, file, "garbled")
    found = run("report", comparison, tmp_path / "report.html")
    if file in ("comparison", "dataset"):
        assert found.status == 1
        assert path.name in found.err
    else:
        assert found.status == 0, found.err


@pytest.mark.parametrize("file", [*DRAWS[:1], *(pytest.param(file, marks=pytest.mark.faults) for file in DRAWS[1:])])
def test_the_report_is_drawn_whole(run, home: Workspace, file: str, tmp_path: Path) -> None:
    damage(home.root, file, "garbled")
    found = run("report", home.comparisons()[0].id, tmp_path / "report.html")
    assert found.status == 0, found.err
    assert "<path" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_recommending_with_damaged_weights_names_the_file_and_the_remedy(run, home: Workspace) -> None:
    run_id = find_file(home.root, "weights").parent.name
    for file in ("run's vocabulary", "weights"):
        path = damage(home.root, file, "cut")
        found = run("recommend", run_id, "--items", "item A")
        assert found.status == 1
        assert path.name in found.err
        assert "check --repair" in found.err


@pytest.mark.parametrize("file", ["metrics", "weights", "config"])
def test_what_needs_a_damaged_run_names_the_file_and_the_remedy(run, home: Workspace, file: str) -> None:
    path = damage(home.root, file, "emptied")
    run_id, dataset = path.parent.name, home.datasets()[0].name
    other = next(folder.name for folder in path.parents[1].iterdir() if folder.name != run_id)
    commands = [("evaluate", run_id), ("gate", run_id, "--against", other, "--on", dataset)]
    for command in commands if file != "weights" else commands[:1]:
        found = run(*command)
        assert found.status == 1
        assert path.name in found.err, command
        assert "check --repair" in found.err


def test_a_run_whose_process_died_is_repaired_all_the_same(run, home: Workspace) -> None:
    path = damage(home.root, "config", "cut")
    gone = ProcessIdentity.current().model_copy(update={"create_time": 1.0})
    change_state(path.parent, state="running", worker=gone)
    assert run("check", "--repair").status == 0
