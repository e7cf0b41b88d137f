"""Fixtures of the workspace's tests."""

from pathlib import Path

import pytest

from gru4rec_core.config import SplitConfig, TrainingConfig
from gru4rec_core.runs.records import DatasetRecord, RunRecord
from gru4rec_core.runs.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "home")


@pytest.fixture
def dataset(workspace: Workspace, make_dataset) -> DatasetRecord:
    """Three letters that follow each other, in a registered dataset."""
    return workspace.add_dataset(make_dataset("abcabc", "bca", "cabca", "ab"), "letters")


@pytest.fixture
def run(workspace: Workspace, dataset: DatasetRecord) -> RunRecord:
    return workspace.create_run(dataset.id, TrainingConfig(n_hidden=(4,), batch_size=2, epochs=2), SplitConfig())
