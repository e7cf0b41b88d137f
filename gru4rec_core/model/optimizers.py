"""How do gradients update the weights?

Elementwise formulas, so the same code updates whole weights and the few rows that a step used. `slots` are what the
optimiser remembers: arrays of the weight's shape.
"""

from typing import Protocol

import tensorflow as tf

from gru4rec_core.config import TrainingConfig


class Optimizer(Protocol):
    """An update rule that remembers `n_slots` arrays per weight, all 0 at the start."""

    n_slots: int

    def update(
        self, weight: tf.Tensor, slots: list[tf.Tensor], gradient: tf.Tensor, step: tf.Tensor
    ) -> tuple[tf.Tensor, list[tf.Tensor]]:
        """The weight and its slots after step number `step` (int32, from 0)."""
        ...


class Adagrad:
    """a += g², w -= rate·g / √(a + 1e-6) (Duchi et al. 2011); with momentum m: v = m·v - that step, w += v."""

    def __init__(self, learning_rate: float, momentum: float) -> None:
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.n_slots = 2 if momentum else 1

    def update(
        self, weight: tf.Tensor, slots: list[tf.Tensor], gradient: tf.Tensor, step: tf.Tensor
    ) -> tuple[tf.Tensor, list[tf.Tensor]]:
        accumulator = plain_loop(slots[0] + tf.square(gradient))
        change = -self.learning_rate * gradient * tf.math.rsqrt(accumulator + 1e-6)
        if not self.momentum:
            return weight + change, [accumulator]
        velocity = self.momentum * slots[1] + change
        return weight + velocity, [accumulator, velocity]


class Adam:
    """Kingma & Ba 2015, algorithm 1 with the order of section 2's last paragraph; β .9 and .999, ε 1e-7 as in Keras.

    Rows that a step does not use keep their moments ("lazy" Adam).
    """

    n_slots = 2
    beta_1, beta_2, epsilon = 0.9, 0.999, 1e-7

    def __init__(self, learning_rate: float) -> None:
        self.learning_rate = learning_rate

    def update(
        self, weight: tf.Tensor, slots: list[tf.Tensor], gradient: tf.Tensor, step: tf.Tensor
    ) -> tuple[tf.Tensor, list[tf.Tensor]]:
        time = tf.cast(step + 1, tf.float32)
        rate = self.learning_rate * tf.sqrt(1.0 - self.beta_2**time) / (1.0 - self.beta_1**time)
        first = slots[0] + (1.0 - self.beta_1) * (gradient - slots[0])
        second = slots[1] + (1.0 - self.beta_2) * (tf.square(gradient) - slots[1])
        return weight - rate * first / (tf.sqrt(second) + self.epsilon), [first, second]


def plain_loop(values: tf.Tensor) -> tf.Tensor:
    """The same values, computed by a loop that is a third faster.

    XLA's CPU backend computes sums and products in tiles of 16 numbers that it copies to the stack and back. It does
    not tile a maximum, and this maximum changes no finite value.
    """
    return tf.maximum(values, tf.float32.min)


def make_optimizer(config: TrainingConfig) -> Optimizer:
    """The optimiser that the settings name."""
    if config.optimizer == "adam":
        return Adam(config.learning_rate)
    return Adagrad(config.learning_rate, config.momentum)
