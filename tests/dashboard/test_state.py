"""Facts about the selection: what a link may name, and what travels."""

from datetime import UTC, datetime

import pytest

from dashboard.state import Selection
from gru4rec_core.config import ComparisonConfig, SplitConfig
from gru4rec_core.workspace.records import ComparisonRecord, DatasetRecord

DATASET = DatasetRecord(
    id="log-1", name="log", content_hash="x", n_sessions=1, n_items=1, n_events=1, first_time=0, last_time=1
)
COMPARISON = ComparisonRecord(
    id="top1-bpr-1",
    name="TOP1 against BPR",
    dataset_id="log-1",
    dataset_hash="x",
    split=SplitConfig(),
    config=ComparisonConfig(),
    run_ids=(),
    baselines=(),
    created=datetime(2026, 1, 1, tzinfo=UTC),
)


def test_the_selection_is_three_parameters():
    assert Selection(DATASET, COMPARISON, 3).params() == {"dataset": "log-1", "comparison": "top1-bpr-1", "k": "3"}


def test_nothing_selected_leaves_the_url_clean():
    assert Selection(None, None, None).params() == {}


@pytest.mark.parametrize(
    ("change", "params"),
    [
        ({"session": 7}, {"dataset": "log-1", "session": "7"}),
        ({"dataset": None}, {}),
        ({"k": 5}, {"dataset": "log-1", "k": "5"}),
    ],
)
def test_changes_lie_on_top_and_none_takes_away(change: dict, params: dict):
    assert Selection(DATASET, None, None).params(**change) == params
