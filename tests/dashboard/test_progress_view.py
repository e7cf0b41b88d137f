"""Facts about how the progress of jobs is put into words."""

import pytest

from dashboard.progress_view import count_states, describe_state, duration, fraction_done, rough_duration
from gru4rec_core.jobs.job_list import Job
from gru4rec_core.workspace.job_state import JobState


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "1 s"), (8.4, "8 s"), (59.4, "59 s"), (90, "2 min"), (3_540, "59 min"), (7_500, "2 h 5 min")],
)
def test_durations_are_told_in_words(seconds: float, words: str):
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.2, "less than 10 s"), (31, "40 s"), (55, "1 min"), (65, "1 min"), (7_500, "2 h 5 min")]
)
def test_an_estimate_is_told_no_finer_than_it_is_known(seconds: float, words: str):
    assert rough_duration(seconds) == words


def a_job(kind: str, **state) -> Job:
    return Job(kind, "x", "x", JobState(**state))


@pytest.mark.parametrize(("done", "total", "share"), [(0, 0, 0.0), (1, 4, 0.25), (9, 4, 1.0)])
def test_progress_stays_between_nothing_and_all(done: int, total: int, share: float):
    job = a_job("baselines", state="running", phase="popularity", done=done, total=total)
    assert fraction_done(job) == share


@pytest.mark.parametrize(
    ("state", "share"),
    [
        ({"state": "done"}, 1.0),
        ({"state": "queued"}, 0.0),
        ({"state": "running", "phase": "reading the log"}, 0.0),
        ({"state": "running", "phase": "training", "done": 1, "total": 2}, 0.475),
        ({"state": "running", "phase": "testing", "done": 0, "total": 9}, 0.95),
        ({"state": "running", "phase": "testing", "done": 9, "total": 9}, 1.0),
        ({"state": "running", "phase": "storing"}, 1.0),
    ],
)
def test_training_is_nearly_all_of_a_run(state: dict, share: float):
    assert fraction_done(a_job("run", **state)) == pytest.approx(share)


def test_jobs_are_counted_by_their_state():
    assert count_states(["running", "done", "lost", "done"]) == ["2 done", "1 lost", "1 running"]
    assert count_states([]) == []


def test_a_queued_job_says_what_its_worker_waits_for():
    assert describe_state(JobState(state="queued")) == "waiting for a worker"
    assert (
        describe_state(JobState(state="queued", phase="starting: loading TensorFlow")) == "starting: loading TensorFlow"
    )
