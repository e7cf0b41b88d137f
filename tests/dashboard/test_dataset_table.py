"""Facts about the table of datasets, as far as it needs no page."""

import pytest

from dashboard import dataset_table
from dashboard.dataset_table import describe_warnings, newest_summary
from gru4rec_core.errors import DataError, RunError
from gru4rec_core.results.log_warnings import WarningCount
from gru4rec_core.results.summary import ComparisonSummary, MethodRate


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (None, "not checked yet"),
        (WarningCount(0, 0), "none"),
        (WarningCount(0, 1), "1 warning"),
        (WarningCount(1, 2), "1 problem, 2 warnings"),
        (DataError("The test has no session.", remedy="Choose another."), "The test has no session."),
    ],
)
def test_warnings_are_counted_in_words(count, words: str):
    assert describe_warnings(count) == words


def test_the_newest_comparison_with_a_best_model_speaks_for_a_dataset(monkeypatch):
    nothing = ComparisonSummary(10, "", "", None, None, None, None, None)
    found = ComparisonSummary(10, "", "", MethodRate("bpr", "BPR", 0.5), None, None, None, None)

    def load(_workspace, comparison: str):
        if comparison == "damaged":
            raise RunError("A file is whole.")
        return {"running": None, "invalid": nothing, "done": found}[comparison]

    monkeypatch.setattr(dataset_table, "load_summary", load)
    assert newest_summary(None, ["running", "damaged", "invalid", "done"]) is found
    assert newest_summary(None, ["running"]) is None
