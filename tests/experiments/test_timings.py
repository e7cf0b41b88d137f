"""The seconds of each part are measured by its name."""

import time

import pytest

from gru4rec_core.experiments.timings import Timings


def test_each_part_has_its_seconds() -> None:
    timings = Timings()
    with timings.measure("reading"):
        time.sleep(0.02)
    with timings.measure("training"):
        pass
    assert list(timings.seconds) == ["reading", "training"]
    assert 0.02 <= timings.seconds["reading"] < 5
    assert timings.seconds["training"] < 0.02


def test_a_part_that_fails_has_none() -> None:
    timings = Timings()
    with pytest.raises(KeyError), timings.measure("reading"):
        raise KeyError
    assert timings.seconds == {}
