"""A tuning has the losses and every baseline with settings, and the same budget for each."""

import pytest

from gru4rec_core.baselines.names import DEFAULT_BASELINES
from gru4rec_core.config import ComparisonConfig, SplitConfig, TrainingConfig
from gru4rec_core.errors import ConfigError, DataError
from gru4rec_core.jobs.tuning_plan import DEFAULT_TRIALS, TuningBudget, TuningPlan, plan_tuning
from gru4rec_core.workspace.store import Workspace

PLAN = TuningPlan((TrainingConfig(),), SplitConfig(validation_fraction=0.4), ComparisonConfig(deciding_k=2))


def test_baselines_without_settings_meet_the_winners_untuned(workspace: Workspace, dataset) -> None:
    tuning = plan_tuning(workspace, dataset.id, PLAN)
    untuned = ("popularity", "session-popularity", "last-item-again", "markov")
    assert tuning.methods == ("top1", *(name for name in DEFAULT_BASELINES if name not in untuned))
    assert tuning.baselines == DEFAULT_BASELINES
    assert plan_tuning(workspace, dataset.id, PLAN) == tuning


@pytest.mark.parametrize(
    ("trials", "minutes", "budget"),
    [
        (None, None, TuningBudget(DEFAULT_TRIALS, None)),
        (5, None, TuningBudget(5, None)),
        (None, 2.0, TuningBudget(None, 120.0)),
        (5, 2.0, TuningBudget(5, 120.0)),
    ],
)
def test_the_budget_is_what_was_asked_for(trials: int | None, minutes: float | None, budget: TuningBudget) -> None:
    assert TuningBudget.of(trials, minutes) == budget


def test_what_cannot_be_tuned_is_refused(workspace: Workspace, dataset) -> None:
    with pytest.raises(DataError, match="needs a validation part"):
        plan_tuning(workspace, dataset.id, TuningPlan(PLAN.configs, SplitConfig(validation_fraction=0), PLAN.judging))
    with pytest.raises(ConfigError, match="a number of trials, a time, or both"):
        plan_tuning(workspace, dataset.id, TuningPlan(PLAN.configs, PLAN.test_rule, PLAN.judging, TuningBudget(None)))
