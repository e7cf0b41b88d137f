"""Which items stand before each event of a log, in their order or in a random one?"""

import numpy as np

from gru4rec_core.data.sessions import SessionDataset


def list_histories(log: SessionDataset, longest: int) -> SessionDataset:
    """Every event but the first of each session, as a session of its own: the items before it, then its own.

    Args:
        log: the sessions.
        longest: how many items of a history are kept, the last ones; from 1.

    Returns:
        As many sessions as there are transitions, in the order of the log, named by the index of the session that
        each comes from; the last event of each is the one to predict, the others are its history.
    """
    positions = log.positions
    events = np.flatnonzero(positions > 0)
    lengths = np.minimum(positions[events], longest) + 1
    offsets = np.r_[0, np.cumsum(lengths)]
    within = np.arange(offsets[-1]) - np.repeat(offsets[:-1], lengths)
    source = np.repeat(events - lengths + 1, lengths) + within
    of_session = np.searchsorted(log.offsets, events, side="right") - 1
    return SessionDataset.from_arrays(
        np.asarray(log.items)[source], np.asarray(log.timestamps)[source], offsets, of_session, log.vocabulary
    )


def shuffle_histories(histories: SessionDataset, generator: np.random.Generator) -> SessionDataset:
    """The same histories, each in a random order of its own; the event to predict stays the last one.

    Args:
        histories: as `list_histories` returns them; stay as they are.
        generator: draws the orders.
    """
    rows = np.repeat(np.arange(histories.n_sessions), histories.lengths)
    keys = rows + generator.random(histories.n_events)
    keys[histories.offsets[1:] - 1] = np.arange(1, histories.n_sessions + 1)  # above all others of its row
    items = histories.items[np.argsort(keys, kind="stable")]
    return SessionDataset.from_arrays(
        items, histories.timestamps, histories.offsets, histories.session_ids, histories.vocabulary
    )


def last_steps(histories: SessionDataset) -> SessionDataset:
    """Of each history its last item alone, then the event to predict: all that a lookup table reads."""
    ends = histories.offsets[1:]
    events = np.stack([ends - 2, ends - 1], axis=1).ravel()
    offsets = np.arange(0, len(events) + 1, 2)
    return SessionDataset.from_arrays(
        histories.items[events], histories.timestamps[events], offsets, histories.session_ids, histories.vocabulary
    )
