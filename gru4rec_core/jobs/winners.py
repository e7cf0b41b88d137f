"""What is compared once everything of a tuning is tuned, and is that planned and queued yet?

The winner of each loss is trained on the training and the validation part together, for the epochs that its trial
found best, with seeds that no trial had; the tuned baselines are fitted to the same. All are tested once.
"""

from gru4rec_core.baselines.names import base_of, tuned_name
from gru4rec_core.config import SplitConfig, TrainingConfig
from gru4rec_core.errors import ConfigError, RunError
from gru4rec_core.experiments.network_settings import change
from gru4rec_core.jobs.planning import ComparisonPlan, plan_comparison, with_seeds
from gru4rec_core.storage import exclusive_lock, write_json
from gru4rec_core.workspace.records import ComparisonRecord
from gru4rec_core.workspace.store import Workspace
from gru4rec_core.workspace.tunings import (
    COMPARISON,
    MethodTrials,
    TuningRecord,
    describe_tuned,
    list_tunings,
    method_label,
    planned_comparison,
    read_trials,
    tuning_folder,
)

_PATIENCE = 600.0  # seconds to wait for another process that plans the same


def final_test_rule(tuning: TuningRecord) -> SplitConfig:
    """The test rule of the winners: the same test, and no validation part, so that training reaches up to it."""
    return tuning.split.without_validation()


def winning_config(tuning: TuningRecord, trials: MethodTrials) -> TrainingConfig:
    """The settings of a loss's best trial, for as many epochs as that trial found best, and a seed of its own.

    Raises:
        RunError: no trial has a value.
    """
    best = trials.best
    if best is None:
        raise RunError(
            "The winner of a tuning is the trial with the highest value.",
            found=f"no trial of {method_label(trials.method)} has one",
            where=f"tuning {tuning.id}",
            remedy="Look into the log of the tuning; a larger budget, or other settings to begin with, may help.",
        )
    config = change(tuning.config_of(trials.method), best.settings)
    return config.replace(epochs=best.epochs, early_stopping=False, seed=config.seed + 1)


def finished_tuning(workspace: Workspace, dataset_id: str) -> TuningRecord | None:
    """The newest tuning of a log whose methods have all used their budget; None without one."""
    for tuning in list_tunings(workspace, dataset_id):
        if all(read_trials(workspace, tuning, method).is_complete(tuning) for method in tuning.methods):
            return tuning
    return None


def winners_plan(workspace: Workspace, tuning: TuningRecord, n_seeds: int | None = None) -> ComparisonPlan | None:
    """What would compare the winners of a tuning; None while a method is still being tuned.

    Args:
        workspace: where the tuning is.
        tuning: its record.
        n_seeds: runs of each winner; as many as the tuning says by default.

    Raises:
        RunError: a loss has no winner.
    """
    found = {method: read_trials(workspace, tuning, method) for method in tuning.methods}
    if not all(trials.is_complete(tuning) for trials in found.values()):
        return None
    settings = {
        tuned_name(name, best.settings): best.settings
        for name in tuning.tuned_baselines
        if (best := found[name].best) is not None
    }
    by_base = {base_of(name): name for name in settings}
    configs = [
        seeded
        for config in tuning.configs
        for seeded in with_seeds(winning_config(tuning, found[config.loss]), n_seeds or tuning.n_seeds)
    ]
    return ComparisonPlan(
        configs=tuple(configs),
        test_rule=final_test_rule(tuning),
        judging=tuning.judging,
        baselines=tuple(by_base.get(name, name) for name in tuning.baselines),
        tuned=describe_tuned(workspace, tuning, settings),
    )


def require_same_test(tuning: TuningRecord, test_rule: SplitConfig) -> None:
    """Refuses another test than that of a tuning: its trials may have seen what that one tests on.

    Raises:
        ConfigError: the rules differ in more than their validation part.
    """
    if test_rule.without_validation() != final_test_rule(tuning):
        raise ConfigError(
            "Tuned settings are tested under the test rule that they were tuned under.",
            found="another test rule, whose test the search may have learnt from",
            where="test rule",
            remedy="Choose that test rule again, or tune anew under this one.",
        )


def plan_winners(workspace: Workspace, tuning: TuningRecord) -> ComparisonRecord | None:
    """Stores the comparison of the winners and the runs it needs; None while a method is still being tuned.

    Raises:
        RunError: a loss has no winner.
    """
    plan = winners_plan(workspace, tuning)
    if plan is None:
        return None
    path = tuning_folder(workspace, tuning.dataset_id, tuning.id) / COMPARISON
    with exclusive_lock(path.with_suffix(".lock"), timeout=_PATIENCE):
        if (known := planned_comparison(workspace, tuning)) is not None:
            return known
        comparison = plan_comparison(workspace, tuning.dataset_id, plan)
        write_json(path, {"comparison": comparison.id})
        return comparison
