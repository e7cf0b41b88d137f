"""Facts about the list of the Sessions page."""

from types import SimpleNamespace

import pandas as pd

from dashboard.sessions_view import _with_names

REVIEW = SimpleNamespace(item=lambda item: "(unknown item)" if item < 0 else "abc"[item])


def test_rows_show_names_and_mark_the_guess_that_came():
    rows = pd.DataFrame(
        {
            "event": [0, 1],
            "session": ["s0", "s1"],
            "seen": [1, 2],
            "last": [0, 1],
            "target": [1, -1],
            "guess:bpr": [1, 2],
            "rank:bpr": [1.0, float("inf")],
            "seeds:bpr": [1, 0],
        }
    )
    table = _with_names(REVIEW, (SimpleNamespace(name="bpr", label="BPR", n_seeds=1),), rows)
    assert list(table.columns) == ["session", "seen", "seen last", "came next ✓", "BPR: first guess", "BPR: rank"]
    assert table["BPR: first guess"].tolist() == ["b ✓", "c"]
    assert table["came next ✓"].tolist() == ["b", "(unknown item)"]


def test_with_several_seeds_a_row_says_in_how_many_it_was_a_hit():
    rows = pd.DataFrame({"event": [0], "session": ["s0"], "seen": [1], "last": [0], "target": [1]})
    rows = rows.assign(**{"guess:bpr": [1], "rank:bpr": [1.0], "seeds:bpr": [2]})
    table = _with_names(REVIEW, (SimpleNamespace(name="bpr", label="BPR", n_seeds=3),), rows)
    assert table["BPR: all seeds"].tolist() == ["hit in 2 of 3 seeds"]
