"""Facts about the selection: what a link may name, and what travels."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from dashboard.state import PAGES, Selection, stamp
from gru4rec_core.config import ComparisonConfig, SplitConfig
from gru4rec_core.workspace.records import ComparisonRecord, DatasetRecord

ROOT = Path(__file__).resolve().parents[2]
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


def test_every_page_exists_and_its_file_is_called_as_its_address():
    listed = (ROOT / "dashboard" / "navigation.py").read_text(encoding="utf-8")
    for name, path in PAGES.items():
        assert (ROOT / path).stem == name
        assert f'"{path}"' in listed


def test_a_stamp_changes_with_the_file_and_knows_a_missing_one(tmp_path: Path):
    path = tmp_path / "x"
    missing = stamp(path)
    path.write_text("a")
    assert missing[0][1] == 0
    assert stamp(path) != missing
