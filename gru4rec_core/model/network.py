"""How do an item and a hidden state become scores of the next item?

The GRU4Rec network with the layout of the official code: the column blocks of `Wx0`, `Bh0` and `Rh0` are (candidate,
reset, update), those of `Wrz0` (reset, update). `Rh0`, the recurrent bias, is there with `reset_after` only.
"""

from collections.abc import Mapping, Sequence

import keras
import numpy as np
import tensorflow as tf

from gru4rec_core.config import TrainingConfig
from gru4rec_core.errors import RunError

Weights = Mapping[str, tf.Tensor]

_ROWS_AT_ONCE = 2**14


def gru_cell(
    projected: tf.Tensor,
    state: tf.Tensor,
    recurrent_gates: tf.Tensor,
    recurrent_candidate: tf.Tensor,
    activation: str,
    recurrent_bias: tf.Tensor | None = None,
) -> tf.Tensor:
    """One step of a GRU layer (Cho et al. 2014; Hidasi et al. 2016 equations 1-4).

    With a recurrent bias it is the cell of Keras (`reset_after=True`) and PyTorch: the reset gate acts on the
    candidate's recurrent product and its bias, and not on the state before it.

    Args:
        projected: input·Wx0 + Bh0, float32 [B, 3·units], blocks (candidate, reset, update).
        state: float32 [B, units].
        recurrent_gates: Wrz0, [units, 2·units].
        recurrent_candidate: Wh0, [units, units].
        activation: of the candidate, "tanh" or "relu".
        recurrent_bias: Rh0, [1, 3·units]; None for the paper's cell.

    Returns:
        The next state, float32 [B, units].
    """
    units = state.shape[1]
    # [B, 2·units]: both gates in one product.
    gates = projected[:, units:] + state @ recurrent_gates
    gates = tf.sigmoid(gates if recurrent_bias is None else gates + recurrent_bias[:, units:])
    reset_gate, update_gate = gates[:, :units], gates[:, units:]
    if recurrent_bias is None:
        recurrent = (reset_gate * state) @ recurrent_candidate
    else:
        recurrent = reset_gate * (state @ recurrent_candidate + recurrent_bias[:, :units])
    candidate = projected[:, :units] + recurrent
    candidate = tf.tanh(candidate) if activation == "tanh" else tf.nn.relu(candidate)
    return state + update_gate * (candidate - state)


def input_rows(config: TrainingConfig, weights: Weights, items: tf.Tensor) -> tf.Tensor:
    """The input of the first layer for items int32 [B]: rows of its kernel (one-hot), or embeddings."""
    return tf.gather(weights[{"one-hot": "gru0/Wx0", "separate": "E", "shared": "Wy"}[config.item_input]], items)


def advance(
    config: TrainingConfig,
    weights: Weights,
    inputs: tf.Tensor,
    states: Sequence[tf.Tensor],
    dropout: "Sequence[tf.Tensor] | None" = None,
) -> list[tf.Tensor]:
    """One step of every layer.

    Args:
        config: item input and activation.
        weights: by name, as in `Gru4RecNetwork.variable_map`.
        inputs: rows from `input_rows`, float32 [B, ·].
        states: of each layer, float32 [B, units].
        dropout: factors for the new state of each layer, or None.

    Returns:
        The new state of each layer, float32 [B, units]; the last layer's is scored.
    """
    below, new_states = inputs, []
    for i, state in enumerate(states):
        one_hot = i == 0 and config.item_input == "one-hot"
        projected = (below if one_hot else below @ weights[f"gru{i}/Wx0"]) + weights[f"gru{i}/Bh0"]
        recurrent = weights[f"gru{i}/Wrz0"], weights[f"gru{i}/Wh0"]
        bias = weights[f"gru{i}/Rh0"] if config.reset_after else None
        below = gru_cell(projected, state, *recurrent, config.activation, bias)
        if dropout is not None:
            below = below * dropout[i]
        new_states.append(below)
    return new_states


def score(hidden: tf.Tensor, weights: Weights) -> tf.Tensor:
    """Scores float32 [B, n_items] of every item after hidden states [B, units] of the last layer."""
    return tf.matmul(hidden, weights["Wy"], transpose_b=True) + tf.transpose(weights["By"])


class GruLayer(keras.layers.Layer):
    """The weights of one GRU layer, under their official names."""

    def __init__(self, input_size: int, units: int, name: str, *, reset_after: bool = False) -> None:
        super().__init__(name=name)
        self.Wx0 = self.add_weight(shape=(input_size, 3 * units), name="Wx0", initializer="zeros")
        self.Wrz0 = self.add_weight(shape=(units, 2 * units), name="Wrz0", initializer="zeros")
        self.Wh0 = self.add_weight(shape=(units, units), name="Wh0", initializer="zeros")
        self.Bh0 = self.add_weight(shape=(1, 3 * units), name="Bh0", initializer="zeros")
        self.Rh0 = self.add_weight(shape=(1, 3 * units), name="Rh0", initializer="zeros") if reset_after else None
        self.built = True


class ItemTable(keras.layers.Layer):
    """A row of weights for each item."""

    def __init__(self, n_items: int, width: int, name: str) -> None:
        super().__init__(name=name)
        self.rows = self.add_weight(shape=(n_items, width), name="rows", initializer="zeros")
        self.built = True


class OutputTable(ItemTable):
    """The output weights and the bias of each item."""

    def __init__(self, n_items: int, width: int) -> None:
        super().__init__(n_items, width, "output")
        self.bias = self.add_weight(shape=(n_items, 1), name="bias", initializer="zeros")


class Gru4RecNetwork(keras.Model):
    """The weights, and the forward pass that training and evaluation share.

    Args:
        n_items: size of the catalogue, at least 1.
        config: widths, item input, activation, seed of the initial weights.
    """

    def __init__(self, n_items: int, config: TrainingConfig) -> None:
        super().__init__(name="gru4rec")
        self.n_items = n_items
        self.config = config
        widths = config.n_hidden
        self.embedding = ItemTable(n_items, config.embedding_size, "E") if config.item_input == "separate" else None
        # Input size of the first layer; each further layer reads the units of the one below.
        first = {"one-hot": n_items, "separate": config.embedding_size, "shared": widths[-1]}[config.item_input]
        sizes = (first, *widths[:-1])
        self.gru_layers = [
            GruLayer(size, width, f"gru{i}", reset_after=config.reset_after)
            for i, (size, width) in enumerate(zip(sizes, widths, strict=True))
        ]
        self.output_table = OutputTable(n_items, widths[-1])
        self.built = True
        self.initialise()

    def variable_map(self) -> dict[str, tf.Variable]:
        """Variables by official name: `gruL/Wx0` … (`gruL/Rh0` with `reset_after`), `Wy`, `By`, `E` (if separate)."""
        named: dict[str, tf.Variable] = {}
        for layer in self.gru_layers:
            named[f"{layer.name}/Wx0"] = layer.Wx0.value
            named[f"{layer.name}/Wrz0"] = layer.Wrz0.value
            named[f"{layer.name}/Wh0"] = layer.Wh0.value
            named[f"{layer.name}/Bh0"] = layer.Bh0.value
            if layer.Rh0 is not None:
                named[f"{layer.name}/Rh0"] = layer.Rh0.value
        named["Wy"], named["By"] = self.output_table.rows.value, self.output_table.bias.value
        if self.embedding is not None:
            named["E"] = self.embedding.rows.value
        return named

    def initialise(self) -> None:
        """Draws the first weights from the seed of the settings, as the official code does; biases are 0.

        Each gate's block is uniform by its own fan-in and fan-out (Glorot & Bengio 2010).
        """
        generator = np.random.default_rng([self.config.seed, 0])
        for layer in self.gru_layers:
            _draw_uniform(layer.Wx0.value, generator, n_blocks=3)
            _draw_uniform(layer.Wrz0.value, generator, n_blocks=2)
            _draw_uniform(layer.Wh0.value, generator)
            layer.Bh0.value.assign(np.zeros(layer.Bh0.shape, np.float32))
            if layer.Rh0 is not None:
                layer.Rh0.value.assign(np.zeros(layer.Rh0.shape, np.float32))
        _draw_uniform(self.output_table.rows.value, generator)
        self.output_table.bias.value.assign(np.zeros(self.output_table.bias.shape, np.float32))
        if self.embedding is not None:
            _draw_uniform(self.embedding.rows.value, generator)

    def arrays(self) -> dict[str, np.ndarray]:
        """All weights under their official names, float32 copies."""
        return {name: variable.numpy() for name, variable in self.variable_map().items()}

    def set_arrays(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Sets all weights, given under their official names.

        Raises:
            RunError: a weight is missing or has another shape.
        """
        for name, variable in self.variable_map().items():
            self._check(arrays, name, tuple(variable.shape))
            variable.assign(arrays[name])

    @staticmethod
    def _check(arrays: Mapping[str, np.ndarray], name: str, shape: tuple[int, ...]) -> None:
        if name not in arrays:
            raise RunError("A model's weights are complete.", found=f"no {name}", where=", ".join(arrays))
        if arrays[name].shape != shape:
            raise RunError(
                f"Weight {name} has shape {shape} under these settings.",
                found=f"{arrays[name].shape}",
                remedy="Load the weights with the settings they were trained with.",
            )

    def call(self, items: tf.Tensor, states: Sequence[tf.Tensor]) -> tuple[tf.Tensor, list[tf.Tensor]]:
        """Scores float32 [B, n_items] of the next item after items int32 [B], and the new states."""
        weights = {name: tf.convert_to_tensor(value) for name, value in self.variable_map().items()}
        new_states = advance(self.config, weights, input_rows(self.config, weights, items), states)
        return score(new_states[-1], weights), new_states


def _draw_uniform(variable: tf.Variable, generator: np.random.Generator, n_blocks: int = 1) -> None:
    """Fills `n_blocks` blocks of columns, each uniform within ±sqrt(6 / (rows + block width))."""
    n_rows, n_columns = variable.shape
    values = np.empty((n_rows, n_columns), np.float32)
    bound = np.sqrt(6.0 / (n_rows + n_columns // n_blocks))
    for first in range(0, n_rows, _ROWS_AT_ONCE):  # the draws are float64: a large table would be held three times
        part = values[first : first + _ROWS_AT_ONCE]
        part[:] = generator.uniform(-bound, bound, part.shape)
    # Assigned whole: after an assignment to a slice TensorFlow would copy the variable at every read.
    variable.assign(values)
