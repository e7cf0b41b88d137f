"""What happens in one training step, and how do hundreds of steps run as one compiled call?

A call from Python costs more than a small step, so `TrainingLoop.run` hands a whole chunk of steps to one XLA loop.
Weights, optimiser slots and lane states are read once, carried through the loop, where XLA updates them in place, and
assigned once. Shapes never change, so there is one trace per run; tracing and compiling take seconds, so runs that
differ in their seed share it (`compiled_chunk`).
"""

from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import numpy as np
import tensorflow as tf

from gru4rec_core.config import TrainingConfig
from gru4rec_core.model.batch_builder import Batches
from gru4rec_core.model.losses import LOSSES, bpr_max, elu
from gru4rec_core.model.network import Gru4RecNetwork, advance
from gru4rec_core.model.optimizers import make_optimizer

Tensors = dict[str, Any]

Variables = tuple[dict[str, tf.Variable], dict[str, list[tf.Variable]], list[tf.Variable]]
"""Weights and optimiser slots by the weight's name, and the lane states of each layer."""


@dataclass(frozen=True)
class ChunkResult:
    """Losses and hits of a chunk.

    Attributes:
        losses: float32 [n_steps], mean over the valid lanes of each step.
        hits: int64 [2], lanes whose true item ranks first, and among the first three, by its median rank among
            ties; exact with negatives "all", else 0.
    """

    losses: np.ndarray
    hits: np.ndarray


@dataclass(frozen=True)
class UsedRows:
    """Rows of a table that a step used.

    Attributes:
        table: name of the weight.
        ids: int32 [n], numbers of the rows; one out of range is left alone.
        rows: float32 [n, width], their values.
        gradient: float32 [n, width].
    """

    table: str
    ids: tf.Tensor
    rows: tf.Tensor
    gradient: tf.Tensor


class TrainingLoop:
    """The compiled training step and the variables it updates.

    Args:
        network: trained in place.
        config: resolved settings (`negatives` is not "auto").
    """

    def __init__(self, network: Gru4RecNetwork, config: TrainingConfig) -> None:
        self.network = network
        self.config = config
        self.weights = network.variable_map()
        n_slots = make_optimizer(config).n_slots
        self.slots = {
            name: [tf.Variable(tf.zeros_like(weight)) for _ in range(n_slots)] for name, weight in self.weights.items()
        }
        self.hidden = [tf.Variable(tf.zeros([config.batch_size, units])) for units in config.n_hidden]
        # Of what is left out, neither the shapes nor the formulas depend on it.
        self._run_chunk = compiled_chunk(config.replace(seed=0, epochs=1, steps_per_epoch=None), network.n_items)

    def run(self, batches: Batches, n_steps: int, first_step: int) -> ChunkResult:
        """Trains on the first `n_steps` steps of a chunk.

        Args:
            batches: the arrays of the chunk (`BatchBuilder.build`); with "starts", float32 [chunk_steps, lanes,
                sum(n_hidden)], the states that each step begins with, instead of those that its lanes ended with.
            n_steps: steps that count; 0 compiles and trains nothing.
            first_step: number of the first step since the start of training.
        """
        tensors = {name: tf.convert_to_tensor(value) for name, value in batches.items()}
        numbers = (tf.constant(number) for number in (n_steps, first_step, self.config.seed))
        losses, hits = self._run_chunk((self.weights, self.slots, self.hidden), tensors, *numbers)
        return ChunkResult(losses.numpy()[:n_steps], hits.numpy().astype(np.int64))


@lru_cache(maxsize=8)
def compiled_chunk(config: TrainingConfig, n_items: int) -> Any:
    """`TrainingStep.run_chunk` for these settings, compiled at its first call; the last few are kept.

    Args:
        config: resolved settings; the seed is an argument of the function, not one of these.
        n_items: size of the catalogue.
    """
    return tf.function(TrainingStep(config, n_items).run_chunk, jit_compile=True, autograph=False)


class TrainingStep:
    """The formulas of a training step, without any variable.

    In the code below B is the lanes, C the candidate items of a step (all items with negatives "all").

    Args:
        config: resolved settings, but for the seed, which each call is given.
        n_items: size of the catalogue.
    """

    def __init__(self, config: TrainingConfig, n_items: int) -> None:
        self.config = config
        self.n_items = n_items
        self.optimizer = make_optimizer(config)
        self.input_table = {"one-hot": "gru0/Wx0", "separate": "E", "shared": None}[config.item_input]
        self.scores_all = config.negatives == "all"
        self.loss = partial(bpr_max, bpreg=config.bpreg) if config.loss == "bpr-max" else LOSSES[config.loss]

    def run_chunk(
        self, variables: Variables, batches: Tensors, n_steps: tf.Tensor, first_step: tf.Tensor, seed: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Takes `n_steps` steps from the values of the variables, and assigns them the new ones.

        Returns:
            The loss of each step, float32 [steps of the chunk], and hits, int32 [2].
        """

        def body(
            t: tf.Tensor, weights: Tensors, slots: Tensors, hidden: list[tf.Tensor], losses: tf.Tensor, hits: tf.Tensor
        ) -> tuple[Any, ...]:
            batch = {name: value[t] for name, value in batches.items()} | {"step": first_step + t, "seed": seed}
            weights, slots, hidden, loss, hit = self._step(weights, slots, hidden, batch)
            return t + 1, weights, slots, hidden, tf.tensor_scatter_nd_update(losses, [[t]], [loss]), hits + hit

        start = tf.nest.map_structure(lambda variable: variable.read_value(), variables)
        results = (tf.zeros([batches["inputs"].shape[0]]), tf.zeros([2], tf.int32))
        _, *ended, losses, hits = tf.while_loop(lambda t, *_: t < n_steps, body, (tf.constant(0), *start, *results))
        tf.nest.map_structure(lambda variable, value: variable.assign(value), variables, tuple(ended))
        return losses, hits

    def _step(
        self, weights: Tensors, slots: Tensors, hidden: list[tf.Tensor], batch: Tensors
    ) -> tuple[Tensors, Tensors, list[tf.Tensor], tf.Tensor, tf.Tensor]:
        """One mini-batch: the new weights, slots and lane states, its loss and its hits."""
        valid, step = batch["valid"], batch["step"]
        starts = self._starts(hidden, batch)
        rows, bias = weights["Wy"], weights["By"]
        if not self.scores_all:
            rows, bias = tf.gather(rows, batch["columns"]), tf.gather(bias, batch["columns"])
        inputs = self._inputs(weights, rows, batch)
        tables = {"Wy", "By", self.input_table}
        dense = {name: weight for name, weight in weights.items() if name not in tables}
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch((dense, rows, bias, inputs))
            dropout_input, dropout_hidden = self._dropout(inputs, batch)
            ends = advance(self.config, dense, inputs * dropout_input, starts, dropout_hidden)
            scores = tf.matmul(rows, ends[-1], transpose_b=True) + bias
            row_losses, hits = self._row_losses(scores, batch)
            total = tf.reduce_sum(tf.where(valid, row_losses, 0.0))
            # Over all lanes, idle ones too, so that every transition weighs the same (docs/decisions/0004).
            objective = total / self.config.batch_size
        dense_gradients, *table_gradients = tape.gradient(objective, (dense, rows, bias, inputs))
        loss = total / tf.maximum(tf.reduce_sum(tf.cast(valid, tf.float32)), 1.0)
        weights, slots = dict(weights), dict(slots)
        for name in dense:
            weights[name], slots[name] = self.optimizer.update(weights[name], slots[name], dense_gradients[name], step)
        self._update_tables(weights, slots, batch, (rows, bias, inputs), table_gradients)
        hidden = [tf.where(valid[:, None], end, state) for end, state in zip(ends, hidden, strict=True)]
        return weights, slots, hidden, loss, hits

    def _starts(self, hidden: list[tf.Tensor], batch: Tensors) -> list[tf.Tensor]:
        """The states that a step begins with: those given for it, else the lanes' own, 0 where a session begins."""
        if "starts" in batch:
            return tf.split(batch["starts"], self.config.n_hidden, axis=1)
        return [tf.where(batch["reset"][:, None], 0.0, state) for state in hidden]

    def _inputs(self, weights: Tensors, rows: tf.Tensor, batch: Tensors) -> tf.Tensor:
        if self.input_table is not None:
            return tf.gather(weights[self.input_table], batch["inputs"])
        return tf.gather(rows, self._input_columns(batch))

    def _input_columns(self, batch: Tensors) -> tf.Tensor:
        """Shared input: the row of each lane's item among the gathered rows of the output table, int32 [B]."""
        return batch["inputs"] if self.scores_all else batch["input_column"]

    def _dropout(self, inputs: tf.Tensor, batch: Tensors) -> tuple[Any, list[tf.Tensor] | None]:
        """Factors 0 or 1 / (1 - p) for the inputs and for each layer's output, drawn from the seed and the step."""

        def factors(shape: list[int], probability: float, stream: int) -> tf.Tensor:
            draws = tf.random.stateless_uniform(shape, seed=tf.stack([batch["seed"] * 16 + stream, batch["step"]]))
            return tf.where(draws < probability, 0.0, 1.0 / (1.0 - probability))

        p_input, p_hidden = self.config.dropout_input, self.config.dropout_hidden
        on_inputs = factors(inputs.shape.as_list(), p_input, 0) if p_input else 1.0
        if not p_hidden:
            return on_inputs, None
        lanes = self.config.batch_size
        return on_inputs, [factors([lanes, units], p_hidden, i + 1) for i, units in enumerate(self.config.n_hidden)]

    def _row_losses(self, scores: tf.Tensor, batch: Tensors) -> tuple[tf.Tensor, tf.Tensor]:
        """Loss of each lane, float32 [B], and hits, int32 [2], from scores [C, B]."""
        if self.config.loss == "bpr-max":
            scores = elu(scores, self.config.elu_param)
        own = tf.cast(tf.range(scores.shape[0])[:, None] == batch["positive"][None, :], tf.float32)
        positive = tf.reduce_sum(scores * own, 0)
        if self.scores_all:
            # Median rank, as in evaluation: 1 + above + equal / 2 <= k; the item equals itself.
            above, at_least = (
                tf.reduce_sum(tf.cast(which, tf.int32), 0) for which in (scores > positive, scores >= positive)
            )
            doubled = above + at_least - 1
            hits = [tf.reduce_sum(tf.cast(batch["valid"] & (doubled <= 2 * (k - 1)), tf.int32)) for k in (1, 3)]
            return self.loss(positive, scores, 1.0 - own), tf.stack(hits)
        weight = batch["weight"][:, None] - own * (batch["own_weight"] if self.config.logq else 1.0)
        if self.config.logq:
            # The difference of two equal weights may be off by a rounding error.
            weight = tf.maximum(weight, 0.0)
            positive += tf.math.log(tf.maximum(batch["own_weight"], 1e-30))
        return self.loss(positive, scores, weight), tf.zeros([2], tf.int32)

    def _update_tables(
        self,
        weights: Tensors,
        slots: Tensors,
        batch: Tensors,
        used: tuple[tf.Tensor, tf.Tensor, tf.Tensor],
        gradients: list[tf.Tensor],
    ) -> None:
        """Updates the rows of the item tables that the step used, each once, by its summed gradient.

        Args:
            weights, slots: updated in place.
            batch: the arrays of the step.
            used: rows [C, units] and biases [C, 1] of the output table, and the input rows [B, ...].
            gradients: of the same.
        """
        step = batch["step"]
        rows, bias, inputs = used
        rows_gradient, bias_gradient, inputs_gradient = gradients
        if self.input_table is None:
            columns = self._input_columns(batch)[:, None]
            rows_gradient = tf.tensor_scatter_nd_add(rows_gradient, columns, inputs_gradient)
        else:
            lanes = self.config.batch_size
            summed = tf.math.unsorted_segment_sum(inputs_gradient, batch["input_first"], lanes)
            self._update_rows(weights, slots, UsedRows(self.input_table, batch["input_row"], inputs, summed), step)
        if self.scores_all:
            for name, old, gradient in (("Wy", rows, rows_gradient), ("By", bias, bias_gradient)):
                weights[name], slots[name] = self.optimizer.update(old, slots[name], gradient, step)
        else:
            columns = batch["columns"]
            self._update_rows(weights, slots, UsedRows("Wy", columns, rows, rows_gradient), step)
            # A column of weight 0 is an input only: its bias was not used, and must not coast on momentum.
            scored = tf.where(batch["weight"] > 0, columns, self.n_items)
            self._update_rows(weights, slots, UsedRows("By", scored, bias, bias_gradient), step)

    def _update_rows(self, weights: Tensors, slots: Tensors, used: UsedRows, step: tf.Tensor) -> None:
        name, ids = used.table, used.ids
        old_slots = [tf.gather(slot, ids) for slot in slots[name]]
        new_rows, new_slots = self.optimizer.update(used.rows, old_slots, used.gradient, step)
        # XLA drops updates whose id is out of range: rows to leave alone have such an id.
        weights[name] = tf.tensor_scatter_nd_update(weights[name], ids[:, None], new_rows)
        slots[name] = [
            tf.tensor_scatter_nd_update(slot, ids[:, None], new)
            for slot, new in zip(slots[name], new_slots, strict=True)
        ]
