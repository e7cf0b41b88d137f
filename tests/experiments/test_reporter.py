"""A job records how far it is and how it ended, and stops when it is asked to."""

from pathlib import Path

import pytest

from gru4rec_core.errors import Cancelled, DataError
from gru4rec_core.experiments.reporter import JobReporter
from gru4rec_core.workspace.job_state import JobState, ProcessIdentity, clear_cancel, read_state, request_cancel


def test_work_that_ends_is_done(tmp_path: Path) -> None:
    seen: list[JobState] = []
    with JobReporter(tmp_path, seen.append) as job:
        job.begin_phase("training", 10)
        job.report_progress(10, 10, epoch=1, epochs=1)
        assert read_state(tmp_path).phase == "training"
        assert read_state(tmp_path).worker == ProcessIdentity.current()
    state = read_state(tmp_path)
    assert (state.state, state.done, state.epoch, state.reason) == ("done", 10, 1, "")
    assert state.ended is not None
    assert seen[-1].state == "done"
    assert "training" in (tmp_path / "log.txt").read_text()


def fail(folder: Path, error: BaseException) -> JobState:
    with pytest.raises(type(error)), JobReporter(folder):
        raise error
    return read_state(folder)


def test_a_known_error_is_the_reason_in_full(tmp_path: Path) -> None:
    error = DataError("A log has items.", found="none", where="x.csv", remedy="Add some.")
    state = fail(tmp_path, error)
    assert (state.state, state.reason) == ("failed", str(error))
    assert "Traceback" not in (tmp_path / "log.txt").read_text()


def test_an_unknown_error_keeps_its_traceback_in_the_log(tmp_path: Path) -> None:
    state = fail(tmp_path, ZeroDivisionError("by zero"))
    assert (state.state, state.reason) == ("failed", "unexpected: ZeroDivisionError: by zero")
    assert "Traceback" in (tmp_path / "log.txt").read_text()


@pytest.mark.parametrize("error", [Cancelled("Stop."), KeyboardInterrupt()])
def test_a_wish_to_stop_is_no_failure(tmp_path: Path, error: BaseException) -> None:
    assert fail(tmp_path, error).state == "cancelled"


def test_a_job_hears_that_it_should_stop(tmp_path: Path) -> None:
    request_cancel(tmp_path)
    with pytest.raises(Cancelled), JobReporter(tmp_path) as job:
        job.report_progress(1, 2)
    assert read_state(tmp_path).state == "cancelled"
    clear_cancel(tmp_path)
    with JobReporter(tmp_path) as job:
        job.report_progress(1, 2)
        assert not job.should_stop()
