"""Which comparisons belong together as a backtest: the same models on several periods of one log?

backtests/<id>/backtest.json     which comparisons, one per window
backtests/<id>/statistics.json   what they say together, computed once
backtests/<id>/summary.json      the same in a line, for lists
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from pydantic import Field

from gru4rec_core.access.guard import require
from gru4rec_core.access.rights import Action
from gru4rec_core.config import WindowConfig
from gru4rec_core.errors import RunError
from gru4rec_core.storage import new_folder, safe_child
from gru4rec_core.workspace.checksums import write_checksums
from gru4rec_core.workspace.dataset_store import DatasetStore, list_names
from gru4rec_core.workspace.records import Record, now

KIND, FILE = "backtests", "backtest.json"


class BacktestRecord(Record):
    """The same models on several windows of one log; written before they train.

    Attributes:
        windows: how many, how long, how large at least.
        periods: first and last day of each window, the earliest first.
        comparison_ids: the comparison of each window.
    """

    owner: ClassVar[str] = "a backtest"

    id: str
    name: str
    dataset_id: str
    dataset_hash: str
    windows: WindowConfig
    periods: tuple[str, ...]
    comparison_ids: tuple[str, ...]
    created: datetime = Field(default_factory=now)


def backtest_folder(workspace: DatasetStore, backtest_id: str) -> Path:
    """The folder of a backtest. Raises RunError for an id that is malformed."""
    return safe_child(workspace.root / KIND, backtest_id)


def store_backtest(workspace: DatasetStore, record: BacktestRecord) -> None:
    """Stores a backtest."""
    require(workspace.root, Action.COMPARE, "backtest", record.id, record.name)
    with new_folder(backtest_folder(workspace, record.id)) as folder:
        record.write(folder / FILE)
        write_checksums(folder)


def list_backtests(workspace: DatasetStore, dataset_id: str | None = None) -> list[BacktestRecord]:
    """All backtests, or those on a dataset, newest first; unreadable ones are left out (see `Workspace.problems`)."""
    records, _ = workspace.read_records(KIND, FILE, BacktestRecord.read)
    matching = [record for record in records if dataset_id in (None, record.dataset_id)]
    return sorted(matching, key=lambda record: record.created, reverse=True)


def find_backtest_problems(workspace: DatasetStore) -> list[RunError]:
    """The errors of the backtests that cannot be read."""
    return workspace.read_records(KIND, FILE, BacktestRecord.read)[1]


def list_backtests_of(workspace: DatasetStore, comparison_ids: Sequence[str]) -> list[BacktestRecord]:
    """The backtests of which any of these comparisons is a window, newest first."""
    wanted = set(comparison_ids)
    return [one for one in list_backtests(workspace) if not wanted.isdisjoint(one.comparison_ids)]


def read_backtest(workspace: DatasetStore, backtest_id: str) -> BacktestRecord:
    """A backtest by its id. Raises RunError when there is none, or its record is damaged."""
    folder = backtest_folder(workspace, backtest_id)
    if not folder.exists():
        raise RunError(
            "There is no backtest of this id.",
            found=f"{backtest_id!r}; there are: {list_names(record.id for record in list_backtests(workspace))}",
            where=str(folder.parent),
            remedy="Make one with compare --windows.",
        )
    return BacktestRecord.read(folder / FILE)
