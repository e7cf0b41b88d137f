"""What a trial had used when it was interrupted is charged once, and only where it never ended."""

from pathlib import Path

import pytest

from gru4rec_core.workspace.interrupted import INTERRUPTED, TrialClock, read_interrupted


class Seconds:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_what_was_noted_of_a_trial_counts_until_it_has_ended(tmp_path: Path) -> None:
    assert read_interrupted(tmp_path, []) == 0.0
    seconds = Seconds()
    clock = TrialClock(tmp_path, 0.0, seconds)
    clock.note()
    assert not (tmp_path / INTERRUPTED).exists()  # no trial is at work
    clock.begin(3)
    seconds.now = 2.5
    clock.note()
    seconds.now = 9.0  # of which there is no sign of life
    assert read_interrupted(tmp_path, [0, 1, 2]) == 2.5
    assert read_interrupted(tmp_path, [0, 1, 2, 3]) == 0.0  # it ended after all: its time is stored with it
    clock.end()
    clock.note()
    assert read_interrupted(tmp_path, [0, 1, 2]) == 2.5


def test_interruptions_of_the_same_trial_add_up(tmp_path: Path) -> None:
    for n_times in (1, 2, 3):
        seconds = Seconds()
        clock = TrialClock(tmp_path, read_interrupted(tmp_path, [0]), seconds)
        clock.begin(1)
        seconds.now = 2.0
        clock.note()
        assert read_interrupted(tmp_path, [0]) == 2.0 * n_times
    TrialClock(tmp_path, read_interrupted(tmp_path, [0])).begin(1)  # killed before its first sign of life
    assert read_interrupted(tmp_path, [0]) == 6.0
    assert read_interrupted(tmp_path, [0, 1]) == 6.0  # tried again, it ended within one


@pytest.mark.parametrize("content", ["", "{", "[]", '{"trial": 1}', '{"before": "x"}'])
def test_a_damaged_note_charges_nothing(tmp_path: Path, content: str) -> None:
    (tmp_path / INTERRUPTED).write_text(content, encoding="utf-8")
    assert read_interrupted(tmp_path, []) == 0.0
