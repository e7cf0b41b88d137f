"""A log's warnings are counted once, and again when the rule, the checks or what is ignored change."""

import pytest

from gru4rec_core.config import SplitConfig
from gru4rec_core.evaluation.diagnostic_warning import DiagnosticWarning
from gru4rec_core.results import statistics_cache
from gru4rec_core.results.log_warnings import WarningCount, count_severities, find_count, store_count

RULE = SplitConfig()


def warn(severity: str) -> DiagnosticWarning:
    return DiagnosticWarning("code", severity, "title", "figure", "effect", "remedy")


FOUND = [warn("error"), warn("warning"), warn("warning"), warn("note")]


def test_problems_and_warnings_count_and_notes_do_not() -> None:
    assert count_severities(FOUND) == WarningCount(problems=1, warnings=2)


def test_what_was_counted_is_found_again(workspace, dataset) -> None:
    assert find_count(workspace, dataset, RULE) is None
    assert store_count(workspace, dataset, RULE, FOUND) == WarningCount(1, 2)
    assert find_count(workspace, dataset, RULE) == WarningCount(1, 2)


def test_a_count_of_something_else_is_not_taken(workspace, dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    store_count(workspace, dataset, RULE, FOUND)
    assert find_count(workspace, dataset, SplitConfig(protocol="session-holdout")) is None
    assert find_count(workspace, workspace.set_aside(dataset.id, ["duplicates"]), RULE) is None
    monkeypatch.setattr(statistics_cache, "VERSION", statistics_cache.VERSION + 1)
    assert find_count(workspace, dataset, RULE) is None


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"inputs": 1, "count": 2}'])
def test_a_damaged_count_is_none(workspace, dataset, content: str) -> None:
    (workspace.dataset_folder(dataset.id) / "warnings.json").write_text(content)
    assert find_count(workspace, dataset, RULE) is None
