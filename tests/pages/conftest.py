"""A workspace of its own for every page test, empty or with a finished comparison."""

from __future__ import annotations

import pickle
import shutil
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from benchmarks.fabricated_run import store_random_model
from dashboard import widgets
from gru4rec_core.baselines.registry import BASELINES
from gru4rec_core.config import ComparisonConfig, SplitConfig, TrainingConfig
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.split_types import Split
from gru4rec_core.evaluation import metrics
from gru4rec_core.evaluation.scoring import Evaluation, evaluate
from gru4rec_core.model.inference import NumpyGru4Rec
from gru4rec_core.report.charts.specs import spec_with_frames
from gru4rec_core.results.summary import precompute_summaries
from gru4rec_core.workspace import run_folder
from gru4rec_core.workspace.job_state import JobState, write_state
from gru4rec_core.workspace.records import DatasetOrigin, RunRecord
from gru4rec_core.workspace.split_store import load_split
from gru4rec_core.workspace.store import Workspace
from tests.app_runs import TIMEOUT

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


NASTY = ("<img src=x onerror=alert(1)>", "![pixel](http://example.invalid/p.png)", "=1+1", "*bold* _item_ [link](x)")
"""Item names as an unkind file may hold them."""


@pytest.fixture(scope="session")
def finished_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A comparison of TOP1 and BPR whose runs are done: random weights, real predictions, nothing trained."""
    return _build_finished(tmp_path_factory.mktemp("finished") / "workspace", seeds=(0,))


@pytest.fixture(scope="session")
def finished_seeds_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with three seeds of each loss."""
    return _build_finished(tmp_path_factory.mktemp("seeds") / "workspace", seeds=(0, 1, 2))


def _build_finished(root: Path, seeds: tuple[int, ...]) -> Path:
    workspace = Workspace(root)
    rng = np.random.default_rng(11)
    names = [*NASTY, *(f"item {letter}" for letter in "ABCDEFGHIJKLMNOP")]
    lengths = rng.integers(2, 9, 600)
    session = np.repeat(np.arange(600), lengths)
    items = rng.zipf(1.6, session.size) % len(names)
    log = pd.DataFrame({"session": session, "timestamp": np.arange(session.size), "item": np.array(names)[items]})
    dataset = workspace.add_dataset(SessionDataset(log), "shop log", DatasetOrigin("upload"), time_unit="s")
    rule = SplitConfig()
    runs = [
        workspace.create_run(dataset.id, TrainingConfig(loss=loss, n_hidden=(8,), epochs=3, seed=seed), rule)
        for loss in ("top1", "bpr")
        for seed in seeds
    ]
    workspace.create_comparison(
        dataset.id, rule, ComparisonConfig(deciding_k=3), [run.id for run in runs], baselines=("popularity", "markov")
    )
    split = load_split(workspace, dataset.id, rule)
    for place, run in enumerate(runs):
        finish_run(workspace, run, split, np.random.default_rng(place))
    folder = workspace.split_folder(dataset.id, rule) / "baselines"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("popularity", "markov"):
        _store(evaluate(BASELINES[name]().fit(split.train), split.test), folder, name)
    write_state(folder, JobState(state="done"))
    precompute_summaries(workspace, dataset.id)  # as a worker does at the end, so that no page has to compute them
    return root


def finish_run(workspace: Workspace, run: RunRecord, split: Split, rng: np.random.Generator) -> None:
    """Gives a run what training would: random weights, a course, real predictions."""
    folder = workspace.run_folder(run.id)
    store_random_model(folder, split.train.vocabulary, run.config.n_hidden[0], rng)
    (folder / "environment.json").write_text('{"seconds": {"training": 2.5}}', encoding="utf-8")
    for epoch in (1, 2, 3):
        hits = {"accuracy@3": 0.2 if epoch > 1 else 0.1}
        run_folder.append_epoch(folder, {"epoch": epoch, "epochs": 3, "loss": 1 / epoch, "validation": hits})
    evaluation = evaluate(NumpyGru4Rec.load(folder), split.test)
    run_folder.save_evaluation(evaluation, metrics.summarise(evaluation), folder)
    write_state(folder, JobState(state="done"))


def _store(evaluation: Evaluation, folder: Path, name: str) -> None:
    run_folder.save_evaluation(evaluation, metrics.summarise(evaluation) | {"name": name}, folder, name)


@pytest.fixture
def finished(workspace: Workspace, finished_workspace: Path) -> Workspace:
    """The pages' workspace with a finished comparison, a copy of its own for each test."""
    shutil.copytree(finished_workspace, workspace.root, dirs_exist_ok=True)
    return workspace


@pytest.fixture
def finished_seeds(workspace: Workspace, finished_seeds_workspace: Path) -> Workspace:
    """As `finished`, with three seeds of each loss."""
    shutil.copytree(finished_seeds_workspace, workspace.root, dirs_exist_ok=True)
    return workspace
