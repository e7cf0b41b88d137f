"""Which methods does a tuning have, and with which budget each?"""

from dataclasses import dataclass
from math import ceil, inf

from gru4rec_core.baselines.names import DEFAULT_BASELINES, without_retired
from gru4rec_core.config import DEFAULT_SEEDS, ComparisonConfig, SplitConfig, TrainingConfig
from gru4rec_core.errors import ConfigError, DataError
from gru4rec_core.experiments.search_space import tunable_methods
from gru4rec_core.storage import new_id
from gru4rec_core.workspace.request_validation import validate_baselines, validate_configs
from gru4rec_core.workspace.split_store import load_split
from gru4rec_core.workspace.store import Workspace
from gru4rec_core.workspace.tunings import TuningRecord, create_tuning, find_tuning, take_up

DEFAULT_TRIALS = 20
"""Trials of each method, where nothing else is chosen."""


@dataclass(frozen=True)
class TuningBudget:
    """What each method may use: trials, seconds, or both, and then whichever ends first."""

    n_trials: int | None = DEFAULT_TRIALS
    seconds: float | None = None

    @classmethod
    def of(cls, n_trials: int | None, minutes: float | None) -> "TuningBudget":
        """The budget that a person asked for; the usual number of trials where neither is given."""
        seconds = None if minutes is None else 60.0 * minutes
        return cls(DEFAULT_TRIALS if n_trials is None and minutes is None else n_trials, seconds)


@dataclass(frozen=True)
class TuningPlan:
    """What is tuned, and how its winners are compared.

    Attributes:
        configs: one per loss, the settings of its trial 0.
        test_rule: how the log is cut; its validation part chooses.
        judging: how the winners are compared.
        budget: of each method.
        baselines: those that the winners meet; all that have settings are tuned too.
        n_seeds: runs of each winner.
        by_job: whether jobs carry it out.
    """

    configs: tuple[TrainingConfig, ...]
    test_rule: SplitConfig
    judging: ComparisonConfig
    budget: TuningBudget = TuningBudget()
    baselines: tuple[str, ...] = DEFAULT_BASELINES
    n_seeds: int = DEFAULT_SEEDS
    by_job: bool = False

    @property
    def methods(self) -> tuple[str, ...]:
        """All that is tuned: losses, then baselines."""
        return (*(config.loss for config in self.configs), *self.tuned_baselines)

    @property
    def tuned_baselines(self) -> tuple[str, ...]:
        """Those of the baselines that have settings to tune."""
        tunable = tunable_methods()
        return tuple(name for name in self.baselines if name in tunable)


def tuning_seconds(plan: TuningPlan, n_workers: int) -> float:
    """Seconds that a tuning takes at most, with so many methods at a time; infinite without a limit of time."""
    if plan.budget.seconds is None:
        return inf
    return ceil(len(plan.methods) / n_workers) * plan.budget.seconds


def plan_tuning(workspace: Workspace, dataset_id: str, plan: TuningPlan) -> TuningRecord:
    """Stores a tuning, unless there is one of exactly this, which goes on; tries nothing.

    Raises:
        ConfigError: unknown baselines, a loss twice, or a budget of nothing.
        DataError: the test rule leaves no validation part.
    """
    validate_baselines(plan.baselines)
    validate_configs(plan.configs)
    if plan.budget.n_trials is None and plan.budget.seconds is None:
        raise ConfigError("A tuning has a number of trials, a time, or both.", found="neither", where="budget")
    split = load_split(workspace, dataset_id, plan.test_rule)
    if split.validation is None or split.validation.n_predicted == 0:
        raise DataError(
            "Tuning needs a validation part.",
            found="none under this test rule",
            where=f"validation_fraction {plan.test_rule.validation_fraction:g}",
            remedy="Set validation_fraction above 0, use a longer log, or compare without tuning.",
        )
    wanted = TuningRecord(
        id=new_id("-".join(("tuning", *(config.loss for config in plan.configs)))),
        dataset_id=dataset_id,
        split=plan.test_rule,
        judging=plan.judging,
        configs=plan.configs,
        tuned_baselines=plan.tuned_baselines,
        baselines=without_retired(plan.baselines),
        n_trials=plan.budget.n_trials,
        seconds=plan.budget.seconds,
        n_seeds=plan.n_seeds,
        by_job=plan.by_job,
    )
    known = find_tuning(workspace, wanted)
    if known is not None:
        return take_up(workspace, known, by_job=plan.by_job)
    create_tuning(workspace, wanted)
    return wanted
