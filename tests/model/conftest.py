"""Fixtures of the model's tests: a toy log, and a slow, plain training step to compare with."""

import numpy as np
import pytest
import tensorflow as tf

from gru4rec_core.config import TrainingConfig
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.vocabulary import ItemVocabulary
from gru4rec_core.model.gru4rec import Gru4Rec

LETTERS = "abcdefghijkl"


@pytest.fixture(scope="session")
def toy_log() -> SessionDataset:
    """60 sessions of 1 to 9 of 12 items; the next letter follows three times out of four."""
    generator = np.random.default_rng(5)
    lengths = generator.integers(1, 10, 60)
    lengths[:2] = 1
    items = generator.integers(0, 12, int(lengths.sum())).astype(np.int32)
    follows = generator.random(len(items)) < 0.75
    for i in np.flatnonzero(follows[1:]) + 1:
        items[i] = (items[i - 1] + 1) % 12
    offsets = np.r_[0, np.cumsum(lengths)].astype(np.int64)
    return SessionDataset.from_arrays(
        items, np.arange(len(items)), offsets, np.arange(60), ItemVocabulary(list(LETTERS))
    )


@pytest.fixture(scope="session")
def trained_model(toy_log) -> Gru4Rec:
    """A model of two layers that has learnt `toy_log`; tests leave it as it is."""
    config = TrainingConfig(negatives="all", n_hidden=(16, 12), batch_size=4, epochs=60, learning_rate=0.01)
    model = Gru4Rec.from_config(toy_log.n_items, config)
    model.fit(toy_log)
    return model


class PlainModel:
    """GRU4Rec in eager TensorFlow, one column a negative, no table tricks: slow and easy to check by eye."""

    def __init__(self, arrays: dict[str, np.ndarray], config: TrainingConfig) -> None:
        self.config = config
        self.weights = {name: tf.Variable(value) for name, value in arrays.items()}
        self.slots = {name: [np.zeros_like(value), np.zeros_like(value)] for name, value in arrays.items()}
        self.states = [np.zeros((config.batch_size, units), np.float32) for units in config.n_hidden]
        self.steps = 0

    def step(self, inputs, targets, reset, valid, negatives) -> float:
        w, config = self.weights, self.config
        lanes = np.flatnonzero(valid)
        states = [tf.constant(np.where(reset[:, None], 0, state)[lanes], tf.float32) for state in self.states]
        columns = np.arange(w["By"].shape[0]) if negatives is None else np.r_[targets[lanes], negatives]
        with tf.GradientTape() as tape:
            table = {"one-hot": "gru0/Wx0", "separate": "E", "shared": "Wy"}[config.item_input]
            below = tf.gather(w[table], inputs[lanes])
            for i, state in enumerate(states):
                units = state.shape[1]
                x = below if i == 0 and config.item_input == "one-hot" else below @ w[f"gru{i}/Wx0"]
                x = x + w[f"gru{i}/Bh0"]
                gates = tf.sigmoid(x[:, units:] + state @ w[f"gru{i}/Wrz0"])
                candidate = x[:, :units] + (gates[:, :units] * state) @ w[f"gru{i}/Wh0"]
                candidate = tf.tanh(candidate) if config.activation == "tanh" else tf.nn.relu(candidate)
                below = (1 - gates[:, units:]) * state + gates[:, units:] * candidate
                states[i] = below
            scores = below @ tf.transpose(tf.gather(w["Wy"], columns)) + tf.gather(w["By"], columns)[:, 0]
            own = targets[lanes] if negatives is None else np.arange(len(lanes))
            losses = [self._loss(scores[i], int(own[i])) for i in range(len(lanes))]
            objective = tf.add_n(losses) / config.batch_size
        gradients = tape.gradient(objective, w)
        self._move(gradients, inputs[lanes], columns)
        for state, new in zip(self.states, states, strict=True):
            state[reset] = 0
            state[lanes] = new.numpy()
        self.steps += 1
        return float(tf.add_n(losses)) / len(lanes)

    def _loss(self, row: tf.Tensor, own: int) -> tf.Tensor:
        p, name = row[own], self.config.loss
        others = np.delete(np.arange(row.shape[0]), own)
        if name == "cross-entropy":
            return tf.reduce_logsumexp(row) - p
        s = tf.gather(row, others)
        if name == "bpr-max" and self.config.elu_param:
            alpha = self.config.elu_param
            s, p = (tf.where(v >= 0, v, alpha * (tf.exp(v) - 1)) for v in (s, p))
        if len(others) == 0:
            return 0.0 * p
        soft = tf.nn.softmax(s)
        if name == "top1":
            return tf.reduce_mean(tf.sigmoid(s - p) + tf.sigmoid(s**2))
        if name == "bpr":
            return -tf.reduce_mean(tf.math.log_sigmoid(p - s))
        if name == "top1-max":
            return tf.reduce_sum(soft * (tf.sigmoid(s - p) + tf.sigmoid(s**2)))
        return -tf.math.log(tf.reduce_sum(soft * tf.sigmoid(p - s))) + self.config.bpreg * tf.reduce_sum(soft * s**2)

    def _move(self, gradients, inputs, columns) -> None:
        """Each weight once by its whole gradient; of the item tables only the rows that were used."""
        one_hot_table = {"one-hot": "gru0/Wx0", "separate": "E"}.get(self.config.item_input)
        used = {"By": columns, "Wy": np.r_[columns, inputs] if one_hot_table is None else columns}
        if one_hot_table:
            used[one_hot_table] = inputs
        for name, variable in self.weights.items():
            rows = np.unique(used[name]) if name in used else np.arange(variable.shape[0])
            gradient = tf.convert_to_tensor(gradients[name]).numpy()[rows]
            value, slots, rate = variable.numpy(), self.slots[name], self.config.learning_rate
            if self.config.optimizer == "adam":
                slots[0][rows] = 0.9 * slots[0][rows] + 0.1 * gradient
                slots[1][rows] = 0.999 * slots[1][rows] + 0.001 * gradient**2
                t = self.steps + 1
                rate *= np.sqrt(1 - 0.999**t) / (1 - 0.9**t)
                value[rows] -= rate * slots[0][rows] / (np.sqrt(slots[1][rows]) + 1e-7)
            else:
                slots[0][rows] += gradient**2
                step = -rate * gradient / np.sqrt(slots[0][rows] + 1e-6)
                slots[1][rows] = self.config.momentum * slots[1][rows] + step
                value[rows] += slots[1][rows]
            variable.assign(value)


@pytest.fixture
def plain_model():
    return PlainModel
