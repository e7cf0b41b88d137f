"""Facts about the figure that the table of runs shows of each."""

import json

from dashboard.run_table import hits


def test_a_run_shows_the_hits_that_were_measured_and_nothing_else(workspace, run):
    assert hits(workspace, run, 10) == ""
    path = workspace.run_folder(run.id) / "metrics.json"
    path.write_text(json.dumps({"accuracy": {"10": 0.537, "3": None}}))
    assert "<strong>53.7</strong>" in hits(workspace, run, 10)
    assert "top 10" in hits(workspace, run, 10)
    assert hits(workspace, run, 3) == hits(workspace, run, 7) == ""
