"""Facts about how the progress of jobs is put into words."""

import pytest

from dashboard.progress_view import describe_state, duration, fraction_done
from gru4rec_core.workspace.job_state import JobState


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "1 s"), (8.4, "8 s"), (59.4, "59 s"), (90, "2 min"), (3_540, "59 min"), (7_500, "2 h 5 min")],
)
def test_durations_are_told_in_words(seconds: float, words: str):
    assert duration(seconds) == words


@pytest.mark.parametrize(("done", "total", "share"), [(0, 0, 0.0), (1, 4, 0.25), (9, 4, 1.0)])
def test_progress_stays_between_nothing_and_all(done: int, total: int, share: float):
    assert fraction_done(JobState(done=done, total=total)) == share


def test_a_queued_job_says_what_its_worker_waits_for():
    assert describe_state(JobState(state="queued")) == "waiting for a worker"
    assert (
        describe_state(JobState(state="queued", phase="starting: loading TensorFlow")) == "starting: loading TensorFlow"
    )
