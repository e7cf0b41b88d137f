"""Backtests as records: stored, found, checked, repaired, deleted with what they rest on."""

import pytest

from gru4rec_core.config import ComparisonConfig, SplitConfig, WindowConfig
from gru4rec_core.errors import RunError
from gru4rec_core.experiments.repair import repair_now
from gru4rec_core.workspace.backtests import (
    BacktestRecord,
    backtest_folder,
    list_backtests,
    list_backtests_of,
    read_backtest,
    store_backtest,
)
from gru4rec_core.workspace.integrity import check_again, check_unreadable, find_damage
from gru4rec_core.workspace.records import DatasetRecord, RunRecord
from gru4rec_core.workspace.removal import find_dependents, remove_damaged
from gru4rec_core.workspace.store import Workspace


@pytest.fixture
def backtest(workspace: Workspace, dataset: DatasetRecord, run: RunRecord) -> BacktestRecord:
    comparison = workspace.create_comparison(dataset.id, SplitConfig(), ComparisonConfig(), [run.id])
    record = record_of(dataset, comparison.id)
    store_backtest(workspace, record)
    return record


def record_of(dataset: DatasetRecord, comparison_id: str) -> BacktestRecord:
    return BacktestRecord(
        id="backtest-1", name="A against B", dataset_id=dataset.id, dataset_hash=dataset.content_hash,
        windows=WindowConfig(), periods=("2024-01-01 to 2024-01-07",), comparison_ids=(comparison_id,),
    )  # fmt: skip


def test_it_is_found_by_its_id_its_dataset_and_its_comparisons(
    workspace: Workspace, dataset: DatasetRecord, backtest: BacktestRecord
) -> None:
    assert read_backtest(workspace, backtest.id) == backtest
    assert list_backtests(workspace) == list_backtests(workspace, dataset.id) == [backtest]
    assert list_backtests(workspace, "other") == []
    assert list_backtests_of(workspace, backtest.comparison_ids) == [backtest]
    assert list_backtests_of(workspace, ["other"]) == []


def test_an_unknown_one_is_told_which_there_are(workspace: Workspace, backtest: BacktestRecord) -> None:
    with pytest.raises(RunError, match=backtest.id):
        read_backtest(workspace, "nope")


def test_it_is_deleted_with_the_comparisons_of_its_windows_and_their_runs_stay(
    workspace: Workspace, run: RunRecord, backtest: BacktestRecord
) -> None:
    found = workspace.backtest_dependents(backtest.id)
    assert (found.describe(), len(found.paths)) == ("1 comparison", 2)
    workspace.delete_backtest(backtest.id)
    assert (list_backtests(workspace), workspace.comparisons()) == ([], [])
    assert workspace.runs() == [run]


def test_a_comparison_that_another_backtest_has_too_stays(
    workspace: Workspace, dataset: DatasetRecord, backtest: BacktestRecord
) -> None:
    store_backtest(workspace, record_of(dataset, *backtest.comparison_ids).model_copy(update={"id": "backtest-2"}))
    workspace.delete_backtest(backtest.id)
    assert [one.id for one in list_backtests(workspace)] == ["backtest-2"]
    assert [one.id for one in workspace.comparisons()] == list(backtest.comparison_ids)


def test_a_window_whose_comparison_is_damaged_goes_too(workspace: Workspace, backtest: BacktestRecord) -> None:
    folder = workspace.comparison_folder(backtest.comparison_ids[0])
    (folder / "comparison.json").write_text("", encoding="utf-8")
    workspace.delete_backtest(backtest.id)
    assert not folder.exists()


def test_it_goes_with_its_comparison_its_run_and_its_dataset(
    workspace: Workspace, dataset: DatasetRecord, run: RunRecord, backtest: BacktestRecord
) -> None:
    folder = backtest_folder(workspace, backtest.id)
    assert workspace.dataset_dependents(dataset.id).describe() == "1 run, 1 comparison and 1 backtest"
    assert workspace.run_dependents(run.id).describe() == "1 comparison and 1 backtest"
    found = workspace.comparison_dependents(backtest.comparison_ids[0])
    assert found.describe() == "1 backtest"
    for dependents in (workspace.dataset_dependents(dataset.id), workspace.run_dependents(run.id), found):
        assert folder in dependents.paths
    workspace.delete_comparison(backtest.comparison_ids[0])
    assert not folder.exists()
    assert workspace.run(run.id) == run


def test_a_damaged_record_is_repaired_from_its_kept_text(workspace: Workspace, backtest: BacktestRecord) -> None:
    path = backtest_folder(workspace, backtest.id) / "backtest.json"
    path.write_text("{", encoding="utf-8")
    assert list_backtests(workspace) == []
    assert len(workspace.problems()) == 1
    (damage,) = find_damage(workspace)
    assert (damage.kind, damage.name, damage.cure) == ("backtest", backtest.name, "now")
    assert [one.id for one in check_unreadable(workspace, "backtest", [])] == [backtest.id]
    assert check_again(workspace, [damage]) == [damage]
    repair_now(workspace, damage)
    assert check_again(workspace, [damage]) == []
    assert read_backtest(workspace, backtest.id) == backtest


def test_a_damaged_one_is_removed_alone(workspace: Workspace, backtest: BacktestRecord) -> None:
    (backtest_folder(workspace, backtest.id) / "backtest.json").write_text("", encoding="utf-8")
    (damage,) = find_damage(workspace)
    assert find_dependents(workspace, damage).describe() == ""
    remove_damaged(workspace, damage)
    assert find_damage(workspace) == []
    assert len(workspace.comparisons()) == 1
