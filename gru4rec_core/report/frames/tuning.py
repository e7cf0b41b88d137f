"""The tables of a tuning: the best so far over time, and what won."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gru4rec_core.evaluation.stopping import best_if_stopped

BAND = (10, 90)
"""Between these percentiles lies the band of other orders of the same trials."""


@dataclass(frozen=True)
class TriedMethod:
    """A method and its trials, in order.

    Attributes:
        name, label: of the method.
        kind: "gru4rec" or "baseline".
        seconds: that each trial took.
        values: of each trial, accuracy on validation data in [0, 1]; None where it has none.
    """

    name: str
    label: str
    kind: str
    seconds: tuple[float, ...]
    values: tuple[float | None, ...]


def best_so_far_frame(methods: Sequence[TriedMethod]) -> pd.DataFrame:
    """One row per method and trial that has ended with a value known.

    Returns:
        Columns name, label, kind, trial (from 0), minutes (spent when it ended), best (hits per 100 of the best so
        far), low and high (the band of other orders of the same trials, per 100).
    """
    parts = []
    for method in methods:
        if not method.values:
            continue
        known = np.array([np.nan if value is None else value for value in method.values])
        ends = np.cumsum(method.seconds)
        best = np.fmax.accumulate(known)
        orders = best_if_stopped(method.seconds, method.values, ends)
        shown = np.flatnonzero(~np.isnan(best))
        if not len(shown):
            continue
        # An order in which nothing is known yet counts with what is known in this one.
        low, high = np.percentile(np.where(np.isnan(orders), best, orders)[:, shown], BAND, axis=0)
        parts.append(
            pd.DataFrame(
                {
                    "name": method.name,
                    "label": method.label,
                    "kind": method.kind,
                    "trial": shown,
                    "minutes": ends[shown] / 60,
                    "best": 100 * best[shown],
                    "low": 100 * low,
                    "high": 100 * high,
                }
            )
        )
    columns = ["name", "label", "kind", "trial", "minutes", "best", "low", "high"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
