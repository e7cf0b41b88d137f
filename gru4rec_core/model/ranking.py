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
from gru4rec_core.model.network import Gru4RecNetwork
from gru4rec_core.model.ranking_programs import LANES, STEPS, ranking_programs
from gru4rec_core.model.top_k import grouped_top


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
        self.programs = ranking_programs(network.config, self.n_items)
        self.rows = self.programs.block * self.programs.blocks

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
                blocks = self.programs.score_blocks(table, _filled(states, self.rows), _filled(targets, self.rows))
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
        block, table = self.programs.block, {name: self.weights[name] for name in ("Wy", "By")}
        for start in range(0, len(states), block):
            part = states[start : start + block, -self.units[-1] :]
            out[start : start + len(part)] = self.programs.score(_filled(part, block), table)[: len(part)]
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
            states, hidden = self.programs.encode(self.weights, tf.constant(inputs), tf.constant(reset), hidden)
            yield session, cells.within, states.numpy()[cells.step, cells.lane]

    def _table(self) -> tf.Tensor:
        """Output weights over bias, transposed, float32 [units + 1, n_columns]; columns without item score lowest."""
        table = tf.concat([self.weights["Wy"], self.weights["By"]], 1)
        missing = self.programs.n_columns - self.n_items
        lowest = tf.concat([tf.zeros([missing, table.shape[1] - 1]), tf.fill([missing, 1], tf.float32.min)], 1)
        return tf.transpose(tf.concat([table, lowest], 0))

    def _rank_piece(self, blocks: list[tuple[tf.Tensor, ...]], targets: np.ndarray, kept: int) -> RankCounts:
        """Ranks of one piece, without the rows that only fill up its last block."""
        results: list[list[np.ndarray]] = [[], [], [], []]
        for i, block in enumerate(blocks):
            n = min(self.programs.block, len(targets) - i * self.programs.block)
            if n <= 0:
                break
            # A view of TensorFlow's memory; .numpy() would copy all scores.
            greater, equal, *levels = (np.asarray(memoryview(part))[:n] for part in block)
            for result, part in zip(results, (greater, equal, *grouped_top(levels, kept, self.n_items)), strict=True):
                result.append(part)
        greater, equal, items, values = (np.concatenate(result) for result in results)
        known = targets >= 0
        return RankCounts(np.where(known, greater, self.n_items), np.where(known, equal, 0), items, values)


def _known(targets: np.ndarray) -> np.ndarray:
    """The targets, with item 0 in place of unknown ones."""
    return np.maximum(targets, 0)


def _filled(array: np.ndarray, n: int) -> np.ndarray:
    """The array with rows of 0 added up to n rows: one shape, so one trace."""
    if len(array) == n:
        return array
    return np.concatenate([array, np.zeros((n - len(array), *array.shape[1:]), array.dtype)])
