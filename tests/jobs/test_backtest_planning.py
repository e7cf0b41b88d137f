"""Windows are proposed where a log has them; a backtest is planned once, whole or not at all."""

import numpy as np
import pandas as pd
import pytest

from gru4rec_core.config import ComparisonConfig, SplitConfig, TrainingConfig, WindowConfig
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.errors import DataError
from gru4rec_core.jobs.backtest_planning import plan_backtest, propose_windows
from gru4rec_core.jobs.planning import ComparisonPlan
from gru4rec_core.workspace.backtests import list_backtests
from gru4rec_core.workspace.records import DatasetRecord
from gru4rec_core.workspace.store import Workspace

SMALL = TrainingConfig(n_hidden=(4,), batch_size=2, epochs=1)
PLAN = ComparisonPlan((SMALL, SMALL.replace(loss="bpr")), SplitConfig(), ComparisonConfig(), ())


def add_log(workspace: Workspace, days: float, n: int = 2_000, time_unit: str = "s", **fields: object) -> DatasetRecord:
    """A log of `n` sessions that start evenly over `days` days."""
    starts = np.linspace(1_700_006_400, 1_700_006_400 + days * 86_400 - 2, n).astype(int)
    rows = [(f"s{i}", start + step, f"item {(i + step) % 5}") for i, start in enumerate(starts) for step in (0, 1)]
    frame = pd.DataFrame(rows, columns=["session", "timestamp", "item"])
    return workspace.add_dataset(SessionDataset(frame), "log", time_unit=time_unit).model_copy(update=fields)


@pytest.mark.parametrize(("days", "n", "windows"), [(57, 2_000, 4), (50, 2_000, 3), (29, 2_000, 2), (365, 20_000, 4)])
def test_up_to_four_weeks_are_proposed_where_as_much_comes_before_them(
    workspace: Workspace, days: float, n: int, windows: int
) -> None:
    proposal = propose_windows(workspace, add_log(workspace, days, n), SplitConfig())
    assert proposal.config == WindowConfig(windows=windows, window_days=7)
    assert proposal.reason.startswith(f"{windows} windows of 7 days, ")


@pytest.mark.parametrize(
    ("log", "reason"),
    [
        ({"days": 20}, "spans 28 days or more, and this one spans 20.0"),
        ({"days": 56, "n": 200}, "has 25 sessions to test on; 100 are needed"),
        ({"days": 56, "generated": True}, "generated sample mean nothing"),
        ({"days": 56, "time_unit": ""}, "not dates"),
    ],
)
def test_where_nothing_is_proposed_the_reason_is_given(workspace: Workspace, log: dict, reason: str) -> None:
    proposal = propose_windows(workspace, add_log(workspace, **log), SplitConfig())
    assert proposal.config is None
    assert reason in proposal.reason


def test_a_backtest_has_a_comparison_per_window_and_is_planned_once(workspace: Workspace) -> None:
    record = add_log(workspace, 8, n=80)
    config = WindowConfig(windows=2, window_days=2, window_sessions=10)
    backtest = plan_backtest(workspace, record.id, PLAN, config)
    comparisons = [workspace.comparison(one) for one in backtest.comparison_ids]
    assert [one.name for one in comparisons] == [f"TOP1 against BPR, {period}" for period in backtest.periods]
    assert [(one.split.test_from, one.split.test_until) for one in comparisons] == [
        ("2023-11-19", "2023-11-21"),
        ("2023-11-21", "2023-11-23"),
    ]
    assert {workspace.run(run_id).split for one in comparisons for run_id in one.run_ids} == {
        one.split for one in comparisons
    }
    assert plan_backtest(workspace, record.id, PLAN, config) == backtest
    assert (len(workspace.runs()), len(workspace.comparisons()), len(list_backtests(workspace))) == (4, 2, 1)


def test_windows_that_are_too_small_leave_nothing_behind(workspace: Workspace) -> None:
    record = add_log(workspace, 8, n=80)
    with pytest.raises(DataError, match="to test on"):
        plan_backtest(workspace, record.id, PLAN, WindowConfig(windows=2, window_days=2, window_sessions=30))
    assert (workspace.runs(), workspace.comparisons(), list_backtests(workspace)) == ([], [], [])
