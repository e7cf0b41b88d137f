"""Decides on which windows a backtest tests, and which comparisons it needs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gru4rec_core.config import SplitConfig, WindowConfig, name_comparison
from gru4rec_core.data.times import UNITS
from gru4rec_core.data.windows import Window, cut_windows, describe_windows, require_large_enough
from gru4rec_core.errors import ConfigError, DataError
from gru4rec_core.jobs.planning import ComparisonPlan, plan_comparison, span_days
from gru4rec_core.storage import new_id
from gru4rec_core.workspace.backtests import BacktestRecord, list_backtests, store_backtest
from gru4rec_core.workspace.records import DatasetRecord
from gru4rec_core.workspace.split_store import open_split
from gru4rec_core.workspace.store import Workspace

USUAL_WINDOWS, USUAL_DAYS = 4, 7.0

FEWEST_WINDOWS = 2


@dataclass(frozen=True)
class WindowProposal:
    """The windows of a log for which none were chosen.

    Attributes:
        config: how many and how long; None where the log has not enough for two.
        reason: the windows in one line, or why there are none.
    """

    config: WindowConfig | None
    reason: str


def propose_windows(workspace: Workspace, record: DatasetRecord, rule: SplitConfig) -> WindowProposal:
    """Up to four weeks at the end of a log, as many as are large enough and leave as long a time before the first.

    Args:
        workspace: where the log is.
        record: the log.
        rule: its filters.
    """
    if record.generated:
        return WindowProposal(None, "the dates of a generated sample mean nothing")
    if record.time_unit not in UNITS:
        return WindowProposal(None, "the times of this log are not dates")
    span = span_days(record)
    most = min(USUAL_WINDOWS, int(span // (2 * USUAL_DAYS)))
    if most < FEWEST_WINDOWS:
        needed = 2 * FEWEST_WINDOWS * USUAL_DAYS
        reason = (
            f"{FEWEST_WINDOWS} weeks to test on, and as long to train on before them, need a log that spans"
            f" {needed:g} days or more, and this one spans {span:.1f}"
        )
        return WindowProposal(None, reason)
    refusal = ""
    for n_windows in range(most, FEWEST_WINDOWS - 1, -1):
        config = WindowConfig(windows=n_windows, window_days=USUAL_DAYS)
        try:
            windows = find_windows(workspace, record.id, rule, config)
        except DataError as error:
            refusal = error.found
        else:
            return WindowProposal(config, describe_windows(windows, config))
    return WindowProposal(None, f"{refusal}; {WindowConfig().window_sessions} are needed")


def find_windows(workspace: Workspace, dataset_id: str, rule: SplitConfig, config: WindowConfig) -> tuple[Window, ...]:
    """The windows of a log, the earliest first. Opens the log.

    Raises:
        DataError: the log's times are no dates, or a window is too small.
    """
    windows = cut_windows(workspace.open_dataset(dataset_id), rule, config)
    require_large_enough(windows, config)
    return windows


def plan_backtest(workspace: Workspace, dataset_id: str, plan: ComparisonPlan, config: WindowConfig) -> BacktestRecord:
    """Stores a backtest, and the comparison of each window with the runs it lacks; trains nothing.

    A backtest of exactly this plan is taken as it is, so that it goes on where it stopped; of another, the runs that
    are there are (see `plan_comparison`).

    Args:
        workspace: where the log is.
        dataset_id: id of the log.
        plan: what is compared; of its test rule the filters, the validation part and the seed count.
        config: on which windows.

    Raises:
        ConfigError: unknown baselines, or the same settings twice.
        DataError: a window is too small, or cannot be cut.
    """
    windows = find_windows(workspace, dataset_id, plan.test_rule, config)
    known = _find_backtest(workspace, dataset_id, plan, windows)
    if known is not None:
        return known
    for window in windows:  # a window that cannot be cut is refused before anything is stored
        open_split(workspace, dataset_id, window.rule)
    record = _make_record(workspace, dataset_id, plan, config, windows)
    store_backtest(workspace, record)
    return record


def plan_windows(plan: ComparisonPlan, windows: Sequence[Window]) -> list[ComparisonPlan]:
    """The plan of each window's comparison: the same models and baselines, under the window's own test rule.

    Raises:
        ConfigError: the models were tuned; the search saw what earlier windows test on.
    """
    if plan.tuned is not None:
        raise ConfigError(
            "A test on several weeks does not take tuned settings.",
            found="settings whose search may have seen what these windows test on",
            where="windows",
            remedy="Choose other settings, or compare under the test rule that they were tuned under.",
        )
    return [replace(plan, test_rule=window.rule, name=f"{_name(plan)}, {window.period}") for window in windows]


def _name(plan: ComparisonPlan) -> str:
    return plan.name or name_comparison(plan.losses)


def _find_backtest(
    workspace: Workspace, dataset_id: str, plan: ComparisonPlan, windows: Sequence[Window]
) -> BacktestRecord | None:
    """The newest backtest of exactly this plan on these windows."""
    wanted = [(window.rule, plan.judging, plan.baselines, plan.run_configs) for window in windows]
    comparisons = {one.id: one for one in workspace.comparisons(dataset_id)}
    for record in list_backtests(workspace, dataset_id):
        of_windows = [comparisons[one] for one in record.comparison_ids if one in comparisons]
        found = [
            (one.split, one.config, one.baselines, tuple(run.config for run in workspace.readable_runs(one.run_ids)))
            for one in of_windows
        ]
        if found == wanted:
            return record
    return None


def _make_record(
    workspace: Workspace,
    dataset_id: str,
    plan: ComparisonPlan,
    config: WindowConfig,
    windows: Sequence[Window],
) -> BacktestRecord:
    dataset = workspace.dataset(dataset_id)
    comparisons = [plan_comparison(workspace, dataset_id, of_window) for of_window in plan_windows(plan, windows)]
    return BacktestRecord(
        id=new_id("-".join(("backtest", *plan.losses))),
        name=_name(plan),
        dataset_id=dataset.id,
        dataset_hash=dataset.content_hash,
        windows=config,
        periods=tuple(window.period for window in windows),
        comparison_ids=tuple(comparison.id for comparison in comparisons),
    )
