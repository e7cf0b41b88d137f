"""Decides a dataset's defaults (test rule, seeds, list length) and which runs a comparison needs."""

from dataclasses import dataclass
from math import ceil

import numpy as np

from gru4rec_core.baselines.names import DEFAULT_BASELINES
from gru4rec_core.config import DEFAULT_SEEDS, ComparisonConfig, SplitConfig, TrainingConfig, default_deciding_k
from gru4rec_core.data.protocols import find_given_cut
from gru4rec_core.data.times import UNITS, day_length
from gru4rec_core.errors import DataError, RunError
from gru4rec_core.results.model_choice import describe_test
from gru4rec_core.words import counted
from gru4rec_core.workspace.job_state import ACTIVE
from gru4rec_core.workspace.records import ComparisonRecord, DatasetRecord, TunedWith
from gru4rec_core.workspace.request_validation import validate_baselines, validate_configs
from gru4rec_core.workspace.split_store import open_split
from gru4rec_core.workspace.store import Workspace

DAYS_FOR_TIME_RULE = 14
"""A log that spans at least this many days is long enough to train on its past and test on its end."""

_TEST_SHARE = 0.1  # share of the sessions that the time rule tests on, about


@dataclass(frozen=True)
class DefaultPlan:
    """What a dataset gets when nothing else is chosen, and why; screens and command line show the reasons.

    Attributes:
        test_rule: protocol and test days.
        n_seeds: runs per loss.
        deciding_k: list length whose accuracy decides.
        test_rule_reason, n_seeds_reason: one clause each, for people.
    """

    test_rule: SplitConfig
    n_seeds: int
    deciding_k: int
    test_rule_reason: str
    n_seeds_reason: str

    @property
    def reason(self) -> str:
        """One line that says what was chosen and why."""
        return f"{self.test_rule_reason}; {self.n_seeds_reason}"

    def explain(self, test_rule: SplitConfig, n_seeds: int) -> str:
        """Why this test rule and these runs per loss, in sentences: the defaults with their reasons, and changes."""
        test, usual_test = describe_test(test_rule), describe_test(self.test_rule)
        parts = (
            (test == usual_test, f"tested on {test}", self.test_rule_reason),
            (n_seeds == self.n_seeds, f"{counted(n_seeds, 'run')} per loss", self.n_seeds_reason),
        )
        kept = "; ".join(reason for is_kept, _, reason in parts if is_kept)
        sentences = [f"Default: {kept}."] if kept else []
        sentences += [f"Chosen: {choice} (default: {reason})." for is_kept, choice, reason in parts if not is_kept]
        return " ".join(sentences)


def default_plan(workspace: Workspace, record: DatasetRecord) -> DefaultPlan:
    """The test rule, the number of seeds and the deciding k of a dataset for which nothing was chosen.

    The time rule where real dates span 14 days or more, else the last-item rule; `DEFAULT_SEEDS` runs per loss, one
    for a generated sample.
    """
    test_rule, test_rule_reason = _default_test_rule(workspace, record)
    if record.generated:
        n_seeds, n_seeds_reason = 1, "1 run per loss, quick to see on a generated sample"
    else:
        n_seeds, n_seeds_reason = (
            DEFAULT_SEEDS,
            f"{DEFAULT_SEEDS} runs per loss, because one run cannot tell skill from luck",
        )
    return DefaultPlan(test_rule, n_seeds, default_deciding_k(record.n_items), test_rule_reason, n_seeds_reason)


def _default_test_rule(workspace: Workspace, record: DatasetRecord) -> tuple[SplitConfig, str]:
    last_item = f"tested on {describe_test(SplitConfig())}, because "
    if record.generated:
        return SplitConfig(), last_item + "the dates of a generated sample mean nothing"
    if record.time_unit not in UNITS:
        return SplitConfig(), last_item + "the times of this log are not dates"
    span = span_days(record)
    if span < DAYS_FOR_TIME_RULE:
        needed = f"testing on later days needs a log that spans {DAYS_FOR_TIME_RULE} days or more"
        return SplitConfig(), f"{last_item}{needed}, and this one spans {span:.1f}"
    days = default_test_days(workspace, record)
    if days >= span:
        return SplitConfig(), last_item + "nearly all sessions of this log start at once"
    rule = SplitConfig(protocol="time", test_days=days)
    return rule, f"tested on {describe_test(rule)}, because this log spans {span:,.0f} days"


@dataclass(frozen=True)
class RecheckRule:
    """The test rule for an older model on a log; `reason` says why it is not the model's own ("" where it is)."""

    test_rule: SplitConfig
    reason: str


def propose_recheck_rule(workspace: Workspace, record: DatasetRecord, own: SplitConfig) -> RecheckRule:
    """How an older model is tested on a log for which nothing was chosen.

    Its own test rule where that leaves the log a training and a test part, else the log's default.

    Args:
        workspace: where the log is.
        record: the log.
        own: the test rule of the model's run, or of a decision on models.
    """
    if _fits_log(own, record):
        return RecheckRule(own, "")
    plan = default_plan(workspace, record)
    reason = f"its own test rule, {describe_test(own)}, does not fit this log: {plan.test_rule_reason}"
    return RecheckRule(plan.test_rule, reason)


def _fits_log(rule: SplitConfig, record: DatasetRecord) -> bool:
    if rule.test_days is not None and record.time_unit not in UNITS:
        return False  # days need dates
    try:
        start = find_test_start(rule, record)
    except DataError:  # a date for a log without dates
        return False
    return start is None or record.first_time < start <= record.last_time


def find_test_start(rule: SplitConfig, record: DatasetRecord) -> float | None:
    """The moment, in the log's own unit, from which a rule with test days or a moment tests; None for other rules.

    Raises:
        DataError: the moment is not written as the log's times are.
    """
    return find_given_cut(rule, record.last_time, record.time_unit or None)


def span_days(record: DatasetRecord) -> float:
    """Days from the first to the last event of a log whose times are dates."""
    return (record.last_time - record.first_time) / day_length(record.time_unit)


def default_test_days(workspace: Workspace, record: DatasetRecord) -> float:
    """Days at the end that hold about the last tenth of the sessions: whole days where it is more than one."""
    cut = default_test_start(workspace, record)
    days = max((record.last_time - cut) / day_length(record.time_unit), 0.01)
    return min(float(ceil(days)) if days > 1 else days, max(span_days(record), 0.01))


def default_test_start(workspace: Workspace, record: DatasetRecord) -> float:
    """The moment, in the log's own unit, after which the last tenth of the sessions start. Opens the dataset."""
    return float(np.quantile(workspace.open_dataset(record.id).start_times, 1 - _TEST_SHARE))


@dataclass(frozen=True)
class ComparisonPlan:
    """What a comparison trains and how it judges.

    Attributes:
        configs: one run each; seeds are settings too.
        test_rule: how the log is cut.
        judging: what decides; fixed before anything trains.
        baselines: their names.
        name: what people call it; made from the losses by default.
        tuned: how the settings were tuned; None where they were not.
    """

    configs: tuple[TrainingConfig, ...]
    test_rule: SplitConfig
    judging: ComparisonConfig
    baselines: tuple[str, ...] = DEFAULT_BASELINES
    name: str | None = None
    tuned: TunedWith | None = None

    @property
    def n_seeds(self) -> int:
        """Runs per loss."""
        return len(self.configs) // max(len(self.losses), 1)

    @property
    def losses(self) -> tuple[str, ...]:
        """Each loss once, in the order of the runs."""
        return tuple(dict.fromkeys(config.loss for config in self.configs))

    @property
    def run_configs(self) -> tuple[TrainingConfig, ...]:
        """What its runs train with: early stopping watches the metric that decides unless another was chosen."""
        return tuple(config.watching(self.judging.deciding_k) for config in self.configs)


def default_comparison_plan(workspace: Workspace, record: DatasetRecord) -> ComparisonPlan:
    """TOP1 against BPR with the quick preset, under the dataset's default plan."""
    plan = default_plan(workspace, record)
    configs = [
        config
        for loss in ("top1", "bpr")
        for config in with_seeds(TrainingConfig.preset("quick", loss=loss), plan.n_seeds)
    ]
    return ComparisonPlan(tuple(configs), plan.test_rule, ComparisonConfig(deciding_k=plan.deciding_k))


def plan_comparison(workspace: Workspace, dataset_id: str, plan: ComparisonPlan) -> ComparisonRecord:
    """Stores a comparison and the runs it lacks; trains nothing.

    Runs with exactly these settings that are done, at work or lost are taken as they are, and so is a comparison of
    exactly these runs. Early stopping watches the metric that decides, unless the settings name another.

    Raises:
        ConfigError: unknown baselines, or the same settings twice.
        DataError: the log cannot be cut by this test rule.
    """
    validate_baselines(plan.baselines, plan.tuned.baseline_settings if plan.tuned else ())
    validate_configs(plan.run_configs)
    open_split(workspace, dataset_id, plan.test_rule)  # cuts the log, once for all that use this test rule
    known = find_known_runs(workspace, dataset_id, plan)
    run_ids = [
        known[config] if config in known else workspace.create_run(dataset_id, config, plan.test_rule).id
        for config in plan.run_configs
    ]
    judged = (dataset_id, plan.test_rule, plan.judging, run_ids)
    return workspace.find_comparison(*judged, plan.baselines, plan.tuned) or workspace.create_comparison(
        *judged, name=plan.name, baselines=plan.baselines, tuned=plan.tuned
    )


def find_known_runs(workspace: Workspace, dataset_id: str, plan: ComparisonPlan) -> dict[TrainingConfig, str]:
    """The runs with exactly a plan's settings that are done, at work, or lost and can go on; of several the newest."""
    wanted = set(plan.run_configs)
    known: dict[TrainingConfig, str] = {}
    for run in workspace.runs(dataset_id):
        is_wanted = run.config in wanted and run.split == plan.test_rule
        if is_wanted and workspace.state(run.id).state in ("done", "lost", *ACTIVE):
            known.setdefault(run.config, run.id)
    return known


def compare_finished_runs(workspace: Workspace, record: ComparisonRecord) -> ComparisonRecord:
    """A comparison of those runs that are done, judged as was decided before they trained; stored unless it is there.

    Raises:
        RunError: no run is done.
    """
    done = tuple(run_id for run_id in record.run_ids if workspace.state(run_id).state == "done")
    if done == record.run_ids:
        return record
    if not done:
        raise RunError(
            "A comparison needs at least one run that is done.",
            found=f"none of {len(record.run_ids)}",
            where=f"comparison {record.id}",
            remedy="Start the runs again.",
        )
    judged = (record.dataset_id, record.split, record.config, done)
    known = workspace.find_comparison(*judged, record.baselines, record.tuned)
    return known or workspace.narrow_comparison(record.id, done)


def with_seeds(config: TrainingConfig, n_seeds: int) -> list[TrainingConfig]:
    """The same settings with `n_seeds` random starts, from the config's own seed upwards."""
    return [config.replace(seed=config.seed + i) for i in range(n_seeds)]
