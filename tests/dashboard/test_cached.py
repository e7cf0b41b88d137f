"""Facts about what the pages keep: computed once, and again when the files behind it change."""

from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
import streamlit as st

from dashboard import cached
from gru4rec_core.config import ComparisonConfig, SplitConfig
from gru4rec_core.errors import DataError
from gru4rec_core.workspace import dataset_store
from gru4rec_core.workspace.job_state import JobState, write_state


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
    workspace.set_item_table(dataset.id, None)
    assert cached.item_names(dataset.id) == cached.item_categories(dataset.id) == {}


def test_a_split_is_previewed_once_per_test_rule(dataset, monkeypatch: pytest.MonkeyPatch):
    cuts = []
    preview_split = cached.preview_split
    monkeypatch.setattr(cached, "preview_split", lambda *args: cuts.append(args[1]) or preview_split(*args))
    holdout = SplitConfig(protocol="session-holdout", test_fraction=0.5)
    for test_rule in (SplitConfig(), holdout, SplitConfig()):
        cached.split_preview(dataset, test_rule)
    assert cuts == [SplitConfig(), holdout]


def test_a_test_rule_that_cannot_be_applied_is_an_error_each_time(dataset):
    for _ in range(2):
        with pytest.raises(DataError):
            cached.split_preview(dataset, SplitConfig(min_session_length=100))


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
