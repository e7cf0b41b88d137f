"""What are the results of a backtest: the verdict over its windows, and each window's own?

A window whose comparison has no result yet, or cannot be judged, is named and left out; the verdict is on the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from gru4rec_core.errors import RunError
from gru4rec_core.evaluation.backtest import BacktestVerdict, WindowComparison, judge_windows, merge_models
from gru4rec_core.evaluation.comparison import Comparison, compare_models
from gru4rec_core.report.frames.backtest import window_table
from gru4rec_core.results.comparison import ComparisonResult, build_comparison_result, find_missing
from gru4rec_core.results.statistics_cache import comparison_from_json, hash_inputs, pair_to_json
from gru4rec_core.results.stored_json import read_if_current
from gru4rec_core.storage import cache_json
from gru4rec_core.words import counted
from gru4rec_core.workspace.backtests import (
    BacktestRecord,
    backtest_folder,
    list_backtests_of,
    read_backtest,
)
from gru4rec_core.workspace.store import Workspace

FEWEST_WINDOWS = 2
"""With fewer windows that can be judged there is nothing to say beyond a comparison."""


@dataclass(frozen=True)
class BacktestResult:
    """A backtest, as far as its windows have results.

    Attributes:
        record: which comparisons.
        windows: the results of those windows that can be judged, the earliest first, by their period.
        comparison: all windows together; None with fewer than two.
        verdict: over all windows and of each; None with fewer than two windows or two trained models.
        left_out: which windows are not in it, and why, each a sentence.
    """

    record: BacktestRecord
    windows: dict[str, ComparisonResult]
    comparison: Comparison | None
    verdict: BacktestVerdict | None
    left_out: tuple[str, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """All that it says, line by line: the verdict, what limits it, what is left out."""
        if self.verdict is None:
            few = f"No verdict over several windows yet: {counted(len(self.windows), 'window')} can be judged."
            return (few, *self.left_out)
        said = self.verdict.verdict
        return (*said.sentences, *said.limits, *self.left_out, *(step.sentence for step in said.next_steps))

    @property
    def scope(self) -> str:
        """Which windows the verdict is over (see `name_scope`)."""
        return name_scope(len(self.windows), len(self.record.comparison_ids))

    @property
    def table(self) -> pd.DataFrame | None:
        """Window by window (`frames.backtest.window_table`); None without a verdict."""
        if self.verdict is None or self.comparison is None:
            return None
        return window_table(self.verdict, self.comparison)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values: what `compare --windows --json` prints."""
        nothing: dict[str, Any] = {"verdict": None, "winner_changes": None, "windows": []}
        ids = dict(zip(self.record.periods, self.record.comparison_ids, strict=True))
        return {
            "backtest": self.record.id,
            "dataset_id": self.record.dataset_id,
            "comparisons": [{"period": period, "comparison": ids[period]} for period in self.record.periods],
            **(nothing if self.verdict is None else self.verdict.to_json()),
            "left_out": list(self.left_out),
        }


def name_scope(n_judged: int, n_windows: int) -> str:
    """Which windows a verdict is over: "over all windows", or "over 2 of 3 windows so far"."""
    return "over all windows" if n_judged == n_windows else f"over {n_judged} of {n_windows} windows so far"


def build_backtest_result(workspace: Workspace, backtest_id: str) -> BacktestResult:
    """The result of a backtest, as far as its windows have results; statistics are stored once they are computed.

    Raises:
        RunError: there is no such backtest.
    """
    record = read_backtest(workspace, backtest_id)
    windows, left_out = {}, []
    for period, comparison_id in zip(record.periods, record.comparison_ids, strict=True):
        found = _open_window(workspace, comparison_id)
        if isinstance(found, str):
            left_out.append(f"The window {period} is left out: {found}.")
        else:
            windows[period] = found
    if len(windows) < FEWEST_WINDOWS:
        return BacktestResult(record, windows, None, None, tuple(left_out))
    whole = _compare_together(workspace, record, [result.comparison for result in windows.values()])
    named = [WindowComparison(period, result.comparison) for period, result in windows.items()]
    contenders = [model for model in whole.models if model.kind == "gru4rec"]
    verdict = judge_windows(named, whole) if len(contenders) > 1 else None
    return BacktestResult(record, windows, whole, verdict, tuple(left_out))


def find_backtest_result(workspace: Workspace, comparison_id: str) -> BacktestResult | None:
    """The newest backtest that a comparison is a window of, where it has a verdict; else None."""
    for record in list_backtests_of(workspace, [comparison_id]):
        result = build_backtest_result(workspace, record.id)
        if result.verdict is not None:
            return result
    return None


def _open_window(workspace: Workspace, comparison_id: str) -> ComparisonResult | str:
    """The result of a window; else why it is left out, as the end of a sentence."""
    try:
        missing = find_missing(workspace, workspace.comparison(comparison_id))
        if not missing.has_result:
            return "its models are not all trained and tested"
        result = build_comparison_result(workspace, comparison_id)
    except RunError as error:
        return f"{error.rule[0].lower()}{error.rule[1:].rstrip('.')}"
    obstacle = result.comparison.obstacle
    return obstacle.sentence.rstrip(".") if obstacle else result


def _compare_together(workspace: Workspace, record: BacktestRecord, windows: Sequence[Comparison]) -> Comparison:
    """The merged models with their statistics: as stored, or computed and stored."""
    models, strata = merge_models(windows)
    config = windows[0].config
    path = backtest_folder(workspace, record.id) / "statistics.json"
    inputs = hash_inputs(config, models, [f"{len(windows)} windows"])
    known = read_if_current(
        path, "a backtest", inputs, lambda stored: comparison_from_json(stored["pairs"], config, models)
    )
    if known is not None:
        return known
    whole = compare_models(models, config, strata)
    cache_json(path, {"inputs": inputs, "pairs": [pair_to_json(pair) for pair in whole.pairs]})
    return whole
