"""Which small table does the chart of what follows what draw?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from gru4rec_core.data.sessions import SessionDataset

N_ITEMS = 12
_NAME = 40  # characters of an item's name


def transition_shares(
    dataset: SessionDataset, n_items: int = N_ITEMS, names: Mapping[Any, str] | None = None
) -> tuple[pd.DataFrame, list[str]]:
    """How often each of the items used most follows each, within a session.

    Args:
        dataset: a log without unknown items.
        n_items: how many of the items used most are shown.
        names: what to call an item; itself where it is not among them.

    Returns:
        Columns from, to (names), share (per 100 of all steps from that item, those to other items included), n
        (steps); only pairs that occur. And the names of the items, most used first.
    """
    counts = dataset.counts()
    shown = np.argsort(-counts, kind="stable")[: min(n_items, int((counts > 0).sum()))]
    labels = _told_apart([_short((names or {}).get(item, item)) for item in dataset.vocabulary.decode(shown).tolist()])
    place = np.full(dataset.n_items, -1)
    place[shown] = np.arange(len(shown))
    before, after = _steps(dataset)
    totals = np.bincount(before, minlength=dataset.n_items)[shown]
    kept = (place[before] >= 0) & (place[after] >= 0)
    pairs = np.bincount(place[before[kept]] * len(shown) + place[after[kept]], minlength=len(shown) ** 2)
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
    """Items of every step: the one before and the one after, int32 [n_events - n_sessions] each."""
    items = np.asarray(dataset.items)
    inside = np.ones(max(len(items) - 1, 0), bool)
    inside[dataset.offsets[1:-1] - 1] = False  # the last item of a session leads nowhere
    return items[:-1][inside], items[1:][inside]


def _short(name: object) -> str:
    text = " ".join(str(name).split()) or "(blank)"
    return text if len(text) <= _NAME else text[: _NAME - 1] + "…"


def _told_apart(labels: list[str]) -> list[str]:
    """The labels, those that came before with a number: two items of one name must not share a row."""
    seen: dict[str, int] = {}
    out = []
    for label in labels:
        seen[label] = seen.get(label, 0) + 1
        out.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return out
