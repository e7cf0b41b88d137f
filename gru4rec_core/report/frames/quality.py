"""Tables about the quality of a log: sessions that are likely not a person's."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gru4rec_core.data.log_faults import events_per_minute
from gru4rec_core.data.sessions import SessionDataset

MOST_ROWS = 100


def describe_sessions(dataset: SessionDataset, chosen: np.ndarray) -> pd.DataFrame:
    """Sessions of a log, longest first.

    Args:
        dataset: the log.
        chosen: which sessions, bool [n_sessions].

    Returns:
        Columns session (text), events, items (different ones), per minute (events; only where times are dates), most
        often (the item that occurs most in it, and its share of the events); at most 100 rows.
    """
    numbers = np.flatnonzero(chosen)
    numbers = numbers[np.argsort(-dataset.lengths[numbers], kind="stable")][:MOST_ROWS]
    used = [np.unique(dataset.session(int(i)), return_counts=True) for i in numbers]
    frame = pd.DataFrame(
        {
            "session": [str(dataset.session_ids[i]) for i in numbers],
            "events": dataset.lengths[numbers],
            "items": [len(items) for items, _ in used],
        }
    )
    speeds = events_per_minute(dataset)
    if speeds is not None:
        frame["per minute"] = speeds[numbers].round(1)
    frame["most often"] = [_most_often(dataset, items, counts) for items, counts in used]
    return frame


def _most_often(dataset: SessionDataset, items: np.ndarray, counts: np.ndarray) -> str:
    best = int(np.argmax(counts))
    return f"{dataset.vocabulary.items[items[best]]} ({100 * counts[best] / counts.sum():.0f} %)"
