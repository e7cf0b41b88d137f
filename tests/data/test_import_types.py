"""The account of an import."""

import json

from gru4rec_core.data.columns import ColumnMapping
from gru4rec_core.data.ingest import read_log
from tests.data.logs import Write


def test_every_row_read_is_kept_filtered_or_rejected(write: Write) -> None:
    path = write("session,time,item,event\ns,1,A,view\ns,2,B,view\ns,3,B,buy\ns,noon,C,view\n,5,C,view\n")
    mapping = ColumnMapping("session", "time", "item", event_column="event", keep_events=("view",))
    summary = read_log(path, mapping).summary
    n_rejected = sum(summary.rejected_counts.values())
    assert (summary.rows_read, summary.rows_kept, summary.rows_filtered, n_rejected) == (5, 2, 1, 2)


def test_a_summary_travels_as_json_without_the_rejected_rows(write: Write) -> None:
    summary = read_log(write("session,time,item\ns,1,A\ns,2,B\ns,noon,C\n")).summary
    travelled = json.loads(json.dumps(summary.to_json()))
    assert "rejected" not in travelled
    assert travelled["rejected_counts"] == summary.rejected_counts
    assert (travelled["size"], travelled["place"], travelled["file"]) == (39, "line", "log.csv")
