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
        }
    )
    table = _with_names(REVIEW, (SimpleNamespace(name="bpr", label="BPR"),), rows)
    assert list(table.columns) == ["session", "seen", "seen last", "came next ✓", "BPR: first guess", "BPR: rank"]
    assert table["BPR: first guess"].tolist() == ["b ✓", "c"]
    assert table["came next ✓"].tolist() == ["b", "(unknown item)"]
