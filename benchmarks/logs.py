"""The generated log that the benchmarks run on."""

import numpy as np

from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.data.vocabulary import ItemVocabulary


def generated_log(n_events: int, n_items: int, seed: int = 0) -> SessionDataset:
    """Sessions of 2 to about 40 events (6 on average) over items with a popularity curve.

    About every second event has an item close to the one before, so that there is something to learn.
    """
    generator = np.random.default_rng(seed)
    lengths = 2 + generator.geometric(0.2, n_events // 5 + 1) - 1
    ends = np.cumsum(lengths)
    n_sessions = int(np.searchsorted(ends, n_events)) + 1
    offsets = np.r_[0, ends[:n_sessions]]
    n_events = int(offsets[-1])
    curve = np.cumsum(1.0 / (np.arange(n_items) + 20.0) ** 0.8)
    items = np.searchsorted(curve, generator.random(n_events) * curve[-1]).clip(0, n_items - 1).astype(np.int32)
    near = np.flatnonzero(generator.random(n_events - 1) < 0.5) + 1
    items[near] = (items[near - 1] + generator.integers(1, 5, len(near), dtype=np.int32)) % n_items
    return SessionDataset.from_arrays(
        items,
        np.arange(n_events, dtype=np.int64),
        offsets.astype(np.int64),
        np.arange(n_sessions),
        ItemVocabulary(range(n_items)),
    )
