"""Facts about what the table of comparisons says of their runs."""

from dashboard.comparison_table import describe_duration, describe_states
from gru4rec_core.workspace.job_state import JobState


def states(*names: str) -> list[JobState]:
    return [JobState(state=name, started=0, ended=40 if name == "done" else None) for name in names]


def test_runs_are_counted_by_their_state():
    assert describe_states(states("done", "done")) == "2 runs, done"
    assert describe_states(states("done")) == "1 run, done"
    assert describe_states(states("done", "running", "queued")) == ("3 runs: 1 done, 1 running, 1 waiting for a worker")
    assert describe_states(states("done", "cancelled", "done")) == "3 runs: 2 done, 1 cancelled"


def test_the_duration_is_that_of_the_runs_that_have_ended():
    assert describe_duration(states("done", "done", "running")) == "1 min in all"
    assert describe_duration(states("queued")) == ""
