"""A job records how far it is and how it ended, and stops when it is asked to."""

import errno
import time
from pathlib import Path

import pytest

from gru4rec_core.errors import Cancelled, DataError, DiskError, DiskFull
from gru4rec_core.experiments import reporter
from gru4rec_core.experiments.reporter import JobReporter
from gru4rec_core.workspace.job_state import (
    JobState,
    ProcessIdentity,
    clear_cancel,
    read_state,
    request_cancel,
    write_state,
)
from gru4rec_core.workspace.records import RunRecord
from gru4rec_core.workspace.store import Workspace


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


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A disk on which no file of more than this many bytes has room, but what a reserve gives back."""
    room = [1_000_000]
    write = Path.write_text

    def write_if_room(path: Path, text: str, **options: str) -> int:
        if room[0] < len(text) and (path.parent / "reserve").exists():
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(path, text, **options)

    monkeypatch.setattr(Path, "write_text", write_if_room)
    return room


def test_that_the_disk_was_full_is_recorded_although_it_is_full(tmp_path: Path, full_disk: list[int]) -> None:
    error = DiskFull("The disk is full.", found="0 bytes free")

    def work() -> None:
        with JobReporter(tmp_path):
            assert (tmp_path / "reserve").stat().st_size == 64 << 10
            full_disk[0] = 0
            raise error

    with pytest.raises(DiskFull):
        work()
    assert (read_state(tmp_path).state, read_state(tmp_path).reason) == ("failed", str(error))
    assert not (tmp_path / "reserve").exists()


def test_a_heartbeat_that_finds_no_room_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failures = iter([DiskFull("The disk is full."), DiskFull("The disk is full.")])

    def write(folder: Path, state: JobState) -> None:
        if error := next(failures, None):
            raise error
        write_state(folder, state)

    with JobReporter(tmp_path) as job:
        before = read_state(tmp_path).heartbeat
        monkeypatch.setattr(reporter, "write_state", write)
        end = time.monotonic() + 20
        while read_state(tmp_path).heartbeat == before and time.monotonic() < end:
            time.sleep(0.05)
        assert read_state(tmp_path).heartbeat > before
        job.begin_phase("testing")
    assert read_state(tmp_path).state == "done"


def test_work_whose_end_cannot_be_recorded_raises(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reporter, "_END_PATIENCE", -1.0)

    def refuse(folder: Path, state: JobState) -> None:
        raise DiskError("The workspace may not be written.")

    with pytest.raises(DiskError), JobReporter(tmp_path):
        monkeypatch.setattr(reporter, "write_state", refuse)


def test_a_full_disk_says_what_could_go(workspace: Workspace, run: RunRecord) -> None:
    with pytest.raises(DiskFull), JobReporter(workspace.run_folder(run.id), root=workspace.root):
        raise DiskFull("The disk is full.", remedy="Delete something.")
    assert "The largest here: the dataset letters with 1 run, " in workspace.state(run.id).reason


def test_a_lack_of_memory_is_told_in_plain_words(tmp_path: Path) -> None:
    tensorflow_error = type("ResourceExhaustedError", (Exception,), {})
    for error in (MemoryError(), tensorflow_error("OOM when allocating tensor")):
        assert fail(tmp_path, error).reason.startswith("There was not enough memory. Use a smaller model")


def test_a_folder_that_is_away_for_a_while_is_not_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reporter, "_WRITE_EVERY", 0.02)
    folder = tmp_path / "disk" / "run"
    with JobReporter(folder) as job:
        (tmp_path / "disk").rename(tmp_path / "away")
        time.sleep(0.2)
        assert not (tmp_path / "disk").exists()
        (tmp_path / "away").rename(tmp_path / "disk")
        heartbeat = job.state.heartbeat
        time.sleep(0.2)
        assert read_state(folder).heartbeat > heartbeat
    assert read_state(folder).state == "done"
