"""How many problems and warnings does a log have under a test rule? Counted once, then read from beside the log."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from gru4rec_core.config import SplitConfig
from gru4rec_core.evaluation.diagnostic_warning import DiagnosticWarning
from gru4rec_core.results import statistics_cache
from gru4rec_core.results.stored_json import read_if_current
from gru4rec_core.storage import cache_json
from gru4rec_core.workspace.records import DatasetRecord
from gru4rec_core.workspace.store import Workspace


@dataclass(frozen=True)
class WarningCount:
    """How many warnings are problems, which spoil a result, and how many others there are; notes do not count."""

    problems: int
    warnings: int


def count_severities(warnings: Iterable[DiagnosticWarning]) -> WarningCount:
    """Problems and warnings among these."""
    severities = [warning.severity for warning in warnings]
    return WarningCount(severities.count("error"), severities.count("warning"))


def find_count(workspace: Workspace, record: DatasetRecord, test_rule: SplitConfig) -> WarningCount | None:
    """The stored count; None where this log was not counted yet under this rule and with what is ignored now."""
    path, inputs = workspace.dataset_folder(record.id) / "warnings.json", _list_inputs(record, test_rule)
    return read_if_current(path, "a dataset", inputs, lambda stored: WarningCount(**stored["count"]))


def store_count(
    workspace: Workspace, record: DatasetRecord, test_rule: SplitConfig, warnings: Iterable[DiagnosticWarning]
) -> WarningCount:
    """Stores the count of all warnings about a log and a test rule (`QualityReport.with_test`), where it is new."""
    count = count_severities(warnings)
    if find_count(workspace, record, test_rule) != count:
        values = {"inputs": _list_inputs(record, test_rule), "count": asdict(count)}
        cache_json(workspace.dataset_folder(record.id) / "warnings.json", values)
    return count


def _list_inputs(record: DatasetRecord, test_rule: SplitConfig) -> list[Any]:
    return [statistics_cache.VERSION, record.content_hash, sorted(record.set_aside), test_rule.to_json()]
