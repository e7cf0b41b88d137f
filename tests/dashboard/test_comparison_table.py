"""Facts about what the table of comparisons says of their runs."""

import pytest

from dashboard.comparison_table import describe_duration, describe_states, describe_test, say_verdict
from gru4rec_core.results.summary import ComparisonSummary, MethodRate
from gru4rec_core.workspace.job_state import JobState
from gru4rec_core.workspace.records import TunedWith


def states(*names: str) -> list[JobState]:
    return [JobState(state=name, started=0, ended=40 if name == "done" else None) for name in names]


def test_runs_are_counted_by_their_state():
    assert describe_states(states("done", "done")) == "2 runs, done"
    assert describe_states(states("done")) == "1 run, done"
    assert describe_states(states("done", "running", "queued")) == ("3 runs: 1 done, 1 running, 1 waiting for a worker")
    assert describe_states(states("done", "cancelled", "done")) == "3 runs: 2 done, 1 cancelled"


def test_a_tuned_comparison_is_told_from_one_that_was_not(home):
    (record,) = home.comparisons()
    assert describe_test(record) == "last item"
    tuned = record.model_copy(update={"tuned": TunedWith(tuning_id="t", n_trials=2)})
    assert describe_test(tuned) == "last item, tuned"


def test_the_duration_is_that_of_the_runs_that_have_ended():
    assert describe_duration(states("done", "done", "running")) == "1 min of training in all"
    assert describe_duration(states("queued")) == ""


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        ("Clear", "BPR is better"),
        ("Better, size open", "BPR is better; by how much is open"),
        ("Equivalent", "Take either"),
        ("Undecided", "Not decided"),
        ("A baseline leads", "A baseline leads"),
        ("Not comparable", "Not comparable"),
        ("", ""),
    ],
)
def test_the_verdict_is_told_in_words_of_its_kind(verdict: str, words: str):
    best = MethodRate("bpr", "BPR", 0.5)
    line = ComparisonSummary(10, verdict, "Neither. Best-sellers had 60.", best, None, None, None, None)
    assert say_verdict(line) == words
