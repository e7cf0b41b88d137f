"""Table for an order test: hits of each method with histories in order and shuffled."""

from __future__ import annotations

import pandas as pd

from gru4rec_core.evaluation.order_share import METHODS, SIDES, Method, OrderShare, Side

METHOD_LABELS: dict[Method, str] = {"table": "Lookup table", "gru": "Small GRU"}
SIDE_LABELS: dict[Side, str] = {"in_order": "in order", "shuffled": "shuffled"}


def order_rates(share: OrderShare) -> pd.DataFrame:
    """One row per method and side: method, side (labels), hits, low, high (per 100)."""
    rows = [
        {
            "method": METHOD_LABELS[method],
            "side": SIDE_LABELS[side],
            "hits": 100 * rate.value,
            "low": 100 * rate.low,
            "high": 100 * rate.high,
        }
        for method in METHODS
        for side in SIDES
        for rate in [share.rates[method, side]]
    ]
    return pd.DataFrame(rows)
