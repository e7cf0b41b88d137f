"""What hidden state does a history leave, and where does the true item rank among all items?

Histories run through the compiled cell in lanes, each from a state of 0 to its end. The states from which something is
predicted are ranked in compiled blocks. At no time are all states or all scores in memory.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import tensorflow as tf

from gru4rec_core.data.batching import LanePlan
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.split_types import EvaluationSet
from gru4rec_core.errors import RunError
from gru4rec_core.evaluation.ranks import RankCounts
from gru4rec_core.model.network import Gru4RecNetwork, score
from gru4rec_core.model.top_k import GROUP, grouped_top

LANES, STEPS = 256, 32
"""Histories side by side, and steps per compiled call."""

BLOCK_SCORES, CALL_SCORES = 2**20, 2**24
"""Scores per block of events (4 MB; at least 16 events), and per call (64 MB at most)."""


class Ranker:
    """Evaluates a network with the weights it has at the time of the call.

    Args:
        network: evaluated, never changed.
    """

    def __init__(self, network: Gru4RecNetwork) -> None:
        self.network = network
        self.n_items = network.n_items
        self.units = network.config.n_hidden
        self.weights = network.variable_map()
        self.n_columns, self.block, self.blocks = plan_blocks(self.n_items)
        self.rows = self.block * self.blocks
        self._encode = tf.function(self._encode_steps, jit_compile=True, autograph=False)
        self._count = tf.function(self._count_block, jit_compile=True, autograph=False)
        self._score_blocks = tf.function(self._scored_blocks, autograph=False)
        self._score = tf.function(self._score_block, jit_compile=True, autograph=False)

    def rank_counts(
        self, events: EvaluationSet, top_k: int, on_progress: Callable[[int, int], None] | None = None
    ) -> RankCounts:
        """Ranks of all predicted events, in the order of `events.events()` (see `evaluation.scoring`).

        Raises:
            RunError: weights or scores are not finite.
        """
        self._check_weights()
        index = events.events()
        n, kept = len(index.target), min(top_k, self.n_items)
        counts = RankCounts(
            np.empty(n, np.int32), np.empty(n, np.int32), np.empty((n, kept), np.int32), np.empty((n, kept), np.float32)
        )
        done, table, largest = 0, self._table(), self._largest_state()
        with ThreadPoolExecutor(1, thread_name_prefix="top-items") as executor:
            ranking: Future[int] | None = None

            def rank(rows: np.ndarray, blocks: list[tuple[tf.Tensor, ...]]) -> int:
                for whole, piece in zip(counts, self._rank_piece(blocks, index.target[rows], kept), strict=True):
                    whole[rows] = piece
                return len(rows)

            def take(ranked: Future[int]) -> None:
                nonlocal done
                done += ranked.result()
                if on_progress is not None:
                    on_progress(done, n)

            # A thread finds the top items of a piece while TensorFlow scores the next one.
            for rows, states in self._in_pieces(self._states_before(events)):
                if not float(np.abs(states).max()) <= largest:  # a NaN is not, either
                    raise RunError(
                        "The model's scores are not finite numbers.",
                        found="a hidden state or weights so large that scores overflow",
                        remedy="Train again with a lower learning rate; activation tanh bounds the state.",
                    )
                targets = _known(index.target[rows])
                blocks = self._score_blocks(table, _filled(states, self.rows), _filled(targets, self.rows))
                if ranking is not None:
                    take(ranking)
                ranking = executor.submit(rank, rows, blocks)
            if ranking is not None:
                take(ranking)
        return counts

    def final_states(self, items: np.ndarray, offsets: np.ndarray) -> np.ndarray:
        """State of every layer after the last item of each session, float32 [n_sessions, sum(n_hidden)].

        Args:
            items: int32 [n_events]; unknown items (-1) leave the state as it is.
            offsets: int64 [n_sessions + 1].
        """
        lengths = np.diff(offsets)
        out = np.zeros((len(lengths), sum(self.units)), np.float32)
        for session, within, states in self._encode_histories(items, offsets[:-1], lengths):
            last = within == lengths[session] - 1
            out[session[last]] = states[last]
        return out

    def scores(self, states: np.ndarray) -> np.ndarray:
        """Scores of every item after states float32 [n, sum(n_hidden)]: float32 [n, n_items]."""
        out = np.empty((len(states), self.n_items), np.float32)
        for start in range(0, len(states), self.block):
            part = states[start : start + self.block, -self.units[-1] :]
            out[start : start + len(part)] = self._score(_filled(part, self.block))[: len(part)]
        return out

    def _check_weights(self) -> None:
        for name, variable in self.weights.items():
            if not bool(tf.reduce_all(tf.math.is_finite(variable))):
                raise RunError(
                    "The model's weights are not finite numbers.",
                    found=f"NaN or infinity in {name}",
                    remedy="Train again with a lower learning rate.",
                )

    def _largest_state(self) -> float:
        """The size up to which no state can make a score overflow, whatever the order of the sum."""
        weight, bias = (float(tf.reduce_max(tf.abs(self.weights[name]))) for name in ("Wy", "By"))
        room = float(np.finfo(np.float32).max) - bias
        return room / max(self.units[-1] * weight, 1.0)

    def _states_before(self, events: EvaluationSet) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Event numbers and the states of the last layer before them, float32 [n, units]; every event once."""
        dataset: SessionDataset = events.dataset
        index = events.events()
        needed = np.zeros(dataset.n_sessions, np.int64)
        np.maximum.at(needed, index.session, index.position)
        event_at = np.full(dataset.n_events, -1, np.int32)
        event_at[dataset.offsets[index.session] + index.position] = np.arange(len(index.target))
        first = np.flatnonzero(index.position == 0)
        if len(first):
            yield first, np.zeros((len(first), self.units[-1]), np.float32)
        starts = dataset.offsets[:-1]
        for session, within, states in self._encode_histories(dataset.items, starts, needed):
            rows = event_at[starts[session] + within + 1]
            asked = rows >= 0
            yield rows[asked], states[asked, -self.units[-1] :]

    def _in_pieces(self, pieces: Iterator[tuple[np.ndarray, np.ndarray]]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """The same rows in pieces of `self.rows`, the last one shorter."""
        rows, states = np.empty(0, np.int32), np.empty((0, self.units[-1]), np.float32)
        for more_rows, more_states in pieces:
            rows, states = np.concatenate([rows, more_rows]), np.concatenate([states, more_states])
            whole = len(rows) - len(rows) % self.rows
            for start in range(0, whole, self.rows):
                yield rows[start : start + self.rows], states[start : start + self.rows]
            rows, states = rows[whole:], states[whole:]
        if len(rows):
            yield rows, states

    def _encode_histories(
        self, items: np.ndarray, starts: np.ndarray, lengths: np.ndarray
    ) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """Runs `lengths[s]` items from `starts[s]` on through the network.

        Yields sessions, positions in them (both int [n]) and the states after those items, float32 [n, sum(n_hidden)].
        """
        sessions = np.flatnonzero(lengths)
        # Longest first, so that lanes end together.
        sessions = sessions[np.argsort(-lengths[sessions], kind="stable")]
        plan = LanePlan(lengths[sessions], LANES)
        hidden = [tf.zeros([LANES, units]) for units in self.units]
        for first in range(0, plan.n_steps, STEPS):
            cells = plan.window(first, min(first + STEPS, plan.n_steps))
            session = sessions[cells.session]
            inputs = np.full((STEPS, LANES), -1, np.int32)
            reset = np.zeros((STEPS, LANES), bool)
            inputs[cells.step, cells.lane] = items[starts[session] + cells.within]
            reset[cells.step, cells.lane] = cells.within == 0
            states, hidden = self._encode(tf.constant(inputs), tf.constant(reset), hidden)
            yield session, cells.within, states.numpy()[cells.step, cells.lane]

    def _encode_steps(
        self, items: tf.Tensor, reset: tf.Tensor, hidden: list[tf.Tensor]
    ) -> tuple[tf.Tensor, list[tf.Tensor]]:
        """States after each step, [STEPS, LANES, sum(n_hidden)], and the last state of each layer."""
        weights = {name: tf.convert_to_tensor(value) for name, value in self.weights.items()}

        def body(t: tf.Tensor, hidden: list[tf.Tensor], out: tf.Tensor) -> tuple[tf.Tensor, list[tf.Tensor], tf.Tensor]:
            known = items[t] >= 0
            starts = [tf.where(reset[t][:, None], 0.0, state) for state in hidden]
            inputs = self.network.input_rows(weights, tf.maximum(items[t], 0))
            ends = self.network.advance(weights, inputs, starts)
            hidden = [tf.where(known[:, None], end, start) for end, start in zip(ends, starts, strict=True)]
            return t + 1, hidden, tf.tensor_scatter_nd_update(out, [[t]], [tf.concat(hidden, 1)])

        out = tf.zeros([STEPS, LANES, sum(self.units)])
        _, hidden, out = tf.while_loop(lambda t, *_: t < STEPS, body, (tf.constant(0), hidden, out))
        return out, hidden

    def _scored_blocks(self, table: tf.Tensor, states: tf.Tensor, targets: tf.Tensor) -> list[tuple[tf.Tensor, ...]]:
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

    def _table(self) -> tf.Tensor:
        """Output weights over bias, transposed, float32 [units + 1, n_columns]; columns without item score lowest."""
        table = tf.concat([self.weights["Wy"], self.weights["By"]], 1)
        missing = self.n_columns - self.n_items
        lowest = tf.concat([tf.zeros([missing, table.shape[1] - 1]), tf.fill([missing, 1], tf.float32.min)], 1)
        return tf.transpose(tf.concat([table, lowest], 0))

    def _rank_piece(self, blocks: list[tuple[tf.Tensor, ...]], targets: np.ndarray, kept: int) -> RankCounts:
        """Ranks of one piece, without the rows that only fill up its last block."""
        results: list[list[np.ndarray]] = [[], [], [], []]
        for i, block in enumerate(blocks):
            n = min(self.block, len(targets) - i * self.block)
            if n <= 0:
                break
            # A view of TensorFlow's memory; .numpy() would copy all scores.
            greater, equal, *levels = (np.asarray(memoryview(part))[:n] for part in block)
            for result, part in zip(results, (greater, equal, *grouped_top(levels, kept, self.n_items)), strict=True):
                result.append(part)
        greater, equal, items, values = (np.concatenate(result) for result in results)
        known = targets >= 0
        return RankCounts(np.where(known, greater, self.n_items), np.where(known, equal, 0), items, values)

    def _score_block(self, states: tf.Tensor) -> tf.Tensor:
        return score(states, self.weights)


def plan_blocks(n_items: int) -> tuple[int, int, int]:
    """Columns of scores (whole groups of groups), events per block, and blocks per call."""
    columns = -(-n_items // GROUP**2) * GROUP**2
    block = int(np.clip(BLOCK_SCORES // columns, 16, 1024))
    block = max(1, min(block, CALL_SCORES // columns))
    return columns, block, int(np.clip(CALL_SCORES // (block * columns), 1, 16))


def _known(targets: np.ndarray) -> np.ndarray:
    """The targets, with item 0 in place of unknown ones."""
    return np.maximum(targets, 0)


def _filled(array: np.ndarray, n: int) -> np.ndarray:
    """The array with rows of 0 added up to n rows: one shape, so one trace."""
    if len(array) == n:
        return array
    return np.concatenate([array, np.zeros((n - len(array), *array.shape[1:]), array.dtype)])
