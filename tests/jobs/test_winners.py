"""The winners of a tuning are trained on all that is not test, with fresh seeds, and compared once all is tuned."""

import pytest

from gru4rec_core.baselines.names import tuned_name
from gru4rec_core.config import ComparisonConfig, SplitConfig, TrainingConfig
from gru4rec_core.errors import ConfigError, RunError
from gru4rec_core.experiments.baselines import execute_baselines
from gru4rec_core.jobs.backtest_planning import plan_windows
from gru4rec_core.jobs.winners import (
    final_test_rule,
    finished_tuning,
    plan_winners,
    require_same_test,
    winners_plan,
    winning_config,
)
from gru4rec_core.storage import read_json
from gru4rec_core.workspace.run_folder import load_evaluation
from gru4rec_core.workspace.split_store import open_split
from gru4rec_core.workspace.store import Workspace
from gru4rec_core.workspace.tunings import (
    MethodTrials,
    Trial,
    TuningRecord,
    create_tuning,
    method_folder,
    planned_comparison,
    store_trials,
)

RULE = SplitConfig(validation_fraction=0.4)
UNITS, STEPS = {"n_hidden": 96, "learning_rate": 0.05}, {"decay": "inverse", "steps": 3}


def tried(number: int, value: float | None, settings: dict, epochs: int = 1) -> Trial:
    return Trial(number, settings, settings, value, epochs, (value or 0.0,) * epochs, 1.0, "done")


def store(workspace: Workspace, tuning: TuningRecord, method: str, *trials: Trial) -> None:
    method_folder(workspace, tuning, method).mkdir(exist_ok=True)
    store_trials(method_folder(workspace, tuning, method), trials)


@pytest.fixture
def tuning(workspace: Workspace, dataset) -> TuningRecord:
    record = TuningRecord(
        id="tuning-a",
        dataset_id=dataset.id,
        split=RULE,
        judging=ComparisonConfig(deciding_k=2),
        configs=tuple(TrainingConfig(loss=loss, early_stopping=True, seed=5) for loss in ("top1", "bpr")),
        tuned_baselines=("sequential-rules",),
        baselines=("popularity", "sequential-rules"),
        n_trials=2,
        n_seeds=2,
    )
    create_tuning(workspace, record)
    return record


def test_nothing_is_planned_while_a_method_has_budget_left(workspace: Workspace, tuning: TuningRecord) -> None:
    store(workspace, tuning, "top1", tried(0, 0.5, {}), tried(1, 0.6, UNITS, epochs=7))
    store(workspace, tuning, "sequential-rules", tried(0, 0.5, {}), tried(1, 0.6, STEPS))
    store(workspace, tuning, "bpr", tried(0, 0.5, {}, epochs=4))
    assert plan_winners(workspace, tuning) is None
    store(workspace, tuning, "bpr", tried(0, 0.5, {}, epochs=4), tried(1, None, UNITS))
    comparison = plan_winners(workspace, tuning)
    assert comparison.split == final_test_rule(tuning) == RULE.replace(validation_fraction=0.0)
    configs = [workspace.run(run_id).config for run_id in comparison.run_ids]
    assert [(one.loss, one.seed, one.epochs, one.n_hidden, one.early_stopping) for one in configs] == [
        ("top1", 6, 7, (96,), False),
        ("top1", 7, 7, (96,), False),
        ("bpr", 6, 4, (64,), False),
        ("bpr", 7, 4, (64,), False),
    ]
    name = tuned_name("sequential-rules", STEPS)
    assert comparison.baselines == ("popularity", name)
    assert comparison.tuned.baseline_settings == {name: STEPS}
    assert comparison.tuned.spent["top1"] == (2, 2.0)
    assert (plan_winners(workspace, tuning), planned_comparison(workspace, tuning)) == (comparison, comparison)


def test_tuned_baselines_are_computed_with_their_settings(workspace: Workspace, tuning: TuningRecord) -> None:
    for method in ("top1", "bpr"):
        store(workspace, tuning, method, tried(0, 0.5, {}), tried(1, 0.4, UNITS))
    store(workspace, tuning, "sequential-rules", tried(0, 0.5, {}), tried(1, 0.6, {"decay": "inverse", "steps": 1}))
    comparison = plan_winners(workspace, tuning)
    execute_baselines(workspace, tuning.dataset_id, comparison.split, (*comparison.baselines, "markov"))
    folder = workspace.split_folder(tuning.dataset_id, comparison.split) / "baselines"
    n_items = len(open_split(workspace, tuning.dataset_id, comparison.split).train_counts)
    rules, markov = (load_evaluation(folder, n_items, name) for name in (comparison.baselines[1], "markov"))
    assert rules.ranks().tolist() == markov.ranks().tolist()  # rules of one step are the lookup table
    assert read_json(folder / f"{comparison.baselines[1]}.json", "a baseline")["settings"] == {
        "decay": "inverse",
        "steps": 1,
    }
    with pytest.raises(RunError, match="which settings"):
        workspace.baseline_settings("stan~00000000")


def test_a_loss_without_a_value_has_no_winner(tuning: TuningRecord) -> None:
    with pytest.raises(RunError, match="no trial of TOP1 has one"):
        winning_config(tuning, MethodTrials("top1", (tried(0, None, {}),)))


def test_another_test_is_refused_and_so_are_windows(workspace: Workspace, tuning: TuningRecord) -> None:
    assert finished_tuning(workspace, tuning.dataset_id) is None
    assert winners_plan(workspace, tuning) is None
    for method in tuning.methods:
        store(workspace, tuning, method, tried(0, 0.5, {}), tried(1, 0.4, {}))
    assert finished_tuning(workspace, tuning.dataset_id) == tuning
    require_same_test(tuning, RULE)
    with pytest.raises(ConfigError, match="may have learnt from"):
        require_same_test(tuning, RULE.replace(protocol="session-holdout"))
    plan = winners_plan(workspace, tuning, n_seeds=1)
    assert [config.seed for config in plan.configs] == [6, 6]
    with pytest.raises(ConfigError, match="does not take tuned settings"):
        plan_windows(plan, [])
