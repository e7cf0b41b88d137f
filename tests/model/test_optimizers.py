import keras
import numpy as np
import pytest
import tensorflow as tf

from gru4rec_core.config import TrainingConfig
from gru4rec_core.model.optimizers import Adagrad, Adam, make_optimizer, plain_loop

GRADIENTS = np.random.default_rng(0).normal(size=(5, 3, 2)).astype(np.float32)


def run(optimizer, start: np.ndarray) -> np.ndarray:
    """The weight after one update per gradient, float32 [3, 2]."""
    weight = tf.constant(start)
    slots = [tf.zeros_like(weight) for _ in range(optimizer.n_slots)]
    for step, gradient in enumerate(GRADIENTS):
        weight, slots = optimizer.update(weight, slots, tf.constant(gradient), tf.constant(step))
    return weight.numpy()


def test_adam_equals_keras() -> None:
    start = np.ones((3, 2), np.float32)
    variable = keras.Variable(start)
    theirs = keras.optimizers.Adam(0.01)
    theirs.build([variable])
    for gradient in GRADIENTS:
        theirs.apply([tf.constant(gradient)], [variable])
    np.testing.assert_allclose(run(Adam(0.01), start), variable.numpy(), rtol=1e-5)


@pytest.mark.parametrize("momentum", [0.0, 0.3])
def test_adagrad_follows_its_formula(momentum: float) -> None:
    weight = np.ones((3, 2))
    accumulator, velocity = np.zeros((3, 2)), np.zeros((3, 2))
    for gradient in GRADIENTS.astype(float):
        accumulator += gradient**2
        velocity = momentum * velocity - 0.1 * gradient / np.sqrt(accumulator + 1e-6)
        weight += velocity
    found = run(Adagrad(0.1, momentum), np.ones((3, 2), np.float32))
    np.testing.assert_allclose(found, weight, rtol=1e-5)


def test_the_settings_name_the_optimiser_and_its_memory() -> None:
    assert isinstance(make_optimizer(TrainingConfig()), Adam)
    assert make_optimizer(TrainingConfig(optimizer="adagrad")).n_slots == 1
    assert make_optimizer(TrainingConfig(optimizer="adagrad", momentum=0.1)).n_slots == 2


def test_the_plain_loop_changes_no_finite_value() -> None:
    values = np.array([0.0, -0.5, 3e38, -3e38, 1e-37], np.float32)
    np.testing.assert_array_equal(plain_loop(tf.constant(values)).numpy(), values)
