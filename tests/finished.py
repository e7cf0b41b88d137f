"""A workspace with a finished comparison that nobody had to train: random weights, real predictions."""

from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.fabricated_run import store_random_model
from gru4rec_core.baselines.registry import BASELINES
from gru4rec_core.config import ComparisonConfig, SplitConfig, TrainingConfig, WindowConfig
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.split_types import Split
from gru4rec_core.errors import Refused
from gru4rec_core.evaluation import metrics
from gru4rec_core.evaluation.scoring import Evaluation, evaluate
from gru4rec_core.jobs.backtest_planning import plan_backtest
from gru4rec_core.jobs.planning import ComparisonPlan
from gru4rec_core.model.inference import NumpyGru4Rec
from gru4rec_core.results.summary import precompute_summaries
from gru4rec_core.storage import make_folder, write_json
from gru4rec_core.workspace import refused_baselines, run_folder
from gru4rec_core.workspace.checksums import write_checksums
from gru4rec_core.workspace.interrupted import TrialClock
from gru4rec_core.workspace.job_state import JobState, write_state
from gru4rec_core.workspace.records import DatasetOrigin, RunRecord
from gru4rec_core.workspace.split_store import load_split
from gru4rec_core.workspace.store import Workspace
from gru4rec_core.workspace.tunings import (
    Trial,
    TuningRecord,
    create_tuning,
    method_folder,
    store_importances,
    store_trials,
    tuning_folder,
)

NASTY = ("<img src=x onerror=alert(1)>", "![pixel](http://example.invalid/p.png)", "=1+1", "*bold* _item_ [link](x)")
"""Item names as an unkind file may hold them."""


def build_finished(root: Path, seeds: tuple[int, ...]) -> Path:
    """A comparison of TOP1 and BPR in a new workspace, with these seeds of each loss; returns its root."""
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
    store_baselines(workspace, dataset.id, split, rule)
    precompute_summaries(workspace, dataset.id)  # as a worker does at the end, so that no page has to compute them
    return root


def build_backtest(root: Path, log: pd.DataFrame) -> Path:
    """A backtest of TOP1 and BPR on two weeks of a log, in a new workspace; returns its root."""
    workspace = Workspace(root)
    dataset = workspace.add_dataset(SessionDataset(log), "letters", DatasetOrigin("upload"), time_unit="s")
    configs = tuple(TrainingConfig(loss=loss, n_hidden=(6,), batch_size=8, epochs=3) for loss in ("top1", "bpr"))
    judging = ComparisonConfig(deciding_k=3, n_bootstrap=200, n_permutations=200)
    plan = ComparisonPlan(configs, SplitConfig(), judging, ("popularity", "markov"))
    backtest = plan_backtest(workspace, dataset.id, plan, WindowConfig(windows=2, window_sessions=10))
    for place, comparison_id in enumerate(backtest.comparison_ids):
        comparison = workspace.comparison(comparison_id)
        split = load_split(workspace, dataset.id, comparison.split)
        for run_id in comparison.run_ids:
            finish_run(workspace, workspace.run(run_id), split, np.random.default_rng(place))
        store_baselines(workspace, dataset.id, split, comparison.split)
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
    write_checksums(folder)


def store_baselines(workspace: Workspace, dataset_id: str, split: Split, rule: SplitConfig) -> None:
    """Best-sellers and the lookup table of a split, as their job leaves them."""
    folder = workspace.split_folder(dataset_id, rule) / "baselines"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("popularity", "markov"):
        _store(evaluate(BASELINES[name]().fit(split.train), split.test), folder, name)
    write_state(folder, JobState(state="done"))


def store_tuning(workspace: Workspace, dataset_id: str) -> TuningRecord:
    """A finished tuning of BPR, STAN and SLIST, which did not take the log; its winners are planned and queued."""
    tuning = TuningRecord(
        id="tuning-bpr-1",
        dataset_id=dataset_id,
        split=SplitConfig(),
        judging=ComparisonConfig(deciding_k=3),
        configs=(TrainingConfig(loss="bpr"),),
        tuned_baselines=("stan", "slist"),
        baselines=("stan", "slist"),
        n_trials=4,
    )
    create_tuning(workspace, tuning)
    for method in tuning.methods:
        folder = method_folder(workspace, tuning, method)
        make_folder(folder)
        if method == "slist":
            refused_baselines.write(folder, method, Refused("SLIST takes at most 5 items."))
        else:
            values = [{"x": float(number)} if number else {} for number in range(4)]
            trials = [Trial(n, values[n], values[n], 0.1 * n, 1, (0.1 * n,), 2.5, "done") for n in range(4)]
            store_trials(folder, trials)
            store_importances(folder, {"x": 1.0})
            TrialClock(folder, 1.5).begin(4)
        write_state(folder, JobState(state="done"))
        write_checksums(folder)
    folder = tuning_folder(workspace, dataset_id, tuning.id)
    for name in ("comparison.json", "queued.json"):
        write_json(folder / name, {"comparison": "bpr-12345678"})
    return tuning


def _store(evaluation: Evaluation, folder: Path, name: str) -> None:
    run_folder.save_evaluation(evaluation, metrics.summarise(evaluation) | {"name": name}, folder, name)
    write_checksums(folder, [path.name for path in folder.glob(f"{name}.*")])
