"""Facts about what the pages keep: computed once, and again when the files behind it change."""

from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
import streamlit as st

from dashboard import cached
from gru4rec_core.config import ComparisonConfig, SplitConfig
from gru4rec_core.errors import DataError
from gru4rec_core.results.recheck import RecheckPlan
from gru4rec_core.workspace import dataset_store
from gru4rec_core.workspace.job_state import JobState, write_state
from gru4rec_core.workspace.records import DatasetRecord


@dataclass(frozen=True)
class Rechecked:
    """The part of a re-check that people may change."""

    dataset: DatasetRecord


@pytest.fixture(autouse=True)
def pages_workspace(workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """The workspace of the pages is the test's, and nothing is kept from another test."""
    monkeypatch.setenv("GRU4REC_HOME", str(workspace.root))
    st.cache_data.clear()
    st.cache_resource.clear()


def test_a_stamp_changes_with_the_file_and_knows_a_missing_one(tmp_path: Path):
    path = tmp_path / "x"
    missing = cached.stamp_files(path)
    path.write_text("a")
    assert missing[0][1] == 0
    assert cached.stamp_files(path) != missing


def test_a_dataset_is_opened_once(dataset):
    assert cached.open_dataset(dataset) is cached.open_dataset(dataset)


def test_item_names_are_read_once_and_again_when_their_file_changes(workspace, dataset, monkeypatch):
    reads = []
    load_table = dataset_store.load_table
    monkeypatch.setattr(dataset_store, "load_table", lambda *args, **kw: reads.append(kw) or load_table(*args, **kw))
    table = pd.DataFrame({"item": ["a"], "name": ["Apple"], "category": ["fruit"], "picture": ["x" * 99]})
    workspace.set_item_table(dataset.id, table)
    for _ in range(2):
        assert cached.item_names(dataset.id) == {"a": "Apple"}
        assert cached.item_categories(dataset.id) == {"a": "fruit"}
    assert reads == [{"columns": ["item", "name"]}, {"columns": ["item", "category"]}]
    reads.clear()
    for _ in range(2):
        assert cached.item_table(dataset.id)["picture"].tolist() == ["x" * 99]
    assert reads == [{}]
    workspace.set_item_table(dataset.id, None)
    assert cached.item_table(dataset.id).empty
    assert cached.item_names(dataset.id) == cached.item_categories(dataset.id) == {}


def test_a_split_is_previewed_once_per_test_rule(dataset, monkeypatch: pytest.MonkeyPatch):
    cuts = []
    preview_split = cached.preview_split
    monkeypatch.setattr(cached, "preview_split", lambda *args: cuts.append(args[1]) or preview_split(*args))
    holdout = SplitConfig(protocol="session-holdout", test_fraction=0.5)
    for test_rule in (SplitConfig(), holdout, SplitConfig()):
        cached.split_preview(dataset, test_rule)
    assert cuts == [SplitConfig(), holdout]


def test_a_test_rule_that_cannot_be_applied_is_an_error_each_time_and_tried_once(dataset, monkeypatch):
    cuts = []
    preview_split = cached.preview_split
    monkeypatch.setattr(cached, "preview_split", lambda *args: cuts.append(args[1]) or preview_split(*args))
    for _ in range(2):
        with pytest.raises(DataError):
            cached.split_preview(dataset, SplitConfig(min_session_length=100))
    assert len(cuts) == 1


def test_of_a_log_that_cannot_be_cut_there_is_a_reason_instead_of_a_count(dataset, monkeypatch):
    rule = SplitConfig(min_session_length=100)
    monkeypatch.setattr(cached, "default_plan", lambda record: SimpleNamespace(test_rule=rule))
    found = cached.count_log_warnings(dataset)
    with pytest.raises(DataError) as raised:
        cached.split_preview(dataset, rule)
    assert isinstance(found, DataError)
    assert found.rule == raised.value.rule
    assert cached.count_log_warnings(dataset, most_events=1) is None


def test_a_recheck_follows_the_name_of_its_log(workspace, dataset, run, monkeypatch):
    monkeypatch.setattr(cached, "recheck_run", lambda workspace, plan: Rechecked(workspace.dataset(plan.dataset_id)))
    plan = RecheckPlan(run.id, dataset.id, SplitConfig(), ComparisonConfig())
    assert cached.recheck(plan).dataset.name == dataset.name
    workspace.rename_dataset(dataset.id, "another name")
    assert cached.recheck(plan).dataset.name == "another name"


def test_a_comparison_has_no_result_while_a_run_is_not_done(workspace, dataset, run):
    comparison = workspace.create_comparison(dataset.id, run.split, ComparisonConfig(), [run.id], baselines=())
    assert cached.comparison_result(comparison) is None
    write_state(workspace.run_folder(run.id), JobState(state="running"))
    assert cached.comparison_result(comparison) is None


def test_a_result_follows_the_name_of_its_log_and_what_is_set_aside(workspace, dataset, run, monkeypatch):
    comparison = workspace.create_comparison(dataset.id, run.split, ComparisonConfig(), [run.id], baselines=())
    monkeypatch.setattr(cached.results, "find_missing", lambda *args: SimpleNamespace(has_result=True))
    monkeypatch.setattr(
        cached.results, "build_comparison_result", lambda workspace, comparison_id: workspace.dataset(dataset.id)
    )
    assert cached.comparison_result(comparison).name == dataset.name
    workspace.rename_dataset(dataset.id, "another name")
    assert cached.comparison_result(comparison).name == "another name"
    workspace.set_aside(dataset.id, ["few-sessions"])
    assert cached.comparison_result(comparison).set_aside == ("few-sessions",)


def test_baselines_that_finish_later_change_the_stamp_of_a_comparison(workspace, dataset, run):
    comparison = workspace.create_comparison(
        dataset.id, run.split, ComparisonConfig(), [run.id], baselines=("popularity",)
    )
    before = cached.stamp_comparison(comparison)
    folder = workspace.split_folder(dataset.id, run.split) / "baselines"
    folder.mkdir(parents=True)
    (folder / "popularity.json").touch()
    assert cached.stamp_comparison(comparison) != before
