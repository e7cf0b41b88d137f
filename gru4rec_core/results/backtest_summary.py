"""What does a list of backtests say of each: the verdict over its windows, and the best model?

The figures are those of the backtest's result. They are stored beside it, so that a list opens no predictions.
"""

from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from gru4rec_core.errors import RunError
from gru4rec_core.results.backtest import FEWEST_WINDOWS, build_backtest_result, name_scope
from gru4rec_core.results.comparison import find_missing
from gru4rec_core.results.stored_json import read_if_current
from gru4rec_core.results.summary import ComparisonSummary, decode_summary, list_inputs, summarise_verdict
from gru4rec_core.storage import cache_json
from gru4rec_core.workspace.backtests import BacktestRecord, backtest_folder, list_backtests
from gru4rec_core.workspace.records import ComparisonRecord
from gru4rec_core.workspace.store import Workspace


@dataclass(frozen=True)
class BacktestSummary:
    """What a list says of a backtest.

    Attributes:
        line: as that of a comparison, of all windows that can be judged together.
        n_judged: how many these are.
        n_windows: how many the backtest has.
    """

    line: ComparisonSummary
    n_judged: int
    n_windows: int

    @property
    def is_whole(self) -> bool:
        """Whether every window has its part in the verdict."""
        return self.n_judged == self.n_windows

    @property
    def scope(self) -> str:
        """Which windows the verdict is over (see `name_scope`)."""
        return name_scope(self.n_judged, self.n_windows)


def load_backtest_summary(workspace: Workspace, record: BacktestRecord) -> BacktestSummary | None:
    """The line of a backtest as stored, made and stored first where it is not.

    Returns:
        None until two windows have results, and where there is no verdict over them.

    Raises:
        RunError: a file of a result is damaged.
    """
    with_results = [one for one in readable_windows(workspace, record) if find_missing(workspace, one).has_result]
    if len(with_results) < FEWEST_WINDOWS:
        return None
    inputs = [[one.id, *list_inputs(workspace, one)] for one in with_results]
    path = backtest_folder(workspace, record.id) / "summary.json"
    known = read_if_current(path, "a backtest", inputs, partial(_decode, record))
    if known is not None:
        return known[0]
    result = build_backtest_result(workspace, record.id)
    summary = None
    if result.comparison is not None and result.verdict is not None:
        line = summarise_verdict(result.comparison, result.verdict.verdict, result.sentences)
        summary = BacktestSummary(line, len(result.windows), len(record.comparison_ids))
    cache_json(path, {"inputs": inputs, "summary": summary and asdict(summary.line), "judged": len(result.windows)})
    return summary


def precompute_backtests(workspace: Workspace, dataset_id: str) -> None:
    """Makes the result and the line of each backtest on a dataset whose windows are complete, before a reader asks."""
    for record in list_backtests(workspace, dataset_id):
        windows = readable_windows(workspace, record)
        complete = [one for one in windows if find_missing(workspace, one).is_complete]
        if len(complete) == len(record.comparison_ids):
            load_backtest_summary(workspace, record)


def readable_windows(workspace: Workspace, record: BacktestRecord) -> list[ComparisonRecord]:
    """The comparisons of a backtest's windows that are there and not damaged, the earliest first."""
    found = []
    for comparison_id in record.comparison_ids:
        try:
            found.append(workspace.comparison(comparison_id))
        except RunError:  # damaged: its own page has the card that repairs it
            continue
    return found


def _decode(record: BacktestRecord, stored: Any) -> tuple[BacktestSummary | None]:
    """In a tuple: that there is no verdict is known, too."""
    if stored["summary"] is None:
        return (None,)
    return (BacktestSummary(decode_summary(stored), int(stored["judged"]), len(record.comparison_ids)),)
