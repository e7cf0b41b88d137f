"""Facts about what Data says of items' names and categories."""

import pandas as pd

from dashboard.items_view import describe_known
from gru4rec_core.workspace.records import DatasetRecord

RECORD = DatasetRecord(
    id="log-1", name="log", content_hash="x", n_sessions=9, n_items=4, n_events=20, first_time=0, last_time=1
)


def test_what_is_known_of_items_is_counted():
    table = pd.DataFrame({"item": ["a", "b", "c"], "name": ["A", "", "C"], "category": ["x", "x", "x"]})
    assert describe_known(RECORD, table) == "Items with a name: 2 of 4 (50 %); with a category: 3 (1 category)."
    assert "A second file can give" in describe_known(RECORD, pd.DataFrame())
