"""Which parts of ranking are compiled, once for all networks of the same shape?

Compiling takes seconds, and a worker trains and ranks many networks that differ in nothing but their weights. So the
weights are arguments here, and `ranking_programs` keeps what it compiled last.
"""

from functools import lru_cache

import numpy as np
import tensorflow as tf

from gru4rec_core.config import TrainingConfig
from gru4rec_core.model.network import Weights, advance, input_rows, score
from gru4rec_core.model.top_k import GROUP

LANES, STEPS = 256, 32
"""Histories side by side, and steps per compiled call."""

BLOCK_SCORES, CALL_SCORES = 2**20, 2**24
"""Scores per block of events (4 MB; at least 16 events), and per call (64 MB at most)."""


class RankingPrograms:
    """Compiled functions of weights, histories and hidden states; each compiles at its first call.

    Args:
        config: item input, widths and activation of the networks.
        n_items: size of their catalogue.

    Attributes:
        n_columns: columns of scores, whole groups of groups.
        block, blocks: events per block, and blocks per call of `score_blocks`.
    """

    def __init__(self, config: TrainingConfig, n_items: int) -> None:
        self.config = config
        self.n_columns, self.block, self.blocks = plan_blocks(n_items)
        self.encode = tf.function(self._encode, jit_compile=True, autograph=False)
        self.score_blocks = tf.function(self._score_blocks, autograph=False)
        self.score = tf.function(score, jit_compile=True, autograph=False)
        self._count = tf.function(self._count_block, jit_compile=True, autograph=False)

    def _encode(
        self, weights: Weights, items: tf.Tensor, reset: tf.Tensor, hidden: list[tf.Tensor]
    ) -> tuple[tf.Tensor, list[tf.Tensor]]:
        """States after each step, [STEPS, LANES, sum(n_hidden)], and the last state of each layer."""
        weights = {name: tf.convert_to_tensor(value) for name, value in weights.items()}

        def body(t: tf.Tensor, hidden: list[tf.Tensor], out: tf.Tensor) -> tuple[tf.Tensor, list[tf.Tensor], tf.Tensor]:
            known = items[t] >= 0
            starts = [tf.where(reset[t][:, None], 0.0, state) for state in hidden]
            inputs = input_rows(self.config, weights, tf.maximum(items[t], 0))
            ends = advance(self.config, weights, inputs, starts)
            hidden = [tf.where(known[:, None], end, start) for end, start in zip(ends, starts, strict=True)]
            return t + 1, hidden, tf.tensor_scatter_nd_update(out, [[t]], [tf.concat(hidden, 1)])

        out = tf.zeros([STEPS, LANES, sum(self.config.n_hidden)])
        _, hidden, out = tf.while_loop(lambda t, *_: t < STEPS, body, (tf.constant(0), hidden, out))
        return out, hidden

    def _score_blocks(self, table: tf.Tensor, states: tf.Tensor, targets: tf.Tensor) -> list[tuple[tf.Tensor, ...]]:
        """For each block: greater and equal counts, int64 [block], and levels of scores (see `grouped_top`).

        TensorFlow's own product is faster here than XLA's, because it keeps the packed table in the cache.
        """
        results = []
        for block_states, block_targets in zip(
            tf.split(states, self.blocks), tf.split(targets, self.blocks), strict=True
        ):
            scores = tf.matmul(tf.concat([block_states, tf.ones([self.block, 1])], 1), table)
            greater, equal, *highest = self._count(scores, block_targets)
            results.append((greater, equal, scores, *highest))
        return results

    def _count_block(self, scores: tf.Tensor, targets: tf.Tensor) -> tuple[tf.Tensor, ...]:
        """Items above the true one, other items equal to it, and the highest scores of two levels of groups."""
        true_scores = tf.gather(scores, targets, batch_dims=1)[:, None]
        # Both counts in one number, added up slice by slice: one pass over the scores.
        parts = tf.split(scores, 2 * GROUP, axis=1)
        counts = tf.add_n([tf.where(part > true_scores, 256, tf.where(part == true_scores, 1, 0)) for part in parts])
        above, equal = (
            tf.cast(part, tf.int64) for part in (tf.bitwise.right_shift(counts, 8), tf.bitwise.bitwise_and(counts, 255))
        )
        both = tf.reduce_sum(tf.bitwise.left_shift(above, 32) + equal, 1)
        highest = tf.reduce_max(tf.reshape(scores, [self.block, -1, GROUP]), 2)
        higher = tf.reduce_max(tf.reshape(highest, [self.block, -1, GROUP]), 2)
        return both // 2**32, both % 2**32 - 1, highest, higher


def ranking_programs(config: TrainingConfig, n_items: int) -> RankingPrograms:
    """The programs for networks of this shape: those of before, if they are among the last few."""
    # Only these settings have a say in the forward pass.
    names = ("n_hidden", "item_input", "embedding_size", "activation")
    return _programs(TrainingConfig(**{name: getattr(config, name) for name in names}), n_items)


_programs = lru_cache(maxsize=8)(RankingPrograms)


def plan_blocks(n_items: int) -> tuple[int, int, int]:
    """Columns of scores (whole groups of groups), events per block, and blocks per call."""
    columns = -(-n_items // GROUP**2) * GROUP**2
    block = int(np.clip(BLOCK_SCORES // columns, 16, 1024))
    block = max(1, min(block, CALL_SCORES // columns))
    return columns, block, int(np.clip(CALL_SCORES // (block * columns), 1, 16))
