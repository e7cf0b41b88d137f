"""A workspace of its own for every page test, empty or with a finished comparison."""

from __future__ import annotations

import pickle
import shutil
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard import widgets
from gru4rec_core.report.charts.specs import spec_with_frames
from gru4rec_core.workspace.store import Workspace
from tests.app_runs import TIMEOUT
from tests.finished import build_finished

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True, scope="module")
def every_module_is_quick(quick_app_tests: None, collections_are_short: None, charts_are_drawn_once: None) -> None:
    """What the tests of a module share (here and in tests/conftest.py)."""
    del quick_app_tests, collections_are_short, charts_are_drawn_once


@pytest.fixture(scope="session")
def charts_are_drawn_once() -> Iterator[None]:
    """Each test empties the caches of the dashboard, for its records differ; but the same data give the same chart.

    To draw them anew took three quarters of the time of the tests of Compare.
    """
    drawn: dict[bytes, bytes] = {}

    def draw(name: str, args: tuple[Any, ...], keywords: dict[str, Any], chart: partial[Any]) -> Any:
        key = pickle.dumps((name, args, keywords))
        if key not in drawn:
            drawn[key] = pickle.dumps(spec_with_frames(chart()))
        return pickle.loads(drawn[key])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(widgets, "_draw", draw)
        yield


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """An empty workspace that the pages use."""
    monkeypatch.setenv("GRU4REC_HOME", str(tmp_path / "workspace"))
    monkeypatch.delenv("DASK_SCHEDULER_ADDRESS", raising=False)
    # Streamlit clears Keras' session after each run of a script where Keras is loaded: never in the dashboard's own
    # process, but here, where other tests have loaded it, for a third of a second per run.
    if keras := sys.modules.get("keras"):
        monkeypatch.setattr(keras.backend, "clear_session", lambda: None)
    st.cache_data.clear()
    st.cache_resource.clear()
    return Workspace(tmp_path / "workspace")


@pytest.fixture
def open_page(workspace: Workspace) -> Callable[..., AppTest]:
    """Opens a page as its link would: open_page("data", dataset="…")."""
    del workspace

    def opened(name: str, **params: str) -> AppTest:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=TIMEOUT)
        for key, value in params.items():
            app.query_params[key] = value
        if name != "overview":
            # Before the first run, so that the overview is not drawn first; a page's file is named as its address.
            app.switch_page(f"pages/{name}.py")
        app.run()
        assert not app.exception
        return app

    return opened


@pytest.fixture(scope="session")
def finished_workspace(whole: Path) -> Path:
    """A comparison of TOP1 and BPR whose runs are done: random weights, real predictions, nothing trained."""
    return whole


@pytest.fixture(scope="session")
def finished_seeds_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with three seeds of each loss."""
    return build_finished(tmp_path_factory.mktemp("seeds") / "workspace", seeds=(0, 1, 2))


@pytest.fixture
def finished(workspace: Workspace, finished_workspace: Path) -> Workspace:
    """The pages' workspace with a finished comparison, a copy of its own for each test."""
    shutil.copytree(finished_workspace, workspace.root, dirs_exist_ok=True)
    return workspace


@pytest.fixture
def weekly(workspace: Workspace, two_weeks: Path) -> Workspace:
    """As `finished`, with a backtest on two weeks."""
    shutil.copytree(two_weeks, workspace.root, dirs_exist_ok=True)
    return workspace


@pytest.fixture
def finished_seeds(workspace: Workspace, finished_seeds_workspace: Path) -> Workspace:
    """As `finished`, with three seeds of each loss."""
    shutil.copytree(finished_seeds_workspace, workspace.root, dirs_exist_ok=True)
    return workspace
