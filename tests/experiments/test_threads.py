"""TensorFlow's threads are limited while that is possible."""

from gru4rec_core.experiments.threads import limit_threads


def test_it_says_how_many_there_are() -> None:
    # Once something was computed in this process the number stays what it was.
    used = limit_threads(1)
    assert limit_threads(2) in (used, 2)
    assert used >= 0
