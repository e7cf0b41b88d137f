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
from gru4rec_core.errors import Cancelled, Refused
from gru4rec_core.experiments import tuning as module
from gru4rec_core.experiments.search import Method, TrialStopped, Watch
from gru4rec_core.experiments.tuning import execute_methods, execute_tuning, missing_methods, prepare_method
from gru4rec_core.storage import make_folder
from gru4rec_core.workspace.integrity import find_damage
from gru4rec_core.workspace.interrupted import TrialClock, read_interrupted
from gru4rec_core.workspace.records import DatasetRecord
from gru4rec_core.workspace.store import Workspace
from gru4rec_core.workspace.tunings import (
    MethodTrials,
    TuningRecord,
    create_tuning,
    method_folder,
    read_trials,
    read_tuning,
)

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
    """Of a baseline; of a loss see test_network_trials.py."""
    other = Workspace(tmp_path / "other")
    tunings = [(w, make_tuning(w, add(w, poisoned=w is other))) for w in (workspace, other)]
    for method in METHODS:
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
    clocks: list[TrialClock] = []

    def make_clock(folder: Path, before: float) -> TrialClock:
        clocks.append(TrialClock(folder, before))
        return clocks[0]

    monkeypatch.setattr(module, "TrialClock", make_clock)
    # What comes at the end may take longer than the job takes from one sign of life to the next.
    found = execute_tuning(workspace, tuning, "slist", at_end=lambda: clocks[0].note())
    assert "at most 5 items" in found.refused
    assert found.is_complete(tuning)
    assert find_damage(workspace) == []


def test_a_budget_that_interruptions_used_up_alone_leaves_nothing_damaged(workspace: Workspace) -> None:
    tuning = make_tuning(workspace, add(workspace), configs=(), n_trials=None, seconds=1.0)
    folder = method_folder(workspace, tuning, "stan")
    make_folder(folder)
    TrialClock(folder, 1.2).begin(0)
    assert execute_tuning(workspace, tuning, "stan").trials == ()
    assert find_damage(workspace) == []


def test_a_finished_method_that_is_tried_again_in_vain_is_not_damaged(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    tuning = make_tuning(workspace, add(workspace), configs=(), n_trials=2)
    folder = method_folder(workspace, tuning, "stan")
    make_folder(folder)
    TrialClock(folder, 1.2).begin(0)

    class Noting(TrialClock):
        """As of trials that take longer than the job from one sign of life to the next."""

        def begin(self, number: int) -> None:
            super().begin(number)
            self.note()

    monkeypatch.setattr(module, "TrialClock", Noting)
    execute_tuning(workspace, tuning, "stan")

    def fail(*_: object) -> None:
        raise Cancelled("Cancelled.")

    monkeypatch.setattr(module, "load_split", fail)
    with pytest.raises(Cancelled):
        execute_tuning(workspace, tuning, "stan")
    assert find_damage(workspace) == []


def kill_after(root: Path, n_trials: int) -> None:
    """What a killed process does: it tunes, and dies without a word in the middle of the trial after so many."""
    workspace = Workspace(root)
    (dataset,) = workspace.datasets()
    tuning = read_tuning(workspace, dataset.id, "tuning-a")
    folder, prepare = method_folder(workspace, tuning, "stan"), module.prepare_method
    before = read_trials(workspace, tuning, "stan").interrupted_seconds

    def prepare_to_die(*parts) -> Method:
        method = prepare(*parts)

        def run(settings: dict, watch: Watch) -> None:
            while len(read_trials(workspace, tuning, "stan").trials) == n_trials:
                if read_interrupted(folder, range(n_trials)) > before + 0.1:
                    os._exit(9)  # after a sign of life
                time.sleep(0.02)
            method.run(settings, watch)

        return replace(method, run=run)

    module.prepare_method = prepare_to_die
    execute_tuning(workspace, tuning, "stan")


def test_killed_twice_it_ends_with_the_same_trials_and_pays_for_those_that_were_lost(
    workspace: Workspace, tmp_path: Path
) -> None:
    whole = Workspace(tmp_path / "whole")
    expected = execute_tuning(whole, make_tuning(whole, add(whole), n_trials=9), "stan")
    tuning = make_tuning(workspace, add(workspace), n_trials=9)
    context = multiprocessing.get_context("spawn")
    lost = [0.0]
    for n_trials in (3, 7):
        process = context.Process(target=kill_after, args=(workspace.root, n_trials))
        process.start()
        process.join(120)
        assert process.exitcode == 9
        found = read_trials(workspace, tuning, "stan")
        assert len(found.trials) == n_trials
        lost.append(found.interrupted_seconds)
        assert lost[-1] > lost[-2] + 0.1
        assert found.seconds == pytest.approx(lost[-1] + sum(trial.seconds for trial in found.trials))
    path = method_folder(workspace, tuning, "stan") / "trials.jsonl"
    with path.open("a", encoding="utf-8") as file:  # and the power failed in the middle of a line
        file.write(json.dumps({"number": 7})[:6])
    assert values_of(execute_tuning(workspace, tuning, "stan")) == values_of(expected)
    found = read_trials(workspace, tuning, "stan")
    assert values_of(found) == values_of(expected)
    assert found.interrupted_seconds == pytest.approx(lost[-1])
    assert len(path.read_text(encoding="utf-8").splitlines()) == 9


def test_a_trial_that_is_cancelled_again_and_again_uses_its_budget_up(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    tuning = make_tuning(workspace, add(workspace), configs=(), tuned_baselines=("stan",), n_trials=None, seconds=0.05)

    def cancel(settings: dict, watch: object) -> None:
        time.sleep(0.02)
        raise Cancelled("Cancelled.")

    prepare = module.prepare_method
    monkeypatch.setattr(module, "prepare_method", lambda *parts: replace(prepare(*parts), run=cancel))
    n_tries = 0
    while not read_trials(workspace, tuning, "stan").is_complete(tuning):
        with pytest.raises(Cancelled):
            execute_tuning(workspace, tuning, "stan")
        n_tries += 1
    assert n_tries <= 3
    assert read_trials(workspace, tuning, "stan").trials == ()


def test_trials_that_were_damaged_after_the_end_are_what_they_were_again(workspace: Workspace) -> None:
    tuning = make_tuning(workspace, add(workspace), configs=(), tuned_baselines=("stan",))
    execute_tuning(workspace, tuning, "stan")
    path = method_folder(workspace, tuning, "stan") / "trials.jsonl"
    before = path.read_bytes()
    path.write_bytes(before[:100] + b"?" + before[101:])
    assert not read_trials(workspace, tuning, "stan").is_complete(tuning)
    execute_tuning(workspace, tuning, "stan")
    assert path.read_bytes() == before


def test_a_slow_baseline_is_stopped_between_a_few_hundred_histories(workspace: Workspace) -> None:
    tuning = make_tuning(workspace, add(workspace), configs=(), tuned_baselines=("item-knn",))
    parts = split(SessionDataset(cycle_log()), tuning.split)
    asked = []

    class Impatient:
        def check(self) -> None:
            asked.append(True)
            if len(asked) == 3:
                raise TrialStopped("out of time")

        def report(self, value: float) -> None:
            raise AssertionError("it was stopped before")

    many = EvaluationSet(parts.train, np.ones(parts.train.n_sessions, int))
    assert many.n_predicted > 3 * 256
    with pytest.raises(TrialStopped):
        prepare_method(tuning, "item-knn", parts.train, many).run({}, Impatient())
    assert len(asked) == 3
