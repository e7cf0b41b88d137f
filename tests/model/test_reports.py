import numpy as np
import pytest

from gru4rec_core.model.batch_builder import Chunk, TrainingPosition
from gru4rec_core.model.reports import EpochMeter


def chunk(*transitions: int) -> Chunk:
    n = len(transitions)
    return Chunk({}, n, 0, np.array(transitions), n, n, TrainingPosition())


def test_the_loss_of_an_epoch_is_the_mean_over_transitions_not_over_steps() -> None:
    meter = EpochMeter()
    meter.add(chunk(4, 1), np.array([1.0, 6.0], np.float32), np.array([2, 3]))
    meter.add(chunk(5), np.array([2.0], np.float32), np.array([1, 1]))
    assert meter.events == 10
    assert meter.loss == pytest.approx((4 * 1.0 + 1 * 6.0 + 5 * 2.0) / 10)
    assert meter.hits.tolist() == [3, 4]


def test_a_new_epoch_begins_from_nothing() -> None:
    meter = EpochMeter()
    meter.add(chunk(4), np.array([1.0], np.float32), np.array([2, 3]))
    before = meter.seconds
    meter.restart()
    meter.add(chunk(2), np.array([3.0], np.float32), np.array([0, 1]))
    assert (meter.events, meter.loss, meter.hits.tolist()) == (2, 3.0, [0, 1])
    assert before > 0
