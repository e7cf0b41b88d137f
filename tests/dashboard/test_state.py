"""Facts about the selection: what a link may name, and what travels."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from dashboard import state
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


@pytest.mark.parametrize(("requested", "place"), [("b", 1), ("c", None), (None, None)])
def test_a_select_box_begins_with_what_the_link_asks_for(monkeypatch, requested: str | None, place: int | None):
    params = {} if requested is None else {"order": requested}
    monkeypatch.setattr(state, "st", SimpleNamespace(query_params=params))
    assert state.requested_place("order", ["a", "b"]) == place


@pytest.mark.parametrize(("page", "tab"), [("compare", "&tab=Where"), ("accuracy", "")])
def test_the_address_has_the_tab_that_its_page_opens_again(monkeypatch, page: str, tab: str):
    # Back on Compare by the sidebar: Streamlit remembers the tab, and writes the parameter only when it draws the tabs.
    there = SimpleNamespace(
        context=SimpleNamespace(url=f"http://host/{page}"), query_params={"a": "top1"}, session_state={"tab": "Where"}
    )
    monkeypatch.setattr(state, "st", there)
    selection = Selection(DATASET, COMPARISON, 3)
    query = "&dataset=log-1&comparison=top1-bpr-1&k=3"
    assert state.page_url(selection) == f"http://host/{page}?a=top1{tab}{query}"


@pytest.mark.parametrize(
    ("url", "is_local"),
    [
        ("http://localhost:8501/train?k=3", True),
        ("http://127.0.0.1:8501/", True),
        ("http://[::1]:8501/", True),
        ("http://0.0.0.0:8501/", True),
        ("http://10.0.0.7:8501/", False),
        ("https://workbench.example.org/localhost", False),
    ],
)
def test_an_address_that_works_on_this_machine_alone_is_said_to(url: str, is_local: bool):
    assert state.local_note(url) == ("This address works only on this machine." if is_local else "")
