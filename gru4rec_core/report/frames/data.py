"""Tables for the charts of a log: events over time, session lengths, item popularity, and what follows what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from gru4rec_core.data.sessions import SessionDataset
from gru4rec_core.report.labels import short, tell_apart

TRAIN, LEFT_OUT, TEST = "training", "left out", "test"
"""The parts of a log, as charts name them; training includes what watches it."""

PARTS = (TRAIN, LEFT_OUT, TEST)
"""From the bottom of a bar to its top."""

N_ITEMS = 12
_MOST_DAYS = 400  # bars of a day each, so that a cut falls between two; thin ones, but told apart
_MOST_WEEKS = 120
_NAME = 40  # characters of an item's name


def stack_bars(days: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Bars of events over time, the test on top, training at the bottom, and between them what is in neither.

    Args:
        days: columns `day` (datetime, or a number in the log's own unit), `part` (of `PARTS`), `events`.

    Returns:
        Columns part, events, start, end, bottom, top: the edges of each bar; and what a bar is: "day", "week",
        "month" or "time in the log's own unit".
    """
    has_dates = pd.api.types.is_datetime64_any_dtype(days["day"])
    frame, unit = _join_days(days) if has_dates else (_number_bars(days), "time in the log's own unit")
    frame = frame.assign(order=frame["part"].map(PARTS.index)).sort_values(["start", "order"])
    frame["top"] = frame.groupby("start")["events"].cumsum()
    frame["bottom"] = frame["top"] - frame["events"]
    return frame[frame["events"] > 0].drop(columns="order"), unit


def _join_days(days: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Days joined into weeks or months while there are more bars than the eye can tell apart."""
    span = (days["day"].max() - days["day"].min()).days + 1 if len(days) else 1
    code, unit = ("D", "day") if span <= _MOST_DAYS else ("W", "week") if span <= 7 * _MOST_WEEKS else ("M", "month")
    periods = days["day"].dt.to_period(code)
    frame = days.assign(period=periods).groupby(["period", "part"], observed=True)[["events"]].sum().reset_index()
    frame["start"] = frame["period"].dt.start_time
    frame["end"] = frame["period"].dt.end_time.dt.ceil("D")
    return frame.drop(columns="period"), unit


def _number_bars(days: pd.DataFrame) -> pd.DataFrame:
    edges = np.unique(days["day"])
    width = float(np.diff(edges).min()) if len(edges) > 1 else 1.0
    return days.assign(start=days["day"], end=days["day"] + width).drop(columns="day")


def length_bars(lengths: np.ndarray) -> tuple[pd.DataFrame, int]:
    """Sessions by their number of events; the longest 1 % share the last bar.

    Args:
        lengths: events of each session, int [n_sessions].

    Returns:
        Columns start, end (exclusive), sessions; and the length from which sessions share the last bar.
    """
    last = max(int(np.quantile(lengths, 0.99)), 10) if len(lengths) else 10
    width = max(1, -(-last // 40))  # at most 40 bars
    starts, counts = np.unique((np.minimum(lengths, last) - 1) // width * width + 1, return_counts=True)
    return pd.DataFrame({"start": starts, "end": starts + width, "sessions": counts}), last


def popularity_curve(counts: np.ndarray, items: np.ndarray, names: Mapping[str, str] | None = None) -> pd.DataFrame:
    """How unevenly items are used: rank (1 is the most used), events, item (name); at most 300 rows.

    Args:
        counts: events of each item, int [n_items]; items without events are left out.
        items: the items, [n_items].
        names: what to call an item; an item without a name is called by its id in the log.
    """
    order = np.argsort(-counts, kind="stable")
    order = order[counts[order] > 0]
    # Evenly spread on a logarithmic axis, where the curve is drawn.
    picked = np.unique(np.geomspace(1, max(len(order), 1), 300).astype(int)) - 1
    picked = picked[: len(order)]
    shown = order[picked]
    called = [(names or {}).get(item, item) for item in map(str, items[shown])]
    return pd.DataFrame({"rank": picked + 1, "events": counts[shown], "item": called})


def transition_shares(
    dataset: SessionDataset, n_items: int = N_ITEMS, names: Mapping[Any, str] | None = None
) -> tuple[pd.DataFrame, list[str]]:
    """How often each of the items used most follows each, within a session.

    Args:
        dataset: a log without unknown items.
        n_items: how many of the items used most are shown.
        names: what to call an item; an item without a name is called by its id in the log.

    Returns:
        Columns from, to (names), share (per 100 of all steps from that item, including those to items not shown), n
        (steps); only pairs that occur. And the names of the items, most used first.
    """
    counts = dataset.counts()
    shown = np.argsort(-counts, kind="stable")[: min(n_items, int((counts > 0).sum()))]
    called = [(names or {}).get(item, item) for item in dataset.vocabulary.decode(shown).tolist()]
    labels = tell_apart([short(name, _NAME) or "(blank)" for name in called])
    row_of = np.full(dataset.n_items, -1)
    row_of[shown] = np.arange(len(shown))
    before, after = _steps(dataset)
    totals = np.bincount(before, minlength=dataset.n_items)[shown]
    among = (row_of[before] >= 0) & (row_of[after] >= 0)
    pairs = np.bincount(row_of[before[among]] * len(shown) + row_of[after[among]], minlength=len(shown) ** 2)
    rows, columns = np.divmod(np.flatnonzero(pairs), max(len(shown), 1))
    n = pairs[pairs > 0]
    frame = pd.DataFrame(
        {
            "from": [labels[row] for row in rows],
            "to": [labels[column] for column in columns],
            "share": 100.0 * n / totals[rows],
            "n": n,
        }
    )
    return frame, labels


def _steps(dataset: SessionDataset) -> tuple[np.ndarray, np.ndarray]:
    """Items before and after every step within a session: int32 [n_events - n_sessions] each."""
    items = np.asarray(dataset.items)
    inside = np.ones(max(len(items) - 1, 0), bool)
    inside[dataset.offsets[1:-1] - 1] = False  # the last item of a session leads nowhere
    return items[:-1][inside], items[1:][inside]
