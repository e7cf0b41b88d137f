"""Facts about the list of sessions."""

from types import SimpleNamespace

import numpy as np
import pytest

from dashboard import session_list
from dashboard.session_list import find_place, row_label
from gru4rec_core.report.frames.sessions import SessionList

NAMES = ["run", "swim", "*bold* [x](y)"]
BPR = SimpleNamespace(name="bpr", label="BPR", kind="gru4rec")
VIEW = SimpleNamespace(
    review=SimpleNamespace(item=lambda item: "(unknown item)" if item < 0 else NAMES[item]), models=(BPR,), k=3
)
ROW = {
    "event": 4,
    "title": "Session s7",
    "step": 2,
    "length": 5,
    "last": 0,
    "target": 1,
    "guess:bpr": 1,
    "rank:bpr": 1.0,
}


@pytest.fixture(autouse=True)
def light(monkeypatch):
    monkeypatch.setattr(session_list.theme, "is_dark", lambda: False)


def test_a_row_tells_session_items_rank_and_first_guess():
    label = row_label(VIEW, ROW, 1)
    assert label.startswith("*Session s7 · step 2 of 5* run → **swim** came next ")
    assert '*:color[■]{foreground="#D55E00"} BPR ● 1, guessed swim ✓*' in label


def test_a_row_says_how_many_more_of_its_steps_are_listed():
    assert "step 2 of 5, 2 more steps listed*" in row_label(VIEW, ROW, 3)
    assert "more listed" not in row_label(VIEW, ROW, 1)


def test_a_miss_has_no_tick_and_an_unknown_item_is_said():
    for missed in ({"target": 2, "rank:bpr": 3.0}, {"target": -1, "rank:bpr": float("inf")}):
        assert "✓" not in row_label(VIEW, ROW | missed, 1)
    label = row_label(VIEW, ROW | {"target": -1, "rank:bpr": float("inf")}, 1)
    assert "○ unknown, guessed swim*" in label


def test_names_are_no_markdown():
    label = row_label(VIEW, ROW | {"target": 2}, 1)
    assert r"**\*bold\* \[x\]\(y\)** came next" in label


def test_the_first_step_has_seen_nothing():
    assert "→" not in row_label(VIEW, ROW | {"step": 1, "last": -1}, 1)


def test_the_place_of_a_session_is_found_by_any_of_its_events():
    listed, session = SessionList(np.array([5, 0]), np.array([1, 2])), np.array([0, 0, 1, 1, 2, 2])
    assert find_place(listed, session, 4) == 0
    assert find_place(listed, session, 1) == 1
    assert find_place(listed, session, 2) is None
