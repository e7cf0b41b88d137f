"""Fixtures that several test folders share."""

import os
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import settings

from gru4rec_core.data.sessions import SessionDataset

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

# How long one example takes says more about the machine than about the code.
settings.register_profile("workbench", deadline=None)
settings.load_profile("workbench")

ROOT = Path(__file__).resolve().parents[1]


def chromium() -> str | None:
    """Path of a Chromium-like browser on this machine, if any."""
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if path := shutil.which(name):
            return path
    return None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if chromium() or os.environ.get("GRU4REC_REQUIRE_BROWSER"):
        return
    reason = "no Chromium on this machine: install chromium (Debian: apt-get install chromium) to run browser tests"
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason=reason))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    expression = config.getoption("-m")
    left_out = [kind for kind in ("faults", "scale", "fuzz") if f"not {kind}" in (expression or "")]
    if left_out:
        terminalreporter.write_line(
            "Left out by default: " + ", ".join(left_out) + " (run one with: pytest -m " + left_out[0] + ")"
        )
    if not chromium():
        terminalreporter.write_line("Browser tests were skipped: no Chromium found.")


@pytest.fixture(scope="session")
def chromium_path() -> str:
    path = chromium()
    assert path, "browser tests are required here, and no Chromium is installed"
    return path


@pytest.fixture(scope="session")
def real_log() -> Path:
    """The e-shop log (UCI 553), where the machine has it."""
    folder = Path(os.environ.get("GRU4REC_REAL_DATA", ROOT.parent / "shared" / "data"))
    path = folder / "eshop_clothing.csv"
    if not path.exists():
        pytest.skip("the real log eshop_clothing.csv is not here; name its folder with GRU4REC_REAL_DATA")
    return path


@pytest.fixture
def make_dataset():
    """Builds a dataset from sessions written as strings: make_dataset("abc", "ba")."""

    def build(*sessions: str) -> SessionDataset:
        rows = [(i, t, item) for i, session in enumerate(sessions) for t, item in enumerate(session)]
        return SessionDataset(pd.DataFrame(rows, columns=["session", "timestamp", "item"]))

    return build


@pytest.fixture
def generator() -> np.random.Generator:
    return np.random.default_rng(20261124)
