"""How does a network learn from events whose histories are given one by one?

Session-parallel training feeds a session once, so that each event's history is the one before it with an item more: it
cannot be used where every history has an order of its own. Here each history is read anew, up to its last item, with
the weights at the beginning of a chunk; then the last item is fed and the next one learned in the ordinary training
step. That step, as in session-parallel training, sends no gradient further back than the last item.
"""

from collections.abc import Callable

import numpy as np

from gru4rec_core.data.batching import Schedule
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.errors import RunError
from gru4rec_core.model.batch_builder import BatchBuilder
from gru4rec_core.model.gru4rec import Gru4Rec
from gru4rec_core.model.ranking import Ranker
from gru4rec_core.model.step import TrainingLoop

CHUNK_STEPS = 64
"""Steps between two readings of histories: their states are at most this many steps old."""

OnChunk = Callable[[int, int], None]
"""Called with the steps done and the steps in all; may raise to stop."""


def fit_histories(model: Gru4Rec, histories: SessionDataset, on_chunk: OnChunk | None = None) -> None:
    """Trains a model on the last event of each session, given those before it; epochs and all else as it is set.

    Args:
        model: trained in place; its layers start each history at 0.
        histories: sessions of known items, of at least two events each (`data.histories.list_histories`).
        on_chunk: see `OnChunk`.

    Raises:
        RunError: the loss is not a finite number.
    """
    config = model.config.resolved(model.n_items)
    builder = BatchBuilder(config, histories.counts(), CHUNK_STEPS)
    loop, ranker = TrainingLoop(model.network, config), Ranker(model.network)
    chunk_size = CHUNK_STEPS * config.batch_size
    n_steps = -(-histories.n_sessions // config.batch_size)
    done = 0
    for epoch in range(config.epochs):
        order = np.random.default_rng([config.seed, 2, epoch]).permutation(histories.n_sessions)
        for first in range(0, histories.n_sessions, chunk_size):
            events = order[first : first + chunk_size]
            steps, starts = _lay_out(histories, events, ranker, config.batch_size)
            batches = builder.build(steps, np.random.default_rng([config.seed, 1, done]))
            batches["starts"] = np.zeros((CHUNK_STEPS, config.batch_size, starts.shape[2]), np.float32)
            batches["starts"][: len(starts)] = starts
            losses = loop.run(batches, steps.n_steps, done).losses
            if not np.isfinite(losses).all():
                raise RunError("The loss is not a finite number.", found=f"in step {done + 1}")
            done += steps.n_steps
            if on_chunk is not None:
                on_chunk(done, n_steps * config.epochs)


def _lay_out(
    histories: SessionDataset, events: np.ndarray, ranker: Ranker, n_lanes: int
) -> tuple[Schedule, np.ndarray]:
    """The steps that learn these events, and the states that they begin with, float32 [steps, lanes, units]."""
    ends = histories.offsets[events + 1]
    before = ends - histories.offsets[events] - 2
    offsets = np.r_[0, np.cumsum(before)]
    source = np.repeat(histories.offsets[events] - offsets[:-1], before) + np.arange(offsets[-1])
    states = ranker.final_states(histories.items[source], offsets)
    shape = (-(-len(events) // n_lanes), n_lanes)

    def in_lanes(values: np.ndarray) -> np.ndarray:
        cells = np.zeros((shape[0] * n_lanes, *values.shape[1:]), values.dtype)
        cells[: len(values)] = values
        return cells.reshape(*shape, *values.shape[1:])

    items = in_lanes(histories.items[ends - 2]), in_lanes(histories.items[ends - 1])
    schedule = Schedule(*items, reset=np.ones(shape, bool), valid=in_lanes(np.ones(len(events), bool)))
    return schedule, in_lanes(states)
