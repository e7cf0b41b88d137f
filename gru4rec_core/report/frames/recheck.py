"""Tables for a re-check: every method on the new events, overall and week by week."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd


@dataclass(frozen=True)
class Method:
    """One method of a re-check.

    Attributes:
        name: its name in the re-check, e.g. "old" or "popularity".
        label: what people call it, e.g. "BPR of 2026-01-31".
        kind: "gru4rec" or "baseline", as the charts draw it.
        role: what it is in the table: "old model", "trained anew" or "baseline".
        colour_name: the name that picks its colour; the old model has that of its loss.
    """

    name: str
    label: str
    kind: str
    role: str
    colour_name: str


def methods_table(rows: Sequence[Mapping[str, Any]], methods: Sequence[Method], k: int) -> pd.DataFrame:
    """One row per method, best first: method (label), "top k" and MRR@20 (per 100), kind (role).

    Args:
        rows: one per method, with name, accuracy@k and mrr@20 (0 to 1), as `results.model_table` makes them.
        methods: the same methods, in any order.
        k: a list length that `rows` has.
    """
    by_name = {method.name: method for method in methods}
    table = pd.DataFrame(
        [
            {
                "method": by_name[row["name"]].label,
                f"top {k}": 100 * row[f"accuracy@{k}"],
                "MRR@20": 100 * row["mrr@20"],
                "kind": by_name[row["name"]].role,
            }
            for row in rows
        ]
    )
    return table.sort_values(f"top {k}", ascending=False, ignore_index=True)


def hits_by_week(by_week: pd.DataFrame, methods: Sequence[Method]) -> pd.DataFrame:
    """Hits of some methods by week, in the order given: name (for the colour), label, kind, week, hits, n_events.

    A week in which a method was not tested has no row.

    Args:
        by_week: week (its Monday, UTC), n_events, and accuracy@k (0 to 1, or NaN) in a column for each method's name.
        methods: those to show.
    """
    parts = [
        pd.DataFrame(
            {
                "name": method.colour_name,
                "label": method.label,
                "kind": method.kind,
                "week": by_week["week"],
                "hits": 100 * by_week[method.name],
                "n_events": by_week["n_events"],
            }
        )
        for method in methods
    ]
    return pd.concat(parts, ignore_index=True).dropna(subset=["hits"]).reset_index(drop=True)


def unknown_by_week(by_week: pd.DataFrame) -> pd.DataFrame:
    """Shares of events whose item is unknown by week: week, unknown, not_in_training (per 100 events), n_events.

    Args:
        by_week: week (its Monday, UTC), n_events, unknown, not_in_training (0 to 1, the latter NaN before the test
            part; see `results.recheck.Recheck`).
    """
    not_in_training = 100 * by_week["not_in_training"].fillna(0.0)
    shares = by_week.assign(unknown=100 * by_week["unknown"], not_in_training=not_in_training)
    return shares[["week", "unknown", "not_in_training", "n_events"]]
