"""Trials see training and validation data alone; a method's trials are kept, and go on after a kill."""

import json
import multiprocessing
import os
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gru4rec_core.config import ComparisonConfig, SplitConfig, TrainingConfig
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.split_types import EvaluationSet
from gru4rec_core.data.splits import split
from gru4rec_core.errors import Refused
from gru4rec_core.experiments import tuning as module
from gru4rec_core.experiments.search import TrialStopped
from gru4rec_core.experiments.tuning import execute_methods, execute_tuning, missing_methods, prepare_method
from gru4rec_core.workspace.records import DatasetRecord
from gru4rec_core.workspace.store import Workspace
from gru4rec_core.workspace.tunings import MethodTrials, TuningRecord, create_tuning, method_folder, read_trials

CUT = 5000
METHODS = ("stan", "sequential-rules", "slist", "linear-ar", "item-knn")


def cycle_log(seed: int = 0, *, poisoned: bool = False) -> pd.DataFrame:
    """Sessions of a cycle of eight items with noise; after the cut, a poisoned log has nothing of the kind."""
    rng = np.random.default_rng(seed)
    rows = []
    for session in range(600):
        start = session * 10
        items = (rng.integers(8) + np.arange(rng.integers(3, 8))) % 8
        noisy = rng.random(len(items)) < 0.2
        items = np.where(noisy, rng.integers(0, 8, len(items)), items)
        if poisoned and start >= CUT:
            items = np.full(len(items), 7)
        rows += [(session, start + i, f"item {item}") for i, item in enumerate(items)]
    return pd.DataFrame(rows, columns=["session", "timestamp", "item"])


def make_tuning(workspace: Workspace, dataset: DatasetRecord, **changes) -> TuningRecord:
    record = TuningRecord(
        id="tuning-a",
        dataset_id=dataset.id,
        split=SplitConfig(protocol="time", test_from=CUT),
        judging=ComparisonConfig(deciding_k=3),
        configs=(TrainingConfig(loss="bpr", n_hidden=(32,)),),
        tuned_baselines=METHODS,
        n_trials=4,
    ).model_copy(update=changes)
    create_tuning(workspace, record)
    return record


def add(workspace: Workspace, **how) -> DatasetRecord:
    return workspace.add_dataset(SessionDataset(cycle_log(**how)), "cycle")


def values_of(trials: MethodTrials) -> list[tuple]:
    return [(trial.values, trial.curve, trial.outcome) for trial in trials.trials]


def test_what_comes_after_the_cut_changes_no_trial(workspace: Workspace, tmp_path: Path) -> None:
    other = Workspace(tmp_path / "other")
    tunings = [(w, make_tuning(w, add(w, poisoned=w is other))) for w in (workspace, other)]
    for method in ("bpr", *METHODS):
        clean, poisoned = (values_of(execute_tuning(w, tuning, method)) for w, tuning in tunings)
        assert clean == poisoned
        assert len(clean) == 4


def test_methods_are_tuned_one_after_another_and_not_again(workspace: Workspace) -> None:
    tuning = make_tuning(workspace, add(workspace), configs=(), n_trials=2)
    assert [part.method for part in missing_methods(workspace, tuning)] == list(METHODS)
    told = []
    execute_methods(workspace, tuning, on_change=lambda name, state: told.append((name, state.state)))
    assert missing_methods(workspace, tuning) == []
    assert {("STAN", "done"), ("SLIST", "done")} <= set(told)
    before = {path: path.stat().st_mtime_ns for path in method_folder(workspace, tuning, "stan").iterdir()}
    execute_methods(workspace, tuning)
    assert before == {path: path.stat().st_mtime_ns for path in method_folder(workspace, tuning, "stan").iterdir()}


def test_a_method_that_refuses_the_log_is_complete(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    tuning = make_tuning(workspace, add(workspace), configs=(), tuned_baselines=("slist",))

    def refuse(settings: dict, watch: object) -> None:
        raise Refused("SLIST takes at most 5 items.")

    prepare = module.prepare_method
    monkeypatch.setattr(module, "prepare_method", lambda *parts: replace(prepare(*parts), run=refuse))
    found = execute_tuning(workspace, tuning, "slist")
    assert "at most 5 items" in found.refused
    assert found.is_complete(tuning)


def kill_after(root: Path, n_trials: int) -> None:
    """What a killed process does: it tunes, and dies without a word once so many trials are there."""
    workspace = Workspace(root)
    (dataset,) = workspace.datasets()
    from gru4rec_core.workspace.tunings import read_tuning

    tuning = read_tuning(workspace, dataset.id, "tuning-a")
    store = module.store_trials

    def store_and_die(folder: Path, trials: tuple) -> None:
        store(folder, trials)
        if len(trials) == n_trials:
            time.sleep(0.3)  # in the middle of the next one, as far as the folder tells
            os._exit(9)

    module.store_trials = store_and_die
    execute_tuning(workspace, tuning, "stan")


def test_killed_twice_it_ends_with_the_same_trials(workspace: Workspace, tmp_path: Path) -> None:
    whole = Workspace(tmp_path / "whole")
    expected = execute_tuning(whole, make_tuning(whole, add(whole), n_trials=9), "stan")
    tuning = make_tuning(workspace, add(workspace), n_trials=9)
    context = multiprocessing.get_context("spawn")
    for n_trials in (3, 7):
        process = context.Process(target=kill_after, args=(workspace.root, n_trials))
        process.start()
        process.join(120)
        assert process.exitcode == 9
        assert len(read_trials(workspace, tuning, "stan").trials) == n_trials
    path = method_folder(workspace, tuning, "stan") / "trials.jsonl"
    with path.open("a", encoding="utf-8") as file:  # and the power failed in the middle of a line
        file.write(json.dumps({"number": 7})[:6])
    assert values_of(execute_tuning(workspace, tuning, "stan")) == values_of(expected)
    assert values_of(read_trials(workspace, tuning, "stan")) == values_of(expected)


def test_a_slow_baseline_is_stopped_between_a_few_hundred_histories(workspace: Workspace) -> None:
    tuning = make_tuning(workspace, add(workspace), configs=(), tuned_baselines=("item-knn",))
    parts = split(SessionDataset(cycle_log()), tuning.split)
    asked = []

    class Watch:
        def check(self) -> None:
            asked.append(True)
            if len(asked) == 3:
                raise TrialStopped("out of time")

        def report(self, value: float) -> None:
            raise AssertionError("it was stopped before")

    many = EvaluationSet(parts.train, np.ones(parts.train.n_sessions, int))
    assert many.n_predicted > 3 * 256
    with pytest.raises(TrialStopped):
        prepare_method(tuning, "item-knn", parts.train, many).run({}, Watch())
    assert len(asked) == 3
