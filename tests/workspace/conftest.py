"""Fixtures of the workspace's tests."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gru4rec_core.config import ComparisonConfig, SplitConfig, TrainingConfig
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.runs.plans import plan_comparison
from gru4rec_core.runs.records import ComparisonRecord, DatasetRecord, RunRecord
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


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, ComparisonRecord]:
    """A small comparison of TOP1 and BPR, carried out in this process; tests must not change it."""
    from gru4rec_core.runs.experiments import execute_comparison

    home = Workspace(tmp_path_factory.mktemp("trained"))
    record = home.add_dataset(SessionDataset(weeks_of_letters()), "letters", time_unit="s")
    configs = [TrainingConfig(loss=loss, n_hidden=(6,), batch_size=8, epochs=2) for loss in ("top1", "bpr")]
    comparison = plan_comparison(
        home, record.id, configs, SplitConfig(), ComparisonConfig(deciding_k=3, n_bootstrap=200)
    )
    execute_comparison(home, comparison.id)
    return home, comparison


def weeks_of_letters(first: int = 0, letters: str = "abcdefgh") -> pd.DataFrame:
    """120 sessions over four weeks in which a letter is mostly followed by the next."""
    generator = np.random.default_rng(first)
    rows = []
    for session in range(120):
        letter, start = int(generator.integers(len(letters))), 1_700_000_000 + 20_000 * (session + 200 * first)
        for step in range(int(generator.integers(3, 8))):
            rows.append((f"s{first}-{session}", start + step, letters[letter]))
            letter = (letter + 1 + int(generator.random() < 0.2)) % len(letters)
    return pd.DataFrame(rows, columns=["session", "timestamp", "item"])


@pytest.fixture
def letters_log():
    return weeks_of_letters
