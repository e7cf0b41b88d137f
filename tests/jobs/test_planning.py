"""A log gets a test rule that fits it; a comparison that could not be carried out is refused before it is stored."""

import numpy as np
import pandas as pd
import pytest

from gru4rec_core.config import ComparisonConfig, SplitConfig, TrainingConfig
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.errors import ConfigError, DataError, RunError
from gru4rec_core.jobs.planning import (
    ComparisonPlan,
    compare_finished_runs,
    default_comparison_plan,
    default_plan,
    plan_comparison,
    propose_recheck_rule,
)
from gru4rec_core.workspace.job_state import JobState, write_state
from gru4rec_core.workspace.records import DatasetRecord
from gru4rec_core.workspace.split_store import load_split
from gru4rec_core.workspace.store import Workspace

SMALL = TrainingConfig(n_hidden=(4,), batch_size=2, epochs=1)


@pytest.mark.parametrize(
    ("configs", "split", "baselines", "error", "message"),
    [
        ([SMALL], SplitConfig(), ("foo",), ConfigError, "markov"),
        ([SMALL], SplitConfig(), ("markov", "markov"), ConfigError, "once"),
        ([SMALL, SMALL], SplitConfig(), (), ConfigError, "the same settings"),
        ([SMALL], SplitConfig(protocol="time", test_from="2024-99-99"), (), DataError, "2024-99-99"),
        ([SMALL], SplitConfig(min_item_support=100), (), DataError, "leave no event"),
    ],
)
def test_what_cannot_be_is_not_stored(workspace, dataset, configs, split, baselines, error, message) -> None:
    with pytest.raises(error, match=message):
        plan_comparison(workspace, dataset.id, ComparisonPlan(tuple(configs), split, ComparisonConfig(), baselines))
    assert (workspace.runs(), workspace.comparisons()) == ([], [])


def test_a_comparison_of_one_model_with_itself_is_refused(workspace, dataset, run) -> None:
    twin = workspace.create_run(dataset.id, run.config, run.split)
    for run_ids in ([run.id, run.id], [run.id, twin.id]):
        with pytest.raises(ConfigError, match="the same settings"):
            workspace.create_comparison(dataset.id, run.split, ComparisonConfig(), run_ids)
    other = workspace.create_run(dataset.id, run.config.replace(seed=1), run.split)
    assert workspace.create_comparison(dataset.id, run.split, ComparisonConfig(), [run.id, other.id])


def test_a_planned_comparison_has_a_run_for_each_setting(workspace, dataset) -> None:
    configs = [SMALL, SMALL.replace(seed=1)]
    record = plan_comparison(workspace, dataset.id, ComparisonPlan(tuple(configs), SplitConfig(), ComparisonConfig()))
    assert [workspace.run(run_id).config for run_id in record.run_ids] == configs


def test_early_stopping_watches_the_metric_that_decides_unless_another_is_named(workspace, dataset) -> None:
    def watched(**settings: object) -> str:
        plan = ComparisonPlan((SMALL.replace(**settings),), SplitConfig(), ComparisonConfig(deciding_k=7))
        run_id = plan_comparison(workspace, dataset.id, plan).run_ids[0]
        return workspace.run(run_id).config.early_stopping_metric

    assert watched(early_stopping=True) == "accuracy@7"
    assert watched(early_stopping=True, early_stopping_metric="mrr@20") == "mrr@20"
    assert watched() == "deciding"  # nothing is watched, and the run may join a comparison with another k


def add_log(workspace: Workspace, days: float, time_unit: str = "s", **fields: object) -> DatasetRecord:
    """A log of 100 sessions that start evenly over `days` days."""
    starts = np.linspace(1_700_000_000, 1_700_000_000 + days * 86_400 - 1, 100)
    rows = [(f"s{i}", int(start) + step, f"item {(i + step) % 5}") for i, start in enumerate(starts) for step in (0, 1)]
    frame = pd.DataFrame(rows, columns=["session", "timestamp", "item"])
    record = workspace.add_dataset(SessionDataset(frame), "log", time_unit=time_unit)
    return record.model_copy(update=fields)


def test_what_is_chosen_beside_the_default_is_said_as_chosen(workspace: Workspace) -> None:
    plan = default_plan(workspace, add_log(workspace, 29, generated=True))
    usual = "tested on each session's last item, because the dates of a generated sample mean nothing"
    seeds = "1 run per loss, quick to see on a generated sample"
    assert plan.explain(plan.test_rule, 1) == f"Default: {usual}; {seeds}."
    assert plan.explain(plan.test_rule, 3) == f"Default: {usual}. Chosen: 3 runs per loss (default: {seeds})."
    chosen = plan.explain(SplitConfig(protocol="time", test_days=2), 1)
    assert chosen == f"Default: {seeds}. Chosen: tested on the last 2 days (default: {usual})."


@pytest.mark.parametrize(
    ("days", "fields", "test_days", "n_seeds", "reason"),
    [
        (29, {}, 3.0, 3, "tested on the last 3 days, because this log spans 29 days"),
        (14, {}, 2.0, 3, "tested on the last 2 days"),
        (13.9, {}, None, 3, "needs a log that spans 14 days or more, and this one spans 13.9"),
        (30, {"time_unit": ""}, None, 3, "not dates"),
        (30, {"generated": True}, None, 1, "generated"),
    ],
)
def test_a_log_gets_its_test_rule_and_seeds_with_the_reason(
    workspace: Workspace, days: float, fields: dict, test_days: float | None, n_seeds: int, reason: str
) -> None:
    plan = default_plan(workspace, add_log(workspace, days, **fields))
    expected = SplitConfig() if test_days is None else SplitConfig(protocol="time", test_days=test_days)
    assert (plan.test_rule, plan.n_seeds, plan.deciding_k) == (expected, n_seeds, 3)
    assert reason in plan.test_rule_reason
    assert "\n" not in plan.reason
    assert plan.test_rule_reason in plan.reason
    assert f"{n_seeds} run" in plan.reason


def test_the_default_test_rule_cuts_the_log_it_was_made_for(workspace: Workspace) -> None:
    record = add_log(workspace, 30)
    split = load_split(workspace, record.id, default_plan(workspace, record).test_rule)
    assert 0.05 < split.test.n_predicted / record.n_sessions < 0.2  # each session has one event to predict


def test_a_log_that_starts_at_once_is_not_cut_by_time(workspace: Workspace) -> None:
    rows = [(f"s{i}", 1_700_000_000 + step, "ab"[step]) for i in range(50) for step in (0, 1)]
    frame = pd.DataFrame([*rows, ("s0", 1_702_000_000, "a")], columns=["session", "timestamp", "item"])
    plan = default_plan(workspace, workspace.add_dataset(SessionDataset(frame), "log", time_unit="s"))
    assert plan.test_rule == SplitConfig()
    assert "start at once" in plan.reason


@pytest.mark.parametrize(("generated", "n_runs"), [(False, 6), (True, 2)])
def test_the_default_comparison_is_top1_against_bpr_with_the_same_settings(
    workspace: Workspace, generated: bool, n_runs: int
) -> None:
    plan = default_comparison_plan(workspace, add_log(workspace, 30, generated=generated))
    assert plan.losses == ("top1", "bpr")
    assert len(plan.configs) == n_runs
    top1, bpr = (
        [config.replace(loss="top1") for config in plan.configs if config.loss == loss] for loss in plan.losses
    )
    assert top1 == bpr
    assert plan.test_rule.protocol == ("last-item" if generated else "time")


@pytest.mark.parametrize(("n_items", "k"), [(48, 3), (100, 3), (101, 10)])
def test_the_list_length_that_decides_follows_the_catalogue(workspace: Workspace, n_items: int, k: int) -> None:
    assert default_plan(workspace, add_log(workspace, 5, n_items=n_items)).deciding_k == k


def test_what_is_done_is_compared_as_was_decided_before_it_trained(workspace, dataset) -> None:
    configs = tuple(SMALL.replace(seed=seed) for seed in range(3))
    judging = ComparisonConfig(deciding_k=7)
    whole = plan_comparison(workspace, dataset.id, ComparisonPlan(configs, SplitConfig(), judging, name="three"))
    for run_id, state in zip(whole.run_ids, ("done", "cancelled", "done"), strict=True):
        write_state(workspace.run_folder(run_id), JobState(state=state))
    narrowed = compare_finished_runs(workspace, whole)
    assert narrowed.run_ids == (whole.run_ids[0], whole.run_ids[2])
    assert (narrowed.config, narrowed.split, narrowed.baselines) == (judging, whole.split, whole.baselines)
    assert narrowed.decided_before_results  # the metric was chosen before these runs had results
    assert narrowed.name == "three, 2 of 3 runs"
    assert compare_finished_runs(workspace, whole) == narrowed  # asked again, it is the same one
    assert workspace.comparison(whole.id) == whole


def test_without_a_run_that_is_done_there_is_nothing_to_compare(workspace, dataset) -> None:
    whole = plan_comparison(workspace, dataset.id, ComparisonPlan((SMALL,), SplitConfig(), ComparisonConfig()))
    with pytest.raises(RunError, match="at least one run that is done"):
        compare_finished_runs(workspace, whole)


def test_a_comparison_whose_runs_are_all_done_is_that_comparison(workspace, dataset) -> None:
    whole = plan_comparison(workspace, dataset.id, ComparisonPlan((SMALL,), SplitConfig(), ComparisonConfig()))
    write_state(workspace.run_folder(whole.run_ids[0]), JobState(state="done"))
    assert compare_finished_runs(workspace, whole) == whole


@pytest.mark.parametrize(
    ("own", "fits"),
    [
        (SplitConfig(), True),
        (SplitConfig(protocol="session-holdout", test_fraction=0.3), True),
        (SplitConfig(protocol="time"), True),
        (SplitConfig(protocol="time", test_days=5), True),
        (SplitConfig(protocol="time", test_days=40), False),
        (SplitConfig(protocol="time", test_from="2023-11-20"), True),
        (SplitConfig(protocol="time", test_from="2023-11-01"), False),
        (SplitConfig(protocol="time", test_from="2024-01-01"), False),
    ],
)
def test_an_older_model_is_tested_under_its_own_rule_where_that_fits_the_log(workspace, own, fits) -> None:
    rows = [(s, 1_700_000_000 + s * 86_400 + t, f"i{t}") for s in range(20) for t in range(3)]
    log = SessionDataset(pd.DataFrame(rows, columns=["session", "timestamp", "item"]))
    record = workspace.add_dataset(log, "dates", time_unit="s")
    proposed = propose_recheck_rule(workspace, record, own)
    assert proposed.test_rule == (own if fits else default_plan(workspace, record).test_rule)
    assert (proposed.reason == "") == fits


@pytest.mark.parametrize("cut", [{"test_days": 2}, {"test_from": "2024-01-01"}, {"test_from": 99.0}])
def test_a_rule_for_dates_does_not_fit_a_log_of_plain_numbers(workspace, dataset, cut) -> None:
    own = SplitConfig(protocol="time", **cut)
    proposed = propose_recheck_rule(workspace, dataset, own)
    assert proposed.test_rule == SplitConfig()
    assert "does not fit this log: tested on" in proposed.reason
