"""How long something has been the same is counted, not read off a clock that may be set."""

import time

import pytest

from gru4rec_core.jobs.watching import Watch


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that have passed; a test sets them."""
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def test_what_changes_begins_anew(clock: list[float]) -> None:
    watch = Watch()
    seen = []
    for clock[0], value in ((100, "a"), (104, "a"), (105, "a"), (109, "b"), (110, "b")):
        seen.append(watch.seconds_unchanged("job", value))
    assert seen == [0, 4, 5, 0, 1]
    watch.forget("job")
    assert watch.seconds_unchanged("job", "b") == 0


def test_a_time_in_which_nobody_looked_counts_for_little(clock: list[float]) -> None:
    watch = Watch(longest_gap=1.5)
    seen = []
    for clock[0] in (100, 101, 4_000, 4_001):
        seen.append(watch.seconds_unchanged("job", "same"))
    assert seen == [0, 1, 2.5, 3.5]
