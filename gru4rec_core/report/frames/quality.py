"""Tables about the quality of a log: sessions that probably come from robots, and the log day by day."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gru4rec_core.data.log_faults import events_per_minute
from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.evaluation.timeline import Days, find_level_changes, find_new_catalogues, find_odd_days

MOST_ROWS = 100
SEEN, NEW = "items seen before", "items first seen that day"
ODD, CHANGE, CATALOGUE = "unusual number of events", "new level from this day on", "many new items"
"""What is marked on a day, as charts name it."""


def describe_sessions(dataset: SessionDataset, chosen: np.ndarray) -> pd.DataFrame:
    """Sessions of a log, longest first.

    Args:
        dataset: the log.
        chosen: which sessions, bool [n_sessions].

    Returns:
        Columns session (text), events, distinct items, events per minute (only if times are dates), most frequent item
        (and its share of the events); at most 100 rows.
    """
    numbers = np.flatnonzero(chosen)
    numbers = numbers[np.argsort(-dataset.lengths[numbers], kind="stable")][:MOST_ROWS]
    used = [np.unique(dataset.session(int(i)), return_counts=True) for i in numbers]
    frame = pd.DataFrame(
        {
            "session": [str(dataset.session_ids[i]) for i in numbers],
            "events": dataset.lengths[numbers],
            "distinct items": [len(items) for items, _ in used],
        }
    )
    speeds = events_per_minute(dataset)
    if speeds is not None:
        frame["events per minute"] = speeds[numbers].round(1)
    frame["most frequent item"] = [_most_frequent(dataset, items, counts) for items, counts in used]
    return frame


def _most_frequent(dataset: SessionDataset, items: np.ndarray, counts: np.ndarray) -> str:
    best = int(np.argmax(counts))
    return f"{dataset.vocabulary.items[items[best]]} ({100 * counts[best] / counts.sum():.0f} %)"


def day_bars(days: Days) -> pd.DataFrame:
    """Events of each day, those of items that are new that day on top of the others.

    Returns:
        Columns start, end (datetime, UTC), items (`SEEN` or `NEW`), events, bottom, top; bars without events left out.
    """
    start = _dates(days, np.arange(len(days.events)))
    seen = days.events - days.new
    parts = [(SEEN, seen, np.zeros_like(seen), seen), (NEW, days.new, seen, days.events)]
    frames = [
        pd.DataFrame({"start": start, "items": name, "events": events, "bottom": bottom, "top": top})
        for name, events, bottom, top in parts
    ]
    frame = pd.concat(frames, ignore_index=True)
    frame.insert(1, "end", frame["start"] + pd.Timedelta(days=1))
    return frame[frame["events"] > 0]


def day_marks(days: Days) -> pd.DataFrame:
    """Days that stand out: columns middle (datetime, noon), what (`ODD`, `CHANGE` or `CATALOGUE`), events."""
    found = {
        ODD: np.flatnonzero(find_odd_days(days)),
        CHANGE: np.array(find_level_changes(days), int),
        CATALOGUE: np.flatnonzero(find_new_catalogues(days)),
    }
    frames = [
        pd.DataFrame({"middle": _dates(days, at) + pd.Timedelta(hours=12), "what": what, "events": days.events[at]})
        for what, at in found.items()
    ]
    return pd.concat(frames, ignore_index=True)


def _dates(days: Days, at: np.ndarray) -> pd.DatetimeIndex:
    return pd.DatetimeIndex((days.first + at).astype("datetime64[D]")).as_unit("s")
