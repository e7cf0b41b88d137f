"""A comparison goes on without what is damaged, and says so."""

import shutil
from pathlib import Path

import pytest

from gru4rec_core.errors import RunError
from gru4rec_core.results.comparison import build_comparison_result, find_missing
from gru4rec_core.results.summary import load_summary
from gru4rec_core.results.whole_models import find_comparison_damage
from gru4rec_core.workspace.store import Workspace
from tests.damaged_files import damage
from tests.finished import build_finished


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_finished(tmp_path_factory.mktemp("whole") / "workspace", seeds=(0, 1))


@pytest.fixture
def home(whole: Path, tmp_path: Path) -> Workspace:
    return Workspace(shutil.copytree(whole, tmp_path / "home"))


@pytest.mark.parametrize("how", ["garbled", "deleted"])
@pytest.mark.parametrize("file", ["metrics", "predictions", "run", "config", "run's split", "state"])
def test_a_damaged_run_costs_that_run(home: Workspace, file: str, how: str) -> None:
    record = home.comparisons()[0]
    run_id = damage(home.root, file, how).parent.name
    assert find_missing(home, record).has_result
    result = build_comparison_result(home, record.id)
    assert [len(ids) for ids in result.run_ids.values()] == [2, 1]
    assert [one.id for one in result.damages] == [run_id]
    assert result.left_out.endswith(" is damaged and left out.")
    assert result.left_out in result.verdict.limits
    assert result.left_out in result.sentences
    assert result.to_json()["damaged"][0]["id"] == run_id


@pytest.mark.parametrize("file", ["epochs", "environment"])
def test_what_is_beside_the_results_costs_no_run(home: Workspace, file: str) -> None:
    name = damage(home.root, file, "garbled").name
    result = build_comparison_result(home, home.comparisons()[0].id)
    assert [len(ids) for ids in result.run_ids.values()] == [2, 2]
    assert result.damages[0].names() == {name}
    assert result.left_out == ""
    assert result.models["seconds"].iloc[0] == 2.5


@pytest.mark.parametrize("how", ["garbled", "deleted"])
@pytest.mark.parametrize("file", ["baseline", "baseline's predictions"])
def test_a_damaged_baseline_costs_that_baseline(home: Workspace, file: str, how: str) -> None:
    damage(home.root, file, how)
    result = build_comparison_result(home, home.comparisons()[0].id)
    assert list(result.models["name"]) == ["top1", "bpr", "popularity"]
    assert [one.kind for one in result.damages] == ["baseline"]


@pytest.mark.parametrize("file", ["items", "timestamps", "offsets", "session ids"])
def test_a_damaged_log_costs_the_warnings_about_it(home: Workspace, file: str) -> None:
    record = home.comparisons()[0]
    before = build_comparison_result(home, record.id)
    stored = home.comparison_folder(record.id) / "statistics.json"
    stored.unlink()
    damage(home.root, file, "cut")
    result = build_comparison_result(home, record.id)
    assert [(one.kind, one.id) for one in result.damages] == [("dataset", record.dataset_id)]
    assert result.verdict == before.verdict
    assert {one.code for one in result.warnings} <= {one.code for one in before.warnings}
    assert not stored.exists()


def test_figures_come_back_with_the_file(home: Workspace) -> None:
    record = home.comparisons()[0]
    of_top1 = [home.run_folder(run.id) / "predictions.parquet" for run in home.runs() if run.config.loss == "top1"]
    before, whole = [path.read_bytes() for path in of_top1], load_summary(home, record)
    assert whole.best.label == "TOP1"
    for path in of_top1:
        path.write_bytes(b"")
    assert load_summary(home, record).best.label == "BPR"
    for path, content in zip(of_top1, before, strict=True):
        path.write_bytes(content)
    assert load_summary(home, record) == whole


def test_without_a_whole_run_there_is_no_result(home: Workspace) -> None:
    record = home.comparisons()[0]
    for run_id in record.run_ids:
        (home.run_folder(run_id) / "metrics.json").unlink()
    with pytest.raises(RunError, match=r"metrics\.json|no metrics"):
        build_comparison_result(home, record.id)
    assert len(find_comparison_damage(home, record)) == 4
